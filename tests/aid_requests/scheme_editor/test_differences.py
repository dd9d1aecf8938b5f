"""What a draft changes, said in the words of the page; nothing is said of two trees of one definition."""

import copy
from typing import Any

from django.conf import settings

from aid_requests import schemes
from aid_requests.scheme_editor import trees
from aid_requests.scheme_editor.differences import differences
from aid_requests.schemes.writing import to_plain

PATH = settings.BASE_DIR / "aid_requests" / "schedules" / "emergency-aid.yaml"
TREE = to_plain(schemes.load(PATH.read_text(encoding="utf-8")))


def test_the_same_definition_has_no_difference():
    assert differences(TREE, copy.deepcopy(TREE), "fr") == []


def test_an_amount_and_a_condition_are_told_in_words():
    new = copy.deepcopy(TREE)
    new["cases"][1]["amount"] = "175.50"
    new["documents"][0]["when"] = {"answer": "need", "in": ["rent", "food"]}
    case, paper = differences(TREE, new, "fr")
    assert (case.before, case.after) == ("150\u00a0€", "175,50\u00a0€")
    assert "Emploi étudiant arrêté" in case.what
    assert paper.before == "«\u00a0Quelle dépense ne pouvez-vous plus payer\u00a0» = Mon loyer"
    assert (
        paper.after == "«\u00a0Quelle dépense ne pouvez-vous plus payer\u00a0» parmi Mon loyer ou Mes repas"
    )


def test_what_is_added_taken_away_and_moved_is_told():
    without = trees.without_item(TREE, "doors.5")
    [gone] = differences(TREE, without, "fr")
    assert (gone.before, gone.after) == ("L’aide à la mobilité de ce fonds", "")
    [added] = differences(without, TREE, "fr")
    assert (added.before, added.after) == ("", "L’aide à la mobilité de ce fonds")
    [moved] = differences(TREE, trees.with_item_moved(TREE, "cases.1", 1), "fr")
    assert moved.before.startswith("Stage rompu") and moved.after.startswith("Emploi étudiant")


def changed_at(place: str) -> dict[str, Any]:
    """The tree with one text replaced."""
    new = copy.deepcopy(TREE)
    *outer, last = [int(step) - 1 if step.isdigit() else step for step in place.split(".")]
    node: Any = new
    for step in outer:
        node = node[step]
    node[last] = "changed"
    return new


def test_no_single_text_of_a_schedule_changes_in_silence():
    places = [place for place, _text in trees.leaves(TREE) if place != "grammar"]
    silent = [place for place in places if not differences(TREE, changed_at(place), "fr")]
    assert silent == [] and len(places) > 150
