"""The workers that are alive: what tells a dead one from a slow one."""

from django.db import models


class WorkerLease(models.Model):
    """One worker process, as long as it lives. `beat_at` (real UTC) moves while it works, however slow the task."""

    worker_id = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker_id
