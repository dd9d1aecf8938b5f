"""Two months from a Paris date, whatever the lengths of the months."""

from datetime import date

import pytest

from aid_requests.deadlines import reexamination_deadline


@pytest.mark.parametrize(
    ("decided", "until"),
    [
        (date(2020, 5, 15), date(2020, 7, 15)),
        (date(2020, 7, 31), date(2020, 9, 30)),
        (date(2019, 12, 31), date(2020, 2, 29)),
        (date(2020, 12, 31), date(2021, 2, 28)),
        (date(2020, 11, 30), date(2021, 1, 30)),
    ],
)
def test_the_limit_is_the_same_day_two_months_on_or_the_last_of_a_shorter_month(decided, until):
    assert reexamination_deadline(decided) == until
