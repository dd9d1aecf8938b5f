"""Rows of a group that have a wanted number, sum, least and greatest value: whether there are any, and which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aid_requests.schemes.bounds import Interval
from aid_requests.schemes.domains import bounds_of
from aid_requests.schemes.grammar import OF_ROWS, ORDERED_KINDS, Kind, Question, Scheme

_NO_LIMIT = (-(10**15), 10**15)


def fitting_rows(
    scheme: Scheme, intervals: Mapping[str, Interval], tied: Iterable[str]
) -> dict[str, list[dict[str, int]]] | None:
    """Per group that `intervals` names by `count.tickets` or `sum.tickets.price`: rows that fit, or None.

    Where one of these numbers is `tied` to another variable, only the lower ends are tried: they are surely possible
    together, so None then means « not found » rather than « there is none ».
    """
    tied = set(tied)
    found: dict[str, list[dict[str, int]]] = {}
    for group in scheme.questions:
        keys = {key for key in intervals if _group_of(key) == group.id}
        if group.kind is not Kind.GROUP or not keys:
            continue
        own = {key: intervals[key] for key in keys}
        if keys & tied:
            own = {key: (low, low) for key, (low, _high) in own.items()}
        rows = _rows(group, own)
        if rows is None:
            return None
        found[group.id] = rows
    return found


def is_of_rows(key: str) -> bool:
    """Whether the key is that of a number made of rows: `sum.tickets.price`."""
    return key.partition(".")[0] in OF_ROWS


def _group_of(key: str) -> str:
    """`tickets` of `sum.tickets.price`; answers and known values belong to no group."""
    return key.partition(".")[2].partition(".")[0] if is_of_rows(key) else ""


def _rows(group: Question, intervals: Mapping[str, Interval]) -> list[dict[str, int]] | None:
    fewest, most = intervals.get(f"count.{group.id}", group.row_bounds)
    looked_at = {key.rpartition(".")[2] for key in intervals if not key.startswith("count.")}
    inner = [one for one in group.questions if one.id in looked_at and one.kind in ORDERED_KINDS]
    for number in range(fewest, most + 1):
        columns = {one.id: _column(group, one, intervals, number) for one in inner}
        if all(column is not None for column in columns.values()):
            return [{name: (column or [])[row] for name, column in columns.items()} for row in range(number)]
    return None


def _column(
    group: Question, inner: Question, intervals: Mapping[str, Interval], number: int
) -> list[int] | None:
    """`number` values whose least, greatest and sum lie in their intervals, or None."""
    name = f"{group.id}.{inner.id}"
    least = _both(intervals.get(f"min.{name}", _NO_LIMIT), bounds_of(inner))
    greatest = _both(intervals.get(f"max.{name}", _NO_LIMIT), bounds_of(inner))
    total = intervals.get(f"sum.{name}", _NO_LIMIT)
    if number == 0:
        is_looked_at = f"min.{name}" in intervals or f"max.{name}" in intervals
        return None if is_looked_at or not total[0] <= 0 <= total[1] else []
    if number == 1:
        only = _both(_both(least, greatest), total)
        return [only[0]] if only[0] <= only[1] else None
    return _spread(least, greatest, total, number)


def _both(one: Interval, other: Interval) -> Interval:
    return max(one[0], other[0]), min(one[1], other[1])


def _spread(least: Interval, greatest: Interval, total: Interval, number: int) -> list[int] | None:
    """Two values or more: the least, the greatest, and others between them that make the sum."""
    low, high = least[0], max(greatest[0], least[0])
    wanted = max(total[0], (number - 1) * low + high)
    if least[0] > least[1] or high > greatest[1] or wanted > total[1]:
        return None
    # Raise the greatest, then the least, until the sum can be reached.
    high = max(high, min(greatest[1], -((low - wanted) // (number - 1))))
    low = max(low, wanted - (number - 1) * high)
    if low > min(least[1], high):
        return None
    wanted = max(wanted, (number - 1) * low + high)
    values = [low] * (number - 1) + [high]
    rest = wanted - sum(values)
    for place in range(number - 1, 0, -1):
        more = min(rest, high - values[place])
        values[place] += more
        rest -= more
    return values if rest == 0 and wanted <= total[1] and values[0] == low else None
