"""Tasks whose worker died under them: put back in the queue, and given up after three workers.

A task is stuck when it is running and the worker that claimed it gives no sign of life (`fund/leases.py`). A living
worker keeps its task however long it takes. A task may run twice: its worker may have died after the work and before
noting it, or may have been cut off from the database for longer than `DEAD_AFTER` and still be at it. Every task of
this project is written for that.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from fund import audit, leases

logger = logging.getLogger(__name__)
MAX_TRIES = 3
GIVEN_UP = "fund.stuck.WorkersDied"  # what stands where a failed task names its exception


@dataclass
class Outcome:
    """Ids of the tasks put back, and of those given up."""

    requeued: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{len(self.requeued)} requeued, {len(self.given_up)} given up"


def requeue_stuck_work(now: datetime | None = None) -> Outcome:
    """Puts back every task whose worker is dead at `now` (real UTC); gives up the one that took three workers along.

    Two callers at the same instant put a task back once: each row is locked, and its state read under the lock.
    """
    now = now or timezone.now()
    outcome = Outcome()
    with transaction.atomic():
        # Tasks first, leases second: a worker writes its lease before it claims, so the lease of a task seen here
        # is seen too.
        tasks = _lock_running()
        alive = leases.living_workers(now)
        for task in tasks:
            if is_stuck(task, alive, now):
                _put_back(task, outcome, now)
        leases.forget_dead_workers(now)
    return outcome


def _lock_running() -> list[DBTaskResult]:
    """The running tasks, each locked; those that another caller holds are that one's."""
    running = DBTaskResult.objects.select_for_update(skip_locked=True, of=("self",))
    return list(running.filter(status=TaskResultStatus.RUNNING).order_by("started_at", "pk"))


def is_stuck(task: DBTaskResult, alive: set[str], now: datetime) -> bool:
    """Whether the worker that claimed this running task is dead, and has had the time to leave a first beat."""
    claimed_by = task.worker_ids[-1] if task.worker_ids else ""
    just_started = task.started_at is not None and task.started_at > now - leases.DEAD_AFTER
    return claimed_by not in alive and not just_started


def _put_back(task: DBTaskResult, outcome: Outcome, now: datetime) -> None:
    tries = len(task.worker_ids)
    if tries < MAX_TRIES:
        task.status = TaskResultStatus.READY
        task.started_at = None
        task.save(update_fields=["status", "started_at"])
        outcome.requeued.append(str(task.pk))
        audit.record("task.requeued", task, by=None, task=task.task_path, tries=tries)
        return
    task.status = TaskResultStatus.FAILED
    task.finished_at = now
    task.exception_class_path = GIVEN_UP
    task.traceback = f"{tries} workers died while they ran this task."
    task.save(update_fields=["status", "finished_at", "exception_class_path", "traceback"])
    outcome.given_up.append(str(task.pk))
    audit.record("task.given_up", task, by=None, task=task.task_path, tries=tries)
    logger.error("task %s (%s) was given up after %s workers", task.pk, task.task_path, tries)


def requeue_in_time() -> str:
    """Timed work."""
    return str(requeue_stuck_work())


def given_up_tasks() -> Iterator[str]:
    """For `check_ledger`: a task that nobody will run again waits for a person, who retries it by hand."""
    for task in _given_up().order_by("pk"):
        yield f"task {task.pk} ({task.task_path}) was given up after {len(task.worker_ids)} workers died under it."


def count_given_up() -> int:
    return _given_up().count()


def _given_up() -> QuerySet[DBTaskResult]:
    return DBTaskResult.objects.filter(status=TaskResultStatus.FAILED, exception_class_path=GIVEN_UP)


def retry_given_up(task_id: str) -> bool:
    """A person tries a given-up task again, with its count at zero; False when there is no such task."""
    with transaction.atomic():
        given_up = DBTaskResult.objects.select_for_update(of=("self",)).filter(
            pk=task_id, status=TaskResultStatus.FAILED, exception_class_path=GIVEN_UP
        )
        task = given_up.order_by("pk").first()
        if task is None:
            return False
        task.status, task.started_at, task.finished_at = TaskResultStatus.READY, None, None
        task.worker_ids, task.exception_class_path, task.traceback = [], "", ""
        task.save()
        audit.record("task.retried", task, by=None, task=task.task_path)
    return True
