"""Schemes so small that every situation can be tried one by one: what an exact analysis must agree with."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from hypothesis import strategies as st

from aid_requests.schemes import Scheme, Text
from aid_requests.schemes.conditions import Situation, holds, visibility
from aid_requests.schemes.grammar import (
    AllOf,
    AnyOf,
    Case,
    Comparison,
    CountrySet,
    EligibilityRule,
    Kind,
    Measure,
    Not,
    Operand,
    Operator,
    Option,
    Part,
    Question,
    Source,
    Span,
)
from tests.aid_requests.schemes.examples import small

WORD = Text("mot", "word")
FIRST_DAY = date(2020, 1, 28)
DAYS = tuple(FIRST_DAY + timedelta(days=number) for number in range(7))
ZONE = CountrySet("zone", WORD, ("ES", "IT"))
# Of each sort as many as two answers could differ in.
COUNTRIES = ("ES", "IT", "FR", "ZM", "ZW")
OPTIONS = ("a", "b", "c")
_ORDERED = (Operator.EQ, Operator.NE, Operator.LT, Operator.LE, Operator.GT, Operator.GE)
_REQUESTED = Operand(Source.DATE, "requested_on")
_SCHOLAR = Operand(Source.REGISTER, "scholarship")
_GROUP = Question(
    "rows",
    Kind.GROUP,
    WORD,
    minimum=0,
    maximum=2,
    questions=(Question("size", Kind.NUMBER, WORD, minimum=0, maximum=2),),
)


def _question(number: int, kind: Kind, visible_if, valid_if) -> Question:
    bounds = {Kind.NUMBER: (0, 3), Kind.DATE: (DAYS[0], DAYS[-1])}.get(kind, (None, None))
    return Question(
        f"q{number}",
        kind,
        WORD,
        options=tuple(Option(value, WORD) for value in OPTIONS) if kind is Kind.CHOICE else (),
        minimum=bounds[0],
        maximum=bounds[1],
        visible_if=visible_if,
        valid_if=valid_if,
        invalid_message=WORD if valid_if else None,
    )


def _answer(question: Question) -> Operand:
    return Operand(Source.ANSWER, question.id)


@st.composite
def _ordered(draw, subject, literals, rivals):
    if draw(st.booleans()) and len(literals) > 1:
        low, high = sorted(draw(st.tuples(st.sampled_from(literals), st.sampled_from(literals))))
        return Comparison(subject, Operator.BETWEEN, (low, high))
    term = draw(st.sampled_from([*literals, *rivals]))
    return Comparison(subject, draw(st.sampled_from(_ORDERED)), (term,))


@st.composite
def _comparison(draw, asked):
    one = draw(st.sampled_from([*asked, None]))
    if one is None:
        return Comparison(_SCHOLAR, Operator.EQ, (draw(st.booleans()),))
    subject = _answer(one)
    alike = [_answer(other) for other in asked if other.kind is one.kind and other is not one]
    match one.kind:
        case Kind.YES_NO:
            return Comparison(subject, Operator.EQ, (draw(st.sampled_from([True, False, *alike])),))
        case Kind.CHOICE:
            term = draw(st.sampled_from([*OPTIONS, *alike]))
            return Comparison(
                subject, draw(st.sampled_from([Operator.EQ, Operator.NE, Operator.IN])), (term,)
            )
        case Kind.COUNTRY:
            term = draw(st.sampled_from([ZONE, "FR", "ES", *alike]))
            return Comparison(subject, Operator.IN, (term,))
        case Kind.NUMBER:
            return draw(_ordered(subject, [0, 1, 2, 3], alike))
        case Kind.GROUP:
            source = draw(st.sampled_from([Source.COUNT, Source.SUM, Source.MIN, Source.MAX]))
            name = one.id if source is Source.COUNT else f"{one.id}.size"
            return draw(_ordered(Operand(source, name), [0, 1, 2, 3], []))
        case _:
            return draw(_of_dates(subject, [*alike, _REQUESTED]))


@st.composite
def _of_dates(draw, subject, alike):
    if draw(st.booleans()):
        return draw(_ordered(subject, list(DAYS), alike))
    ends = draw(st.permutations([subject, draw(st.sampled_from([*alike, DAYS[3]]))]))
    span = Span(draw(st.sampled_from(Measure)), *ends)
    return draw(_ordered(span, [-1, 0, 1, 3, 4], []))


def _conditions(asked):
    return st.recursive(
        _comparison(asked),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda found: AllOf(tuple(found))),
            st.lists(inner, min_size=1, max_size=3).map(lambda found: AnyOf(tuple(found))),
            inner.map(Not),
        ),
        max_leaves=4,
    )


@st.composite
def worlds(draw):
    """A scheme of two to four questions, some hidden or valid by condition, two or three cases, a rule, a part."""
    kinds = [Kind.YES_NO, Kind.CHOICE, Kind.COUNTRY, Kind.NUMBER, Kind.DATE, Kind.DATE, Kind.GROUP]
    asked: list[Question] = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from(kinds), min_size=2, max_size=4))):
        visible_if = draw(st.none() | _conditions(asked)) if asked else None
        if kind is Kind.GROUP:
            if _GROUP.id not in [one.id for one in asked]:
                asked.append(replace(_GROUP, visible_if=visible_if))
            continue
        if [one.kind for one in asked].count(kind) == 2:
            continue
        itself = _question(number, kind, visible_if, None)
        valid_if = draw(st.none() | st.none() | _conditions([*asked, itself]))
        asked.append(replace(itself, valid_if=valid_if, invalid_message=WORD if valid_if else None))
    cases = tuple(
        Case(f"case{number}", WORD, draw(_conditions(asked)), 100)
        for number in range(draw(st.integers(2, 3)))
    )
    rule = EligibilityRule("rule", draw(_conditions(asked)), WORD, ())
    return replace(
        small(),
        opens_on=DAYS[2],
        closes_on=DAYS[4],
        questions=tuple(asked),
        eligibility=(rule,) if draw(st.booleans()) else (),
        cases=cases,
        parts=(Part("part", WORD, draw(_conditions(asked)), 100),),
        documents=(),
        opening_facts=(),
        closing_facts=(),
        sets=(ZONE,),
    )


def _values(question: Question) -> list:
    """Every value there is."""
    match question.kind:
        case Kind.YES_NO:
            return [True, False]
        case Kind.CHOICE:
            return list(OPTIONS)
        case Kind.COUNTRY:
            return list(COUNTRIES)
        case Kind.NUMBER:
            return [0, 1, 2, 3]
        case Kind.GROUP:
            rows = [{"size": size} for size in (0, 1, 2)]
            return [tuple(chosen) for number in range(3) for chosen in product(rows, repeat=number)]
        case _:
            return list(DAYS)


def every_situation(scheme: Scheme) -> Iterator[Situation]:
    """Each combination of valid answers with each day of the period and each register fact."""
    days = [scheme.opens_on + timedelta(days=number) for number in range(3)]
    values = [_values(question) for question in scheme.questions]
    for scholar, day, *chosen in product([True, False], days, *values):
        answers = {question.id: value for question, value in zip(scheme.questions, chosen, strict=True)}
        known = {"register.scholarship": scholar, "date.requested_on": day}
        situation = Situation(answers, visibility(scheme, answers, known), known)
        if all(_is_valid(question, situation) for question in scheme.questions):
            yield situation


def _is_valid(question: Question, situation: Situation) -> bool:
    if question.valid_if is None or not situation.visible[question.id]:
        return True
    return holds(question.valid_if, situation) is True
