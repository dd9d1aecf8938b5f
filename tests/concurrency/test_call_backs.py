"""Twins: two referents take one call at the same instant, and one person asks twice at once."""

import uuid
from typing import Any

import pytest

from aid_requests import actions, call_backs
from aid_requests.actions.call_backs import Wish
from aid_requests.models import CallBack
from fund import clock, vault
from fund.models import AuditEvent
from fund.workflow import AlreadyDone
from tests.aid_requests.people_pages import CALLER, ask_call
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off

pytestmark = needs_row_locks


@pytest.fixture
def call(transactional_db: None, people, school) -> CallBack:
    with clock.at(clock.DEMO_START):
        return ask_call(school)


def take_together(people, call: CallBack, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Both have been let through before either takes it."""
    monkeypatch.setattr(call_backs, "can_take", MeetingPoint().after(call_backs.can_take))
    takers = (people.referent, people.national_referent)
    outcomes = race(*[in_may(actions.take_call_back, by=by, call_back=call) for by in takers])
    monkeypatch.undo()
    return outcomes


def test_without_the_lock_two_people_telephone(call, people, monkeypatch):
    """The set-up shows the bug."""
    take_locks_off(monkeypatch)
    outcomes = take_together(people, call, monkeypatch)
    assert [type(outcome) for outcome in outcomes] == [CallBack, CallBack]


def test_with_the_lock_one_takes_it_and_the_other_is_told(call, people, monkeypatch):
    outcomes = take_together(people, call, monkeypatch)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDone", "CallBack"]
    told = next(outcome for outcome in outcomes if isinstance(outcome, AlreadyDone))
    assert told.sentence == "Une autre personne vient de prendre cet appel."
    taken = CallBack.objects.get()
    assert taken.state == "taken" and AuditEvent.objects.filter(action="call_back.taken").count() == 1


def test_one_number_asked_for_twice_at_once_is_one_call(transactional_db, school, monkeypatch):
    """Both have looked before either writes: the database keeps one, and both read the same promise."""
    monkeypatch.setattr(vault, "make_subject_key", MeetingPoint().after(vault.make_subject_key))
    wish = Wish(CALLER, "any", school, through_school=True)
    asks = [in_may(actions.ask_call_back, wish=wish, form_token=uuid.uuid4(), by=None) for _turn in range(2)]
    outcomes = race(*asks)
    monkeypatch.undo()
    assert outcomes[0] == outcomes[1] and not isinstance(outcomes[0], Exception)
    assert CallBack.objects.count() == 1
