"""Twin: one draft of the committee's rules opened twice at the same instant. It opens once, the second is told."""

import pytest

from aid_requests.actions import committee_rules
from aid_requests.models import RulesVersion
from fund.models import TransitionLog
from fund.workflow import AlreadyDone
from tests.aid_requests.committee.rules.test_reading import WRITING
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off

pytestmark = needs_row_locks


@pytest.fixture
def draft(transactional_db, foundation, people) -> RulesVersion:
    return committee_rules.save_rules_draft(by=people.administrator, text=WRITING, revision=0)


def open_twice(by) -> list[object]:
    act = in_may(committee_rules.open_rules_draft, by=by, revision=1, replaces=None)
    return race(act, act)


def meet_after_the_last_look(monkeypatch) -> None:
    meeting = MeetingPoint()
    monkeypatch.setattr(committee_rules, "opening_refusal", meeting.after(committee_rules.opening_refusal))


def openings() -> int:
    return TransitionLog.objects.filter(object_kind="aid_requests.rulesversion", name="open").count()


def test_without_the_lock_it_opens_twice(draft, people, monkeypatch):
    take_locks_off(monkeypatch)
    meet_after_the_last_look(monkeypatch)
    outcomes = open_twice(people.administrator)
    assert not any(isinstance(outcome, AlreadyDone) for outcome in outcomes)
    assert openings() == 2


def test_with_the_lock_the_second_is_told_that_it_is_done(draft, people, monkeypatch):
    meet_after_the_last_look(monkeypatch)
    outcomes = open_twice(people.administrator)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDone", "RulesVersion"]
    assert openings() == 1
