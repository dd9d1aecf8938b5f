"""Conditions as plain sentences, the same on every page."""

import pytest

from aid_requests.scheme_editor.sentences import condition_sentence
from aid_requests.scheme_editor.vocabulary import Vocabulary, facts_named
from tests.aid_requests.scheme_editor.test_builder import TREE

SENTENCES = [
    ({"answer": "enrolled", "eq": "no"}, "«\u00a0Inscrite ou inscrit\u00a0» = non"),
    ({"answer": "cause", "in": ["job", "stay"]}, "«\u00a0La cause\u00a0» parmi Un emploi ou Un séjour"),
    (
        {
            "all": [
                {"answer": "cause", "eq": "stay"},
                {"answer": "country", "eq": "ES"},
                {"answer": "back_on", "lt": "2020-02-15"},
            ]
        },
        "«\u00a0La cause\u00a0» = Un séjour ET «\u00a0Le pays\u00a0» = Espagne"
        " ET «\u00a0Le retour\u00a0» avant le 15/02/2020",
    ),
    (
        {
            "any": [
                {"all": [{"answer": "enrolled", "eq": "yes"}, {"answer": "price", "le": "150.00"}]},
                {"not": {}},
            ]
        },
        "(«\u00a0Inscrite ou inscrit\u00a0» = oui ET «\u00a0Le prix\u00a0» ≤ 150\u00a0€) OU PAS (… …)",
    ),
    (
        {"answer": "left_on", "le": {"answer": "back_on"}},
        "«\u00a0Le départ\u00a0» au plus tard «\u00a0Le retour\u00a0»",
    ),
    ({"answer": "country", "in": ["zone_a", "FI"]}, "«\u00a0Le pays\u00a0» parmi La zone A ou Finlande"),
    (
        {"days_between": [{"answer": "left_on"}, {"answer": "back_on"}], "ge": "30"},
        "jours entre deux dates («\u00a0Le départ\u00a0» → «\u00a0Le retour\u00a0») ≥ 30",
    ),
    ({"count": "tickets", "ge": "1"}, "nombre de lignes de «\u00a0Les billets\u00a0» ≥ 1"),
    ({"answer": "gone", "eq": "yes"}, "«\u00a0gone\u00a0» = yes"),
    ("not a condition", "…"),
]


@pytest.mark.parametrize(("condition", "sentence"), SENTENCES)
def test_a_condition_is_said_in_one_sentence(condition, sentence):
    assert condition_sentence(condition, Vocabulary(TREE, "fr")) == sentence


def test_no_condition_says_nothing():
    assert condition_sentence(None, Vocabulary(TREE, "fr")) == ""


def test_what_a_draft_compares_besides_answers_is_known_for_the_trial():
    tree = {
        "cases": [
            {"when": {"any": [{"register": "school", "eq": "nord"}, {"register": "invented", "eq": "x"}]}}
        ]
    }
    assert facts_named(tree) == ["date.requested_on", "register.school"]
