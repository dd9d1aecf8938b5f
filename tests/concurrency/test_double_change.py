"""Twin: two tabs change one monthly gift at the same instant."""

import uuid

import pytest

from donations import monthly_rules
from donations.actions.monthly_changes import ask_change, settle_change
from donations.models import MonthlyChange, MonthlyGift
from donations.models.monthly_changes import AskedFrom, ChangeKind
from donations.monthly_rules import Wanted
from fund.models import OutgoingMail
from fund.roles import Refused
from tests.concurrency.rivals import MeetingPoint, needs_row_locks, race, take_locks_off
from tests.donations import factories

pytestmark = needs_row_locks
TO_25, STOP = Wanted(ChangeKind.AMOUNT, amount_cents=2_500), Wanted(ChangeKind.STOP)


@pytest.fixture
def monthly(transactional_db, foundation, pocket) -> MonthlyGift:
    """15 € a month, the first one counted by its invoice."""
    gift = factories.make_gift(pocket, amount_cents=1_500, rhythm="monthly")
    factories.make_attempt(gift, session_id=f"cs_test_{gift.pk}")
    factories.take_event(factories.event("invoice.paid", factories.invoice_of(gift)))
    return MonthlyGift.objects.get()


def ask(monthly: MonthlyGift, wanted: Wanted, form: uuid.UUID):
    return lambda: ask_change(monthly=monthly, wanted=wanted, form_token=form, asked_from=AskedFrom.LINK)


def meet_when_both_found_nothing_under_way(monkeypatch):
    meeting = MeetingPoint()
    monkeypatch.setattr(monthly_rules, "change_under_way", meeting.after(monthly_rules.change_under_way))


def test_without_the_lock_only_the_database_stops_the_second_change(monthly, monkeypatch):
    """The set-up shows the rivals side by side: the unique constraint is the last guard."""
    take_locks_off(monkeypatch)
    meet_when_both_found_nothing_under_way(monkeypatch)
    outcomes = race(ask(monthly, TO_25, uuid.uuid4()), ask(monthly, STOP, uuid.uuid4()))
    monkeypatch.undo()
    refused = [outcome.refusal.code for outcome in outcomes if isinstance(outcome, Refused)]
    assert (refused, MonthlyChange.objects.count()) == (["under_way"], 1)


def test_with_the_lock_a_stop_takes_the_place_of_the_other_or_makes_it_wait(monthly, monkeypatch):
    meet_when_both_found_nothing_under_way(monkeypatch)
    race(ask(monthly, TO_25, uuid.uuid4()), ask(monthly, STOP, uuid.uuid4()))
    monkeypatch.undo()
    asked = MonthlyChange.objects.get(state="asked")
    assert asked.kind == "stop"
    assert set(MonthlyChange.objects.exclude(pk=asked.pk).values_list("state", flat=True)) <= {"superseded"}


def test_one_form_sent_twice_at_once_is_one_change(monthly):
    form = uuid.uuid4()
    outcomes = race(ask(monthly, TO_25, form), ask(monthly, TO_25, form))
    assert outcomes[0] == outcomes[1] == MonthlyChange.objects.get()


def test_the_answer_and_the_timed_work_settle_one_change_once(monthly):
    change = ask(monthly, STOP, uuid.uuid4())()
    race(lambda: settle_change(change=change), lambda: settle_change(change=change))
    monthly.refresh_from_db()
    assert (monthly.state, MonthlyChange.objects.get().state) == ("stopped", "done")
    assert OutgoingMail.objects.filter(key__endswith=":stopped").count() == 1
