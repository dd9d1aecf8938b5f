"""Every fault is shown at the field that mends it, and every key of a schedule has a field."""

import copy
from typing import Any

import pytest

from aid_requests import schemes
from aid_requests.scheme_editor import trees
from aid_requests.scheme_editor.beginnings import starter
from aid_requests.scheme_editor.examination import examine, item_of, slot_at
from aid_requests.scheme_editor.sections import SECTIONS
from aid_requests.schemes.writing import to_plain
from tests.aid_requests.scheme_editor.test_without_code import EVERY_FEATURE, SCHEDULES

TREE = to_plain(schemes.load(EVERY_FEATURE.read_text(encoding="utf-8")))


def without(*steps: Any) -> dict[str, Any]:
    tree = copy.deepcopy(TREE)
    node = tree
    for step in steps[:-1]:
        node = node[step]
    del node[steps[-1]]
    return tree


@pytest.mark.parametrize(
    ("tree", "place", "sentence"),
    [
        (without("title"), "title", "Il manque «\u00a0Nom de l’aide\u00a0»."),
        (without("summary", "en"), "summary", "Il manque l’anglais."),
        (without("decision", "votes"), "decision.votes", "Il manque «\u00a0Voix pour décider\u00a0»."),
        (without("cases", 0, "when"), "cases.1.when", "Il manque «\u00a0C’est ce cas quand\u00a0»."),
        (
            without("questions", 5, "questions", 0, "kind"),
            "questions.6.questions.1.kind",
            "Il manque «\u00a0Réponse attendue\u00a0».",
        ),
        (without("cases"), "cases", "Cette partie est vide."),
    ],
)
def test_what_is_missing_is_named_as_its_field_is(tree, place, sentence):
    found = {(fault.place, fault.sentence) for fault in examine(tree, "fr").faults}
    assert (place, sentence) in found


def test_a_repeated_code_is_told_without_a_line_that_no_page_has():
    tree = copy.deepcopy(TREE)
    tree["doors"].append(tree["doors"][0])
    [fault] = examine(tree, "fr").faults
    assert "est déjà pris" in fault.sentence and "ligne" not in fault.sentence
    assert fault.item == "doors.3"


def test_an_overlap_is_shown_at_both_cases_with_an_example_and_blocks():
    tree = copy.deepcopy(TREE)
    tree["cases"][1]["when"] = {"answer": "cause", "in": ["stay", "job"]}
    examined = examine(tree, "fr")
    [overlap] = [fault for fault in examined.blocking if fault.also]
    assert overlap.example
    assert overlap in examined.of_item("cases.1") and overlap in examined.of_item("cases.2")


def test_a_start_lacks_only_what_each_aid_has_of_its_own():
    faults = {fault.place for fault in examine(starter(), "fr").faults}
    about = {slot.key for slot in SECTIONS[0].slots} - {"access"}
    assert faults - about == {"cases"}


@pytest.mark.parametrize("path", SCHEDULES, ids=lambda path: path.stem)
def test_every_key_of_every_schedule_has_a_field(path):
    """A key that the grammar gains and the editor does not know would be kept, but could not be seen."""
    tree = to_plain(schemes.load(path.read_text(encoding="utf-8")))
    places = [place for place, _text in trees.leaves(tree) if place != "grammar"]
    assert [place for place in places if slot_at(place) is None] == []


def test_a_fault_deep_inside_belongs_to_the_innermost_form():
    assert item_of("cases.2.documents.1.label.en") == "cases.2.documents.1"
    assert item_of("questions.3.options.2.value") == "questions.3"
    assert item_of("otherwise.orientation.1") == ""
