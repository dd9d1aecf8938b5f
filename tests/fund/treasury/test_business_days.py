from datetime import date

import pytest

from fund.treasury.business_days import easter, is_business_day, next_business_day


@pytest.mark.parametrize(
    ("year", "day"), [(2020, date(2020, 4, 12)), (2024, date(2024, 3, 31)), (2038, date(2038, 4, 25))]
)
def test_easter_falls_where_calendars_say(year, day):
    assert easter(year) == day


@pytest.mark.parametrize(
    "closed",
    [
        date(2020, 1, 1),
        date(2020, 4, 10),
        date(2020, 4, 13),
        date(2020, 5, 1),
        date(2020, 12, 25),
        date(2020, 5, 16),
    ],
)
def test_banks_are_closed_on_their_six_days_and_on_week_ends(closed):
    assert not is_business_day(closed)


def test_the_next_business_day_jumps_over_easter_and_week_ends():
    assert next_business_day(date(2020, 4, 9)) == date(2020, 4, 14)
    assert next_business_day(date(2020, 5, 15)) == date(2020, 5, 18)
    assert next_business_day(date(2020, 5, 20)) == date(2020, 5, 21)
