"""A worker's sign of life: a row that it touches every few seconds from a thread of its own.

A slow task does not stop the beat; a killed process does. Times are the real UTC of the worker's machine: machines
that share a database keep their clocks within a few seconds of each other (NTP), far below `DEAD_AFTER`.
"""

import contextlib
import logging
import threading
from datetime import datetime, timedelta
from types import TracebackType

from django.db import Error, connection
from django.utils import timezone

from fund.models import WorkerLease

logger = logging.getLogger(__name__)
BEAT_SECONDS = 5.0
DEAD_AFTER = timedelta(seconds=60)  # a dozen beats missed


def beat(worker_id: str, now: datetime | None = None) -> None:
    """This worker is alive now. Makes its row when it has none (yet, or no more)."""
    now = now or timezone.now()
    if not WorkerLease.objects.filter(worker_id=worker_id).update(beat_at=now):
        WorkerLease.objects.get_or_create(worker_id=worker_id, defaults={"started_at": now, "beat_at": now})


def living_workers(now: datetime) -> set[str]:
    """The workers whose last beat is young enough at `now`."""
    beating = WorkerLease.objects.filter(beat_at__gt=now - DEAD_AFTER)
    return set(beating.values_list("worker_id", flat=True))


def forget_dead_workers(now: datetime) -> None:
    """Rows of workers that ended long ago: they say nothing any more."""
    WorkerLease.objects.filter(beat_at__lt=now - timedelta(days=1)).delete()


class Lease:
    """`with Lease(worker_id):` beats while the block runs, and takes the row away when it ends in order."""

    def __init__(self, worker_id: str, every: float = BEAT_SECONDS) -> None:
        self.worker_id = worker_id
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_beating, name="heartbeat", daemon=True)

    def __enter__(self) -> "Lease":
        # Before the first task is claimed: a claimed task always has a lease behind it.
        while not self._leave_a_sign():
            self._stop.wait(self._every)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=self._every)
        with contextlib.suppress(Error):  # what cannot be taken away now grows old by itself
            WorkerLease.objects.filter(worker_id=self.worker_id).delete()

    def _keep_beating(self) -> None:
        while not self._stop.wait(self._every):
            self._leave_a_sign()
        connection.close()

    def _leave_a_sign(self) -> bool:
        """False when the database is locked or away; the next beat tries again."""
        try:
            beat(self.worker_id)
        except Error as error:
            logger.warning("no sign of life could be left: %s", type(error).__name__)
            connection.close()
            return False
        return True
