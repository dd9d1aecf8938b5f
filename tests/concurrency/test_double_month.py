"""Twin: one month of a monthly gift told by two events at the same instant."""

import pytest
from django.core.management import call_command
from django.db import OperationalError

from donations.actions import monthly
from donations.models import Gift, PaymentAttempt, ProviderEvent
from fund import ledger, workflow
from tests.concurrency.rivals import MeetingPoint, needs_row_locks, race, take_locks_off
from tests.donations import factories

pytestmark = needs_row_locks
COMPLETED, PAID, TIED = "checkout.session.completed", "invoice.paid", "invoice_payment.paid"


@pytest.fixture
def gift(transactional_db, foundation, pocket) -> Gift:
    """A monthly gift of 15 €, its first month counted by its invoice."""
    gift = factories.make_gift(pocket, amount_cents=1_500, rhythm="monthly")
    factories.make_attempt(gift, session_id=f"cs_test_{gift.pk}")
    factories.take_event(factories.event(PAID, factories.invoice_of(gift)))
    return gift


def take_at_once(*events: dict[str, object]) -> list[object]:
    return race(*[lambda event=event: factories.take_event(event) for event in events])


def renew_twice(gift: Gift) -> list[object]:
    second = factories.invoice_of(gift, "in_2")
    return take_at_once(factories.event(PAID, second), factories.event(PAID, second))


def meet_before_the_gift_is_looked_for(monkeypatch):
    meeting = MeetingPoint()
    monkeypatch.setattr(monthly, "_lock_monthly", meeting.after(monthly._lock_monthly))


def states() -> list[str]:
    return sorted(ProviderEvent.objects.values_list("state", flat=True))


def test_without_the_lock_both_events_make_the_gift_of_the_month(gift, monkeypatch):
    """The set-up shows the bug; one gift only is left by the unique token, the last guard."""
    take_locks_off(monkeypatch)
    meet_before_the_gift_is_looked_for(monkeypatch)
    renew_twice(gift)
    monkeypatch.undo()
    assert states() == ["acted", "acted", "parked"]


def test_with_the_lock_the_second_finds_the_gift_of_the_first(gift, monkeypatch):
    meet_before_the_gift_is_looked_for(monkeypatch)
    renew_twice(gift)
    monkeypatch.undo()
    assert states() == ["acted", "acted", "acted"]
    assert (Gift.objects.count(), ledger.left_cents()) == (2, 3_000)
    call_command("check_ledger")


def page_and_tie(gift: Gift) -> list[object]:
    """The pay page tells of the month while its invoice is tied to its payment."""
    return take_at_once(
        factories.event(COMPLETED, factories.monthly_session_of(gift)),
        factories.event(TIED, factories.invoice_payment_of("in_1", "pi_month")),
    )


def meet_between_the_locks(monkeypatch, before_the_month) -> None:
    """The tie holds the gift, the page what `before_the_month` took, when both go on."""
    meeting, receive, tie = MeetingPoint(), monthly.receive_invoice, monthly._tie

    def receive_later(**values):
        before_the_month()
        meeting.wait()
        return receive(**values)

    def tie_later(*values):
        meeting.wait()
        return tie(*values)

    monkeypatch.setattr(monthly, "receive_invoice", receive_later)
    monkeypatch.setattr(monthly, "_tie", tie_later)


def test_with_the_attempt_locked_before_the_gift_the_two_block_each_other(gift, monkeypatch):
    """The set-up shows the bug: the database ends one of them, and the event must come again."""
    attempt = PaymentAttempt.objects.get()
    meet_between_the_locks(monkeypatch, lambda: workflow.lock(PaymentAttempt, attempt.pk))
    outcomes = page_and_tie(gift)
    monkeypatch.undo()
    assert [type(outcome) for outcome in outcomes].count(OperationalError) == 1


def test_with_the_gift_locked_before_the_attempt_both_pass(gift, monkeypatch):
    meet_between_the_locks(monkeypatch, lambda: None)
    page_and_tie(gift)
    monkeypatch.undo()
    assert states() == ["acted", "acted", "acted"]
    attempt = PaymentAttempt.objects.get()
    assert (attempt.payment_intent_id, attempt.session_id) == ("pi_month", f"cs_test_{gift.pk}")
    assert ledger.left_cents() == 1_500
    call_command("check_ledger")
