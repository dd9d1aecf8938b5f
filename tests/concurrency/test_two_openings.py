"""Twin: one draft of a schedule opened twice at the same instant. One version opens, the second is told."""

from uuid import uuid4

import pytest

from aid_requests import schemes
from aid_requests.actions import scheme_drafts
from aid_requests.models import SchemeDraft, SchemeVersion
from aid_requests.schemes.writing import to_plain
from fund.workflow import AlreadyDone
from tests.aid_requests.factories import open_scheme
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off

pytestmark = needs_row_locks


@pytest.fixture
def draft(transactional_db, foundation, people) -> SchemeDraft:
    """A copy of the open version with another amount."""
    version = open_scheme()
    tree = to_plain(schemes.load(version.definition))
    tree["cases"][0]["amount"] = "151.00"
    return scheme_drafts.start_draft(by=people.administrator, form_token=uuid4(), tree=tree, based_on=version)


def open_twice(by, draft: SchemeDraft) -> list[object]:
    act = in_may(scheme_drafts.open_draft, by=by, draft=draft, revision=1, replaces=1)
    return race(act, act)


def meet_after_the_last_look(monkeypatch) -> None:
    meeting = MeetingPoint()
    monkeypatch.setattr(scheme_drafts, "opening_refusal", meeting.after(scheme_drafts.opening_refusal))


def test_without_the_lock_both_believe_that_they_open_it(draft, people, monkeypatch):
    """The set-up shows the race; the database's own rules are the last guard."""
    take_locks_off(monkeypatch)
    meet_after_the_last_look(monkeypatch)
    outcomes = open_twice(people.administrator, draft)
    assert not any(isinstance(outcome, AlreadyDone) for outcome in outcomes)
    assert SchemeVersion.objects.filter(state="open").count() == 1


def test_with_the_lock_the_second_is_told_that_it_is_done(draft, people, monkeypatch):
    meet_after_the_last_look(monkeypatch)
    outcomes = open_twice(people.administrator, draft)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDone", "SchemeVersion"]
    assert SchemeVersion.objects.count() == 2
