"""The days of a campaign in weeks, counted from its opening; in months once weeks would be too thin to see."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from reports.snapshot import Snapshot

Unit = Literal["week", "month"]
MOST_WEEKS = 54
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Both days are in it. `whole` is False for a period that the cut-off or the opening cuts short.

    `raised_cents` is net of refunds and lost disputes of those days, `total_cents` everything since the opening.
    """

    first: date
    last: date
    whole: bool
    raised_cents: int
    total_cents: int


def first_day(snapshot: Snapshot) -> date:
    """The opening, or the first gift when one came before."""
    return min([snapshot.opened_on, *(row.day for row in snapshot.days)])


def last_day(snapshot: Snapshot) -> date:
    return max([first_day(snapshot), snapshot.gifts_as_of, *(row.day for row in snapshot.days)])


def unit_of(snapshot: Snapshot) -> Unit:
    days = (last_day(snapshot) - first_day(snapshot)).days + 1
    return "week" if days <= MOST_WEEKS * 7 else "month"


def running_total(snapshot: Snapshot) -> tuple[tuple[date, int], ...]:
    """(day, cents since the opening on its evening), every day that something moved, in order."""
    total, rows = 0, []
    for row in sorted(snapshot.days, key=lambda row: row.day):
        total += row.raised_cents
        rows.append((row.day, total))
    return tuple(rows)


def periods(snapshot: Snapshot) -> tuple[Period, ...]:
    """All periods in order, empty ones included; their sums add up to all of `days`."""
    rows, total = [], 0
    for first, last, whole in _spans(first_day(snapshot), last_day(snapshot), unit_of(snapshot)):
        cents = sum(row.raised_cents for row in snapshot.days if first <= row.day <= last)
        total += cents
        rows.append(Period(first, last, whole, cents, total))
    return tuple(rows)


def _spans(start: date, end: date, unit: Unit) -> Iterator[tuple[date, date, bool]]:
    first = start
    while first <= end:
        if unit == "week":
            last, whole = first + 6 * _DAY, True
        else:
            last = first.replace(day=monthrange(first.year, first.month)[1])
            whole = first.day == 1
        yield first, min(last, end), whole and last <= end
        first = last + _DAY
