"""Conditions over answers, decided in three values: True, False, None (not known yet).

- A question that is asked and not yet answered makes its comparison None; `all`, `any` and `not` follow
  Kleene, so what is True or False stays so whatever is answered next.
- A question that is *not asked* (hidden by its `visible_if`) makes every comparison on it False, `ne`
  included: nothing was said. `not` of such a comparison is True.
- A register fact or a date that is not known makes None.
- Of the rows of a group: the count is that of the rows given; a sum, a least or a greatest value is None while
  a row lacks its answer, and the least and the greatest of no row make every comparison False.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from aid_requests.schemes.grammar import (
    OF_ROWS,
    AllOf,
    Answers,
    AnyOf,
    Comparison,
    Condition,
    CountrySet,
    Moment,
    Not,
    Operand,
    Operator,
    Question,
    Row,
    Scalar,
    Scheme,
    Source,
    Span,
    Subject,
    Value,
)
from aid_requests.schemes.spans import measured

Truth = bool | None
# Values besides the answers, by `Operand.key`: `register.school`, `date.requested_on`.
Known = Mapping[str, Value]
NOTHING_KNOWN: Known = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of one request; `visible` says of each question so far if it is asked (None: unknown)."""

    answers: Answers
    visible: Mapping[str, Truth]
    known: Known

    def hidden(self, operand: Operand) -> bool:
        """Whether the operand says nothing at all: its question is not asked, or there is no row to look at."""
        if operand.question_id and self.visible.get(operand.question_id) is False:
            return True
        return operand.source in (Source.MIN, Source.MAX) and self._rows(operand) == ()

    def value(self, subject: Subject) -> Scalar | None:
        """The value, or None while unknown; an answer counts only when its question is surely asked."""
        if isinstance(subject, Span):
            start, end = self._moment(subject.start), self._moment(subject.end)
            return measured(subject.measure, start, end) if start is not None and end is not None else None
        if subject.source in OF_ROWS:
            return self._of_rows(subject)
        if subject.source is Source.ANSWER:
            found = self.answers.get(subject.name) if self.visible.get(subject.name) else None
        else:
            found = self.known.get(subject.key)
        return None if isinstance(found, tuple) else found

    def _moment(self, moment: Moment) -> date | None:
        found = self.value(moment) if isinstance(moment, Operand) else moment
        return found if isinstance(found, date) else None

    def _rows(self, operand: Operand) -> tuple[Row, ...] | None:
        """The rows given, None while the group is not answered or perhaps not asked."""
        group = operand.question_id
        rows = self.answers.get(group) if self.visible.get(group) else None
        return rows if isinstance(rows, tuple) else None

    def _of_rows(self, operand: Operand) -> Scalar | None:
        rows = self._rows(operand)
        if rows is None:
            return None
        if operand.source is Source.COUNT:
            return len(rows)
        inner = operand.name.partition(".")[2]
        values = [row[inner] for row in rows if inner in row]
        if len(values) < len(rows):
            return None
        if operand.source is Source.SUM:
            return sum(int(str(value)) for value in values)
        chosen = min if operand.source is Source.MIN else max
        return chosen(values) if values else None


def holds(condition: Condition, situation: Situation) -> Truth:
    """True, False, or None when it depends on what is not known yet."""
    match condition:
        case AllOf(conditions):
            return _all(holds(inner, situation) for inner in conditions)
        case AnyOf(conditions):
            return _negated(_all(_negated(holds(inner, situation)) for inner in conditions))
        case Not(inner):
            return _negated(holds(inner, situation))
        case Comparison():
            return _compare(condition, situation)


def _negated(value: Truth) -> Truth:
    return None if value is None else not value


def _all(values: Iterable[Truth]) -> Truth:
    seen = list(values)
    if False in seen:
        return False
    return None if None in seen else True


def _compare(comparison: Comparison, situation: Situation) -> Truth:
    if any(situation.hidden(operand) for operand in operands_of(comparison)):
        return False
    left = situation.value(comparison.operand)
    if left is None:
        return None
    right = [_value(term, situation) for term in _terms(comparison)]
    if comparison.operator is Operator.IN:
        return True if left in right else (None if None in right else False)
    decided = [term for term in right if term is not None]
    return _decide(comparison.operator, left, decided) if len(decided) == len(right) else None


def _terms(comparison: Comparison) -> Iterator[Scalar | Operand]:
    """The terms to compare with, named sets as their countries."""
    for term in comparison.values:
        if isinstance(term, CountrySet):
            yield from term.countries
        else:
            yield term


def _value(term: Scalar | Operand, situation: Situation) -> Scalar | None:
    return situation.value(term) if isinstance(term, Operand) else term


def _decide(operator: Operator, left: Scalar, right: list[Scalar]) -> bool:
    """Both sides are of one kind: the reading of the scheme and of the answers has seen to it."""
    match operator:
        case Operator.EQ:
            return left == right[0]
        case Operator.NE:
            return left != right[0]
        case Operator.LT:
            return left < right[0]  # type: ignore[operator]
        case Operator.LE:
            return left <= right[0]  # type: ignore[operator]
        case Operator.GT:
            return left > right[0]  # type: ignore[operator]
        case Operator.GE:
            return left >= right[0]  # type: ignore[operator]
        case Operator.BETWEEN:
            return right[0] <= left <= right[1]  # type: ignore[operator]
        case Operator.IN:
            return left in right


def visibility(scheme: Scheme, answers: Answers, known: Known = NOTHING_KNOWN) -> dict[str, Truth]:
    """For each question in order: asked, not asked, or None while an earlier answer is missing."""
    visible: dict[str, Truth] = {}
    for question in scheme.questions:
        situation = Situation(answers, visible, known)
        visible[question.id] = True if question.visible_if is None else holds(question.visible_if, situation)
    return visible


def in_row(question: Question, row: Row, outer: Situation) -> Situation:
    """The situation inside one row of a group: what was asked before the group, and the row's own answers."""
    visible = dict(outer.visible)
    situation = Situation({**outer.answers, **row}, visible, outer.known)
    for inner in question.questions:
        visible[inner.id] = True if inner.visible_if is None else holds(inner.visible_if, situation)
    return situation


def is_answered(question: Question, situation: Situation) -> bool:
    """Whether an asked question has its answer: of a group, rows enough and none with a hole."""
    value: Value | None = situation.answers.get(question.id)
    if not isinstance(value, tuple):
        return value is not None
    fewest, most = question.row_bounds
    return fewest <= len(value) <= most and all(_is_whole(question, row, situation) for row in value)


def _is_whole(question: Question, row: Row, outer: Situation) -> bool:
    visible = in_row(question, row, outer).visible
    return not any(one.required and visible[one.id] and one.id not in row for one in question.questions)


def operands_of(condition: Condition | None) -> Iterator[Operand]:
    """Every operand that the condition reads."""
    match condition:
        case None:
            return
        case AllOf(conditions) | AnyOf(conditions):
            for inner in conditions:
                yield from operands_of(inner)
        case Not(inner):
            yield from operands_of(inner)
        case Comparison():
            yield from operands_in(condition.operand)
            yield from (term for term in condition.values if isinstance(term, Operand))


def operands_in(subject: Subject | None) -> Iterator[Operand]:
    """The operands of one side of a comparison: itself, or the dates of a span that are not literals."""
    if isinstance(subject, Operand):
        yield subject
    elif isinstance(subject, Span):
        yield from (moment for moment in (subject.start, subject.end) if isinstance(moment, Operand))
