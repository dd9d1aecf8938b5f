"""What people type, checked on the server: French and ISO dates, amounts, and only what was asked."""

from datetime import date

import pytest
from django.utils import translation

from aid_requests.schemes import (
    answers_summary,
    clean_answers,
    country_choices,
    load,
    pack_answers,
    unpack_answers,
    visible_questions,
)
from aid_requests.schemes.values import ValueFault, country_codes, format_value
from tests.aid_requests.schemes.examples import REQUESTED_ON, SMALL, TYPED, schedule, small

FULL = {
    "kind": "firm",
    "weeks": "12",
    "abroad": "yes",
    "country": "JP",
    "began_on": "17/03/2020",
    "cost": "1 234,50",
    "story": "Un projet.",
}


def _clean(**typed):
    return clean_answers(small(), {**FULL, **typed}, REQUESTED_ON)


def test_a_full_form_becomes_typed_answers():
    answers, errors = _clean()
    assert errors == {}
    assert answers == {
        "kind": "firm",
        "weeks": 12,
        "abroad": True,
        "country": "JP",
        "began_on": date(2020, 3, 17),
        "cost": 123450,
        "story": "Un projet.",
    }


@pytest.mark.parametrize(
    ("question", "typed", "expected"),
    [
        ("weeks", " 12 ", 12),
        ("weeks", "012", 12),
        ("abroad", "Oui", True),
        ("abroad", "on", True),
        ("country", "jp", "JP"),
        ("began_on", "2020-03-17", date(2020, 3, 17)),
        ("began_on", "1/4/2020", date(2020, 4, 1)),
        ("began_on", "29.02.2020", date(2020, 2, 29)),
        ("began_on", "01042020", date(2020, 4, 1)),  # a telephone whose keys are figures alone
        ("began_on", "1-4-2020", date(2020, 4, 1)),
        ("cost", "1\u202f234,50\u00a0€", 123450),
        ("cost", "1234.5", 123450),
        ("cost", "12", 1200),
        ("cost", "0", 0),  # who has nothing left can say so
        ("cost", "0,00", 0),
        ("story", "ligne une\r\nligne deux", "ligne une\nligne deux"),
        ("story", "<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("story", "cafe\u0301", "caf\u00e9"),
    ],
)
def test_an_answer_is_read_as_people_write_it(question, typed, expected):
    answers, errors = _clean(**{question: typed})
    assert errors == {}
    assert answers[question] == expected


@pytest.mark.parametrize(
    ("question", "typed", "sentence"),
    [
        ("kind", "", "Répondez à cette question"),
        ("kind", "shop", "une des réponses proposées"),
        ("kind", "x" * 61, "trop longue"),
        ("weeks", "douze", "nombre entier"),
        ("weeks", "1,5", "nombre entier"),
        ("weeks", "٣", "nombre entier"),
        ("weeks", "0", "1 au moins"),
        ("weeks", "53", "52 au plus"),
        ("abroad", "peut-être", "par oui ou par non"),
        ("country", "XX", "n’est pas dans la liste"),
        ("country", "EU", "n’est pas dans la liste"),
        ("began_on", "31/02/2020", "une date qui existe"),
        ("began_on", "17/03/20", "une date qui existe"),
        ("began_on", "1742020", "une date qui existe"),
        ("began_on", "31022020", "une date qui existe"),
        ("began_on", "03-17-2020", "une date qui existe"),
        ("began_on", "17/03/0020", "une date qui existe"),
        ("began_on", "31/08/2019", "pas avant le 01/09/2019"),
        ("began_on", "16/05/2020", "Cette date est à venir."),
        ("cost", "-5", "ne peut pas être négatif"),
        ("cost", "12,345", "deux décimales au plus"),
        ("cost", "beaucoup", "un montant en euros"),
        ("cost", "3000,01", "3\u202f000,00\u00a0€ au plus"),
        ("cost", "9" * 40, "trop grand"),
        ("story", "x" * 201, "200 caractères au plus"),
        ("story", "a\0b", "caractère invisible"),
        ("story", "a\u202eb", "caractère invisible"),
    ],
)
def test_a_wrong_answer_gets_a_sentence_and_no_answer(question, typed, sentence):
    with translation.override("fr"):
        answers, errors = _clean(**{question: typed})
    assert sentence in errors[question]
    assert question not in answers
    assert set(errors) == {question}


def test_an_error_never_repeats_what_was_typed():
    _, errors = _clean(kind="SECRET", weeks="SECRET", abroad="SECRET", began_on="SECRET", cost="SECRET")
    assert len(errors) == 5
    assert "SECRET" not in "".join(errors.values())


def test_the_schemes_own_sentence_comes_in_the_language_asked_for():
    typed = {**FULL, "began_on": "16/05/2020"}
    assert clean_answers(small(), typed, REQUESTED_ON, language="en")[1] == {
        "began_on": "This date is to come."
    }


def test_a_future_date_passes_only_where_the_day_is_not_known():
    answers, errors = clean_answers(small(), {**FULL, "began_on": "16/05/2020"})
    assert errors == {}
    assert answers["began_on"] == date(2020, 5, 16)


def test_an_optional_question_may_be_left_empty():
    answers, errors = _clean(story="  ")
    assert errors == {}
    assert "story" not in answers


def test_an_answer_to_a_question_that_is_not_asked_is_dropped():
    answers, errors = _clean(abroad="no", country="JP")
    assert errors == {}
    assert "country" not in answers


def test_a_question_that_waits_for_a_faulty_answer_is_not_blamed():
    answers, errors = _clean(abroad="peut-être", country="")
    assert set(errors) == {"abroad"}
    assert "country" not in answers


def test_names_the_scheme_does_not_know_are_ignored():
    answers, errors = _clean(csrfmiddlewaretoken="x", amount_cents="1")
    assert errors == {}
    assert set(answers) == set(FULL)


def test_an_empty_form_asks_for_every_question_that_is_surely_asked():
    answers, errors = clean_answers(small(), {})
    assert answers == {}
    assert set(errors) == {"kind", "weeks", "abroad", "began_on", "cost"}


def test_the_return_must_follow_the_departure():
    typed = {**TYPED["mobility-aid"]["early_return"], "returned_on": "01/02/2020"}
    _, errors = clean_answers(schedule("mobility-aid"), typed, REQUESTED_ON)
    assert errors == {
        "returned_on": "Le retour doit suivre le départ et être déjà passé. Vérifiez les deux dates."
    }


def test_visible_questions_follow_the_answers():
    scheme = small()
    assert "country" not in [question.id for question in visible_questions(scheme, {})]
    assert "country" not in [question.id for question in visible_questions(scheme, {"abroad": False})]
    assert "country" in [question.id for question in visible_questions(scheme, {"abroad": True})]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "fr",
            [
                ("Quel stage", "Entreprise"),
                ("Combien de semaines", "12"),
                ("À l’étranger", "Oui"),
                ("Dans quel pays", "Japon"),
                ("Depuis quand", "17 mars 2020"),
                ("Combien", "1\u202f234,50\u00a0€"),
                ("Votre projet", "Un projet."),
            ],
        ),
        (
            "en",
            [
                ("Which internship", "Company"),
                ("How many weeks", "12"),
                ("Abroad", "Yes"),
                ("In which country", "Japan"),
                ("Since when", "17 March 2020"),
                ("How much", "€1,234.50"),
                ("Your project", "Un projet."),
            ],
        ),
    ],
)
def test_the_summary_reads_as_a_person_would_say_it(language, lines):
    answers, _ = _clean()
    assert answers_summary(small(), answers, language) == lines


def test_the_summary_leaves_out_what_is_not_asked():
    summary = answers_summary(small(), {"abroad": False, "country": "JP"}, "fr")
    assert summary == [("À l’étranger", "Non")]


def test_the_summary_shows_what_a_register_fact_made_visible():
    by_grant = SMALL.replace(
        "visible_if: {answer: abroad, eq: yes}", "visible_if: {register: scholarship, eq: yes}"
    )
    summary = answers_summary(load(by_grant), {"abroad": True, "country": "JP"}, "fr")
    assert ("Dans quel pays", "Japon") in summary


def test_packed_answers_are_texts_and_come_back_the_same():
    answers, _ = _clean()
    packed = pack_answers(small(), answers)
    assert packed["cost"] == "1234.50"
    assert all(isinstance(value, str) for value in packed.values())
    assert unpack_answers(small(), packed) == answers


@pytest.mark.parametrize("packed", [{"unknown": "1"}, {"weeks": "douze"}, {"began_on": "17/03/2020"}])
def test_what_was_not_packed_here_is_refused(packed):
    with pytest.raises(ValueFault):
        unpack_answers(small(), packed)


def test_countries_are_listed_by_name_in_each_language():
    french, english = country_choices("fr"), country_choices("en")
    assert {code for code, _ in french} == {code for code, _ in english} == country_codes()
    assert ("DE", "Allemagne") in french
    assert ("DE", "Germany") in english
    names = [name for _, name in french]
    assert names.index("Égypte") < names.index("Finlande")


def test_numbers_are_grouped_as_each_language_does():
    question = small().question("weeks")
    assert format_value(question, 1234, "fr") == "1\u202f234"
    assert format_value(question, 1234, "en") == "1,234"
