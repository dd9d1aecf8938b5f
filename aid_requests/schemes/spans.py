"""Numbers made of two dates: days, months and years between them, or covered by them."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from aid_requests.schemes.grammar import Measure

_INCLUSIVE = frozenset({Measure.DAYS_INCLUSIVE, Measure.MONTHS_INCLUSIVE})
_MONTHS = {Measure.MONTHS_BETWEEN: 1, Measure.MONTHS_INCLUSIVE: 1, Measure.YEARS_BETWEEN: 12}
_DAY = timedelta(days=1)


def measured(measure: Measure, start: date, end: date) -> int:
    """How many days, completed months or completed years; negative when `end` comes first."""
    if measure in _INCLUSIVE:
        end += _DAY
    if measure not in _MONTHS:
        return (end - start).days
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    return months // _MONTHS[measure]


def first_end(measure: Measure, start: date, number: int) -> date:
    """The first `end` for which the measure from `start` reaches `number`. Raises OverflowError past the calendar."""
    inclusive = _DAY if measure in _INCLUSIVE else timedelta()
    if measure in _MONTHS:
        return add_months(start, number * _MONTHS[measure]) - inclusive
    return start + timedelta(days=number) - inclusive


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative), or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("Out of the calendar.")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
