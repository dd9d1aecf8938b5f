"""The two schedules of the fund: they load, each case is reached, amounts and words are exact."""

import re

import pytest

from aid_requests.schemes import (
    Award,
    NotEligible,
    clean_answers,
    definition_hash,
    dump,
    evaluate,
    fact_texts,
    load,
)
from aid_requests.schemes.grammar import Requirement
from tests.aid_requests.schemes.examples import AMOUNT_CENTS, CASES, REQUESTED_ON, SLUGS, TYPED, schedule


def _award(slug: str, code: str):
    scheme = schedule(slug)
    answers, errors = clean_answers(scheme, TYPED[slug][code], REQUESTED_ON)
    assert errors == {}
    award = evaluate(scheme, answers, REQUESTED_ON)
    assert isinstance(award, Award), award
    return scheme, answers, award


@pytest.mark.parametrize(("slug", "code"), CASES)
def test_each_case_is_reached_and_pays_its_amount_to_the_cent(slug, code):
    _, _, award = _award(slug, code)
    assert (award.case_code, award.amount_cents, award.parts) == (code, AMOUNT_CENTS[code], ())


@pytest.mark.parametrize("slug", SLUGS)
def test_the_examples_cover_every_case_of_the_schedule(slug):
    assert {case.code for case in schedule(slug).cases} == set(TYPED[slug])


@pytest.mark.parametrize("slug", SLUGS)
def test_a_schedule_survives_writing_and_reading(slug):
    scheme = schedule(slug)
    assert load(dump(scheme)) == scheme


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("slug", "code"), CASES)
def test_every_fact_is_a_whole_sentence_without_a_hole(slug, code, language):
    scheme, answers, award = _award(slug, code)
    facts = fact_texts(scheme, award, answers, language)
    assert [name for name, _ in facts][-3:] == ["own_account", "no_other_fund", "give_back"]
    for _, sentence in facts:
        assert not re.search(r"[{}]|None", sentence)
        assert not sentence.endswith((".", ";"))
        assert sentence[0].islower() or sentence.startswith("I ")


def test_the_early_return_declares_what_was_typed_in_both_languages():
    scheme, answers, award = _award("mobility-aid", "early_return")
    french = dict(fact_texts(scheme, award, answers, "fr"))
    assert french["return_paid"] == "j’ai payé un billet de retour le 17 mars 2020, pour 612\u00a0€"
    assert (
        french["stay_dates"] == "mon séjour à l’étranger (pays\u00a0: Finlande) a commencé le 2 février 2020"
    )
    english = dict(fact_texts(scheme, award, answers, "en"))
    assert english["return_paid"] == "I paid for a return ticket on 17 March 2020, for €612"


def test_the_first_of_a_month_is_written_as_french_writes_it():
    scheme, answers, award = _award("emergency-aid", "money_blocked_abroad")
    french = dict(fact_texts(scheme, award, answers, "fr"))
    assert french["family_money_blocked"].endswith("depuis le 1er avril 2020")


@pytest.mark.parametrize(
    ("code", "documents"),
    [
        ("internship_broken_off", ["internship_notice", "rent_receipt"]),
        ("student_job_stopped", ["last_payslip", "charges_bill"]),
        ("money_blocked_abroad", ["transfer_refused", "food_receipt"]),
    ],
)
def test_emergency_aid_asks_for_the_papers_of_the_cause_and_of_the_need(code, documents):
    _, _, award = _award("emergency-aid", code)
    assert [document.code for document in award.documents] == documents


def test_papers_that_a_student_may_not_have_yet_do_not_hold_the_request_back():
    _, _, award = _award("emergency-aid", "money_blocked_abroad")
    assert {document.required for document in award.documents} == {Requirement.SUBJECT_TO}


@pytest.mark.parametrize(
    ("slug", "typed", "code", "door"),
    [
        ("emergency-aid", {"enrolled": "no"}, "not_enrolled", "crous"),
        ("emergency-aid", {"enrolled": "yes", "lives_in_france": "no"}, "not_in_france", "mobility_aid"),
        ("emergency-aid", {"cause": "stay_abroad"}, "stay_abroad", "mobility_aid"),
        ("emergency-aid", {"cause": "other"}, "other_cause", "referent"),
        ("emergency-aid", {"cause": "internship", "need": "other"}, "other_need", "social_worker"),
        ("mobility-aid", {"enrolled": "no"}, "not_enrolled", "crous"),
        (
            "mobility-aid",
            {"situation": "tickets_lost", "refunded": "yes"},
            "already_refunded",
            "emergency_aid",
        ),
        ("mobility-aid", {"situation": "confined_abroad", "rent_due": "no"}, "no_rent_due", "emergency_aid"),
        ("mobility-aid", {"situation": "other"}, "other_situation", "referent"),
    ],
)
def test_a_refusal_says_why_and_who_can_help(slug, typed, code, door):
    scheme = schedule(slug)
    answers, _ = clean_answers(scheme, typed, REQUESTED_ON)
    outcome = evaluate(scheme, answers, REQUESTED_ON)
    assert isinstance(outcome, NotEligible)
    assert (outcome.code, outcome.orientation[0].code) == (code, door)
    assert outcome.reason.fr and outcome.reason.en


def _french_texts(slug: str) -> list[str]:
    return re.findall(r"^\s*fr: (.*)$", dump(schedule(slug)), flags=re.MULTILINE)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_french_is_set_with_its_own_spaces_and_apostrophes(slug):
    for text in _french_texts(slug):
        bare = text.strip("'")
        assert not re.search(r"[^\u202f][;!?]|[^\u00a0]:(?= )|\d €|'", bare), text


@pytest.mark.parametrize("slug", SLUGS)
def test_nobody_is_asked_to_swear(slug):
    for text in _french_texts(slug):
        assert not re.search(r"\bjur", text)


@pytest.mark.parametrize(
    ("slug", "known_hash"),
    [
        ("emergency-aid", "56262f4f66349f7c1f8feb5ad7bbca3f26b6bd39172d91e32de7095fc096d028"),
        ("mobility-aid", "64cd46a3962bed570fa33e696f0dea6f0cbaee901848c266aef27d99a650f46c"),
    ],
)
def test_a_grammar_that_grows_leaves_the_hash_of_what_was_written_before(slug, known_hash):
    """Requests, declarations and PDF files that were signed point at these hashes."""
    assert definition_hash(schedule(slug)) == known_hash
