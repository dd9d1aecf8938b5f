"""Rows of a group on a form: added and taken away without JavaScript, kept, checked one by one."""

import re
from datetime import date

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from aid_requests import schemes
from aid_requests.forms.questions import SimulatorForm
from aid_requests.schemes import load
from tests.aid_requests.schemes.examples import REQUESTED_ON, SMALL

GROUP = """\
- id: tickets
  kind: group
  label: {fr: Vos billets, en: Your tickets}
  maximum: 3
  row_label: {fr: Billet, en: Ticket}
  visible_if: {answer: kind, eq: firm}
  questions:
  - id: means
    kind: choice
    label: {fr: Moyen, en: Means}
    options:
    - {value: train, label: {fr: Train, en: Train}}
    - {value: plane, label: {fr: Avion, en: Plane}}
  - {id: stops, kind: number, label: {fr: Escales, en: Stops}, visible_if: {answer: means, eq: plane}}
  - {id: price, kind: amount, label: {fr: Prix, en: Price}, maximum: 900.00}
  - id: bought_on
    kind: date
    label: {fr: Acheté le, en: Bought on}
    valid_if: {answer: bought_on, le: {date: requested_on}}
    invalid_message: {fr: Cette date est à venir., en: This date is to come.}
- id: story"""
SCHEME = load(
    SMALL.replace("- id: story", GROUP, 1).replace(
        "when: {answer: kind, eq: firm}",
        "when: {all: [{answer: kind, eq: firm}, {sum: tickets.price, le: 1000.00}]}",
    )
)
OTHER = {"q-kind": "firm", "q-weeks": "8", "q-abroad": "no"}
SHOWN = {"q-shown": "kind weeks abroad tickets"}
FIRST = {
    "q-tickets-r1-means": "train",
    "q-tickets-r1-price": "120,50",
    "q-tickets-r1-bought_on": "12/03/2020",
}
SECOND = {"q-tickets-r2-means": "train", "q-tickets-r2-price": "80", "q-tickets-r2-bought_on": "13/03/2020"}
KEPT = {
    "kind": "firm",
    "tickets": (
        {"means": "train", "price": 12050, "bought_on": date(2020, 3, 12)},
        {"means": "train", "price": 8000, "bought_on": date(2020, 3, 13)},
    ),
}


def form(*parts, given=None, **more):
    data = QueryDict(mutable=True)
    for part in (*parts, more):
        data.update({name.replace("__", "-"): value for name, value in part.items()})
    return SimulatorForm(SCHEME, data=data or None, given=given or {}, known=REQUESTED_ON)


def page(made):
    request = RequestFactory().get("/somewhere/")
    with translation.override("fr"):
        return render_to_string("aid_requests/_questions.html", {"form": made}, request=request)


def row_names(made):
    found = re.search(r'name="q-tickets-rows" value="([^"]*)"', page(made))
    return found[1].split() if found else None


def test_a_group_begins_with_the_fewest_rows_blank():
    made = form(OTHER, {"q-shown": "kind weeks abroad"})
    assert row_names(made) == ["r1"]
    assert made.has_new_questions and "q-tickets-r1-price" in page(made)
    assert "q-tickets-r1-stops" not in page(made)


def test_rows_become_answers_in_order():
    made = form(OTHER, SHOWN, {"q-tickets-rows": "r1 r2"}, FIRST, SECOND)
    assert made.is_valid() and not made.has_new_questions
    assert made.answers["tickets"] == KEPT["tickets"]
    outcome = schemes.evaluate(SCHEME, made.answers, REQUESTED_ON)
    assert isinstance(outcome, schemes.Award) and outcome.case_code == "firm"


def test_add_shows_a_blank_row_more_and_blames_nothing():
    made = form(
        OTHER, SHOWN, {"q-tickets-rows": "r1", "q-row": "add tickets"}, {"q-tickets-r1-price": "beaucoup"}
    )
    assert made.is_valid() and made.is_row_change and made.has_new_questions
    assert row_names(made) == ["r1", "r2"]
    assert 'value="beaucoup"' in page(made)


def test_drop_takes_one_row_away_and_leaves_the_names_of_the_others():
    made = form(OTHER, SHOWN, {"q-tickets-rows": "r1 r2", "q-row": "drop tickets r1"}, FIRST, SECOND)
    assert made.is_valid() and made.has_new_questions
    assert row_names(made) == ["r2"]
    assert made.answers["tickets"] == KEPT["tickets"][1:]
    again = form(OTHER, SHOWN, {"q-tickets-rows": "r2", "q-row": "add tickets"}, SECOND)
    assert row_names(again) == ["r2", "r3"]


def test_there_are_buttons_only_for_what_may_be_done():
    assert "add tickets" in page(form(OTHER, SHOWN, {"q-tickets-rows": "r1 r2"}))
    full = form(OTHER, SHOWN, {"q-tickets-rows": "r1 r2 r3"})
    assert "add tickets" not in page(full) and "drop tickets r3" in page(full)
    assert "drop tickets" not in page(form(OTHER, SHOWN, {"q-tickets-rows": "r1"}))
    more = form(OTHER, SHOWN, {"q-tickets-rows": "r1 r2 r3", "q-row": "add tickets"})
    assert row_names(more) == ["r1", "r2", "r3"]


def test_the_enter_key_does_not_press_a_row_button():
    first = re.search(r"<button[^>]*>", page(form(OTHER, SHOWN, {"q-tickets-rows": "r1 r2"})))
    assert first is not None and 'class="hidden"' in first[0] and "q-row" not in first[0]


def test_an_error_stands_in_its_own_row_and_what_is_right_is_kept():
    wrong = {**SECOND, "q-tickets-r2-price": "900,01", "q-tickets-r2-bought_on": "16/05/2020"}
    made = form(OTHER, SHOWN, {"q-tickets-rows": "r1 r2"}, FIRST, wrong)
    assert not made.is_valid()
    assert set(made.errors) == {"tickets-r2-price", "tickets-r2-bought_on"}
    assert made.errors["tickets-r2-bought_on"] == ["Cette date est à venir."]
    assert made.answers["tickets"] == (KEPT["tickets"][0], {"means": "train"})
    assert schemes.evaluate(SCHEME, made.answers, REQUESTED_ON) == schemes.Incomplete(("tickets",))


def test_a_blank_row_is_no_row_and_an_error_after_it_finds_its_place():
    blank = dict.fromkeys(FIRST, " ")
    made = form(OTHER, SHOWN, {"q-tickets-rows": "r1 r2"}, blank, {**SECOND, "q-tickets-r2-price": "-1"})
    assert not made.is_valid()
    assert set(made.errors) == {"tickets-r2-price"}
    assert len(made.answers["tickets"]) == 1


def test_too_few_rows_are_told_on_the_group():
    made = form(OTHER, SHOWN, {"q-tickets-rows": "r1"})
    assert not made.is_valid()
    assert made.errors["tickets"] == ["Remplissez au moins 1 ligne."]
    assert "Remplissez au moins 1 ligne." in page(made)


def test_a_question_of_a_row_comes_by_an_answer_of_the_same_row():
    plane = {**FIRST, "q-tickets-r1-means": "plane"}
    made = form(OTHER, SHOWN, {"q-tickets-rows": "r1 r2"}, plane, SECOND)
    assert made.is_valid() and made.has_new_questions
    assert "q-tickets-r1-stops" in page(made) and "q-tickets-r2-stops" not in page(made)
    answered = form(OTHER, SHOWN, {"q-tickets-rows": "r1 r2", "q-tickets-r1-stops": "1"}, plane, SECOND)
    assert answered.is_valid() and not answered.has_new_questions
    assert answered.answers["tickets"][0]["stops"] == 1


def test_kept_rows_come_back_as_they_were_typed():
    shown = page(form(given=KEPT))
    assert 'name="q-tickets-rows" value="r1 r2"' in shown
    assert 'value="12/03/2020"' in shown and 'value="120.50"' in shown
    assert form(given=KEPT).answers["tickets"] == KEPT["tickets"]


def test_a_hidden_group_counts_for_nothing():
    made = form({**OTHER, "q-kind": "lab"}, SHOWN, {"q-tickets-rows": "r1 r2"}, FIRST, SECOND)
    assert made.is_valid() and "tickets" not in made.answers and row_names(made) is None


@pytest.mark.parametrize(
    "hostile",
    [
        {"q-tickets-rows": "r1 r1 r1"},
        {"q-tickets-rows": "../../x r99999 <b>"},
        {"q-tickets-rows": " ".join(f"r{number}" for number in range(5000))},
        {"q-tickets-rows": "r1", "q-row": "drop tickets"},
        {"q-tickets-rows": "r1", "q-row": "add nothing"},
        {"q-tickets-rows": "r1", "q-row": "\0 \0 \0"},
        {"q-tickets-rows": "r1", "q-tickets-r1-price": "<script>alert(1)</script>"},
    ],
)
def test_hostile_row_names_do_nothing(hostile):
    made = form(OTHER, SHOWN, hostile)
    made.is_valid()
    shown = page(made)
    assert "<b>" not in (row_names(made) or []) and "<script>alert" not in shown
    assert len(row_names(made) or []) <= 20


def test_packed_rows_come_back_the_same_and_others_are_refused():
    packed = schemes.pack_answers(SCHEME, KEPT)
    assert all(isinstance(text, str) for text in packed.values())
    assert schemes.unpack_answers(SCHEME, packed) == KEPT
    answers, errors = schemes.clean_answers(SCHEME, {**packed, "weeks": "8", "abroad": "no"}, REQUESTED_ON)
    assert answers["tickets"] == KEPT["tickets"] and set(errors) == {"began_on", "cost"}
    for text in ("", "{", "[1]", '[{"price": 1}]', '[{"nothing": "1"}]', '[{"price": "x"}]', "[" * 5000):
        with pytest.raises(schemes.ValueFault):
            schemes.unpack_answers(SCHEME, {"tickets": text})


def test_the_summary_has_a_line_a_row():
    lines = schemes.answers_summary(SCHEME, KEPT, "fr")
    assert lines[1:] == [
        (
            "Billet 1",
            "Moyen\u00a0: Train\u202f; Prix\u00a0: 120,50\u00a0€\u202f; Acheté le\u00a0: 12 mars 2020",
        ),
        ("Billet 2", "Moyen\u00a0: Train\u202f; Prix\u00a0: 80\u00a0€\u202f; Acheté le\u00a0: 13 mars 2020"),
    ]
