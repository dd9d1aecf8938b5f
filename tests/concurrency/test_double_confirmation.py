"""Twin: one gift confirmed by two events at the same instant (failures 4 and 6)."""

import pytest
from django.core.management import call_command

from donations.actions import confirming, intake, receiving
from donations.actions.receiving import receive_event
from donations.models import Gift, ProviderEvent
from fund import ledger
from fund.models import Movement, OutgoingMail, TransitionLog
from tests.concurrency.rivals import MeetingPoint, needs_row_locks, race, take_locks_off
from tests.donations import factories

pytestmark = needs_row_locks


@pytest.fixture
def gift(transactional_db, foundation, pocket) -> Gift:
    gift = factories.make_gift(pocket)
    factories.make_attempt(gift, session_id=f"cs_test_{gift.pk}")
    return gift


def confirm_twice(gift: Gift) -> list[object]:
    session = factories.session_of(gift)
    events = [factories.event("checkout.session.completed", session) for _ in range(2)]
    return race(
        *[lambda event=event: receive_event(raw=str(event).encode(), payload=event) for event in events]
    )


def meet_before_counting(monkeypatch):
    """In the plain way: the quick one is shut."""
    monkeypatch.setattr(receiving, "confirm_at_once", lambda **_values: None)
    meeting = MeetingPoint()
    monkeypatch.setattr(confirming, "check_money", meeting.after(confirming.check_money))


def times_confirmed(gift: Gift) -> int:
    return TransitionLog.objects.filter(object_id=str(gift.pk), name="confirm").count()


def test_without_the_lock_the_gift_is_confirmed_twice(gift, monkeypatch):
    """The set-up shows the bug; that the money itself counts once is the unique cause's doing, the last guard."""
    take_locks_off(monkeypatch)
    meet_before_counting(monkeypatch)
    confirm_twice(gift)
    monkeypatch.undo()
    assert times_confirmed(gift) == 2
    assert Movement.objects.count() == 1


def test_with_the_lock_it_is_confirmed_once(gift, monkeypatch):
    meet_before_counting(monkeypatch)
    confirm_twice(gift)
    monkeypatch.undo()
    assert times_confirmed(gift) == 1
    assert ledger.left_cents() == gift.amount_cents
    assert list(ProviderEvent.objects.values_list("state", flat=True)) == ["acted", "acted"]
    factories.write_thanks()
    assert OutgoingMail.objects.filter(key=f"gift:{gift.pk}:thanks").count() == 1
    call_command("check_ledger")


def test_the_quick_way_confirms_it_once_too(gift, monkeypatch):
    """Both have read that the gift may be counted: the second one's statement does nothing, and the plain way tells."""
    meeting = MeetingPoint()
    monkeypatch.setattr(intake, "_read", meeting.after(intake._read))
    confirm_twice(gift)
    monkeypatch.undo()
    assert (times_confirmed(gift), Movement.objects.count()) == (1, 1)
    assert sorted(ProviderEvent.objects.values_list("state", "note")) == [
        ("acted", ""),
        ("acted", "already_known"),
    ]
    factories.write_thanks()
    assert OutgoingMail.objects.count() == 1
    call_command("check_ledger")


def test_the_same_delivery_twice_at_once_is_one_row(gift):
    event = factories.event("checkout.session.completed", factories.session_of(gift))
    outcomes = race(*[lambda: receive_event(raw=str(event).encode(), payload=event) for _ in range(2)])
    assert all(isinstance(outcome, ProviderEvent) for outcome in outcomes)
    assert ProviderEvent.objects.get().deliveries == 2
    assert Movement.objects.count() == 1
    call_command("check_ledger")
