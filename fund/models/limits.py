"""How often something was done in a window of time."""

from django.db import models


class RateCount(models.Model):
    """One count of `fund/limits.py`: who and what stand in a keyed hash, never readable; gone soon after its window."""

    key = models.CharField(max_length=64, primary_key=True)
    taken = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"count that ends at {self.ends_at:%Y-%m-%d %H:%M}"
