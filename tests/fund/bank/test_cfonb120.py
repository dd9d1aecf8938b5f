"""fund.bank.cfonb120"""

from datetime import date

import pytest

from fund.bank.reading import read_statements
from fund.bank.statements import StatementError
from tests.fund.bank.files import ACCOUNT, cfonb_balance, cfonb_complement, cfonb_movement

OPENING = cfonb_balance("01", "140520", "0000000010000{")[:120]
CLOSING = cfonb_balance("07", "150520", "0000000008500{")
MOVEMENT = cfonb_movement("0000000001500}", reference="REF0001")


def file(*lines, end="\r\n", encoding="latin-1"):
    return end.join(lines).encode(encoding)


def read_one(*lines, **options):
    (statement,) = read_statements(file(*lines, **options))
    return statement


def refusal(*lines):
    with pytest.raises(StatementError) as caught:
        read_statements(file(*lines))
    return caught.value


def test_the_lines_written_for_these_tests_are_120_characters_wide():
    assert {len(line) for line in (OPENING, CLOSING, MOVEMENT, cfonb_complement("LIB", "x"))} == {120}


def test_a_statement_is_read_to_the_cent():
    statement = read_one(OPENING, MOVEMENT, CLOSING)
    assert (statement.opening_cents, statement.closing_cents, statement.debits_cents) == (
        10000_0,
        8500_0,
        1500_0,
    )
    assert statement.balances is True
    assert (statement.opening_on, statement.closing_on) == (date(2020, 5, 14), date(2020, 5, 15))
    assert statement.statement_id == "CFONB120-20200514-20200515"
    assert statement.entries[0].reference == "REF0001"
    assert statement.is_of_account(ACCOUNT)
    assert not statement.is_of_account("FR7630004000010000001234567")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n \n", ""])
def test_line_ends_of_every_kind_and_none_give_the_same(end):
    assert read_one(OPENING, MOVEMENT, CLOSING, end=end).debits_cents == 15000


def test_lines_cut_after_their_last_letter_are_padded():
    assert read_one(OPENING.rstrip(), MOVEMENT.rstrip(), CLOSING.rstrip()).debits_cents == 15000


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig"])
def test_accents_do_not_move_the_columns(encoding):
    line = cfonb_movement("0000000001500}", label="VIR Société Générale")
    (entry,) = read_one(OPENING, line, CLOSING, encoding=encoding).entries
    assert entry.amount_cents == -15000
    assert entry.text == "VIR Société Générale"


def test_complements_tell_the_payer_the_reference_and_the_text():
    statement = read_one(
        OPENING,
        cfonb_movement("0000000000500{", operation="05"),
        cfonb_complement("NPY", "ZOE LEFEVRE"),
        cfonb_complement("NBE", "FONDATION"),
        cfonb_complement("RCN", f"{'DON-0001':<35}GIFT"),
        cfonb_complement("LCC", "DON POUR LA"),
        cfonb_complement("LC2", "CAGNOTTE"),
        cfonb_movement("0000000002000}"),
        cfonb_complement("NBE", "AUTRE"),
        cfonb_complement("RCN", "NOTPROVIDED"),
        cfonb_complement("LIB", "LOYER"),
        CLOSING,
    )
    gift, rent = statement.details
    assert (gift.counterparty_name, gift.end_to_end_id, gift.remittance) == (
        "ZOE LEFEVRE",
        "DON-0001",
        "DON POUR LA CAGNOTTE",
    )
    assert (rent.counterparty_name, rent.end_to_end_id, rent.remittance) == ("AUTRE", "", "LOYER")


def test_operation_12_is_a_returned_transfer_with_its_reject_code():
    statement = read_one(
        OPENING,
        cfonb_movement("0000000001500{", operation="12", reject="07", label="RETOUR VIR"),
        cfonb_complement("NPY", "FONDATION"),
        cfonb_complement("NBE", "ZOE LEFEVRE"),
        cfonb_complement("RCN", "CS-2026-000001-1"),
        CLOSING,
    )
    (detail,) = statement.returns
    assert (detail.end_to_end_id, detail.return_code, detail.amount_cents) == (
        "CS-2026-000001-1",
        "07",
        15000,
    )
    assert detail.counterparty_name == "ZOE LEFEVRE"
    assert statement.balances is False


def test_two_statements_in_one_file_are_two():
    second = cfonb_balance("01", "150520", "0000000008500{"), cfonb_balance("07", "160520", "0000000008500{")
    statements = read_statements(file(OPENING, MOVEMENT, CLOSING, *second))
    assert [statement.debits_cents for statement in statements] == [15000, 0]


@pytest.mark.parametrize(
    ("lines", "code", "line"),
    [
        ((OPENING, MOVEMENT), "ill_formed", 1),
        ((MOVEMENT, CLOSING), "missing", 1),
        ((OPENING, OPENING), "missing", 2),
        ((OPENING, cfonb_complement("LIB", "x"), CLOSING), "missing", 2),
        ((OPENING, MOVEMENT, cfonb_balance("07", "150520", "0000000008500{", "99999999999")), "account", 3),
        ((OPENING, cfonb_movement("000000000150X}"), CLOSING), "amount", 2),
        ((OPENING, cfonb_movement("00000000015000"), CLOSING), "amount", 2),
        ((OPENING, cfonb_movement("0000000001500}", decimals=" "), CLOSING), "amount", 2),
        ((OPENING, cfonb_movement("0000000001500}", day="310220"), CLOSING), "date", 2),
        ((OPENING, cfonb_movement("0000000001500}", day="      "), CLOSING), "date", 2),
        ((OPENING, MOVEMENT + "too long", CLOSING), "line", 2),
        ((OPENING, "99" + MOVEMENT[2:], CLOSING), "line", 2),
    ],
)
def test_what_cannot_be_trusted_refuses_the_file_and_tells_the_line(lines, code, line):
    error = refusal(*lines)
    assert (error.code, error.place) == (code, f"ligne {line}")
