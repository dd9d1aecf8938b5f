"""Twin: one refund told by two events at the same instant (failures 4 and 23)."""

import pytest
from django.core.management import call_command

from donations.actions import refunding
from donations.actions.receiving import receive_event
from donations.models import Gift, ProviderEvent, Refund
from fund import ledger
from fund.models import Movement, OutgoingMail
from fund.models.ledger import Kind
from tests.concurrency.rivals import MeetingPoint, needs_row_locks, race, take_locks_off
from tests.donations import factories

pytestmark = needs_row_locks


@pytest.fixture
def gift(transactional_db, foundation, pocket) -> Gift:
    """A gift of 50 €, received."""
    gift = factories.make_gift(pocket)
    take(factories.event("checkout.session.completed", factories.session_of(gift)))
    return gift


def take(event: dict[str, object]) -> ProviderEvent:
    return receive_event(raw=str(event).encode(), payload=event)


def refund_at_once(*refunds: dict[str, object]) -> list[object]:
    events = [factories.event("refund.created", refund) for refund in refunds]
    return race(*[lambda event=event: take(event) for event in events])


def meet_before_booking(monkeypatch):
    meeting = MeetingPoint()
    monkeypatch.setattr(refunding, "_checked_amount", meeting.after(refunding._checked_amount))


def states(outcomes: list[object]) -> list[str]:
    return sorted(outcome.state for outcome in outcomes if isinstance(outcome, ProviderEvent))


def test_without_the_lock_two_refunds_pass_the_gift(gift, monkeypatch):
    """The set-up shows the bug: both read the same room and both take it."""
    take_locks_off(monkeypatch)
    meet_before_booking(monkeypatch)
    refund_at_once(factories.refund_of(gift, "re_1", 3_000), factories.refund_of(gift, "re_2", 3_000))
    monkeypatch.undo()
    assert Movement.objects.filter(kind=Kind.REFUND).count() == 2


def test_with_the_lock_the_second_waits_and_finds_no_room(gift, monkeypatch):
    meet_before_booking(monkeypatch)
    outcomes = refund_at_once(
        factories.refund_of(gift, "re_1", 3_000), factories.refund_of(gift, "re_2", 3_000)
    )
    monkeypatch.undo()
    assert states(outcomes) == ["acted", "parked"]
    assert Gift.objects.get().refunded_cents == 3_000
    call_command("check_ledger")


def test_the_same_refund_twice_at_once_counts_once(gift, monkeypatch):
    meet_before_booking(monkeypatch)
    refund = factories.refund_of(gift, "re_1", 2_000)
    outcomes = refund_at_once(refund, refund)
    monkeypatch.undo()
    assert states(outcomes) == ["acted", "acted"]
    assert (Refund.objects.count(), Movement.objects.filter(kind=Kind.REFUND).count()) == (1, 1)
    assert OutgoingMail.objects.filter(key__startswith="refund:").count() == 1
    assert ledger.left_cents() == 3_000
    call_command("check_ledger")
