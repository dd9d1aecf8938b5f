"""Answers → what the scheme grants: pure, the same for the simulator, the request and the replay.

How it is decided, in this order:
1. an eligibility rule that holds refuses at once, the first in the file giving the reason, even when other
   questions are still open; a rule that cannot be decided yet refuses nobody;
2. while a question that decides is unanswered: Incomplete;
3. while a case depends on a register fact or a date that is not known: Incomplete, too;
4. cases have no order of precedence: exactly one must hold. None: NotEligible with the scheme's `otherwise`.
   Several: Ambiguous, a value to park for a person; never a guess, never an error in front of a student.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from aid_requests.schemes.conditions import (
    NOTHING_KNOWN,
    Known,
    Situation,
    holds,
    is_answered,
    operands_in,
    operands_of,
    visibility,
)
from aid_requests.schemes.grammar import (
    Answers,
    Case,
    Condition,
    Document,
    Door,
    Fact,
    Operand,
    Part,
    Question,
    Scheme,
    Text,
)

NO_CASE_FITS = "no_case_fits"


@dataclass(frozen=True, slots=True)
class Award:
    """`amount_cents` is the whole: the case's amount plus that of `parts`, which `part_cents` gives by code."""

    case_code: str
    amount_cents: int
    parts: tuple[Part, ...]
    documents: tuple[Document, ...]
    facts: tuple[Fact, ...]
    part_cents: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotEligible:
    """`code` is the rule's, or NO_CASE_FITS; `orientation` says who else can help, best first."""

    code: str
    reason: Text
    orientation: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class Incomplete:
    """`missing`: ids of questions to answer now, in order. `awaited`: keys such as `register.level`."""

    missing: tuple[str, ...]
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several cases hold: the schedule has a fault that a person must settle."""

    case_codes: tuple[str, ...]


Outcome = Award | NotEligible | Incomplete | Ambiguous


def evaluate(scheme: Scheme, answers: Answers, known: Known = NOTHING_KNOWN) -> Outcome:
    """The outcome for `answers` as `clean_answers` makes them (amounts in cents, Paris dates).

    `known` gives register facts and dates by key (`register.year_of_study`: int, `date.requested_on`: date).
    Answers to questions that are not asked count for nothing.
    """
    visible = visibility(scheme, answers, known)
    situation = Situation(answers, visible, known)
    for rule in scheme.eligibility:
        if holds(rule.refuse_when, situation):
            return NotEligible(rule.code, rule.reason, _doors(scheme, rule.orientation))
    asked = (question for question in deciding_questions(scheme) if visible[question.id])
    missing = tuple(question.id for question in asked if not is_answered(question, situation))
    if missing:
        return Incomplete(missing)
    awaited = _awaited([case.when for case in scheme.cases], situation)
    if awaited:
        return Incomplete((), awaited)
    cases = [case for case in scheme.cases if holds(case.when, situation)]
    if len(cases) > 1:
        return Ambiguous(tuple(case.code for case in cases))
    return _award(scheme, cases[0], situation) if cases else _no_case(scheme)


def deciding_questions(scheme: Scheme) -> tuple[Question, ...]:
    """The questions the outcome depends on, in order: the simulator asks no other."""
    needed = {name for condition in scheme_conditions(scheme) for name in _asked_in(condition)}
    needed.update(name for part in scheme.parts for name in _names(operands_in(part.times)))
    for question in reversed(scheme.questions):  # what shows a question is asked before it
        if question.id in needed:
            needed.update(_asked_in(question.visible_if))
            needed.update(name for inner in question.questions for name in _asked_in(inner.visible_if))
    return tuple(question for question in scheme.questions if question.id in needed)


def _asked_in(condition: Condition | None) -> Iterator[str]:
    return _names(operands_of(condition))


def _names(operands: Iterable[Operand]) -> Iterator[str]:
    return (operand.question_id for operand in operands if operand.question_id)


def scheme_conditions(scheme: Scheme) -> Iterator[Condition | None]:
    """Every condition that refuses, chooses, adds or asks."""
    yield from (rule.refuse_when for rule in scheme.eligibility)
    holders: tuple[Case | Part, ...] = (*scheme.cases, *scheme.parts)
    for holder in holders:
        yield holder.when
        yield from _item_conditions(holder.documents, holder.facts)
    yield from _item_conditions(scheme.documents, scheme.opening_facts + scheme.closing_facts)


def _item_conditions(documents: Iterable[Document], facts: Iterable[Fact]) -> list[Condition | None]:
    return [document.when for document in documents] + [fact.when for fact in facts]


def _awaited(conditions: list[Condition | None], situation: Situation) -> tuple[str, ...]:
    """Keys of the known values without which one of `conditions` cannot be decided, each once."""
    undecided = [one for one in conditions if one is not None and holds(one, situation) is None]
    operands = (operand for one in undecided for operand in operands_of(one))
    return _unknown(operands, situation)


def _unknown(operands: Iterable[Operand], situation: Situation) -> tuple[str, ...]:
    keys = (operand.key for operand in operands if not operand.question_id)
    return tuple(dict.fromkeys(key for key in keys if key not in situation.known))


def _doors(scheme: Scheme, codes: tuple[str, ...]) -> tuple[Door, ...]:
    return tuple(scheme.door(code) for code in codes)


def _no_case(scheme: Scheme) -> NotEligible:
    return NotEligible(NO_CASE_FITS, scheme.otherwise.reason, _doors(scheme, scheme.otherwise.orientation))


def _award(scheme: Scheme, case: Case, situation: Situation) -> Outcome:
    awaited = _awaited([part.when for part in scheme.parts], situation)
    if awaited:
        return Incomplete((), awaited)
    parts = tuple(part for part in scheme.parts if holds(part.when, situation))
    awaited = _unknown((one for part in parts for one in operands_in(part.times)), situation)
    if awaited:
        return Incomplete((), awaited)
    part_cents = {part.code: _cents(part, situation) for part in parts}
    parts = tuple(part for part in parts if part_cents[part.code])
    amount_cents = (case.amount_cents or 0) + sum(part_cents.values())
    if not amount_cents:  # a case paid by parts alone, and no part fits
        return _no_case(scheme)
    documents = (*case.documents, *(one for part in parts for one in part.documents), *scheme.documents)
    facts = (
        *scheme.opening_facts,
        *case.facts,
        *(one for part in parts for one in part.facts),
        *scheme.closing_facts,
    )
    awaited = _awaited(_item_conditions(documents, facts), situation)
    if awaited:
        return Incomplete((), awaited)
    return Award(
        case.code,
        amount_cents,
        parts,
        tuple(one for one in documents if one.when is None or holds(one.when, situation)),
        tuple(one for one in facts if one.when is None or holds(one.when, situation)),
        {part.code: part_cents[part.code] for part in parts},
    )


def _cents(part: Part, situation: Situation) -> int:
    """What a part adds: its amount, or its amount per unit; nothing where the unit is not asked or below one."""
    if part.times is None or part.at_most is None:
        return part.amount_cents
    if any(situation.hidden(operand) for operand in operands_in(part.times)):
        return 0
    number = situation.value(part.times)
    return part.amount_cents * min(max(int(str(number or 0)), 0), part.at_most)
