"""Conditions in three values: what is decided stays decided; a question that is not asked says nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid_requests.schemes.conditions import Situation, holds, operands_of, visibility
from aid_requests.schemes.grammar import (
    AllOf,
    AnyOf,
    Comparison,
    CountrySet,
    Measure,
    Not,
    Operand,
    Operator,
    Source,
    Span,
    Text,
)
from tests.aid_requests.schemes import strategies

_WEEKS = Operand(Source.ANSWER, "weeks")
_BEGAN = Operand(Source.ANSWER, "began")
_LEVEL = Operand(Source.REGISTER, "year_of_study")
_ASKED = {"weeks": True, "began": True}


def _holds(condition, answers=None, visible=None, known=None):
    return holds(condition, Situation(answers or {}, visible or _ASKED, known or {}))


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        (Operator.EQ, (12,), {11: False, 12: True, 13: False}),
        (Operator.NE, (12,), {11: True, 12: False, 13: True}),
        (Operator.IN, (11, 13), {11: True, 12: False, 13: True}),
        (Operator.LT, (12,), {11: True, 12: False, 13: False}),
        (Operator.LE, (12,), {11: True, 12: True, 13: False}),
        (Operator.GT, (12,), {11: False, 12: False, 13: True}),
        (Operator.GE, (12,), {11: False, 12: True, 13: True}),
        (Operator.BETWEEN, (11, 12), {10: False, 11: True, 12: True, 13: False}),
    ],
)
def test_each_operator_at_its_edges(operator, values, expected):
    condition = Comparison(_WEEKS, operator, values)
    assert {weeks: _holds(condition, {"weeks": weeks}) for weeks in expected} == expected


@pytest.mark.parametrize("operator", [one for one in Operator if one not in (Operator.IN, Operator.BETWEEN)])
def test_an_unanswered_question_leaves_its_comparison_open(operator):
    assert _holds(Comparison(_WEEKS, operator, (12,))) is None


@pytest.mark.parametrize("operator", list(Operator))
def test_a_question_that_is_not_asked_makes_every_comparison_false(operator):
    condition = Comparison(_WEEKS, operator, (12, 13) if operator is Operator.BETWEEN else (12,))
    assert _holds(condition, {"weeks": 12}, {"weeks": False}) is False
    assert _holds(Not(condition), {"weeks": 12}, {"weeks": False}) is True


def test_the_right_hand_side_may_be_another_answer_or_a_known_date():
    after = Comparison(_BEGAN, Operator.LE, (Operand(Source.DATE, "requested_on"),))
    answers = {"began": date(2020, 5, 16)}
    assert _holds(after, answers) is None
    assert _holds(after, answers, known={"date.requested_on": date(2020, 5, 15)}) is False
    assert _holds(after, answers, known={"date.requested_on": date(2020, 5, 16)}) is True


def test_a_register_fact_is_open_until_it_is_known():
    condition = Comparison(_LEVEL, Operator.LT, (3,))
    assert _holds(condition) is None
    assert _holds(condition, known={"register.year_of_study": 2}) is True


def test_in_is_true_as_soon_as_one_term_matches_and_open_while_another_is_unknown():
    condition = Comparison(_WEEKS, Operator.IN, (12, _LEVEL))
    assert _holds(condition, {"weeks": 12}) is True
    assert _holds(condition, {"weeks": 11}) is None


_LEAVES = {
    True: Not(Comparison(Operand(Source.ANSWER, "no"), Operator.EQ, (1,))),
    None: Comparison(_WEEKS, Operator.EQ, (1,)),
}
_LEAVES[False] = Not(_LEAVES[True])


def _leaf(value):
    return _LEAVES[value]


def _truth(condition):
    return holds(condition, Situation({}, {"no": False, "weeks": True}, {}))


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=6))
def test_all_and_any_follow_kleene(values):
    leaves = tuple(_leaf(value) for value in values)
    expected_all = False if False in values else (None if None in values else True)
    expected_any = True if True in values else (None if None in values else False)
    assert [_truth(leaf) for leaf in leaves] == values
    assert _truth(AllOf(leaves)) is expected_all
    assert _truth(AnyOf(leaves)) is expected_any


@strategies.SLOW_MACHINE
@given(st.data())
def test_de_morgan_holds_in_three_values(data):
    scheme = data.draw(strategies.ASKING)
    asked = list(scheme.questions)
    inner = data.draw(st.lists(strategies.conditions(asked), min_size=1, max_size=3))
    answers = data.draw(strategies.answers_to(scheme))
    situation = Situation(answers, visibility(scheme, answers), {})
    negated = AnyOf(tuple(Not(one) for one in inner))
    assert holds(Not(AllOf(tuple(inner))), situation) is holds(negated, situation)


@strategies.SLOW_MACHINE
@given(st.data())
def test_what_is_decided_stays_decided_whatever_is_answered_next(data):
    scheme = data.draw(strategies.ASKING)
    asked = list(scheme.questions)
    condition = data.draw(strategies.conditions(asked))
    every_answer = {question.id: data.draw(strategies.VALUES[question.kind]) for question in asked}
    some = {name: value for name, value in every_answer.items() if data.draw(st.booleans())}
    before = holds(condition, Situation(some, visibility(scheme, some), {}))
    after = holds(condition, Situation(every_answer, visibility(scheme, every_answer), {}))
    assert before in (None, after)


@strategies.SLOW_MACHINE
@given(st.data())
def test_all_answers_given_decide_every_condition(data):
    scheme = data.draw(strategies.ASKING)
    asked = list(scheme.questions)
    condition = data.draw(strategies.conditions(asked))
    answers = {question.id: data.draw(strategies.VALUES[question.kind]) for question in asked}
    known = {"date.requested_on": date(2020, 5, 15)}
    assert holds(condition, Situation(answers, visibility(scheme, answers, known), known)) in (True, False)


def test_operands_of_a_nested_condition_are_all_found():
    condition = AllOf(
        (Not(Comparison(_WEEKS, Operator.LT, (_LEVEL,))), AnyOf((Comparison(_BEGAN, Operator.EQ, (1,)),)))
    )
    assert list(operands_of(condition)) == [_WEEKS, _LEVEL, _BEGAN]
    assert list(operands_of(None)) == []


_TRIPS = {"trips": True}


@pytest.mark.parametrize(
    ("source", "name", "rows", "expected"),
    [
        (Source.COUNT, "trips", [{"price": 5}, {"price": 9}], 2),
        (Source.SUM, "trips.price", [{"price": 5}, {"price": 9}], 14),
        (Source.MIN, "trips.price", [{"price": 5}, {"price": 9}], 5),
        (Source.MAX, "trips.price", [{"price": 5}, {"price": 9}], 9),
        (Source.COUNT, "trips", [], 0),
        (Source.SUM, "trips.price", [], 0),
        (Source.COUNT, "trips", [{"price": 5}, {}], 2),
    ],
)
def test_rows_are_counted_added_and_compared(source, name, rows, expected):
    condition = Comparison(Operand(source, name), Operator.EQ, (expected,))
    assert _holds(condition, {"trips": tuple(rows)}, _TRIPS) is True


def test_a_row_with_a_hole_leaves_its_sum_open():
    condition = Comparison(Operand(Source.SUM, "trips.price"), Operator.GE, (1,))
    assert _holds(condition, {"trips": ({"price": 5}, {})}, _TRIPS) is None
    assert _holds(condition, {}, _TRIPS) is None


@pytest.mark.parametrize("source", [Source.MIN, Source.MAX])
def test_no_row_has_no_least_and_no_greatest(source):
    condition = Comparison(Operand(source, "trips.price"), Operator.NE, (1,))
    assert _holds(condition, {"trips": ()}, _TRIPS) is False
    assert _holds(condition, {}, _TRIPS) is None


@pytest.mark.parametrize("source", [Source.COUNT, Source.SUM, Source.MIN, Source.MAX])
def test_a_group_that_is_not_asked_makes_every_comparison_false(source):
    name = "trips" if source is Source.COUNT else "trips.price"
    condition = Comparison(Operand(source, name), Operator.GE, (0,))
    assert _holds(condition, {"trips": ({"price": 5},)}, {"trips": False}) is False


def test_a_span_is_open_until_both_days_are_known():
    span = Span(Measure.DAYS_BETWEEN, _BEGAN, Operand(Source.DATE, "requested_on"))
    condition = Comparison(span, Operator.GE, (14,))
    known = {"date.requested_on": date(2020, 5, 15)}
    assert _holds(condition, {"began": date(2020, 5, 1)}) is None
    assert _holds(condition, {}, known=known) is None
    assert _holds(condition, {"began": date(2020, 5, 1)}, known=known) is True
    assert _holds(condition, {"began": date(2020, 5, 2)}, known=known) is False
    assert _holds(condition, {"began": date(2020, 5, 1)}, {"began": False}, known) is False


def test_a_named_set_stands_for_its_countries():
    zone = CountrySet("zone", Text("zone", "zone"), ("ES", "IT"))
    condition = Comparison(Operand(Source.ANSWER, "country"), Operator.IN, (zone, "JP"))
    asked = {"country": True}
    assert [_holds(condition, {"country": code}, asked) for code in ("ES", "IT", "JP", "FR")] == [
        True,
        True,
        True,
        False,
    ]
