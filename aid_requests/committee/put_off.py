"""Files that the committee put off, in the queue: behind the others until their day, and stalled only after it."""

from datetime import date, datetime, time
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Value, When

from aid_requests.models import Adjournment, AidRequest
from fund import clock


def with_put_off(files: QuerySet[Any]) -> QuerySet[Any]:
    """The files with `put_off_until`, the day from which the last adjournment of their round has them read again (None
    without one, or once they were taken up after it), and `is_put_off`, 1 until that day."""
    rows = Adjournment.objects.filter(
        request=OuterRef("pk"), round=OuterRef("round"), turn=OuterRef("turn") - Value(1)
    )
    later = When(put_off_until__gt=clock.today(), then=Value(1))
    return files.annotate(put_off_until=Subquery(rows.values("read_again_on")[:1])).annotate(
        is_put_off=Case(later, default=Value(0), output_field=IntegerField())
    )


def waits_since(file: AidRequest) -> datetime:
    """Since when an annotated file waits for the committee: never before the day to which it was put off."""
    since: datetime = file.waits_since  # type: ignore[attr-defined]  # annotated
    until: date | None = file.put_off_until  # type: ignore[attr-defined]  # annotated
    return max(since, datetime.combine(until, time.min, tzinfo=clock.PARIS)) if until else since


def not_put_off(files: QuerySet[Any], before: datetime) -> QuerySet[Any]:
    """Without those that were put off to that moment or later."""
    return files.exclude(put_off_until__isnull=False, put_off_until__gt=clock.paris_date(before))
