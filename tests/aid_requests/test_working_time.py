from datetime import date, datetime, time

import pytest

from aid_requests.working_time import due_after, is_working_day
from fund import clock


@pytest.mark.parametrize(
    "day",
    [
        date(2020, 1, 1), date(2020, 4, 13), date(2020, 5, 1), date(2020, 5, 8), date(2020, 5, 21), date(2020, 6, 1),
        date(2020, 7, 14), date(2020, 8, 15), date(2020, 11, 1), date(2020, 11, 11), date(2020, 12, 25),
        date(2020, 5, 16), date(2020, 5, 17),
    ],
)  # fmt: skip
def test_nobody_works_on_a_holiday_or_a_week_end(day):
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2020, 4, 10), date(2020, 5, 22), date(2020, 12, 28)])
def test_good_friday_and_a_bridge_are_working_days(day):
    assert is_working_day(day)


def paris(year: int, month: int, day: int, *hour: int) -> datetime:
    return datetime.combine(date(year, month, day), time(*hour), tzinfo=clock.PARIS)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (paris(2020, 5, 15, 10), paris(2020, 5, 19, 18)),  # a Friday: Monday, Tuesday
        (paris(2020, 5, 15, 23, 59), paris(2020, 5, 19, 18)),
        (paris(2020, 5, 19, 9), paris(2020, 5, 22, 18)),  # Thursday is Ascension
        (paris(2020, 4, 30, 9), paris(2020, 5, 5, 18)),
        (paris(2020, 3, 27, 9), paris(2020, 3, 31, 18)),  # the clocks go forward in between
        (paris(2020, 12, 31, 23, 30), paris(2021, 1, 5, 18)),
    ],
)
def test_a_call_is_promised_by_working_days_at_six_in_paris(asked, due):
    assert due_after(asked, 2) == due
    assert due_after(asked, 2).astimezone(clock.PARIS).hour == 18
