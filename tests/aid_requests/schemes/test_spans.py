"""Days, months and years between dates: at the ends of months, in leap years, backwards."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid_requests.schemes.bounds import Atom, Shift, narrowed
from aid_requests.schemes.grammar import Measure
from aid_requests.schemes.spans import add_months, first_end, measured

_DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))
_NUMBERS = st.integers(-30, 30)
_MEASURES = st.sampled_from(Measure)


@pytest.mark.parametrize(
    ("measure", "start", "end", "number"),
    [
        (Measure.DAYS_BETWEEN, date(2020, 2, 28), date(2020, 3, 1), 2),
        (Measure.DAYS_INCLUSIVE, date(2020, 2, 28), date(2020, 3, 1), 3),
        (Measure.DAYS_BETWEEN, date(2020, 3, 1), date(2020, 2, 28), -2),
        (Measure.MONTHS_BETWEEN, date(2020, 1, 31), date(2020, 2, 28), 0),
        (Measure.MONTHS_BETWEEN, date(2020, 1, 31), date(2020, 2, 29), 1),
        (Measure.MONTHS_BETWEEN, date(2020, 6, 1), date(2020, 7, 31), 1),
        (Measure.MONTHS_INCLUSIVE, date(2020, 6, 1), date(2020, 7, 31), 2),
        (Measure.MONTHS_INCLUSIVE, date(2020, 6, 15), date(2020, 8, 14), 2),
        (Measure.MONTHS_INCLUSIVE, date(2020, 6, 15), date(2020, 8, 13), 1),
        (Measure.YEARS_BETWEEN, date(2002, 5, 16), date(2020, 5, 15), 17),
        (Measure.YEARS_BETWEEN, date(2002, 5, 16), date(2020, 5, 16), 18),
        (Measure.YEARS_BETWEEN, date(2020, 5, 16), date(2020, 5, 15), -1),
    ],
)
def test_a_span_is_counted_as_people_count(measure, start, end, number):
    assert measured(measure, start, end) == number


@given(_MEASURES, _DAYS, _NUMBERS)
def test_the_first_end_reaches_the_number_and_the_day_before_does_not(measure, start, number):
    end = first_end(measure, start, number)
    assert measured(measure, start, end) >= number > measured(measure, start, end - timedelta(days=1))


@given(_MEASURES, _DAYS, _NUMBERS)
def test_the_first_start_past_a_day_is_the_first(measure, end, number):
    shift = Shift(number, measure)
    start = shift.first_start_past(end.toordinal())
    assert shift.apply(start) > end.toordinal() >= shift.apply(start - 1)


@pytest.mark.parametrize("months", [-120_000, 120_000])
def test_nothing_is_counted_past_the_calendar(months):
    with pytest.raises(OverflowError):
        add_months(date(2020, 1, 1), months)
    assert Shift(months, Measure.MONTHS_BETWEEN).apply(date(2020, 1, 1).toordinal()) in (
        0,
        date.max.toordinal() + 1,
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.sampled_from(["", "a", "b", "c"]), st.integers(-3, 8), st.booleans()
        ).filter(lambda made: made[0] != made[1]),
        max_size=6,
    )
)
def test_what_is_left_is_empty_only_where_no_values_fit(made):
    decided = {Atom(end, Shift(number), start): is_true for end, start, number, is_true in made}
    left = narrowed(dict.fromkeys("abc", (0, 5)), decided)
    fits = [
        dict(zip("abc", values, strict=True))
        for values in [(one, two, three) for one in range(6) for two in range(6) for three in range(6)]
        if all(_is(atom, dict(zip("abc", values, strict=True))) is truth for atom, truth in decided.items())
    ]
    assert (left is not None) == bool(fits)
    if left is not None:
        assert {name: interval[0] for name, interval in left.items()} in fits
        assert {name: interval[1] for name, interval in left.items()} in fits


def _is(atom, values):
    return values[atom.end] < atom.shift.apply(values[atom.start] if atom.start else 0)
