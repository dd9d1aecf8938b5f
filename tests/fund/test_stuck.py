"""Stuck tasks: a dead worker's task is put back, a slow worker's is not, and nothing is tried for ever."""

import contextlib
import io
import json
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from fund import leases, registry, stuck
from fund.models import AuditEvent, WorkerLease
from tests.fund.slow_tasks import work_until_told

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def running_task(*workers: str, since: timedelta = timedelta(minutes=5)) -> DBTaskResult:
    """A task claimed by each of these workers in turn, the last time `since` ago."""
    task = DBTaskResult.objects.get(pk=work_until_told.enqueue("nowhere").id)
    for worker_id in workers:
        task.claim(worker_id)
    DBTaskResult.objects.filter(pk=task.pk).update(started_at=timezone.now() - since)
    return task


def status(task: DBTaskResult) -> str:
    task.refresh_from_db()
    return str(task.status)


def command(*arguments: str) -> dict[str, object]:
    out = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command("requeue_stuck_work", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_a_task_whose_worker_beats_stays_however_long_it_takes():
    leases.beat("slow")
    task = running_task("slow", since=timedelta(hours=9))
    assert str(stuck.requeue_stuck_work()) == "0 requeued, 0 given up"
    assert status(task) == "RUNNING"


def test_a_task_whose_worker_beat_last_a_minute_ago_is_put_back_and_told():
    now = timezone.now()
    leases.beat("dead", now - MINUTE)
    task = running_task("dead")
    assert stuck.requeue_stuck_work(now).requeued == [str(task.pk)]
    assert (status(task), task.started_at, task.worker_ids) == ("READY", None, ["dead"])
    event = AuditEvent.objects.get(action="task.requeued")
    assert (event.object_id, event.details) == (
        str(task.pk),
        {"task": "tests.fund.slow_tasks.work_until_told", "tries": 1},
    )
    assert list(DBTaskResult.objects.ready()) == [task]


@pytest.mark.parametrize(("late", "expected"), [(59, "RUNNING"), (60, "READY")])
def test_sixty_seconds_without_a_beat_are_the_end(late, expected):
    now = timezone.now()
    leases.beat("worker", now - timedelta(seconds=late))
    task = running_task("worker")
    stuck.requeue_stuck_work(now)
    assert status(task) == expected


@pytest.mark.parametrize(("since", "expected"), [(30, "RUNNING"), (90, "READY")])
def test_a_worker_without_a_lease_has_a_minute(since, expected):
    """It ended in order between claiming and starting, or it is not ours and leaves no sign of life."""
    task = running_task("unknown", since=timedelta(seconds=since))
    stuck.requeue_stuck_work()
    assert status(task) == expected


def test_only_the_last_worker_counts():
    leases.beat("first", timezone.now() - timedelta(hours=1))
    leases.beat("second")
    task = running_task("first", "second")
    stuck.requeue_stuck_work()
    assert status(task) == "RUNNING"


@pytest.mark.parametrize("state", ["READY", "SUCCESSFUL", "FAILED"])
def test_what_does_not_run_is_left_alone(state):
    task = running_task("dead")
    DBTaskResult.objects.filter(pk=task.pk).update(status=state)
    assert str(stuck.requeue_stuck_work()) == "0 requeued, 0 given up"
    assert status(task) == state


def test_after_three_dead_workers_a_task_is_given_up_and_a_person_sees_it():
    task = running_task("one", "two", "three")
    assert command() == {"ok": False, "requeued": [], "given_up": [str(task.pk)]}
    assert stuck.count_given_up() == 1
    assert status(task) == "FAILED" and task.finished_at is not None
    assert AuditEvent.objects.get(action="task.given_up").details["tries"] == 3
    assert list(registry.checks()["tasks"]()) == [
        f"task {task.pk} (tests.fund.slow_tasks.work_until_told) was given up after 3 workers died under it."
    ]
    assert command() == {"ok": True, "requeued": [], "given_up": []}, "once"


def test_a_person_tries_a_given_up_task_again_with_its_count_at_zero():
    task = running_task("one", "two", "three")
    command()
    assert command("--retry", str(task.pk))["ok"]
    assert (status(task), task.worker_ids, task.exception_class_path) == ("READY", [], "")
    assert list(stuck.given_up_tasks()) == []
    with pytest.raises(CommandError, match="was given up"):
        call_command("requeue_stuck_work", "--retry", str(task.pk))


def test_a_task_that_failed_by_itself_is_not_a_given_up_one():
    task = running_task("one")
    task.set_failed(ValueError("its own fault"))
    assert list(stuck.given_up_tasks()) == []
    with pytest.raises(CommandError, match="was given up"):
        call_command("requeue_stuck_work", "--retry", str(task.pk))


def test_each_minute_the_timed_work_looks():
    every, job = registry.jobs()["stuck_work"]
    running_task("dead")
    assert (every, job()) == (MINUTE, "1 requeued, 0 given up")


def test_the_command_says_it_in_words(capsys):
    running_task("dead")
    call_command("requeue_stuck_work")
    assert capsys.readouterr().out == "1 requeued, 0 given up\n"
    task = running_task("one", "two", "three")
    with pytest.raises(SystemExit) as stop:
        call_command("requeue_stuck_work")
    assert stop.value.code == 1
    assert str(task.pk) in capsys.readouterr().out


def test_the_rows_of_workers_that_ended_long_ago_are_forgotten():
    now = timezone.now()
    leases.beat("old", now - timedelta(days=2))
    leases.beat("young", now - timedelta(hours=2))
    stuck.requeue_stuck_work(now)
    assert list(WorkerLease.objects.values_list("worker_id", flat=True)) == ["young"]


# The lease -----------------------------------------------------------------------------------------------------


def test_a_beat_moves_and_a_lost_row_comes_back():
    now = timezone.now()
    leases.beat("worker", now)
    leases.beat("worker", now + MINUTE)
    lease = WorkerLease.objects.get()
    assert (lease.started_at, lease.beat_at) == (now, now + MINUTE)
    lease.delete()
    leases.beat("worker", now)
    assert WorkerLease.objects.get().beat_at == now


def test_the_lease_beats_until_the_block_ends_and_survives_a_database_that_is_away(monkeypatch):
    answers, beaten = iter(["away", "ok", "away", "ok"]), threading.Event()

    def beat(worker_id: str) -> None:
        answer = next(answers, None)
        if answer == "away":
            raise OperationalError("the database is away")
        if answer is None:
            beaten.set()

    monkeypatch.setattr(leases, "beat", beat)
    monkeypatch.setattr(leases.connection, "close", lambda: None)
    with leases.Lease("worker", every=0.001):
        assert beaten.wait(10), "the beat went on after the failure"


def test_a_worker_that_ends_in_order_takes_its_lease_away(monkeypatch):
    with leases.Lease("worker", every=60):
        assert WorkerLease.objects.get().worker_id == "worker"
    assert not WorkerLease.objects.exists()
