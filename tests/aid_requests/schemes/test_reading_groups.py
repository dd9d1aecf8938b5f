"""Reading groups of rows: every fault with its place, and nothing said twice."""

import pytest

from aid_requests.schemes import dump, load
from tests.aid_requests.schemes.examples import SMALL
from tests.aid_requests.schemes.test_reading import problems_of

GROUP = """\
- id: trips
  kind: group
  label: {fr: Trajets, en: Trips}
  maximum: 4
  questions:
  - {id: price, kind: amount, label: {fr: Prix, en: Price}}
  - {id: left_on, kind: date, label: {fr: Parti le, en: Left on}}
  - {id: note, kind: text, label: {fr: Note, en: Note}, required: no}
  - {id: far, kind: yes_no, label: {fr: Loin, en: Far}}
  - {id: stops, kind: number, label: {fr: Escales, en: Stops}, visible_if: {answer: far, eq: yes}}
- id: story"""
GROUPED = SMALL.replace("- id: story", GROUP, 1)
_CASE = "when: {answer: kind, eq: firm}"
GROUP_FAULTS = [
    ("maximum: 4", "maximum: 21", "questions[7].maximum", "de 1 à 20"),
    ("maximum: 4", "minimum: 5\n  maximum: 4", "questions[7]", "Le minimum dépasse"),
    ("maximum: 4", "required: no", "questions[7].required", "n’a pas de sens"),
    ("id: price", "id: weeks", "questions[7].questions[1]", "déjà pris"),
    (
        "{id: price, kind: amount,",
        "{id: price, kind: group,",
        "questions[7].questions[1]",
        "pas d’autre groupe",
    ),
    (_CASE, "when: {answer: trips, eq: 1}", "cases[3].when.answer", "est un groupe"),
    (_CASE, "when: {answer: price, le: 1}", "cases[3].when.answer", "posée à chaque ligne"),
    (_CASE, "when: {count: trips.price, le: 1}", "cases[3].when.count", "compte les lignes"),
    (_CASE, "when: {count: weeks, le: 1}", "cases[3].when.count", "n’est pas un groupe"),
    (_CASE, "when: {sum: trips, le: 1}", "cases[3].when.sum", "Nommez une question du groupe"),
    (_CASE, "when: {sum: trips.left_on, le: 1}", "cases[3].when.sum", "des nombres et des montants"),
    (_CASE, "when: {max: trips.far, le: 1}", "cases[3].when.max", "des nombres, des montants et des dates"),
    (_CASE, "when: {sum: trips.stops, le: 1}", "cases[3].when.sum", "n’est pas posée à chaque ligne"),
    (_CASE, "when: {min: trips.left_on, le: 12}", "cases[3].when.le", "une date qui existe"),
    (
        "{answer: far, eq: yes}",
        "{answer: story, eq: x}",
        "questions[7].questions[5].visible_if.answer",
        "plus bas",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "path", "sentence"), GROUP_FAULTS, ids=[f"{new[:40]!r}" for _, new, _, _ in GROUP_FAULTS]
)
def test_a_fault_of_a_group_is_told_with_its_place(old, new, path, sentence):
    assert old in GROUPED
    problems = problems_of(GROUPED.replace(old, new))
    assert any(problem.path == path and sentence in problem.message_fr for problem in problems), problems
    assert all(problem.message_fr.endswith(".") for problem in problems)


def test_a_group_that_is_well_written_is_read_and_written_the_same():
    scheme = load(GROUPED)
    assert load(dump(scheme)) == scheme
    assert scheme.question("trips").row_bounds == (1, 4)
    by_default = load(GROUPED.replace("  maximum: 4\n", ""))
    assert by_default.question("trips").row_bounds == (1, 10)
    assert "maximum: '10'" not in dump(by_default) and load(dump(by_default)) == by_default


def test_a_fault_inside_a_row_brings_no_other_where_it_is_counted():
    broken = GROUPED.replace("{id: price, kind: amount,", "{id: price, kind: money,")
    problems = problems_of(broken.replace(_CASE, "when: {sum: trips.price, le: 9}"))
    assert [problem.path for problem in problems] == ["questions[7].questions[1].kind"]
