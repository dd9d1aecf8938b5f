"""The values that a search tries: one of each sort that the schedule's conditions tell apart.

Options, countries and codes of the register are told apart by the lists they stand in; whole numbers, amounts and
dates are not listed at all, `bounds` reckons with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from aid_requests.schemes.bounds import Interval
from aid_requests.schemes.grammar import (
    KNOWN_KINDS,
    OF_ROWS,
    ORDERED_KINDS,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    CountrySet,
    Kind,
    Not,
    Operand,
    Question,
    Scalar,
    Scheme,
    Source,
)
from aid_requests.schemes.values import country_codes

# What a person can type at all, and what a register can hold.
_WIDEST: dict[Kind, Interval] = {
    Kind.NUMBER: (-999_999_999, 999_999_999),
    Kind.AMOUNT: (0, 99_999_999_999),
    Kind.DATE: (date(1900, 1, 1).toordinal(), date(2199, 12, 31).toordinal()),
}
_YEAR = 365
# A code that no schedule names stands for all others.
OTHER_CODE = "…"


def as_number(value: Scalar) -> int:
    """A whole number, cents, or the ordinal of a date."""
    return value.toordinal() if isinstance(value, date) else int(value)


@dataclass(frozen=True)
class Domains:
    """`intervals` of ordered operands and `choices` of the others, by `Operand.key`; `kinds` of both."""

    scheme: Scheme
    intervals: dict[str, Interval] = field(default_factory=dict)
    choices: dict[str, tuple[Scalar, ...]] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)

    @classmethod
    def of(cls, scheme: Scheme, conditions: Iterable[Condition], operands: Iterable[Operand] = ()) -> Domains:
        """The domains of everything that `conditions` compare, and of `operands` besides."""
        made = cls(scheme)
        comparisons = [one for condition in conditions for one in comparisons_of(condition)]
        for comparison in comparisons:
            for operand in _operands(comparison):
                made._add(operand, comparisons)
        for operand in operands:
            made._add(operand, comparisons)
        return made

    def usual_least(self, key: str) -> int:
        """Where an example begins: the fund's own year, one hundred euros, nothing below zero."""
        match self.kinds[key]:
            case Kind.DATE:
                return self.scheme.opens_on.toordinal() - _YEAR
            case Kind.AMOUNT:
                return 100_00
            case _:
                return 0

    def _add(self, operand: Operand, comparisons: list[Comparison]) -> None:
        key = operand.key
        if key in self.kinds:
            return
        if operand.source in (Source.MIN, Source.MAX):  # without a row there is no least one
            self._add(Operand(Source.COUNT, operand.question_id), comparisons)
        kind = self.kinds[key] = kind_of(self.scheme, operand)
        if kind in ORDERED_KINDS:
            self.intervals[key] = _interval(self.scheme, operand, kind)
        else:
            self.choices[key] = _choices(self.scheme, operand, kind, comparisons)


def comparisons_of(condition: Condition) -> Iterator[Comparison]:
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            for inner in conditions:
                yield from comparisons_of(inner)
        case Not(inner):
            yield from comparisons_of(inner)
        case Comparison():
            yield condition


def inner_question(scheme: Scheme, operand: Operand) -> Question:
    """The question of a group that `sum: tickets.price` looks at."""
    group = scheme.question(operand.question_id)
    inner_id = operand.name.partition(".")[2]
    return next(one for one in group.questions if one.id == inner_id)


def kind_of(scheme: Scheme, operand: Operand) -> Kind:
    if operand.source is Source.COUNT:
        return Kind.NUMBER
    if operand.source in OF_ROWS:
        return inner_question(scheme, operand).kind
    if operand.source is Source.ANSWER:
        return scheme.question(operand.name).kind
    return KNOWN_KINDS[operand.source][operand.name]


def _operands(comparison: Comparison) -> Iterator[Operand]:
    subject = comparison.operand
    sides = (subject,) if isinstance(subject, Operand) else (subject.start, subject.end)
    yield from (one for one in (*sides, *comparison.values) if isinstance(one, Operand))


def _interval(scheme: Scheme, operand: Operand, kind: Kind) -> Interval:
    if operand.source is Source.DATE:
        return scheme.opens_on.toordinal(), scheme.closes_on.toordinal()
    if operand.source is Source.REGISTER:
        return 0, 99
    if operand.source is Source.ANSWER:
        return bounds_of(scheme.question(operand.name))
    fewest, most = scheme.question(operand.question_id).row_bounds
    if operand.source is Source.COUNT:
        return fewest, most
    low, high = bounds_of(inner_question(scheme, operand))
    if operand.source is not Source.SUM:
        return low, high
    ends = [number * end for number in (fewest, most) for end in (low, high)]
    return min(ends), max(ends)


def bounds_of(question: Question) -> Interval:
    """The least and the greatest answer that a question takes."""
    widest = _WIDEST[question.kind]
    low = widest[0] if question.minimum is None else max(widest[0], as_number(question.minimum))
    high = widest[1] if question.maximum is None else min(widest[1], as_number(question.maximum))
    return low, high


def _choices(
    scheme: Scheme, operand: Operand, kind: Kind, comparisons: list[Comparison]
) -> tuple[Scalar, ...]:
    if kind is Kind.YES_NO:
        return (True, False)
    named, lists, rivals = _named(operand, kind, scheme, comparisons)
    if operand.source is Source.ANSWER and kind is Kind.CHOICE:
        every: list[Scalar] = [option.value for option in scheme.question(operand.name).options]
        keep = len(every) if rivals else 1
    elif kind is Kind.COUNTRY:
        every = [*named, *(code for code in sorted(country_codes()) if code not in named)]
        keep = rivals + 1
    else:
        every = [*named, *(OTHER_CODE * (number + 1) for number in range(rivals + 1))]
        keep = rivals + 1
    return _one_of_each(every, lists, keep)


def _named(
    operand: Operand, kind: Kind, scheme: Scheme, comparisons: list[Comparison]
) -> tuple[list[Scalar], list[frozenset[Scalar]], int]:
    """The values named for this kind, the lists that tell them apart, and how many others it is compared with.

    Where an answer is compared with another one, every list about this kind may matter for both.
    """
    alike = [one for one in comparisons if _subject_kind(one, scheme) is kind]
    rivals = len({two for one in alike if len(set(_operands(one))) > 1 for two in _operands(one)})
    own = [one for one in alike if rivals or one.operand == operand]
    lists = [frozenset(_literals(one)) for one in own]
    return list(dict.fromkeys(value for one in own for value in _literals(one))), lists, rivals


def _subject_kind(comparison: Comparison, scheme: Scheme) -> Kind:
    return kind_of(scheme, comparison.operand) if isinstance(comparison.operand, Operand) else Kind.NUMBER


def _literals(comparison: Comparison) -> Iterator[Scalar]:
    for term in comparison.values:
        if isinstance(term, CountrySet):
            yield from term.countries
        elif not isinstance(term, Operand):
            yield term


def _one_of_each(values: list[Scalar], lists: list[frozenset[Scalar]], keep: int) -> tuple[Scalar, ...]:
    """`keep` values of each sort: two values are of one sort when they stand in the same lists."""
    kept: list[Scalar] = []
    seen: dict[tuple[bool, ...], int] = {}
    for value in values:
        sort = tuple(value in one for one in lists)
        seen[sort] = seen.get(sort, 0) + 1
        if seen[sort] <= keep:
            kept.append(value)
    return tuple(kept)
