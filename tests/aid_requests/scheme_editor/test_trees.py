"""Places of a tree, and changes that leave the old tree as it was."""

from typing import Any

import pytest

from aid_requests.scheme_editor import trees
from aid_requests.scheme_editor.trees import NoSuchPlace

TREE: dict[str, Any] = {
    "doors": [{"code": "crous"}, {"code": "referent"}],
    "otherwise": {"orientation": ["crous", "referent"]},
    "cases": [
        {
            "code": "one",
            "when": {"answer": "cause", "eq": "job"},
            "documents": [{"code": "a"}, {"code": "b"}],
        },
        {"code": "two", "facts": [{"code": "f", "text": {"fr": "le {cause}", "en": "the {cause}"}}]},
    ],
}


def test_a_place_is_read_as_faults_name_it():
    assert trees.at(TREE, trees.place_of("cases[1].documents[2].code")) == "b"


@pytest.mark.parametrize(
    "place",
    [
        "",
        "cases.0",
        "cases.3",
        "cases.x",
        "cases..1",
        "Cases.1",
        "cases.1.documents.9",
        "cases.1e3",
        "a" * 60,
    ],
)
def test_a_place_that_is_not_there_is_told(place):
    with pytest.raises(NoSuchPlace):
        trees.at(TREE, place)


def test_an_item_is_replaced_added_taken_away_and_moved():
    added = trees.with_item(TREE, "cases.1.documents.3", {"code": "c"})
    assert [one["code"] for one in added["cases"][0]["documents"]] == ["a", "b", "c"]
    assert trees.with_item(TREE, "parts.1", {"code": "p"})["parts"] == [{"code": "p"}]
    assert trees.without_item(TREE, "doors.1")["doors"] == [{"code": "referent"}]
    moved = trees.with_item_moved(TREE, "cases.1.documents.2", -1)
    assert [one["code"] for one in moved["cases"][0]["documents"]] == ["b", "a"]
    assert trees.with_item_moved(TREE, "doors.2", 1)["doors"] == TREE["doors"]
    assert [one["code"] for one in TREE["cases"][0]["documents"]] == ["a", "b"]


def test_an_item_cannot_stand_two_past_the_end():
    with pytest.raises(NoSuchPlace):
        trees.with_item(TREE, "cases.4", {"code": "x"})
    with pytest.raises(NoSuchPlace):
        trees.without_item(TREE, "cases.3")


def test_what_is_empty_is_never_kept():
    assert trees.tidy({"a": "", "b": [], "c": {"fr": ""}, "d": [{"e": None}, "x"]}) == {"d": ["x"]}


def test_what_no_database_holds_is_never_kept():
    assert trees.tidy({"a\0": ["b\0c", "\ud800"]}) == {"a": ["bc"]}


def test_what_names_a_question_or_a_door_follows_its_new_code():
    renamed = trees.with_question_renamed(TREE, "cause", "reason")
    assert renamed["cases"][0]["when"] == {"answer": "reason", "eq": "job"}
    assert renamed["cases"][1]["facts"][0]["text"]["fr"] == "le {reason}"
    assert trees.with_door_renamed(TREE, "crous", "crous_lyon")["otherwise"]["orientation"] == [
        "crous_lyon",
        "referent",
    ]
