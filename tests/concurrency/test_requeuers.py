"""Two who look for stuck tasks at the same instant put each back once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from fund import leases, stuck
from fund.models import AuditEvent
from tests.concurrency.rivals import MeetingPoint, needs_row_locks, race
from tests.fund.slow_tasks import work_until_told

pytestmark = needs_row_locks


@pytest.fixture
def task(transactional_db) -> DBTaskResult:
    task = DBTaskResult.objects.get(pk=work_until_told.enqueue("nowhere").id)
    task.claim("dead")
    DBTaskResult.objects.filter(pk=task.pk).update(started_at=timezone.now() - timedelta(minutes=5))
    return task


def look_twice(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Both have read the running tasks before either puts one back."""
    meeting = MeetingPoint()
    monkeypatch.setattr(leases, "living_workers", meeting.after(leases.living_workers))
    return sorted(str(outcome) for outcome in race(*[stuck.requeue_stuck_work] * 2))


def times_requeued(task: DBTaskResult) -> int:
    return AuditEvent.objects.filter(action="task.requeued", object_id=str(task.pk)).count()


def test_without_the_lock_both_put_it_back(task, monkeypatch):
    """The set-up shows the bug."""
    monkeypatch.setattr(stuck, "_lock_running", lambda: list(DBTaskResult.objects.running().order_by("pk")))
    assert look_twice(monkeypatch) == ["1 requeued, 0 given up"] * 2
    assert times_requeued(task) == 2


def test_with_the_lock_one_puts_it_back(task, monkeypatch):
    assert look_twice(monkeypatch) == ["0 requeued, 0 given up", "1 requeued, 0 given up"]
    assert times_requeued(task) == 1
    task.refresh_from_db()
    assert task.status == "READY"
