"""Past files under a draft schedule: old and new cents, and those that cannot be judged apart."""

from dataclasses import replace

from aid_requests.schemes import PastFile, ReplayState, load, replay
from tests.aid_requests.schemes.examples import SMALL, small

_LAB = {"kind": "lab", "weeks": 8, "abroad": False}
_FIRM = {"kind": "firm", "weeks": 8, "abroad": True, "country": "JP"}
PAST = [
    PastFile("a", "short_lab", 15000, _LAB, {}),
    PastFile("b", "firm", 70000, _FIRM, {}),
    PastFile("c", "", 0, {**_LAB, "weeks": 3}, {}),
]


def _states(replayed):
    return {file.key: (file.state, file.case, file.cents) for file in replayed.files}


def test_the_same_schedule_changes_nothing():
    replayed = replay(small(), PAST)
    assert (replayed.old_cents, replayed.new_cents, replayed.difference_cents) == (85000, 85000, 0)
    assert (replayed.unjudged, replayed.refused) == (0, 1)
    assert all(file.old_case == file.case for file in replayed.files)


def test_another_amount_is_the_difference_of_the_files_it_concerns():
    draft = load(SMALL.replace("amount: 450.00", "amount: 500.50").replace("weeks, lt: 4}", "weeks, lt: 3}"))
    replayed = replay(draft, PAST)
    assert _states(replayed)["b"] == (ReplayState.AWARDED, "firm", 75050)
    assert _states(replayed)["c"] == (ReplayState.REFUSED, "", 0)
    assert replayed.difference_cents == 5050
    by_case = {one.code: (one.files, one.old_cents, one.new_cents) for one in replayed.by_case}
    assert by_case == {"short_lab": (1, 15000, 15000), "firm": (1, 70000, 75050), "": (1, 0, 0)}


def test_what_the_old_files_were_not_asked_leaves_them_unjudged_and_out_of_the_sums():
    text = SMALL.replace(
        "{answer: kind, eq: firm}", "{all: [{answer: kind, eq: firm}, {answer: paid, eq: yes}]}"
    )
    asked = (
        "- id: paid\n  kind: yes_no\n  label: {fr: Payé, en: Paid}\n  visible_if: {answer: kind, eq: firm}\n"
    )
    replayed = replay(load(text.replace("- id: abroad", asked + "- id: abroad")), PAST)
    assert _states(replayed)["b"] == (ReplayState.UNJUDGED, "", None)
    assert (replayed.unjudged, replayed.old_cents, replayed.new_cents) == (1, 15000, 15000)


def test_two_cases_at_once_leave_a_file_unjudged():
    draft = load(SMALL.replace("{answer: kind, eq: firm}", "{answer: weeks, eq: 8}"))
    assert _states(replay(draft, PAST))["a"] == (ReplayState.UNJUDGED, "", None)


def test_an_answer_that_is_none_any_more_counts_as_not_given():
    scheme = small()
    other_kind = load(SMALL.replace("[4, 12]", "[4, 11]"))
    for answers in ({**_LAB, "kind": "shop"}, {**_LAB, "weeks": "huit"}, {**_LAB, "weeks": True}):
        replayed = replay(other_kind, [PastFile("x", "short_lab", 15000, answers, {})])
        assert replayed.unjudged == 1
    unknown = PastFile("y", "short_lab", 15000, {**_LAB, "gone": "x"}, {})
    assert replay(replace(scheme), [unknown]).difference_cents == 0
