"""Twins: a grant confirmed and reported at the same instant, and two look-alikes signed at the same instant."""

from typing import Any

import pytest
from django.db import transaction

from aid_requests import actions, lookalikes, second_looks
from aid_requests.actions.lookalikes import note_marks
from aid_requests.models import AidRequest, LookAlike, LookAlikeMark, SecondLook
from fund import clock
from fund.models.people import Role
from tests.aid_requests.committee.conftest import committee, file_of
from tests.aid_requests.look_alike_files import kinds_between, person, signed
from tests.aid_requests.second_look_files import granted
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off
from tests.conftest import grant, make_user

__all__ = ["committee", "file_of"]  # fixtures of the committee, used here as they are
pytestmark = needs_row_locks


@pytest.fixture
def look(transactional_db: None, committee, file_of, settings) -> SecondLook:
    settings.SECOND_LOOK_ONE_IN, settings.SECOND_LOOK_FROM_CENTS = 1, 0
    actions.keep_second_looks()
    committee.reader = make_user("reader")
    grant(committee.reader, Role.MEMBER, by=committee.administrator)
    return granted(committee, file_of()).second_look


def read_together(people, look: SecondLook, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Both have been let through before either writes."""
    monkeypatch.setattr(second_looks, "can_reread", MeetingPoint().after(second_looks.can_reread))
    outcomes = race(
        in_may(actions.confirm_grant, by=people.chair, look=look),
        in_may(actions.report_grant, by=people.reader, look=look, reason="case", note="Un autre cas."),
    )
    monkeypatch.undo()
    return outcomes


def test_without_the_lock_it_is_freed_and_held_at_once(look, committee, monkeypatch):
    """The set-up shows the bug."""
    take_locks_off(monkeypatch)
    outcomes = read_together(committee, look, monkeypatch)
    assert "AlreadyDone" not in {type(outcome).__name__ for outcome in outcomes}


def test_with_the_lock_the_first_reading_counts(look, committee, monkeypatch):
    outcomes = read_together(committee, look, monkeypatch)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDone", "SecondLook"]
    assert SecondLook.objects.get().state in ("confirmed", "reported")


def test_two_signatures_of_one_instant_meet_at_the_next_run(
    transactional_db, foundation, people, school, other_school, monkeypatch
):
    """Neither sees the other's hashes, which are not committed yet: the timed work puts them beside each other."""
    with clock.at(clock.DEMO_START):
        one, twin = signed(1), signed(2, school="sud", identity=person(1))
    LookAlike.objects.all().delete()
    LookAlikeMark.objects.all().delete()
    monkeypatch.setattr(lookalikes, "values_of", MeetingPoint().after(lookalikes.values_of))
    race(*[in_may(_note, request=request) for request in (one, twin)])
    monkeypatch.undo()
    assert LookAlikeMark.objects.filter(kind="person").count() == 2
    with clock.at(clock.DEMO_START):
        actions.note_missing_marks()
    assert kinds_between(one, twin) == {"person"}


def _note(request: AidRequest) -> None:
    with transaction.atomic():
        note_marks(AidRequest.objects.get(pk=request.pk))
