"""Real workers in processes of their own, killed in the middle of a task (failure 1: a dead worker's work is lost)."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fund.other_process import PATIENCE_SECONDS, kill, other_database
from tests.fund.slow_tasks import work_until_told

STATUS = """
from django_tasks_db.models import DBTaskResult
from fund.models import AuditEvent, WorkerLease
def status():
    task = DBTaskResult.objects.get(task_path__endswith="work_until_told")
    return f"{task.status} {len(task.worker_ids)} {AuditEvent.objects.filter(action='task.requeued').count()}"
print(status())
"""
END = "import time\n" + STATUS + "while status().startswith('RUNNING'): time.sleep(0.05)\nprint(status())"
# The minute without a beat is passed in, not waited for.
REQUEUE_A_MINUTE_LATER = """
from datetime import timedelta
from fund import stuck
from fund.models import WorkerLease
print(stuck.requeue_stuck_work(WorkerLease.objects.get().beat_at + timedelta(seconds=61)))
"""
WAIT_FOR_A_BEAT_AND_REQUEUE = """
import time
from datetime import timedelta
from fund import stuck
from fund.models import WorkerLease
while (lease := WorkerLease.objects.get()).beat_at == lease.started_at:
    time.sleep(0.05)
print(stuck.requeue_stuck_work(lease.beat_at + timedelta(seconds=59)))
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def elsewhere(transactional_db, tmp_path, folder):
    """A task waits there for a worker."""
    work_until_told.enqueue(str(folder))
    with other_database(tmp_path) as database:
        yield database


def turns(folder: Path) -> list[str]:
    path = folder / "turns"
    return path.read_text().split() if path.exists() else []


def wait_until(is_so: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < give_up_at, "it never came to that"
        time.sleep(0.05)


def test_a_task_whose_worker_is_killed_is_done_by_the_next(elsewhere, folder):
    with elsewhere.worker() as first:
        wait_until(lambda: turns(folder) == ["began"])
        kill(first)
    said = elsewhere.run(STATUS + REQUEUE_A_MINUTE_LATER).splitlines()
    assert said == ["RUNNING 1 0", "1 requeued, 0 given up"], "as the killed worker left it, then put back"
    (folder / "end").touch()
    with elsewhere.worker():
        wait_until(lambda: turns(folder) == ["began", "began", "ended"])
        assert elsewhere.run(END).endswith("SUCCESSFUL 2 1")


def test_a_slow_worker_that_lives_keeps_its_task(elsewhere, folder):
    with elsewhere.worker():
        wait_until(lambda: turns(folder) == ["began"])
        assert elsewhere.run(WAIT_FOR_A_BEAT_AND_REQUEUE) == "0 requeued, 0 given up"
        (folder / "end").touch()
        assert elsewhere.run(END).endswith("SUCCESSFUL 1 0")
    assert turns(folder) == ["began", "ended"]
