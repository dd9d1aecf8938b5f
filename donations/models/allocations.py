"""Which gifts paid for which aid: months closed once, shares of gifts, and what of it donors are told (decision 0018).

Three tables of rows that are only ever added. Amounts are integer euro cents.
"""

from django.db import models
from django.db.models import Q

from donations.models.gifts import Gift
from fund.models import Pocket


class MonthClosing(models.Model):
    """One month of one pocket, closed once. `month` is the first day of the Paris month.

    It counts the aid of days up to the end of `month`, and the gifts that came until then, by the movements that are
    in the seals 1 to `seal_number`: the same ones for ever. What is booked later for an earlier day counts with the
    next closing. `uncovered_cents` is aid that no gift stands for at that moment.
    """

    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="closings")
    month = models.DateField()
    seal_number = models.PositiveIntegerField()
    uncovered_cents = models.BigIntegerField()
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pocket", "month"], name="month_is_closed_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="closing_names_a_month"),
            models.CheckConstraint(condition=Q(seal_number__gte=1), name="closing_counts_sealed_rows"),
            models.CheckConstraint(
                condition=Q(uncovered_cents__gte=0), name="closing_lacks_no_less_than_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pocket_id} {self.month:%Y-%m}"


class AllocationCause(models.TextChoices):
    """Why a share was written: aid was given; or it is taken back, because less of the gift stands than it paid,
    because the aid came back, or because an older gift stands again and pays it."""

    GIVEN = "given"
    GIFT_FELL = "gift_fell"
    CAME_BACK = "came_back"
    MADE_ROOM = "made_room"


class Allocation(models.Model):
    """A share of a gift that paid for aid of one scheme, or (below zero) that no longer does."""

    closing = models.ForeignKey(MonthClosing, on_delete=models.PROTECT, related_name="allocations")
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="allocations")
    scheme = models.SlugField(max_length=60, blank=True, db_index=False)
    cause = models.CharField(max_length=9, choices=AllocationCause)
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["closing", "gift", "scheme", "cause"], name="allocation_is_written_once"
            ),
            models.CheckConstraint(
                condition=Q(cause="given", cents__gt=0)
                | Q(cause__in=["gift_fell", "came_back", "made_room"], cents__lt=0),
                name="allocation_sign_says_its_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"allocation {self.pk}"


class Telling(models.Model):
    """Closings of one pocket, after `since` and up to `closing`, that donors are told of together, for ever.

    `publication` is the number of the release inside which they lie. `by_scheme`: each scheme by its name, else all
    of it as aid. Written by `reports/telling.py` (rule R3).
    """

    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="tellings")
    since = models.OneToOneField(
        MonthClosing, on_delete=models.PROTECT, null=True, blank=True, related_name="telling_after"
    )
    closing = models.OneToOneField(MonthClosing, on_delete=models.PROTECT, related_name="telling")
    publication = models.PositiveIntegerField()
    by_scheme = models.BooleanField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pocket"], condition=Q(since=None), name="first_telling_of_a_pocket"
            ),
            models.CheckConstraint(condition=Q(publication__gte=1), name="telling_names_a_release"),
        ]

    def __str__(self) -> str:
        return f"telling {self.pk}"
