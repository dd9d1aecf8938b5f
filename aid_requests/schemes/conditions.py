"""Conditions over answers, decided in three values: True, False, None (not known yet).

- A question that is asked and not yet answered makes its comparison None; `all`, `any` and `not` follow
  Kleene, so what is True or False stays so whatever is answered next.
- A question that is *not asked* (hidden by its `visible_if`) makes every comparison on it False, `ne`
  included: nothing was said. `not` of such a comparison is True.
- A register fact or a date that is not known makes None.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aid_requests.schemes.grammar import (
    AllOf,
    Answers,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Operand,
    Operator,
    Scheme,
    Source,
    Value,
)

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
        return operand.source is Source.ANSWER and self.visible.get(operand.name) is False

    def value(self, operand: Operand) -> Value | None:
        """The value, or None while unknown; an answer counts only when its question is surely asked."""
        if operand.source is not Source.ANSWER:
            return self.known.get(operand.key)
        return self.answers.get(operand.name) if self.visible.get(operand.name) else None


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
    operands = [comparison.operand, *(term for term in comparison.values if isinstance(term, Operand))]
    if any(situation.hidden(operand) for operand in operands):
        return False
    left = situation.value(comparison.operand)
    terms = [situation.value(term) if isinstance(term, Operand) else term for term in comparison.values]
    if left is None:
        return None
    if comparison.operator is Operator.IN:
        return True if left in terms else (None if None in terms else False)
    right = [term for term in terms if term is not None]
    return _decide(comparison.operator, left, right) if len(right) == len(terms) else None


def _decide(operator: Operator, left: Value, right: list[Value]) -> bool:
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
            yield condition.operand
            yield from (term for term in condition.values if isinstance(term, Operand))
