"""Twins: one import worked on by two workers at once; two lists of one year applied by two people at once."""

import pytest
from django.db import IntegrityError

from aid_requests.actions import register, register_lines, register_runs
from aid_requests.actions.register_runs import Overtaken
from aid_requests.models import RegisterImport, RegisterLine
from fund import clock
from fund.workflow import WrongState
from tests.aid_requests.register.factories import OTHER, STUDENT, compared, run_worker, text, upload
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off

pytestmark = needs_row_locks
BATCH = [(2, STUDENT.split(";")), (3, OTHER.split(";"))]


@pytest.fixture
def comparing(transactional_db, people, school) -> RegisterImport:
    with clock.at(clock.DEMO_START):
        row = upload(people.referent, school, text(STUDENT, OTHER))
        layout = register.layout_of(row)
        columns = {"number": 0, "last_name": 1, "first_name": 2, "email": 4}
        return register.choose_columns(by=people.referent, row=row, columns=columns, layout=layout)


def two_workers(row: RegisterImport, monkeypatch) -> list[object]:
    meeting = MeetingPoint()
    monkeypatch.setattr(register_runs, "judge_batch", meeting.after(register_lines.judge_batch))
    act = in_may(register_runs.compare_batch, import_id=row.pk, done=0, batch=BATCH, width=9)
    return race(act, act)


def test_without_the_lock_the_second_worker_breaks_on_lines_that_are_there(comparing, monkeypatch):
    take_locks_off(monkeypatch)
    outcomes = two_workers(comparing, monkeypatch)
    assert [type(outcome) for outcome in outcomes].count(IntegrityError) == 1


def test_the_second_worker_finds_that_the_first_went_on(comparing, monkeypatch):
    outcomes = two_workers(comparing, monkeypatch)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", Overtaken.__name__]
    monkeypatch.undo()
    with clock.at(clock.DEMO_START):
        run_worker()
    assert RegisterLine.objects.filter(outcome="new").count() == 2


@pytest.fixture
def two_lists(transactional_db, people, school) -> list[RegisterImport]:
    with clock.at(clock.DEMO_START):
        return [compared(people.referent, school, text(*lines)) for lines in ([STUDENT], [STUDENT, OTHER])]


def apply_at_once(people, lists: list[RegisterImport], monkeypatch) -> list[object]:
    meeting = MeetingPoint()
    monkeypatch.setattr(register_runs, "in_force", meeting.after(register_runs.in_force))
    people_who = (people.referent, people.administrator)
    acts = [in_may(register.apply_import, by=by, row=row) for by, row in zip(people_who, lists, strict=True)]
    return race(*acts)


def test_without_the_lock_only_the_constraint_stops_a_second_list(two_lists, people, monkeypatch):
    take_locks_off(monkeypatch)
    outcomes = apply_at_once(people, two_lists, monkeypatch)
    assert [type(outcome) for outcome in outcomes].count(IntegrityError) == 1


def test_of_two_lists_applied_at_once_one_waits_and_is_told(two_lists, people, monkeypatch):
    outcomes = apply_at_once(people, two_lists, monkeypatch)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["RegisterImport", WrongState.__name__]
