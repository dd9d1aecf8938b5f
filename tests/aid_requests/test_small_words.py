"""Small things that a stranger stumbled over: hints, units, links that lead nowhere, names of digits."""

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import translation

from aid_requests import actions
from aid_requests.forms.steps import IdentityForm
from aid_requests.identity import bears_other_name
from fund.roles import Refused
from fund.school_domains import mailbox_of
from fund.templatetags.fund_format import file_size
from tests.aid_requests import factories
from tests.aid_requests.correspondence.test_corrections import ask
from tests.aid_requests.test_representatives import GUARDIAN
from tests.aid_requests.test_steps import YOU, sheet, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]


@pytest.mark.parametrize("name", ["12345", "007", "1 2"])
def test_a_name_of_digits_is_refused_and_letters_of_any_alphabet_are_taken(browser, draft, name):
    for field in ("first_name", "last_name", "chosen_name"):
        assert "Un nom s’écrit avec des lettres." in text(
            browser.post(url("you", draft), {**YOU, field: name})
        )
    for good in ("Zoë", "Анна", "王", "O’Neill", "Louis 2"):
        assert IdentityForm({**YOU, "first_name": good}).is_valid(), good


def test_the_hint_of_a_date_can_be_read_in_one_way_only(browser, draft):
    page = text(browser.get(url("you", draft)))
    assert "Jour/mois/année, par exemple 30/06/1999." in page and "09/09/1999" not in page


def test_an_account_outside_of_the_area_names_whom_to_write_to(browser, draft, foundation):
    assert foundation.contact_email
    page = text(browser.post(url("account", draft), {"iban": "TN59 1000 6035 1835 9847 8831", "holder": "I"}))
    assert "hors de la zone SEPA" in page and foundation.contact_email in page


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [
        (1, "1\u00a0ko", "1\u00a0kB"),
        (138_700, "139\u00a0ko", "139\u00a0kB"),
        (999_600, "1,0\u00a0Mo", "1.0\u00a0MB"),
        (1_440_000, "1,4\u00a0Mo", "1.4\u00a0MB"),
    ],
)
def test_sizes_are_told_in_the_unit_of_the_limit(count, french, english):
    with translation.override("fr"):
        assert file_size(count) == french
    with translation.override("en"):
        assert file_size(count) == english


def test_the_situation_that_no_point_names_is_no_empty_step(foundation, pocket, student, people, browser):
    file = factories.in_review(student, people.referent)
    ask(people.member1, file, {"account": "Ce compte est fermé."})
    page = text(browser.get(reverse("request_correction", args=[file.token])))
    assert "cela vous est demandé par\u00a0:" in page and "école vous le demande" not in page
    actions.take_up_correction(by=student, request=file)
    page = text(browser.get(reverse("request_correction", args=[file.token])))
    assert 'Corriger<span class="hidden">\u00a0: Le compte bancaire</span>' in page
    for act in (browser.get, browser.post):
        answer = act(url("situation", file))
        assert answer.status_code == 302 and answer["Location"] == reverse(
            "request_correction", args=[file.token]
        )
    assert "Rien de votre situation n’est à corriger" in text(browser.get(answer["Location"]))


def test_while_the_student_is_asked_the_page_says_that_the_two_months_stand_still_and_nothing_else(
    foundation, pocket, student, people, client_of
):
    """CRPA L114-5 and L231-4: two sentences of one page never tell two laws."""
    file = factories.in_review(student, people.referent)
    link = reverse("request_page", args=[file.token])
    browser = client_of(student)
    runs, stands = "est complète. Sans réponse dans les deux mois", "est réputée refusée ne court pas"
    before = browser.get(link).content.decode()
    assert runs in before and stands not in before and "sur votre compte vers le" in before
    ask(people.member1, file)
    page = browser.get(link).content.decode()
    assert runs not in page and stands in page and "sur votre compte vers le" not in page
    assert "Le délai de réponse s’arrête" in page


def test_too_many_codes_are_told_above_a_page_that_has_no_field_for_one(browser, complete, student):
    for _number in range(3):
        actions.send_signature_code(by=student, request=complete)
    page = text(browser.post(url("declare", complete), sheet(browser, complete, act="code")))
    assert "Trois codes sont déjà partis" in page and "#id_code" not in page and 'id="id_code"' not in page


def test_a_holder_of_another_name_is_asked_about_before_it_is_sworn_and_never_blocked(browser, complete):
    hint = "Le titulaire n’a pas votre nom."
    assert hint not in text(browser.get(url("declare", complete)))
    browser.post(url("account", complete), {"iban": factories.OTHER_IBAN, "holder": "Paul Autrement"})
    assert hint in text(browser.get(url("account", complete)))
    assert hint in text(browser.get(url("declare", complete)))
    joint = f"M. ou Mme AUTREMENT {factories.LAST_NAME.upper()}"
    assert not bears_other_name(joint, factories.IDENTITY) and not bears_other_name("X", None)


def test_a_minors_own_mailbox_under_another_tag_represents_nobody(student):
    request = factories.complete_draft(student)
    born = factories.IDENTITY.birth_date.replace(year=2003)
    identity = replace(factories.IDENTITY, birth_date=born)
    actions.save_identity(by=student, request=request, identity=identity, through_school=True)
    name, _at, domain = student.email.partition("@")
    with pytest.raises(Refused) as caught:
        actions.name_representative(
            by=student, request=request, guardian=replace(GUARDIAN, email=f"{name}+Maman@{domain}")
        )
    assert caught.value.refusal.code == "own_address"
    assert actions.name_representative(
        by=student, request=request, guardian=replace(GUARDIAN, email=f"x{name}@{domain}")
    )


def test_an_address_is_compared_without_its_tag():
    assert mailbox_of("Ines+a+b@Nord.example ") == mailbox_of("ines@nord.example")
    assert mailbox_of("ines@nord.example") != mailbox_of("ines@sud.example")


@pytest.mark.parametrize(("language", "told"), [("en", True), ("fr", False)])
def test_the_penal_articles_have_a_plain_summary_in_the_readers_language(browser, complete, language, told):
    browser.cookies["django_language"] = language
    page = text(browser.get(url("declare", complete)))
    assert ('<p class="small" data-brief>' in page) is told and "Code pénal, article 441-7." in page
