"""Third-party statements, with the figures a correct program must get from each."""

from datetime import date

import pytest

from fund.bank.reading import read_statements
from tests.fund.bank.shared_data import bank_file, needs_shared

pytestmark = [needs_shared, pytest.mark.shared]

# file -> (account, currency, entries, credits, debits, opening, closing, balances) of each statement
FIGURES = {
    "camt052.v2.return-MS03.xml": [("DE1234567890", "EUR", 1, 0, 5300, 10000, 10000, False)],
    "camt053.v2.two-statements.xml": [
        ("NL26VAYB8060476890", "EUR", 1, 885, 0, 1815, 2700, True),
        ("NL26VAYB8060476890", "EUR", 1, 0, 700, 2700, 2000, True),
    ],
    "camt053.v2.batch-and-returns.xml": [
        ("NL77ABNA0574908765", "EUR", 3, 140531, 141830, 1556827, 1512112, False)
    ],
    "camt053.v4.chf-batch.xml": [("CH1111000000123456789", "CHF", 1, 348300, 0, 7596015, 7944315, True)],
    "camt053.v4.no-entry.xml": [("NL77ABNA0574908765", "CHF", 0, 0, 0, 152076, 152076, True)],
    "camt053.v2.btch-element.xml": [("DE14740618130000033626", "EUR", 4, 100, 1100, 3306, 2306, True)],
    "camt053.v2.two-accounts-nl.xml": [
        ("NL14SNSB0012345678", "EUR", 7, 50000, 4200, 20369, 66169, True),
        ("NL78SNSB0022446688", "EUR", 4, 30174, 50000, 185913, 166087, True),
    ],
    "camt053.v2.duplicate-same-day.xml": [("DE89370400440532013000", "EUR", 2, 0, 900, None, None, None)],
    "camt053.v2.multicurrency.xml": [
        ("DE89370400440532013000", "EUR", 2, 125050, 50025, 1000000, 1075025, True),
        ("US-ACCT-0099", "USD", 1, 0, 9999, 250000, 240001, True),
    ],
    "camt053.v2.no-namespace.xml": [("GB29NWBK60161331926819", "GBP", 1, 25000, 0, 10000, 35000, True)],
    "camt053.v8.two-accounts.xml": [
        ("LT625883379695428516", "EUR", 14, 92830549, 408474816, 2404502950, 2088858683, True),
        ("LT414319056143772570", "EUR", 0, 0, 0, 480155, 480155, True),
    ],
    "camt054.v2.return-AC06.xml": [("NL77ABNA0574908765", "EUR", 1, 0, 10000, None, None, None)],
    "camt054.v8.batch.xml": [("CH2801234000123456789", "SEK", 1, 0, 20000000, None, None, None)],
    "camt054.v10.instant-credits.xml": [("LT809872649478701594", "EUR", 1, 0, 0, None, None, None)],
    "cfonb120.two-accounts.txt": [
        ("15589/00000/98765432100", "EUR", 3, 0, 5081, -19040, -24121, True),
        ("18706/00000/00123456789", "EUR", 3, 9749, 2000, -24121, -16372, True),
    ],
    "cfonb120.fifteen-days.txt": [
        ("10278/02204/00012345603", "EUR", 1, 0, 2279, 1669565, 1667286, True),
        ("10278/02204/00020427603", "EUR", 2, 0, 502011, 1667286, 1165275, True),
        ("10278/02204/00020427603", "EUR", 0, 0, 0, 1165275, 1165275, True),
        ("10278/02204/00020427603", "EUR", 1, 0, 11775, 1165275, 1153500, True),
        ("10278/02204/00020427603", "EUR", 0, 0, 0, 1153500, 1153500, True),
        ("10278/02204/00020427603", "EUR", 1, 0, 5025, 1153500, 1148475, True),
        ("10278/02204/00020427603", "EUR", 0, 0, 0, 1148475, 1148475, True),
        ("10278/02204/00020427603", "EUR", 0, 0, 0, 58435302, 58435302, True),
    ],
}


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_real_file_gives_its_known_figures(name):
    found = [
        (
            statement.account,
            statement.currency,
            len(statement.entries),
            statement.credits_cents,
            statement.debits_cents,
            statement.opening_cents,
            statement.closing_cents,
            statement.balances,
        )
        for statement in read_statements(bank_file(name))
    ]
    assert found == FIGURES[name]


def test_a_second_statement_opens_where_the_first_closes():
    first, second = read_statements(bank_file("camt053.v2.two-statements.xml"))
    assert (first.statement_id, second.statement_id) == (
        "253EURNL26VAYB8060476890",
        "254EURNL26VAYB8060476890",
    )
    assert first.closing_cents == second.opening_cents
    assert (first.sequence, second.sequence) == ("12312", None)


def test_a_batch_of_two_returned_items_keeps_its_sign_and_its_codes():
    (statement,) = read_statements(bank_file("camt053.v2.batch-and-returns.xml"))
    batch = statement.entries[1]
    assert (batch.amount_cents, batch.is_reversal) == (-66405, True)
    assert batch.batch is not None
    assert (batch.batch.count, batch.batch.total_cents) == (2, 66405)
    assert batch.batch.payment_information_id == "2018/125-20141229-NORM"
    assert [(d.end_to_end_id, d.amount_cents, d.return_code) for d in statement.returns] == [
        ("TESTBANK/NL/20141229/01206408", -56405, "AC06"),
        ("TESTBANK/NL/20141229/01206407", -10000, "AC06"),
    ]
    assert len(statement.details) == 4
    assert len(statement.problems) == 1


def test_the_two_halves_of_a_swiss_batch():
    (statement,) = read_statements(bank_file("camt053.v4.chf-batch.xml"))
    (entry,) = statement.entries
    assert [(detail.amount_cents, detail.currency) for detail in entry.details] == [
        (218700, "CHF"),
        (129600, "CHF"),
    ]
    assert entry.text.startswith("CRÉDIT GROUPÉ BVR TRAITEMENT DU 22.03.2017 NUMÉRO CLIENT")
    assert (entry.booked_on, entry.value_on) == (date(2017, 3, 22), date(2017, 3, 23))
    assert statement.problems == ()


def test_a_german_file_with_batch_elements():
    (statement,) = read_statements(bank_file("camt053.v2.btch-element.xml"))
    assert statement.opening_kind == "PRCD"
    assert [detail.amount_cents for detail in statement.details] == [-200, -300, 100, -350, -250]
    assert [detail.end_to_end_id for detail in statement.details] == [
        "",
        "",
        "",
        "STZV-EtE27122013-11:02-1",
        "STZV-EtE27122013-11:02-2",
    ]
    assert statement.entries[0].batch is not None and statement.entries[0].batch.count == 1
    assert statement.details[4].counterparty_name == "Testkonto Nummer 2"
    assert statement.problems == ()


def test_a_transfer_between_two_own_accounts_shows_on_both():
    first, second = read_statements(bank_file("camt053.v2.two-accounts-nl.xml"))
    assert [entry.amount_cents for entry in first.entries if entry.amount_cents > 0] == [50000]
    assert [entry.amount_cents for entry in second.entries if entry.amount_cents < 0] == [-50000]
    fees = [entry for entry in first.entries if entry.amount_cents == -605]
    assert len(fees) == len({entry.reference for entry in fees}) == 3


def test_entries_in_a_lithuanian_file_say_how_many_operations_they_hold():
    first, second = read_statements(bank_file("camt053.v8.two-accounts.xml"))
    counts = [entry.batch.count for entry in first.entries if entry.batch is not None]
    assert counts[:4] == [6, 2, 2, 82]
    assert first.account_scheme == "other"
    assert all(len(entry.details) == 1 for entry in first.entries)
    assert len(first.problems) == len(second.problems) == 2


def test_a_returned_direct_debit_in_a_notification():
    (statement,) = read_statements(bank_file("camt054.v2.return-AC06.xml"))
    (detail,) = statement.returns
    assert (detail.end_to_end_id, detail.instruction_id, detail.return_code, detail.return_text) == (
        "E2EID1",
        "FA031615104",
        "AC06",
        "/RTYP/RTRN",
    )
    assert detail.counterparty_name == "DEBTOR4"


def test_a_batch_whose_details_do_not_sum_is_told_and_left_as_it_is():
    (statement,) = read_statements(bank_file("camt054.v8.batch.xml"))
    (entry,) = statement.entries
    assert [(d.amount_cents, d.currency) for d in entry.details] == [(310, "CHF"), (320, "CHF"), (320, "CHF")]
    assert entry.details[1].end_to_end_id == entry.details[2].end_to_end_id == "UXC06170000006PI00001EE00002"
    assert entry.batch is not None and entry.batch.count == 2
    assert len(statement.problems) == 2


def test_an_information_of_forty_one_details_moves_nothing():
    (statement,) = read_statements(bank_file("camt054.v10.instant-credits.xml"))
    (entry,) = statement.unbooked
    assert (entry.amount_cents, entry.status) == (-19467225, "INFO")
    amounts = [detail.amount_cents or 0 for detail in entry.details]
    gains, losses = [a for a in amounts if a > 0], [a for a in amounts if a < 0]
    assert (len(gains), sum(gains)) == (32, 792351)
    assert (len(losses), sum(losses)) == (9, -20259576)
    assert statement.problems == ()


def test_an_unpaid_debit_with_charges_is_fifty_euros_and_three_of_charges():
    (statement,) = read_statements(bank_file("camt052.v2.return-MS03.xml"))
    (detail,) = statement.returns
    assert (detail.amount_cents, detail.charges_cents, detail.return_code) == (-5000, 300, "MS03")
    assert statement.entries[0].reference == ""
    assert len(statement.problems) == 1  # the balances do not follow, the detail does


def test_french_complements_follow_their_movement():
    first, second = read_statements(bank_file("cfonb120.two-accounts.txt"))
    assert [entry.amount_cents for entry in first.entries] == [-3221, -1070, -790]
    assert [entry.amount_cents for entry in second.entries] == [9749, -1210, -790]
    debit = first.entries[0]
    assert debit.details[0].counterparty_name == "INTERNET SFR"
    assert debit.details[0].end_to_end_id == "OTHER REFERENCE"
    assert "EXAMPLE WITH OTHER COMBINATIONS" in debit.text
    assert first.entries[1].reference == "REFERENCE"


def test_french_operations_carry_their_code():
    statements = read_statements(bank_file("cfonb120.fifteen-days.txt"))
    codes = [entry.operation_code for statement in statements for entry in statement.entries]
    assert codes == ["B1", "B1", "06", "62", "B1"]
    assert {problem for statement in statements for problem in statement.problems} == set()
