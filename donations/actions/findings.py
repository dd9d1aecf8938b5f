"""Differences with the provider that no comparison repairs by itself: one open row per gift and kind."""

from enum import Enum

from django.db import IntegrityError, transaction

from donations.models import ComparisonFinding, Gift
from donations.models.provider import Difference
from fund import audit, clock


class Found(Enum):
    """What a comparison of one gift came to."""

    SAME = "same"
    REPAIRED = "repaired"
    DIFFERING = "differing"
    UNREACHABLE = "unreachable"


def note_finding(gift: Gift, kind: Difference, *, reason: str = "") -> Found:
    """Shows a difference to people, once while it lasts."""
    open_ones = ComparisonFinding.objects.filter(gift=gift, kind=kind, closed_at=None)
    try:
        with transaction.atomic():
            if not open_ones.exists():
                row = ComparisonFinding.objects.create(
                    gift=gift, kind=kind, reason=reason[:60], found_at=clock.moment()
                )
                audit.record("comparison.found", row, by=None, gift=gift.pk, kind=kind.value, reason=reason)
    except IntegrityError:  # another run was first
        pass
    return Found.DIFFERING


def close_finding(gift: Gift, kind: Difference) -> None:
    """The difference is gone."""
    open_ones = ComparisonFinding.objects.filter(gift=gift, kind=kind, closed_at=None)
    open_ones.update(closed_at=clock.moment())
