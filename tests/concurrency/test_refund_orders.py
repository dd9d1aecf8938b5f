"""Twin: two refunds of one gift ordered at the same instant, and one order asked by two workers (failures 4, 5)."""

import json
import uuid
from types import SimpleNamespace

import pytest
from django.db import IntegrityError

from config.demo import payments
from config.demo.models import StandInDelivery, StandInObject
from donations import refund_rules
from donations.actions import giving_back, paying
from donations.actions.receiving import receive_event
from donations.models import Gift, RefundOrder
from fund.roles import Refused
from tests.concurrency.rivals import Act, MeetingPoint, needs_row_locks, race, take_locks_off
from tests.donations import factories

pytestmark = needs_row_locks


@pytest.fixture
def gift(transactional_db, foundation, pocket) -> Gift:
    """50 €, paid by card at the stand-in."""
    gift = factories.make_gift(pocket)
    paying.start_payment(gift=gift)
    payments.pay_by_card(gift.attempts.get().session_id)
    for delivery in StandInDelivery.objects.order_by("pk"):
        receive_event(raw=delivery.payload.encode(), payload=json.loads(delivery.payload))
    return Gift.objects.get(pk=gift.pk)


def ordering(people: SimpleNamespace, gift: Gift) -> Act:
    return lambda: giving_back.order_refund(
        by=people.treasurer,
        gift=gift,
        amount_cents=3_000,
        reason="donor_asked",
        risk_accepted=False,
        form_token=uuid.uuid4(),
    )


def meet_after_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = MeetingPoint()
    monkeypatch.setattr(refund_rules, "can_refund", meeting.after(refund_rules.can_refund))


def test_without_the_lock_both_find_room_and_only_the_database_stops_the_second(people, gift, monkeypatch):
    """The set-up shows the race: both read that nothing is under way."""
    take_locks_off(monkeypatch)
    meet_after_looking(monkeypatch)
    outcomes = race(ordering(people, gift), ordering(people, gift))
    monkeypatch.undo()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError", "RefundOrder"]
    assert IntegrityError in {type(outcome) for outcome in outcomes}


def test_with_the_lock_the_second_waits_and_is_refused_with_its_sentence(people, gift, monkeypatch):
    meet_after_looking(monkeypatch)
    outcomes = race(ordering(people, gift), ordering(people, gift))
    monkeypatch.undo()
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [one.refusal.code for one in refused] == ["under_way"]
    assert RefundOrder.objects.count() == 1


def test_two_workers_ask_one_order_at_once_and_money_goes_back_once(people, gift, monkeypatch):
    order = ordering(people, gift)()
    meeting = MeetingPoint()
    monkeypatch.setattr(giving_back, "_begin_try", meeting.after(giving_back._begin_try))
    race(*[lambda: giving_back.ask_refund.func(order.pk)] * 2)
    monkeypatch.undo()
    giving_back.ask_waiting_refunds()
    refunds = [row.body["amount"] for row in StandInObject.objects.filter(kind="refund").order_by("pk")]
    assert refunds == [3_000]
    assert RefundOrder.objects.get().state == "sent"
