"""The days people work on in France: neither week-ends nor the eleven public holidays (C. trav. L3133-1)."""

from datetime import date, datetime, time, timedelta

from fund import clock
from fund.treasury.business_days import easter

_FIXED = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
_AFTER_EASTER = (timedelta(days=1), timedelta(days=39), timedelta(days=50))  # Monday, Ascension, Whit Monday
END_OF_DAY = time(18, 0)
_SATURDAY = 5


def is_working_day(day: date) -> bool:
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _FIXED:
        return False
    return day - easter(day.year) not in _AFTER_EASTER


def due_after(asked: datetime, working_days: int) -> datetime:
    """18:00 in Paris on the last of so many working days after the Paris day of `asked`."""
    day, left = clock.paris_date(asked), working_days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, END_OF_DAY, tzinfo=clock.PARIS)
