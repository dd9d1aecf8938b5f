"""What atoms over whole numbers and dates leave possible: `end < shift(start)`, or its contrary.

Every shift grows with its start, so the constraints have a least solution whenever they have one: it is found by
raising the lower bounds until nothing moves. Dates are ordinals, amounts cents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aid_requests.schemes.grammar import Measure
from aid_requests.schemes.spans import first_end

_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()
_BY_DAYS = frozenset({Measure.DAYS_BETWEEN, Measure.DAYS_INCLUSIVE})
_MEAN_MONTH, _SLACK = 30.436875, 8
# Spans of months go round a loop in uneven steps: more rounds than this are not worth the wait.
_MANY_ROUNDS = 2000


Interval = tuple[int, int]


class Unsure(Exception):
    """The bound of the search was met: nothing is said, neither yes nor no."""


@dataclass(frozen=True, slots=True)
class Shift:
    """`start` moved by `number` (a whole number without measure), as the first end that reaches the measure."""

    number: int
    measure: Measure | None = None

    @property
    def is_even(self) -> bool:
        """Whether every start is moved as far as any other."""
        return self.measure is None or self.measure in _BY_DAYS

    def apply(self, start: int) -> int:
        if self.measure is None:
            return start + self.number
        if self.measure in _BY_DAYS:
            return start + self.number - (self.measure is Measure.DAYS_INCLUSIVE)
        try:
            return first_end(self.measure, date.fromordinal(start), self.number).toordinal()
        except (OverflowError, ValueError):
            return _LAST + 1 if self.number > 0 else _FIRST - 1

    def first_start_past(self, end: int) -> int:
        """The least start that is moved past `end`."""
        if self.is_even:
            return end - self.apply(0) + 1
        low, high = self._window(end)
        while low < high:
            middle = (low + high) // 2
            if self.apply(middle) > end:
                high = middle
            else:
                low = middle + 1
        return low

    def _window(self, end: int) -> Interval:
        """Where the least start past `end` lies: near the mean length of a month, else anywhere in the calendar."""
        months = self.number * (12 if self.measure is Measure.YEARS_BETWEEN else 1)
        near = end - round(months * _MEAN_MONTH)
        low, high = near - _SLACK, near + _SLACK
        if low > _FIRST and high < _LAST and self.apply(low) <= end < self.apply(high):
            return low, high
        return _FIRST, _LAST + 1


@dataclass(frozen=True, slots=True)
class Atom:
    """`end < shift(start)`; without a start, `end < shift.number`. The names are those of variables."""

    end: str
    shift: Shift
    start: str = ""


def narrowed(domains: Mapping[str, Interval], decided: Mapping[Atom, bool]) -> dict[str, Interval] | None:
    """The intervals that the decided atoms leave, or None when no values fit.

    All lower ends together are a solution; so are all upper ends. Raises Unsure.
    """
    low = {name: domain[0] for name, domain in domains.items()}
    high = {name: domain[1] for name, domain in domains.items()}
    even = all(atom.shift.is_even for atom in decided)
    for _round in range(len(low) + 2 if even else _MANY_ROUNDS):
        before = (dict(low), dict(high))
        for atom, is_true in decided.items():
            (_keep_below if is_true else _keep_from)(atom, low, high)
        if any(low[name] > high[name] for name in low):
            return None
        if (low, high) == before:
            return {name: (low[name], high[name]) for name in low}
    if even:
        return None  # a loop that raises its own lower end for ever
    raise Unsure


def _keep_below(atom: Atom, low: dict[str, int], high: dict[str, int]) -> None:
    end, start, shift = atom.end, atom.start, atom.shift
    if start:
        low[start] = max(low[start], shift.first_start_past(low[end]))
        high[end] = min(high[end], shift.apply(high[start]) - 1)
    else:
        high[end] = min(high[end], shift.number - 1)


def _keep_from(atom: Atom, low: dict[str, int], high: dict[str, int]) -> None:
    end, start, shift = atom.end, atom.start, atom.shift
    if start:
        low[end] = max(low[end], shift.apply(low[start]))
        high[start] = min(high[start], shift.first_start_past(high[end]) - 1)
    else:
        low[end] = max(low[end], shift.number)
