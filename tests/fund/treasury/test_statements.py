"""A statement counts once, whole or not at all (T2, invariant 2)."""

import json

import pytest
from django.core.management import call_command

from fund import balances, chart, clock
from fund.models import BankLine, BankStatement, Movement
from fund.roles import Refused
from fund.treasury import statements
from fund.treasury.statements import import_statement
from fund.workflow import AlreadyDone
from tests.conftest import shared_data
from tests.fund.treasury.camt import camt, credit, debit, document, entry, statement
from tests.fund.treasury.factories import DEPOSIT

pytestmark = pytest.mark.usefixtures("proved")
GERMAN = "DE89370400440532013000"


def refused_code(by, data: bytes) -> str:
    before = (BankStatement.objects.count(), BankLine.objects.count(), Movement.objects.count())
    with pytest.raises(Refused) as refused:
        import_statement(by=by, data=data)
    assert (BankStatement.objects.count(), BankLine.objects.count(), Movement.objects.count()) == before
    assert str(refused.value.refusal).endswith((".", ")"))
    return refused.value.refusal.code


def test_a_statement_is_read_once_and_the_sentence_gives_the_day(treasury):
    data = camt("A-2", 100_000, [credit(5_000, remittance=DEPOSIT)])
    with clock.at(clock.DEMO_START.replace(day=12)):
        result = import_statement(by=treasury.treasurer, data=data)
    assert (result.matched, result.parked, result.warnings) == (1, 0, ())
    with pytest.raises(AlreadyDone) as done:
        import_statement(by=treasury.treasurer, data=data)
    assert done.value.sentence == "Ce relevé a déjà été lu le 12 mai. Rien n’a été ajouté."
    assert balances.balance_cents(chart.BANK) == 105_000


def test_the_same_statement_in_another_file_adds_nothing(treasury):
    entries = [credit(5_000, remittance=DEPOSIT)]
    import_statement(by=treasury.treasurer, data=camt("A-2", 100_000, entries))
    with pytest.raises(AlreadyDone):
        import_statement(by=treasury.treasurer, data=camt("A-2", 100_000, entries) + b"\n")
    both = document(
        statement("A-2", 100_000, entries), statement("A-3", 105_000, [credit(700, remittance=DEPOSIT)])
    )
    result = import_statement(by=treasury.treasurer, data=both)
    assert [row.statement_id for row in result.statements] == ["A-3"]
    assert [row.statement_id for row in result.already_read] == ["A-2"]


def test_the_same_bytes_are_known_by_their_hash_whatever_a_later_reader_makes_of_them(treasury, monkeypatch):
    data = camt("A-2", 100_000, [credit(5_000, remittance=DEPOSIT)])
    import_statement(by=treasury.treasurer, data=data)
    monkeypatch.setattr(statements, "draft_lines", lambda _statement: iter(()))
    with pytest.raises(AlreadyDone):
        import_statement(by=treasury.treasurer, data=data)


def test_the_same_number_with_another_content_is_refused(treasury):
    import_statement(by=treasury.treasurer, data=camt("A-2", 100_000, [credit(5_000, remittance=DEPOSIT)]))
    assert refused_code(treasury.treasurer, camt("A-2", 100_000, [credit(6_000)])) == "other_content"


def test_two_equal_entries_are_two_entries(treasury):
    """Failure 20: likeness is not identity."""
    twice = [credit(450, remittance=DEPOSIT), credit(450, remittance=DEPOSIT)]
    assert import_statement(by=treasury.treasurer, data=camt("A-2", 100_000, twice)).matched == 2
    assert balances.balance_cents(chart.BANK) == 100_900


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("account", camt("A-2", 0, [credit(100)], account=GERMAN)),
        ("currency", camt("A-2", 0, [credit(100)], currency="CHF")),
        ("balances", camt("A-2", 100_000, [credit(100)], closing=100_050)),
        ("ill_formed", camt("A-2", 100_000, [credit(100)])[:400]),
        (
            "document_type",
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Document>&e;</Document>',
        ),
        ("empty", b""),
        ("not_a_statement", b"bonjour"),
        ("too_big", b"<" + b" " * (20 * 1024 * 1024)),
        ("no_balances", camt("A-2", 0, [credit(100)]).replace(b"OPBD", b"XXXX")),
        (
            "format",
            camt("A-2", 0, [credit(100)])
            .replace(b"camt.053", b"camt.054")
            .replace(b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn")
            .replace(b"Stmt>", b"Ntfctn>"),
        ),
    ],
)
def test_a_statement_that_cannot_be_kept_leaves_nothing(treasury, code, data):
    assert refused_code(treasury.treasurer, data) == code


def test_a_file_with_one_foreign_statement_is_refused_whole(treasury):
    both = document(statement("A-2", 100_000, [credit(1)]), statement("B-1", 0, [credit(1)], account=GERMAN))
    assert refused_code(treasury.treasurer, both) == "account"


def test_a_statement_given_twice_in_one_file_is_refused(treasury):
    twice = document(statement("A-2", 100_000, [credit(1)]), statement("A-2", 100_001, [credit(1)]))
    assert refused_code(treasury.treasurer, twice) == "same_number"


@pytest.mark.parametrize("name", ["signatory", "auditor", "member1", "administrator"])
def test_only_the_treasurer_imports(treasury, name):
    assert refused_code(getattr(treasury, name), camt("A-2", 100_000, [credit(1)])) == "role"


def test_a_gap_between_two_statements_is_told_and_kept(treasury):
    result = import_statement(by=treasury.treasurer, data=camt("A-3", 120_000, [credit(100)]))
    (warning,) = result.warnings
    assert "1\u202f000,00\u00a0€" in warning and "1\u202f200,00\u00a0€" in warning
    assert BankStatement.objects.get(statement_id="A-3").warnings == [warning]


def test_announced_lines_are_left_for_later_and_said_so(treasury):
    announced = entry(-5_000, status="PDNG")
    result = import_statement(by=treasury.treasurer, data=camt("A-2", 100_000, [announced, credit(100)]))
    assert (result.matched, result.parked, len(result.warnings)) == (0, 1, 1)


def test_an_unexplained_debit_is_parked_for_a_person(treasury):
    """Failure 14: money that leaves without an order is shown at once."""
    import_statement(by=treasury.treasurer, data=camt("A-2", 100_000, [debit(900, "SOMEBODY-ELSE")]))
    line = BankLine.objects.get(end_to_end_id="SOMEBODY-ELSE")
    assert (line.state, line.reason) == ("parked", "unknown_debit")
    assert balances.balance_cents(chart.BANK) == 100_000


def test_nothing_readable_is_kept_of_what_the_bank_wrote(treasury):
    import_statement(
        by=treasury.treasurer, data=camt("A-2", 100_000, [credit(100, remittance="MME DURAND LOYER")])
    )
    line = BankLine.objects.get(statement__statement_id="A-2")
    assert "DURAND" not in line.text_sealed
    assert b"DURAND" not in bytes(line.statement.file_sealed)


# The command ---------------------------------------------------------------------------------------------------


def told(capsys, *args: str) -> dict:
    call_command("read_statement", *args, "--json")
    return json.loads(capsys.readouterr().out)


def test_the_command_tells_two_statements_and_changes_nothing(db, capsys):
    path = shared_data("bank", "camt053.v2.two-statements.xml")
    report = told(capsys, str(path))
    first, second = report["statements"]
    assert report["format"] == "camt.053.001.02"
    assert first["account"] == second["account"] == "NL26VAYB8060476890"
    assert (first["opening_cents"], first["closing_cents"]) == (1_815, 2_700)
    assert (first["entries"], first["credits_cents"], first["debits_cents"]) == (1, 885, 0)
    assert (second["opening_cents"], second["closing_cents"]) == (2_700, 2_000)
    assert (second["entries"], second["credits_cents"], second["debits_cents"]) == (1, 0, 700)
    assert first["balances"] is second["balances"] is True
    assert not BankStatement.objects.exists()


def test_the_command_tells_returns_and_balances_that_do_not_close(db, capsys):
    (only,) = told(capsys, str(shared_data("bank", "camt053.v2.batch-and-returns.xml")))["statements"]
    assert (only["entries"], only["credits_cents"], only["debits_cents"]) == (3, 140_531, 141_830)
    assert (only["opening_cents"], only["closing_cents"], only["balances"]) == (1_556_827, 1_512_112, False)
    assert only["returns"] == [
        {"end_to_end_id": "TESTBANK/NL/20141229/01206408", "code": "AC06", "amount_cents": 56_405},
        {"end_to_end_id": "TESTBANK/NL/20141229/01206407", "code": "AC06", "amount_cents": 10_000},
    ]


def test_the_command_imports_only_as_a_treasurer(treasury, tmp_path, capsys):
    path = tmp_path / "statement.xml"
    path.write_bytes(camt("A-2", 100_000, [credit(5_000, remittance=DEPOSIT)]))
    report = told(capsys, str(path), "--import", "--by", treasury.treasurer.email)
    assert report["imported"]["matched"] == 1
    with pytest.raises(SystemExit):
        told(capsys, str(path), "--import", "--by", treasury.treasurer.email)
    assert "déjà été lu" in json.loads(capsys.readouterr().out)["error"]


@pytest.mark.parametrize("content", [b"", b"hello", None])
def test_the_command_says_what_it_cannot_read(db, tmp_path, capsys, content):
    path = tmp_path / "statement.xml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit) as stopped:
        call_command("read_statement", str(path))
    assert stopped.value.code == 1
    assert "fichier" in capsys.readouterr().err
