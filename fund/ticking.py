"""Timed work: each job once per slot of time, whatever how many clocks call it."""

from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from fund import registry
from fund.models import TickRun

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def slot_of(now: datetime, every: timedelta) -> datetime:
    """The start of the slot `now` falls in; slots are counted in UTC, so summer time neither skips nor doubles one."""
    return _EPOCH + ((now - _EPOCH) // every) * every


def tick(now: datetime | None = None) -> list[TickRun]:
    """Runs every registered job whose slot has not been run. Returns what ran, with its outcome."""
    now = now or timezone.now()
    ran = []
    for name, (every, job) in sorted(registry.jobs().items()):
        run = _claim(name, slot_of(now, every))
        if run is None:
            continue
        try:
            run.outcome = job()[:200]
        except Exception as error:
            run.outcome = f"error: {type(error).__name__}"
        run.finished_at = timezone.now()
        run.save(update_fields=["outcome", "finished_at"])
        ran.append(run)
    return ran


def _claim(job: str, slot: datetime) -> TickRun | None:
    try:
        with transaction.atomic():
            return TickRun.objects.create(job=job, slot=slot, started_at=timezone.now())
    except IntegrityError:
        return None
