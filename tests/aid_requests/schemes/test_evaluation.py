"""Answers → award, refusal, or what is still missing: exact amounts, no order between cases, never a guess."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid_requests.schemes import (
    NO_CASE_FITS,
    Ambiguous,
    Award,
    Incomplete,
    MissingAnswer,
    NotEligible,
    Text,
    deciding_questions,
    evaluate,
    fact_texts,
    load,
)
from aid_requests.schemes.grammar import Comparison, EligibilityRule, Operand, Operator, Source
from tests.aid_requests.schemes import strategies
from tests.aid_requests.schemes.examples import REQUESTED_ON, SMALL, schedule, small

_LAB = {"kind": "lab", "weeks": 8, "abroad": False}


@pytest.mark.parametrize(
    ("answers", "case", "cents", "parts"),
    [
        (_LAB, "short_lab", 15000, []),
        ({**_LAB, "weeks": 4}, "short_lab", 15000, []),
        ({**_LAB, "weeks": 12}, "short_lab", 15000, []),
        ({**_LAB, "weeks": 13}, "long_lab", 30000, []),
        ({**_LAB, "kind": "firm"}, "firm", 45000, []),
        ({**_LAB, "kind": "firm", "abroad": True, "country": "NO"}, "firm", 70000, ["far"]),
        ({**_LAB, "abroad": True, "country": "ES"}, "short_lab", 15000, []),
    ],
)
def test_answers_give_one_case_its_amount_and_the_parts_that_add(answers, case, cents, parts):
    award = evaluate(small(), answers)
    assert isinstance(award, Award)
    assert (award.case_code, award.amount_cents, [part.code for part in award.parts]) == (case, cents, parts)


def test_the_award_lists_documents_and_facts_of_case_parts_and_scheme_in_order():
    award = evaluate(small(), {"kind": "firm", "weeks": 8, "abroad": True, "country": "JP"})
    assert [document.code for document in award.documents] == ["agreement", "ticket"]
    assert [fact.code for fact in award.facts] == ["enrolled", "firm_weeks", "cost"]


def test_an_answer_to_a_question_that_is_not_asked_counts_for_nothing():
    award = evaluate(small(), {**_LAB, "country": "JP"})
    assert award.amount_cents == 15000
    assert [document.code for document in award.documents] == ["rent"]


def test_missing_answers_are_named_in_the_order_of_the_questions():
    assert evaluate(small(), {}) == Incomplete(("kind", "weeks", "abroad"))
    assert evaluate(small(), {**_LAB, "abroad": True}) == Incomplete(("country",))


def test_a_refusal_comes_at_once_even_when_questions_are_still_open():
    outcome = evaluate(small(), {"weeks": 3})
    assert isinstance(outcome, NotEligible)
    assert (outcome.code, outcome.reason.en, outcome.orientation[0].label.en) == (
        "too_short",
        "Four weeks at least.",
        "The Crous",
    )


def test_no_case_gives_the_schemes_own_reason_and_doors():
    scheme = small()
    outcome = evaluate(replace(scheme, cases=scheme.cases[2:]), _LAB)
    assert isinstance(outcome, NotEligible)
    assert (outcome.code, outcome.reason.fr) == (NO_CASE_FITS, "Rien ne convient.")


def test_two_cases_that_hold_are_a_fault_to_settle_never_a_guess():
    scheme = load(SMALL.replace("{answer: kind, eq: firm}", "{answer: weeks, le: 52}"))
    assert evaluate(scheme, _LAB) == Ambiguous(("short_lab", "firm"))


def test_questions_that_decide_nothing_are_left_to_the_request():
    assert [question.id for question in deciding_questions(small())] == ["kind", "weeks", "abroad", "country"]


@pytest.mark.parametrize("slug", ["emergency-aid", "mobility-aid"])
def test_the_simulator_asks_four_questions_at_most(slug):
    assert len(deciding_questions(schedule(slug))) == 4


def test_a_case_paid_by_parts_alone_pays_their_sum_or_nothing_at_all():
    parts_alone = load(SMALL.replace("  amount: 150.00\n", ""))
    assert evaluate(parts_alone, {**_LAB, "abroad": True, "country": "CA"}).amount_cents == 25000
    assert evaluate(parts_alone, _LAB).code == NO_CASE_FITS


def test_a_case_that_needs_the_register_waits_for_it():
    scheme = load(
        SMALL.replace(
            "{answer: kind, eq: firm}", "{all: [{answer: kind, eq: firm}, {register: year_of_study, lt: 3}]}"
        )
    )
    answers = {**_LAB, "kind": "firm"}
    assert evaluate(scheme, answers) == Incomplete((), ("register.year_of_study",))
    assert evaluate(scheme, answers, {"register.year_of_study": 2}).amount_cents == 45000
    assert evaluate(scheme, answers, {"register.year_of_study": 3}).code == NO_CASE_FITS
    assert evaluate(scheme, _LAB).amount_cents == 15000


def test_a_rule_that_waits_for_the_register_refuses_nobody_until_it_is_known():
    operand = Operand(Source.REGISTER, "year_of_study")
    rule = EligibilityRule(
        "first_year", Comparison(operand, Operator.EQ, (1,)), Text("Non.", "No."), ("crous",)
    )
    scheme = replace(small(), eligibility=(rule,))
    assert isinstance(evaluate(scheme, _LAB), Award)
    assert evaluate(scheme, _LAB, {"register.year_of_study": 1}).code == "first_year"


@pytest.mark.parametrize("holder", ["parts", "documents"])
def test_a_part_or_a_document_that_needs_the_register_waits_for_it(holder):
    written = {
        "parts": ('{answer: country, in: [JP, CA, "NO"]}', "{register: level, eq: master}"),
        "documents": ("when: {answer: abroad, eq: no}", "when: {register: level, eq: master}"),
    }[holder]
    scheme = load(SMALL.replace(*written))
    assert evaluate(scheme, _LAB) == Incomplete((), ("register.level",))
    assert isinstance(evaluate(scheme, _LAB, {"register.level": "master"}), Award)


def test_a_limit_date_that_depends_on_the_country_needs_no_code():
    """15 February 2020 for some countries, 16 March for the others; both ends of each are tried."""
    limit = (
        "{any: [{all: [{answer: country, in: [CN, JP]}, {not: {answer: began_on, lt: 2020-02-15}}]}, "
        "{all: [{not: {answer: country, in: [CN, JP]}}, {not: {answer: began_on, lt: 2020-03-16}}]}]}"
    )
    scheme = load(SMALL.replace("{answer: kind, eq: firm}", limit).replace("eq: lab", "eq: firm"))
    scheme = replace(scheme, cases=scheme.cases[2:], parts=())
    answers = {"kind": "lab", "weeks": 8, "abroad": True}
    tried = {
        (country, day): type(evaluate(scheme, {**answers, "country": country, "began_on": day}))
        for country in ("JP", "FI")
        for day in (_day(2, 14), _day(2, 15), _day(3, 15), _day(3, 16))
    }
    granted = [key for key, outcome in tried.items() if outcome is Award]
    assert granted == [
        ("JP", _day(2, 15)),
        ("JP", _day(3, 15)),
        ("JP", _day(3, 16)),
        ("FI", _day(3, 16)),
    ]


def _day(month, day):
    return date(2020, month, day)


def test_a_statement_with_a_hole_is_never_shown():
    award = evaluate(small(), _LAB)
    with pytest.raises(MissingAnswer, match="cost"):
        fact_texts(small(), award, _LAB, "fr")


def test_an_answer_cannot_become_part_of_a_statements_form():
    scheme = load(SMALL.replace("  required: no\n", "").replace("{weeks}", "{story}"))
    answers = {**_LAB, "kind": "firm", "story": "{cost} {0.__class__}", "cost": 100, "began_on": _day(3, 1)}
    sentences = dict(fact_texts(scheme, evaluate(scheme, answers), answers, "en"))
    assert sentences["firm_weeks"] == "I do {cost} {0.__class__} weeks"


@strategies.SLOW_MACHINE
@given(st.data())
def test_any_answers_to_any_scheme_give_one_outcome_and_awards_add_up(data):
    scheme = data.draw(strategies.schemes())
    answers = data.draw(strategies.every_answer_to(scheme))
    outcome = evaluate(scheme, answers, REQUESTED_ON)
    assert isinstance(outcome, Award | NotEligible | Ambiguous)
    if isinstance(outcome, Award):
        case = next(case for case in scheme.cases if case.code == outcome.case_code)
        assert outcome.amount_cents == case.amount_cents + sum(outcome.part_cents.values())
        assert set(outcome.part_cents) == {part.code for part in outcome.parts}
        assert all(0 < outcome.part_cents[part.code] <= part.highest_cents for part in outcome.parts)


@strategies.SLOW_MACHINE
@given(st.data())
def test_an_award_or_a_refusal_does_not_change_with_further_answers(data):
    scheme = data.draw(strategies.schemes())
    answers = data.draw(strategies.every_answer_to(scheme))
    some = {name: value for name, value in answers.items() if data.draw(st.booleans())}
    first = evaluate(scheme, some, REQUESTED_ON)
    assert isinstance(first, Incomplete) or first == evaluate(scheme, answers, REQUESTED_ON)
