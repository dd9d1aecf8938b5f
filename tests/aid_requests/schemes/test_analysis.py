"""The analysis of a schedule: exact (trying every situation agrees), with examples, never a false all clear."""

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from aid_requests.schemes import FindingKind, analyse, evaluate, load
from aid_requests.schemes import search as searching
from aid_requests.schemes.conditions import Situation, holds, visibility
from aid_requests.schemes.grammar import AllOf, AnyOf
from tests.aid_requests.schemes.examples import SLUGS, SMALL, schedule, small
from tests.aid_requests.schemes.little_worlds import every_situation, worlds

# A counterexample of a whole scheme takes minutes to shrink, and is as plain without.
_MANY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
_CERTAIN = (
    FindingKind.OVERLAP,
    FindingKind.CASE_NEVER_REACHED,
    FindingKind.REFUSES_EVERYBODY,
    FindingKind.NOT_COVERED,
    FindingKind.PART_NEVER_ADDED,
)


def _tried_one_by_one(scheme):
    """What the analysis must say, by trying every situation there is."""
    accepted, shown = [], set()
    for situation in every_situation(scheme):
        shown |= {name for name, is_asked in situation.visible.items() if is_asked}
        if not any(holds(rule.refuse_when, situation) for rule in scheme.eligibility):
            accepted.append(situation)
    if not accepted:
        return (
            {(FindingKind.REFUSES_EVERYBODY, ("eligibility[1].refuse_when",))} if scheme.eligibility else None
        )
    found: set[tuple[FindingKind, tuple[str, ...]]] = set()
    held, paid = set(), False
    for situation in accepted:
        cases = [number for number, case in enumerate(scheme.cases, 1) if holds(case.when, situation)]
        held.update(cases)
        found |= {
            (FindingKind.OVERLAP, (f"cases[{one}].when", f"cases[{two}].when"))
            for two in cases
            for one in cases
            if one < two
        }
        if not cases:
            every = tuple(f"cases[{number}].when" for number in range(1, len(scheme.cases) + 1))
            found.add((FindingKind.NOT_COVERED, every))
        paid = paid or bool(cases and holds(scheme.parts[0].when, situation))
    for number in range(1, len(scheme.cases) + 1):
        if number not in held:
            found.add((FindingKind.CASE_NEVER_REACHED, (f"cases[{number}].when",)))
    if not paid:
        found.add((FindingKind.PART_NEVER_ADDED, ("parts[1].when",)))
    found |= {
        (FindingKind.QUESTION_NEVER_SHOWN, (f"questions[{number}].visible_if",))
        for number, question in enumerate(scheme.questions, 1)
        if question.id not in shown
    }
    return found


@_MANY
@given(worlds())
def test_trying_every_situation_agrees_with_the_analysis(scheme):
    size = 1
    for question in scheme.questions:
        size *= {"yes_no": 2, "choice": 3, "country": 5, "number": 4, "group": 13}.get(question.kind, 7)
    assume(size <= 800)
    expected = _tried_one_by_one(scheme)
    assume(expected is not None)
    findings = analyse(scheme)
    assert not [one for one in findings if one.kind is FindingKind.NOT_CHECKED]
    said = {
        (one.kind, one.places)
        for one in findings
        if one.kind in _CERTAIN or one.kind is FindingKind.QUESTION_NEVER_SHOWN
    }
    assert (said - expected, expected - said) == (set(), set())


@_MANY
@given(worlds())
def test_every_example_is_a_situation_as_the_finding_says(scheme):
    for finding in analyse(scheme):
        if finding.kind not in (FindingKind.OVERLAP, FindingKind.NOT_COVERED):
            continue
        situation = Situation(
            finding.answers, visibility(scheme, finding.answers, finding.known), finding.known
        )
        cases = [scheme.cases[int(place[6]) - 1].when for place in finding.places]
        assert not any(holds(rule.refuse_when, situation) for rule in scheme.eligibility)
        if finding.kind is FindingKind.OVERLAP:
            assert holds(AllOf(tuple(cases)), situation) is True
        else:
            assert holds(AnyOf(tuple(cases)), situation) is False


# Each kind of finding by itself --------------------------------------------------------------------------------------


def _findings(*changes, **more):
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return analyse(load(text), **more)


_NEVER = [
    (
        ("{answer: weeks, between: [4, 12]}", "{answer: weeks, between: [1, 3]}"),
        (FindingKind.CASE_NEVER_REACHED, ("cases[1].when",)),
        "une règle refuse avant lui",
    ),
    (
        ("when: {answer: kind, eq: firm}", "when: {all: [{answer: weeks, gt: 9}, {answer: weeks, lt: 9}]}"),
        (FindingKind.CASE_NEVER_REACHED, ("cases[3].when",)),
        "se contredit",
    ),
    (
        ("visible_if: {answer: abroad, eq: yes}", "visible_if: {answer: weeks, gt: 52}"),
        (FindingKind.QUESTION_NEVER_SHOWN, ("questions[4].visible_if",)),
        "n’est jamais posée",
    ),
    (
        ("refuse_when: {answer: weeks, lt: 4}", "refuse_when: {answer: weeks, lt: 53}"),
        (FindingKind.REFUSES_EVERYBODY, ("eligibility[1].refuse_when",)),
        "refuse tout le monde",
    ),
    (
        ('when: {answer: country, in: [JP, CA, "NO"]}', "when: {answer: weeks, lt: 3}"),
        (FindingKind.PART_NEVER_ADDED, ("parts[1].when",)),
        "ne s’ajoute jamais",
    ),
    (
        ("when: {answer: abroad, eq: no}", "when: {answer: weeks, lt: 4}"),
        (FindingKind.NEVER_HOLDS, ("documents[1].when",)),
        "ne peut jamais être remplie",
    ),
    (
        ("when: {answer: abroad, eq: no}", "when: {answer: weeks, ge: 4}"),
        (FindingKind.ALWAYS_HOLDS, ("documents[1].when",)),
        "toujours remplie",
    ),
    (
        (
            "when: {answer: abroad, eq: no}",
            "when: {any: [{answer: abroad, eq: no}, {answer: weeks, gt: 52}]}",
        ),
        (FindingKind.NEVER_HOLDS, ("documents[1].when.any[2]",)),
        "ne se présente jamais",
    ),
]


@pytest.mark.parametrize(("change", "finding", "sentence"), _NEVER, ids=[str(one[1]) for one in _NEVER])
def test_what_can_never_or_always_be_is_told_with_its_place(change, finding, sentence):
    found = [one for one in _findings(change) if (one.kind, one.places) == finding]
    assert len(found) == 1 and sentence in found[0].sentence


def test_two_cases_that_overlap_come_with_an_example_in_words():
    findings = _findings(("between: [4, 12]", "between: [4, 13]"))
    (overlap,) = [one for one in findings if one.kind is FindingKind.OVERLAP]
    assert overlap.places == ("cases[1].when", "cases[2].when") and overlap.blocks
    assert overlap.witness == (("Quel stage", "Laboratoire"), ("Combien de semaines", "13"))
    outcome = evaluate(load(SMALL.replace("[4, 12]", "[4, 13]")), {**overlap.answers, "abroad": False})
    assert outcome.case_codes == ("short_lab", "long_lab")


def test_the_sentences_come_in_the_language_asked_for():
    (overlap,) = [
        one
        for one in _findings(("between: [4, 12]", "between: [4, 13]"), language="en")
        if one.kind is FindingKind.OVERLAP
    ]
    assert overlap.witness == (("Which internship", "Laboratory"), ("How many weeks", "13"))


def test_a_gap_is_told_for_information_with_an_example():
    findings = _findings(("between: [4, 12]", "between: [4, 11]"))
    (gap,) = findings
    assert gap.kind is FindingKind.NOT_COVERED and not gap.blocks
    assert dict(gap.witness)["Combien de semaines"] == "12"


def test_rules_that_refuse_everybody_only_together_are_told_together():
    second = """\
- code: too_long
  refuse_when: {answer: weeks, ge: 4}
  reason: {fr: Trop long., en: Too long.}
  orientation: [crous]
otherwise:"""
    (finding,) = _findings(("otherwise:", second))
    assert finding.kind is FindingKind.REFUSES_EVERYBODY
    assert finding.places == ("eligibility[1].refuse_when", "eligibility[2].refuse_when")


def test_the_small_scheme_and_the_shipped_ones_are_without_fault():
    for scheme in (small(), *(schedule(slug) for slug in SLUGS)):
        assert analyse(scheme) == []


def test_where_the_bound_is_met_nothing_is_called_clear(monkeypatch):
    monkeypatch.setattr(searching, "_STEPS", 0)
    findings = analyse(small())
    unchecked = {place for one in findings if one.kind is FindingKind.NOT_CHECKED for place in one.places}
    assert {"cases[1].when", "cases[2].when", "cases[3].when", "parts[1].when"} <= unchecked
    assert not any(finding.blocks for finding in findings)


def test_a_sum_that_the_number_of_rows_forbids_is_found_out():
    """Two rows of at most 2 make 4 at most; a least of 2 and a sum of 3 do not go together."""
    group = """\
- id: trips
  kind: group
  label: {fr: Vos trajets, en: Your trips}
  maximum: 2
  questions:
  - {id: size, kind: number, label: {fr: Taille, en: Size}, minimum: 0, maximum: 2}
- id: story"""
    never = "{all: [{min: trips.size, eq: 2}, {sum: trips.size, eq: 3}]}"
    findings = _findings(("- id: story", group), ("when: {answer: kind, eq: firm}", f"when: {never}"))
    said = {one.kind for one in findings if one.places == ("cases[3].when",)}
    assert said & {FindingKind.NOT_CHECKED, FindingKind.CASE_NEVER_REACHED}
    findings = _findings(
        ("- id: story", group), ("when: {answer: kind, eq: firm}", "when: {sum: trips.size, eq: 3}")
    )
    (overlap, *_others) = [one for one in findings if one.kind is FindingKind.OVERLAP]
    assert ("Vos trajets, Taille, total", "3") in overlap.witness
    assert [row["size"] for row in overlap.answers["trips"]] == [1, 2]


def test_everything_is_said_in_a_moment_on_the_largest_schedule(monkeypatch):
    """Steps, not seconds: a busy machine says nothing about the code."""
    steps = []
    extend = searching.Search._extend
    monkeypatch.setattr(
        searching.Search, "_extend", lambda self, goals: (steps.append(1), extend(self, goals))[1]
    )
    analyse(schedule("mobility-aid"))
    assert len(steps) < 3000
