"""What bank lines do to orders: debited once, returned once, paid again once (T2; failures 13, 14, 15, 20)."""

import pytest

from fund import balances, chart
from fund.models import BankLine, Movement, PaymentOrder
from fund.treasury import batches, settlement
from fund.treasury.statements import import_statement
from tests.fund.treasury.camt import camt, credit, debit, entry, transfer

pytestmark = pytest.mark.usefixtures("proved")


@pytest.fixture
def sent(treasury, order_of):
    """A signed batch of three transfers of 150 €."""
    ids = [order_of(number).pk for number in (1, 2, 3)]
    batch = batches.prepare_batch(by=treasury.treasurer, order_ids=ids)
    return batches.sign_batch(by=treasury.signatory, batch=batch)


def e2e(number: int, attempt: int = 1) -> str:
    return f"CS-2020-{number:06d}-{attempt}"


def state(number: int, attempt: int = 1) -> str:
    return PaymentOrder.objects.get(end_to_end_id=e2e(number, attempt)).state


def reasons() -> list[str]:
    return list(BankLine.objects.filter(state="parked").order_by("pk").values_list("reason", flat=True))


@pytest.fixture
def read(treasury):
    """`read(entries)` imports the next statement; each opens where the last closed."""
    seen = {"number": 1, "balance": 100_000}

    def next_statement(entries):
        seen["number"] += 1
        data = camt(f"A-{seen['number']}", seen["balance"], entries)
        seen["balance"] += sum(cents for cents, _xml in entries)
        return import_statement(by=treasury.treasurer, data=data)

    return next_statement


def test_a_batch_debited_in_one_line_with_its_transfers_settles_them(sent, read, things):
    details = "".join(transfer(-15_000, e2e(number)) for number in (1, 2, 3))
    result = read([entry(-45_000, details, batch="CS-LOT-000001", count=3)])
    assert (result.matched, result.parked) == (3, 0)
    assert [state(number) for number in (1, 2, 3)] == ["debited"] * 3
    assert balances.balance_cents(chart.BANK) == 55_000 and balances.balance_cents(chart.AIDS_OWED) == 0
    assert things.outcomes == [("1", "debited"), ("2", "debited"), ("3", "debited")]


def test_a_batch_debited_in_one_line_without_its_transfers_settles_them_all(sent, read):
    assert read([entry(-45_000, batch="CS-LOT-000001", count=3)]).matched == 1
    assert [state(number) for number in (1, 2, 3)] == ["debited"] * 3


def test_single_debits_settle_one_transfer_each(sent, read):
    assert read([debit(15_000, e2e(2))]).matched == 1
    assert [state(number) for number in (1, 2, 3)] == ["sent", "debited", "sent"]


def test_a_batch_total_that_is_not_exact_is_parked(sent, read):
    read([entry(-44_999, batch="CS-LOT-000001", count=3)])
    assert reasons() == ["batch_amount"] and state(1) == "sent"


def test_a_batch_total_after_one_of_its_transfers_is_parked(sent, read):
    read([debit(15_000, e2e(1)), entry(-45_000, batch="CS-LOT-000001", count=3)])
    assert reasons() == ["batch_partly_settled"]
    assert [state(number) for number in (1, 2, 3)] == ["debited", "sent", "sent"]


def test_a_return_gives_the_money_back_and_a_new_attempt_is_paid_once(sent, read, treasury, order_of, things):
    """The story of the demo bank's AC04, to the cent."""
    details = "".join(transfer(-15_000, e2e(number)) for number in (1, 2, 3))
    read([entry(-45_000, details, batch="CS-LOT-000001", count=3), credit(15_000, e2e(1), code="AC04")])
    returned = PaymentOrder.objects.get(end_to_end_id=e2e(1))
    assert (returned.state, returned.return_code) == ("returned", "AC04")
    assert balances.balance_cents(chart.BANK) == 70_000 and balances.balance_cents(chart.AIDS_OWED) == -15_000
    assert things.outcomes[-1] == ("1", "returned")
    again = order_of(1)
    assert again.end_to_end_id == e2e(1, 2)
    batch = batches.prepare_batch(by=treasury.treasurer, order_ids=[again.pk])
    batches.sign_batch(by=treasury.signatory, batch=batch)
    read([debit(15_000, e2e(1, 2))])
    assert (state(1), state(1, 2)) == ("returned", "debited")
    assert balances.balance_cents(chart.BANK) == 55_000 and balances.balance_cents(chart.AIDS_OWED) == 0


def test_an_old_attempt_debited_again_is_parked_and_moves_nothing(sent, read):
    """Failures 14 and 15."""
    read([debit(15_000, e2e(1)), credit(15_000, e2e(1), code="AC04")])
    before = Movement.objects.count()
    read([debit(15_000, e2e(1))])
    assert reasons() == ["debited_twice"] and Movement.objects.count() == before


def test_a_transfer_debited_twice_in_one_statement_counts_once(sent, read):
    read([debit(15_000, e2e(1)), debit(15_000, e2e(1))])
    assert reasons() == ["debited_twice"] and balances.balance_cents(chart.BANK) == 85_000


def test_a_return_read_before_its_debit_waits_for_it(sent, read):
    read([credit(15_000, e2e(1), code="AC04")])
    assert reasons() == ["return_before_debit"] and state(1) == "sent"
    result = read([debit(15_000, e2e(1))])
    assert (result.matched, result.rematched) == (1, 1)
    assert reasons() == [] and state(1) == "returned"


def test_a_return_above_its_debit_in_the_same_statement_finds_it(sent, read):
    read([credit(15_000, e2e(1), code="AC04"), debit(15_000, e2e(1))])
    assert reasons() == [] and state(1) == "returned"


def test_a_return_of_another_amount_and_a_second_return_are_parked(sent, read):
    read([debit(15_000, e2e(1)), credit(14_700, e2e(1), code="AC04")])
    assert reasons() == ["amount_differs"] and state(1) == "debited"
    read([credit(15_000, e2e(1), code="AC04"), credit(15_000, e2e(1), code="AC04")])
    assert reasons() == ["amount_differs", "returned_twice"]


def test_a_credit_with_our_reference_that_is_no_return_is_parked(sent, read):
    read([debit(15_000, e2e(1)), credit(15_000, e2e(1))])
    assert reasons() == ["not_marked_return"] and state(1) == "debited"


def test_an_unsigned_transfer_that_the_bank_debits_is_an_alarm(treasury, order_of, read):
    order_of(1)
    read([debit(15_000, e2e(1))])
    assert reasons() == ["never_sent"] and state(1) == "due"


def test_a_wrong_amount_is_parked(sent, read):
    read([debit(15_001, e2e(1))])
    assert reasons() == ["amount_differs"] and state(1) == "sent"


def test_an_unknown_return_is_parked(sent, read):
    read([credit(15_000, "CS-2019-000001-1", code="AC04")])
    assert reasons() == ["unknown_return"]


def test_details_that_do_not_add_up_are_not_taken_one_by_one(sent, read):
    details = transfer(-15_000, e2e(1)) + transfer(-15_000, e2e(2))
    read([entry(-45_000, details, batch="NOT-OURS", count=3)])
    assert reasons() == ["unknown_debit"] and state(1) == "sent"


def test_trying_the_parked_lines_again_changes_nothing_by_itself(sent, read, treasury):
    read([credit(15_000, e2e(1), code="AC04"), debit(900, "ELSEWHERE")])
    assert settlement.match_parked_lines(by=treasury.treasurer) == 0
    assert settlement.match_waiting_lines() == "0 matched"
    assert sorted(reasons()) == ["return_before_debit", "unknown_debit"]
