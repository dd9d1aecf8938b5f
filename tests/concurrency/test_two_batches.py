"""Twin: one approved request in two batches prepared at the same instant (failure 12)."""

from itertools import count

import pytest
from django.core.management import call_command

from fund import registry
from fund.models import PaymentBatch, PaymentOrder
from fund.treasury import batches
from fund.workflow import AlreadyDone
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off
from tests.fund.treasury.conftest import order_of, things, treasury  # noqa: F401 - fixtures used by name
from tests.fund.treasury.factories import KIND

pytestmark = needs_row_locks


@pytest.fixture
def order(transactional_db, order_of) -> PaymentOrder:  # noqa: F811 - pytest's way
    return order_of(1)


@pytest.fixture(autouse=True)
def _only_the_funds_own_proofs(monkeypatch):
    own = {name: check for name, check in registry.checks().items() if check.__module__ == "fund.proofs"}
    monkeypatch.setattr(registry, "checks", lambda: own)


def prepare_twice(by, order: PaymentOrder) -> list[object]:
    return race(*[in_may(batches.prepare_batch, by=by, order_ids=[order.pk]) for _tab in range(2)])


def meet_after_reading_the_orders(monkeypatch):
    meeting = MeetingPoint()
    monkeypatch.setattr(batches, "check_orders", meeting.after(batches.check_orders))


def test_without_the_lock_two_batches_are_signed_for_one_payment(order, people, monkeypatch):
    """The set-up shows the bug; two numbers are given out by hand, or the unique number would hide it."""
    take_locks_off(monkeypatch)
    numbers = count(1)
    monkeypatch.setattr(batches, "_next_number", lambda: next(numbers))
    monkeypatch.setattr(
        batches,
        "_lock_orders",
        lambda ids: list(PaymentOrder.objects.filter(pk__in=ids).select_related("subject_key")),
    )
    meet_after_reading_the_orders(monkeypatch)
    outcomes = prepare_twice(people.treasurer, order)
    assert [type(outcome) for outcome in outcomes] == [PaymentBatch, PaymentBatch]
    with pytest.raises(SystemExit):
        call_command("check_ledger")


def test_with_the_lock_the_second_is_told_that_it_is_in_a_batch(order, people, monkeypatch):
    meet_after_reading_the_orders(monkeypatch)
    outcomes = prepare_twice(people.treasurer, order)
    assert sum(isinstance(outcome, PaymentBatch) for outcome in outcomes) == 1
    refused = next(outcome for outcome in outcomes if isinstance(outcome, Exception))
    assert isinstance(refused, AlreadyDone)
    assert "est déjà dans le lot" in refused.sentence
    assert PaymentBatch.objects.get().orders.get().reference_kind == KIND
    call_command("check_ledger")
