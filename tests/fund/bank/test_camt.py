"""fund.bank.camt and fund.bank.camt_details, on small files that each show one thing."""

import sys
from datetime import date

import pytest

from fund.bank.reading import read_statements
from fund.bank.statements import StatementError
from tests.fund.bank.files import ACCOUNT, balance, camt, ntry, party, stmt, tx

RETURN = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>COMPTE</AddtlInf><AddtlInf>CLOS</AddtlInf></RtrInf>"


def read_one(*parts, **options):
    (statement,) = read_statements(camt(stmt(*parts), **options))
    return statement


def refusal(*parts):
    with pytest.raises(StatementError) as caught:
        read_one(*parts)
    return caught.value


def test_a_statement_that_balances_has_no_problem():
    statement = read_one(
        balance("OPBD", "100.00"), balance("CLBD", "50.00", "DBIT"), ntry("160.00"), ntry("10.00", "CRDT")
    )
    assert (statement.opening_cents, statement.closing_cents) == (10000, -5000)
    assert (statement.credits_cents, statement.debits_cents) == (1000, 16000)
    assert statement.balances is True
    assert statement.problems == ()
    assert statement.opening_on == date(2020, 5, 15)
    assert (statement.account, statement.account_scheme) == (ACCOUNT, "IBAN")


def test_a_missing_entry_shows_in_the_balances():
    statement = read_one(balance("OPBD", "100.00"), balance("CLBD", "90.00"))
    assert statement.balances is False
    assert len(statement.problems) == 1


def test_without_balances_nothing_is_known_and_nothing_is_said():
    statement = read_one(ntry("5.00"))
    assert (statement.opening_cents, statement.closing_cents, statement.balances) == (None, None, None)
    assert statement.problems == ()


def test_the_pages_of_a_long_statement_follow_by_their_interim_balances():
    first = read_one(balance("OPBD", "100.00"), balance("ITBD", "95.00"), ntry("5.00"))
    last = read_one(balance("ITBD", "95.00"), balance("CLBD", "90.00"), ntry("5.00"))
    middle = read_one(balance("ITBD", "95.00"), balance("ITBD", "94.00"), ntry("1.00"))
    assert (first.balances, middle.balances, last.balances) == (True, True, True)


@pytest.mark.parametrize("code", ["PDNG", "INFO"])
def test_an_entry_that_is_not_booked_is_in_no_sum(code):
    statement = read_one(ntry("5.00", status=f"<Sts><Cd>{code}</Cd></Sts>"), ntry("2.00"))
    assert statement.debits_cents == 200
    assert [entry.amount_cents for entry in statement.unbooked] == [-500]


def test_an_entry_without_status_is_booked_in_a_statement_only():
    assert read_one(ntry("5.00", status="")).debits_cents == 500
    notice = camt(stmt(ntry("5.00", status=""), tag="Ntfctn"), message="BkToCstmrDbtCdtNtfctn", namespace="")
    (notification,) = read_statements(notice)
    assert notification.debits_cents == 0
    assert len(notification.problems) == 1


def test_two_entries_alike_in_every_field_are_two_entries():
    """Failure 20: genuine identical lines dropped."""
    statement = read_one(ntry("4.50", details=tx()), ntry("4.50", details=tx()))
    assert statement.debits_cents == 900
    assert [entry.index for entry in statement.entries] == [0, 1]


def test_a_detail_alone_takes_the_amount_of_its_entry_and_several_stay_unknown():
    statement = read_one(ntry("6.00", details=tx()), ntry("6.00", details=tx() + tx("6.00")))
    assert [detail.amount_cents for detail in statement.entries[0].details] == [-600]
    assert [detail.amount_cents for detail in statement.entries[1].details] == [None, -600]
    assert len(statement.problems) == 1


def test_details_that_do_not_sum_are_told_and_not_repaired():
    statement = read_one(ntry("6.00", details=tx("3.00") + tx("2.00")))
    assert [detail.amount_cents for detail in statement.details] == [-300, -200]
    assert statement.debits_cents == 600
    assert len(statement.problems) == 1


def test_charges_explain_a_difference_between_a_return_and_its_entry():
    charges = '<Chrgs><Rcrd><Amt Ccy="EUR">3.00</Amt></Rcrd></Chrgs>'
    credit = read_one(ntry("147.00", "CRDT", tx("150.00", "CS-1", charges + RETURN)))
    assert credit.problems == ()
    assert credit.returns[0].charges_cents == 300
    assert credit.returns[0].amount_cents == 15000


def test_details_of_both_directions_keep_their_own_sign():
    statement = read_one(ntry("6.00", details=tx("8.00") + tx("2.00", more="<CdtDbtInd>CRDT</CdtDbtInd>")))
    assert [detail.amount_cents for detail in statement.details] == [-800, 200]
    assert statement.problems == ()


def test_a_returned_transfer_is_told_with_its_code_text_and_student():
    us, student = party("Dbtr", "Fondation", ACCOUNT), party("Cdtr", "Zoé", "DE89370400440532013000")
    returned = tx("150.00", "CS-2026-000001-1", f"<RltdPties>{us}{student}</RltdPties>{RETURN}")
    (detail,) = read_one(ntry("150.00", "CRDT", returned)).returns
    assert (detail.end_to_end_id, detail.return_code, detail.return_text) == (
        "CS-2026-000001-1",
        "AC04",
        "COMPTE CLOS",
    )
    assert (detail.counterparty_name, detail.counterparty_iban) == ("Zoé", "DE89370400440532013000")
    assert "Zoé" not in repr(detail)


def test_a_return_known_only_by_its_operation_code_is_a_return_without_reason():
    code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd>"
    statement = read_one(
        ntry("150.00", "CRDT", tx("150.00", "CS-1"), code=code), ntry("2.00", "CRDT", code=code)
    )
    assert [detail.return_code for detail in statement.returns] == [""]
    assert len(statement.problems) == 1


@pytest.mark.parametrize("word", ["NOTPROVIDED", "notprovided", "NONREF"])
def test_a_word_for_none_is_no_reference(word):
    assert read_one(ntry("1.00", details=tx("1.00", word))).details[0].end_to_end_id == ""


def test_a_batch_line_says_which_file_it_debits():
    batch = (
        "<Btch><MsgId>LOT-1</MsgId><PmtInfId>LOT-1</PmtInfId><NbOfTxs>00000002</NbOfTxs>"
        '<TtlAmt Ccy="EUR">300.00</TtlAmt></Btch>'
    )
    (entry,) = read_one(ntry("300.00", details=batch)).entries
    assert entry.batch is not None
    assert (entry.batch.payment_information_id, entry.batch.count, entry.batch.total_cents) == (
        "LOT-1",
        2,
        30000,
    )
    assert entry.is_batch_total
    assert entry.details == ()


def test_a_batch_that_counts_otherwise_than_its_details_is_told():
    batch = "<Btch><NbOfTxs>3</NbOfTxs></Btch>"
    assert len(read_one(ntry("3.00", details=batch + tx("1.00") + tx("2.00"))).problems) == 1


def test_an_entry_in_another_currency_is_in_no_total_and_told():
    foreign = ntry("5.00").replace("EUR", "USD")
    statement = read_one(ntry("1.00"), foreign)
    assert statement.debits_cents == 100
    assert len(statement.problems) == 1


def test_an_instant_becomes_its_paris_date_and_a_date_stays():
    """Failure 30: 31 December 23:30 in Paris belongs to the old year, in UTC to none other."""
    late = "<BookgDt><DtTm>2025-12-31T23:30:00Z</DtTm></BookgDt><ValDt><Dt>2025-12-31+01:00</Dt></ValDt>"
    local = "<BookgDt><DtTm>2025-12-31T23:30:00.123456789</DtTm></BookgDt>"
    first, second = read_one(ntry("1.00", dates=late), ntry("1.00", dates=local)).entries
    assert (first.booked_on, first.value_on) == (date(2026, 1, 1), date(2025, 12, 31))
    assert (second.booked_on, second.value_on) == (date(2025, 12, 31), None)


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (ntry("12..34"), "amount"),
        (ntry("1.00").replace("EUR", "ZZZ"), "currency"),
        (ntry("1.00").replace(' Ccy="EUR"', ""), "currency"),
        (ntry("1.00", "DEBIT"), "direction"),
        (ntry("1.00").replace("<CdtDbtInd>DBIT</CdtDbtInd>", ""), "direction"),
        (ntry("1.00", dates="<BookgDt><Dt>31/12/2020</Dt></BookgDt>"), "date"),
        (ntry("1.00", details="<Btch><NbOfTxs>deux</NbOfTxs></Btch>"), "number"),
        ("<Ntry><CdtDbtInd>DBIT</CdtDbtInd></Ntry>", "missing"),
    ],
)
def test_what_cannot_be_trusted_refuses_the_file_and_tells_the_place(part, code):
    error = refusal(ntry("1.00"), part)
    assert error.code == code
    assert "relevé 1, écriture 2" in error.place
    assert error.place in error.message


def test_an_amount_cut_by_a_comment_is_read_whole():
    assert read_one(ntry("1<!-- x -->50.00")).debits_cents == 15000


def test_the_account_is_recognised_by_its_iban():
    statement = read_one()
    assert statement.is_of_account(ACCOUNT)
    assert not statement.is_of_account("DE89370400440532013000")


def calls_while(act):
    """How many Python and C functions ``act`` calls: a clock that no busy machine disturbs."""
    count = 0

    def counting(_frame, event, _function):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def test_reading_ten_times_more_entries_takes_ten_times_more_steps():
    """A reader that starts over for each entry takes minutes on a month of a busy account."""
    steps = []
    for size in (500, 5000):
        data = camt(stmt(*(ntry("1.50", details=tx("1.50", f"CS-{number}")) for number in range(size))))
        (statement,) = read_statements(data)
        assert statement.debits_cents == 150 * size
        assert len({detail.end_to_end_id for detail in statement.details}) == size
        steps.append(calls_while(lambda data=data: read_statements(data)))
    assert 0 < steps[1] <= 10 * steps[0]
