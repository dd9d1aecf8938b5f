"""Conditions by selects: what is posted becomes the condition, and what the page shows posts the same one again."""

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from aid_requests.scheme_editor import builder
from aid_requests.scheme_editor.builder import Line
from aid_requests.scheme_editor.vocabulary import Vocabulary

TREE: dict[str, Any] = {
    "sets": [{"code": "zone_a", "label": {"fr": "La zone A", "en": "Zone A"}, "countries": ["ES", "IT"]}],
    "questions": [
        {
            "id": "enrolled",
            "kind": "yes_no",
            "label": {"fr": "Inscrite ou inscrit\u202f?", "en": "Enrolled?"},
        },
        {
            "id": "cause",
            "kind": "choice",
            "label": {"fr": "La cause\u202f?", "en": "The cause?"},
            "options": [
                {"value": "job", "label": {"fr": "Un emploi", "en": "A job"}},
                {"value": "stay", "label": {"fr": "Un séjour", "en": "A stay"}},
            ],
        },
        {"id": "country", "kind": "country", "label": {"fr": "Le pays", "en": "The country"}},
        {"id": "left_on", "kind": "date", "label": {"fr": "Le départ", "en": "The departure"}},
        {"id": "back_on", "kind": "date", "label": {"fr": "Le retour", "en": "The return"}},
        {"id": "price", "kind": "amount", "label": {"fr": "Le prix", "en": "The price"}},
        {"id": "story", "kind": "text", "label": {"fr": "Le récit", "en": "The story"}},
        {
            "id": "tickets",
            "kind": "group",
            "label": {"fr": "Les billets", "en": "The tickets"},
            "questions": [{"id": "cost", "kind": "amount", "label": {"fr": "Le coût", "en": "The cost"}}],
        },
    ],
}
WORDS = Vocabulary(TREE, "fr")
ROWS: list[dict[str, Any]] = [
    {"answer": "enrolled", "eq": "yes"},
    {"answer": "cause", "in": ["stay", "job"]},
    {"answer": "country", "in": ["SE", "zone_a", "FI"]},
    {"answer": "left_on", "lt": "2020-02-15"},
    {"answer": "left_on", "le": {"answer": "back_on"}},
    {"answer": "left_on", "between": ["2020-02-15", {"date": "requested_on"}]},
    {"answer": "price", "ge": "150.50"},
    {"register": "year_of_study", "in": ["3", "4"]},
    {"days_between": [{"answer": "left_on"}, "2020-03-16"], "ge": "30"},
    {"count": "tickets", "ge": "1"},
    {"sum": "tickets.cost", "le": "500.00"},
]
CONDITIONS = st.recursive(
    st.sampled_from(ROWS),
    lambda inner: st.one_of(
        st.builds(lambda found: {"all": found}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda found: {"any": found}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda found: {"not": found}, inner),
    ),
    max_leaves=8,
)


def posted(line: Line | None) -> QueryDict:
    """What a browser sends of the fields that the page shows for `line`."""
    data = QueryDict(mutable=True)

    def add(one: Line) -> None:
        data[f"{one.name}-t"] = one.kind
        if one.kind == "kept":
            data[f"{one.name}-j"] = one.kept
        if one.chosen is not None:
            data[f"{one.name}-s"] = one.chosen.key
            data[f"{one.name}-o"] = one.operator
            data.setlist(f"{one.name}-e", [end.other for end in one.chosen.ends])
            data.setlist(f"{one.name}-f", [end.value for end in one.chosen.ends])
            data.setlist(f"{one.name}-x", [term.other for term in one.terms])
            data.setlist(f"{one.name}-v", [term.value for term in one.terms])
        for inner in one.inner:
            add(inner)

    if line is not None:
        add(line)
    return data


def through_the_page(condition: Any, words: Vocabulary = WORDS) -> Any:
    return builder.read_condition(posted(builder.shown_condition(condition, "when", words)), "when", words)


@settings(deadline=None)
@given(condition=CONDITIONS)
def test_what_the_page_shows_posts_the_same_condition(condition):
    assert through_the_page(condition) == condition


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_the_same_in_english(row):
    assert through_the_page(row, Vocabulary(TREE, "en")) == row


def test_what_rows_cannot_say_is_kept_as_it_is():
    condition = {"all": [{"answer": "cause", "eq": "job"}, {"answer": "cause", "sounds_like": "jobe"}]}
    assert through_the_page(condition) == condition


def test_the_first_condition_is_a_row_and_the_next_one_makes_a_group():
    one = builder.changed(None, "row", [])
    assert one == {}
    assert builder.changed({"answer": "enrolled", "eq": "yes"}, "row", []) == {
        "all": [{"answer": "enrolled", "eq": "yes"}, {}]
    }


def test_a_group_is_added_inside_a_group():
    assert builder.changed({"all": [ROWS[0]]}, "group", []) == {"all": [ROWS[0], {"any": [{}, {}]}]}
    assert builder.changed({"all": [ROWS[0], {"any": [ROWS[1]]}]}, "row", [1]) == {
        "all": [ROWS[0], {"any": [ROWS[1], {}]}]
    }


def test_none_of_takes_one_more():
    assert builder.changed({"not": ROWS[0]}, "row", []) == {"not": {"any": [ROWS[0], {}]}}


def test_the_last_condition_of_a_group_takes_the_group_with_it():
    assert builder.changed({"all": [{"any": [ROWS[0]]}, ROWS[1]]}, "remove", [0, 0]) == {"all": [ROWS[1]]}
    assert builder.changed(ROWS[0], "remove", []) is None
    assert builder.changed({"all": [ROWS[0]]}, "remove", [7]) == {"all": [ROWS[0]]}


def test_rows_where_nothing_was_chosen_are_not_kept():
    assert builder.forget_holes({"all": [{}, {"any": [{}, {}]}, ROWS[0]]}) == {"all": [ROWS[0]]}
    assert builder.forget_holes({"any": [{}, {}]}) is None


def test_groups_can_be_nested_four_deep_and_no_deeper():
    node: Any = ROWS[0]
    for _depth in range(4):
        node = {"all": [node]}
    line = builder.shown_condition(node, "when", WORDS)
    nests = []
    while line is not None and line.inner:
        nests.append(line.may_nest)
        line = line.inner[0]
    assert nests == [True, True, True, False]


def test_a_thousand_levels_are_cut_and_not_an_error():
    data = QueryDict(mutable=True)
    for depth in range(900):
        data["when" + "-0" * depth + "-t"] = "all"
    read = builder.read_condition(data, "when", WORDS)
    assert builder.forget_holes(read) is None
    data = QueryDict(mutable=True)
    data["when-t"], data["when-j"] = "kept", '{"a":' * 400 + "1" + "}" * 400
    assert builder.read_condition(data, "when", WORDS) is None


@pytest.mark.parametrize("act", ["row", "row other", "row when x", "row when 1 999999", "explode when", ""])
def test_a_button_that_no_page_has_does_nothing(act):
    assert builder.acts_on(["when"], act) is None
    assert builder.acts_on(["when"], "row when 0 1") == ("row", "when", [0, 1])


def test_countries_are_typed_by_name_in_any_language_and_zones_too():
    data = QueryDict(
        "when-t=row&when-s=answer:country&when-o=in&when-v=Espagne,+suède,+la+zone+a,+Germany,+us,+Atlantide"
    )
    assert builder.read_condition(data, "when", WORDS) == {
        "answer": "country",
        "in": ["ES", "SE", "zone_a", "DE", "US", "Atlantide"],
    }


def test_dates_and_amounts_are_read_as_people_write_them():
    data = QueryDict("when-t=row&when-s=answer:left_on&when-o=between&when-v=15/02/2020&when-v=31/02/2020")
    assert builder.read_condition(data, "when", WORDS) == {
        "answer": "left_on",
        "between": ["2020-02-15", "31/02/2020"],
    }
    data = QueryDict("when-t=row&when-s=answer:price&when-o=le&when-v=1 250,5 €")
    assert builder.read_condition(data, "when", WORDS) == {"answer": "price", "le": "1250.50"}


def test_a_row_offers_only_operators_that_fit():
    def offered(key: str) -> list[str]:
        row = builder.shown_condition({key.split(":")[0]: key.split(":")[1]}, "when", WORDS)
        assert row is not None
        return [code for code, _name in row.operators]

    assert offered("answer:enrolled") == ["eq", "ne"]
    assert offered("answer:cause") == ["eq", "ne", "in"]
    assert offered("answer:left_on") == ["eq", "ne", "in", "lt", "le", "gt", "ge", "between"]


def test_a_condition_names_only_what_was_asked_before_and_may_decide():
    def named(place: str, including_itself: bool = False) -> list[str]:
        words = Vocabulary(TREE, "fr", place, including_itself)
        return [one.key for one in words.here if one.key.startswith(("answer", "count", "sum"))]

    assert named("questions.3") == ["answer:enrolled", "answer:cause"]
    assert named("questions.3", including_itself=True) == [
        "answer:enrolled",
        "answer:cause",
        "answer:country",
    ]
    everything = named("cases.1")
    assert "answer:story" not in everything and "answer:tickets" not in everything
    assert everything[-2:] == ["count:tickets", "sum:tickets.cost"]
    assert named("questions.8.questions.1", including_itself=True)[-1] == "answer:cost"
