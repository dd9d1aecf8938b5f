"""Five schemes of other funds and the two of the case, written as data alone: every award, refusal and edge."""

import re

import pytest

from aid_requests.schemes import Access, Award, FindingKind, Incomplete, analyse, dump, fact_texts, load
from aid_requests.schemes.answers import clean_answers
from tests.stories.schemes.examples import EVERY, OTHERS, granted, judge, refused, rows, scheme

# Said for information: the words of « otherwise » wait for these situations.
_KNOWN_GAPS = {"study-from-home": 1}


@pytest.mark.parametrize("slug", EVERY)
def test_the_analysis_finds_nothing_wrong(slug):
    findings = analyse(scheme(slug))
    assert {finding.kind for finding in findings} <= {FindingKind.NOT_COVERED}
    assert len(findings) == _KNOWN_GAPS.get(slug, 0)


@pytest.mark.parametrize("slug", EVERY)
def test_it_is_the_same_after_writing_and_reading(slug):
    written = dump(scheme(slug))
    assert load(written) == scheme(slug)
    assert dump(load(written)) == written


@pytest.mark.parametrize("slug", OTHERS)
def test_the_french_is_set_with_its_own_spaces_and_apostrophes(slug):
    for text in re.findall(r"^\s*fr: (.*)$", dump(scheme(slug)), flags=re.MULTILINE):
        bare = text.strip("'")
        assert not re.search(r"[^\u202f][;!?]|[^\u00a0]:(?= )|\d €|'", bare), text


# A project fund: 150, 300 or 450 € by kind and length -------------------------------------------------------------

PROJECT = {
    "kind": "company",
    "begins_on": "01/06/2020",
    "ends_on": "30/06/2020",
    "allowance": "yes",
    "allowance_amount": "600",
}


@pytest.mark.parametrize(
    ("kind", "ends_on", "case", "euros"),
    [
        ("company", "28/06/2020", "internship_short", 150),
        ("company", "30/07/2020", "internship_short", 150),
        ("company", "31/07/2020", "internship_middle", 300),
        ("research", "29/09/2020", "internship_middle", 300),
        ("research", "30/09/2020", "internship_long", 450),
        ("solidarity", "28/06/2020", "solidarity_short", 300),
        ("solidarity", "30/07/2020", "solidarity_short", 300),
        ("solidarity", "31/07/2020", "solidarity_long", 450),
    ],
)
def test_a_project_is_worth_what_its_kind_and_length_say(kind, ends_on, case, euros):
    assert granted("project-fund", {**PROJECT, "kind": kind, "ends_on": ends_on}) == (case, euros)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "observation"}, "observation"),
        ({"ends_on": "27/06/2020"}, "too_short"),
        ({"allowance_amount": "800,01"}, "well_paid"),
    ],
)
def test_a_project_is_refused_with_a_reason(changes, code):
    assert refused("project-fund", {**PROJECT, **changes}) == code


def test_an_allowance_at_the_limit_and_none_at_all_are_both_helped():
    for changes in ({"allowance_amount": "800"}, {"allowance": "no", "allowance_amount": ""}):
        assert granted("project-fund", {**PROJECT, **changes}) == ("internship_short", 150)


# A stay abroad: the limit depends on the country -------------------------------------------------------------------

STAY = {"situation": "interrupted", "departed_on": "02/01/2020", "costs_left": "yes"}


@pytest.mark.parametrize(
    ("country", "returned_on", "is_helped"),
    [
        ("CN", "14/02/2020", False),
        ("CN", "15/02/2020", True),
        ("IT", "14/02/2020", False),
        ("IT", "15/02/2020", True),
        ("ES", "15/03/2020", False),
        ("ES", "16/03/2020", True),
        ("CA", "15/02/2020", False),
        ("CA", "16/03/2020", True),
    ],
)
def test_the_day_of_the_return_is_held_against_the_limit_of_the_country(country, returned_on, is_helped):
    typed = {**STAY, "country": country, "returned_on": returned_on}
    if is_helped:
        assert granted("stay-abroad", typed) == ("interruption", 500)
    else:
        assert refused("stay-abroad", typed) == "returned_before"


@pytest.mark.parametrize(
    ("country", "planned_on", "is_helped"),
    [
        ("KR", "14/02/2020", False),
        ("KR", "15/02/2020", True),
        ("PT", "15/03/2020", False),
        ("PT", "16/03/2020", True),
    ],
)
def test_a_cancelled_departure_has_the_same_limits(country, planned_on, is_helped):
    typed = {"situation": "cancelled", "country": country, "planned_on": planned_on, "costs_left": "yes"}
    if is_helped:
        assert granted("stay-abroad", typed) == ("cancellation", 250)
    else:
        assert refused("stay-abroad", typed) == "planned_before"


def test_who_stayed_or_has_no_costs_left_is_told_so():
    assert refused("stay-abroad", {"situation": "stayed", "country": "ES"}) == "stayed"
    typed = {**STAY, "country": "ES", "returned_on": "20/03/2020", "costs_left": "no"}
    assert refused("stay-abroad", typed) == "no_costs"


def test_the_stay_is_declared_with_its_country_and_dates():
    typed = {**STAY, "country": "CN", "returned_on": "15/02/2020"}
    outcome = judge("stay-abroad", typed)
    assert isinstance(outcome, Award)
    answers, _ = clean_answers(scheme("stay-abroad"), typed)
    facts = dict(fact_texts(scheme("stay-abroad"), outcome, answers, "fr"))
    assert facts["came_back"] == (
        "mon séjour (pays\u00a0: Chine) a duré du 2 janvier 2020 au 15 février 2020 et s’est arrêté avant sa fin"
    )


# A computer, a connection, or both ---------------------------------------------------------------------------------

HOME = {"computer": "own", "sharers": "2", "connection": "yes", "data_plan": "20"}


@pytest.mark.parametrize(
    ("changes", "euros"),
    [
        ({"computer": "none"}, 600),
        ({"computer": "shared", "sharers": "3"}, 600),
        ({"connection": "no", "data_plan": "19"}, 250),
        ({"computer": "none", "connection": "no", "data_plan": "0"}, 850),
    ],
)
def test_what_is_lacking_adds_up(changes, euros):
    assert granted("study-from-home", {**HOME, **changes}, scholarship=True) == ("equipment", euros)


@pytest.mark.parametrize("changes", [{}, {"computer": "shared"}, {"connection": "no"}])
def test_who_lacks_nothing_reads_the_schemes_own_reason(changes):
    assert refused("study-from-home", {**HOME, **changes}, scholarship=True) == "no_case_fits"


def test_it_is_for_students_on_a_grant_who_were_invited():
    assert scheme("study-from-home").access is Access.INVITED
    assert refused("study-from-home", {**HOME, "computer": "none"}, scholarship=False) == "not_on_grant"
    assert judge("study-from-home", {**HOME, "computer": "none"}) == Incomplete((), ("register.scholarship",))


# Meals: tiers by quotient, and so much a child ---------------------------------------------------------------------

MEALS = {"born_on": "15/05/2000", "quotient": "400", "children": "[]"}
CHILD = {"child_born_on": "01/03/2018", "lives_with_you": "yes"}


@pytest.mark.parametrize(
    ("quotient", "case", "euros"),
    [
        ("0,01", "first_tier", 300),
        ("400", "first_tier", 300),
        ("400,01", "second_tier", 200),
        ("700", "second_tier", 200),
        ("700,01", "third_tier", 100),
        ("1000", "third_tier", 100),
    ],
)
def test_the_quotient_chooses_the_tier(quotient, case, euros):
    assert granted("meals", {**MEALS, "quotient": quotient}) == (case, euros)


@pytest.mark.parametrize(("children", "euros"), [(0, 300), (1, 350), (4, 500), (5, 500)])
def test_each_child_adds_up_to_four(children, euros):
    assert granted("meals", {**MEALS, "children": rows(*[CHILD] * children)}) == ("first_tier", euros)


def test_meals_are_refused_above_the_last_tier_and_before_the_eighteenth_birthday():
    assert refused("meals", {**MEALS, "quotient": "1000,01"}) == "quotient_too_high"
    assert refused("meals", {**MEALS, "born_on": "16/05/2002"}) == "too_young"
    assert granted("meals", {**MEALS, "born_on": "15/05/2002"}) == ("first_tier", 300)


# An internship abroad: so much a month, and costly tickets ---------------------------------------------------------

ABROAD = {"country": "CA", "first_day": "01/02/2020", "last_day": "30/04/2020"}
TICKET = {"means": "train", "price": "300", "bought_on": "20/01/2020"}


@pytest.mark.parametrize(
    ("last_day", "euros"),
    [
        ("31/03/2020", 400),
        ("29/04/2020", 400),
        ("30/04/2020", 600),
        ("31/07/2020", 1200),
        ("31/12/2020", 1200),
    ],
)
def test_each_month_is_paid_up_to_six(last_day, euros):
    typed = {**ABROAD, "country": "BE", "last_day": last_day}
    assert granted("internship-abroad", typed, level="year-4") == ("abroad", euros)


@pytest.mark.parametrize(
    ("tickets", "euros"),
    [([TICKET], 600), ([TICKET, {**TICKET, "price": "299,99"}], 600), ([TICKET] * 2, 750)],
)
def test_costly_tickets_add_a_part(tickets, euros):
    typed = {**ABROAD, "tickets": rows(*tickets)}
    assert granted("internship-abroad", typed, level="year-5") == ("abroad", euros)


def test_the_tickets_are_asked_for_and_declared_line_by_line():
    assert judge("internship-abroad", ABROAD, level="year-4") == Incomplete(("tickets",))
    typed = {**ABROAD, "tickets": rows(TICKET, {**TICKET, "means": "plane", "stops": "1", "price": "412,50"})}
    outcome = judge("internship-abroad", typed, level="year-4")
    assert isinstance(outcome, Award)
    answers, _ = clean_answers(scheme("internship-abroad"), typed)
    facts = dict(fact_texts(scheme("internship-abroad"), outcome, answers, "fr"))
    assert facts["tickets"] == (
        "j’ai payé ces billets\u00a0: En train ou en car, 300\u00a0€, 20 janvier 2020\u202f; "
        "En avion, 1, 412,50\u00a0€, 20 janvier 2020"
    )


def test_an_internship_is_refused_to_beginners_and_below_two_months():
    assert refused("internship-abroad", {**ABROAD, "country": "BE"}, level="year-3") == "not_master"
    typed = {**ABROAD, "country": "BE", "last_day": "30/03/2020"}
    assert refused("internship-abroad", typed, level="year-4") == "under_two_months"
