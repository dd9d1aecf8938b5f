"""From the first step to the signature, in a browser without JavaScript."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from aid_requests import actions, sealed
from aid_requests.declarations import open_account
from aid_requests.identity import Identity, identity_of
from aid_requests.models import AidRequest, BankDetails, Declaration
from fund import clock
from fund.models import AuditEvent, User
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh, sent_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
YOU = {
    "first_name": "Inès",
    "last_name": "O’Marchetti-Lô",
    "birth_date": "09/09/1999",
    "birth_place": "Grenoble",
    "address": "27 rue de la Part-Dieu\r\n69003 Lyon",
}


def url(name: str, request) -> str:
    return reverse(f"request_{name}", args=[request.token])


def text(response) -> str:
    return response.content.decode()


def found(pattern: str, html: str) -> str:
    match = re.search(pattern, html)
    assert match is not None
    return match[1]


def identity(request) -> Identity | None:
    return identity_of(fresh(request).applicant)


def shown(html: str) -> str:
    return found(r'name="q-shown" value="([^"]*)"', html)


def test_who_you_are_is_kept_and_shown_again(browser, draft):
    response = browser.post(url("you", draft), YOU)
    assert response.headers["Location"] == url("situation", draft)
    kept = identity(draft)
    assert kept is not None
    assert kept.full_name == "Inès O’Marchetti-Lô" and kept.birth_date.isoformat() == "1999-09-09"
    page = text(browser.get(url("you", draft)))
    assert 'value="09/09/1999"' in page and "69003 Lyon" in page and "Étape 1 sur 5" in page
    assert fresh(draft).through_school is True


def test_one_may_keep_the_own_school_out_of_it(browser, draft):
    browser.post(url("you", draft), {**YOU, "not_through_school": "on"})
    assert fresh(draft).through_school is False


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("birth_date", "31/02/1999", "Écrivez une date qui existe"),
        ("birth_date", "09/09/2031", "n’est pas encore passée"),
        ("birth_date", "09/09/1850", "Vérifiez l’année de naissance"),
        ("first_name", "", "obligatoire"),
        ("address", "", "obligatoire"),
        ("last_name", "Inv\u200bisible", "caractère invisible"),
        ("first_name", "x" * 71, "70"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_not_lost(browser, draft, field, value, sentence):
    page = text(browser.post(url("you", draft), {**YOU, field: value}))
    assert sentence in page and 'class="call err"' in page
    assert 'value="Grenoble"' in page
    assert identity(draft) is None


@pytest.mark.parametrize("typed", ["09091999", "9/9/1999", "09-09-1999", "9 9 1999", "1999-09-09"])
def test_a_date_of_birth_is_read_from_whatever_keys_a_telephone_has(browser, draft, typed):
    browser.post(url("you", draft), {**YOU, "birth_date": typed})
    assert identity(draft).birth_date.isoformat() == "1999-09-09"


def test_a_minor_is_led_to_who_represents(browser, draft):
    answer = browser.post(url("you", draft), {**YOU, "birth_date": "16/05/2002"})
    assert answer.headers["Location"] == reverse("request_representative", args=[draft.token])
    assert "Avant 18 ans" in text(browser.get(url("you", draft)))


@pytest.mark.parametrize("name", ["Нина", "Ng", "<b>Zoé</b>", "Ana Maria d’Ávila"])
def test_names_of_any_script_pass_and_stay_text(browser, draft, name):
    browser.post(url("you", draft), {**YOU, "first_name": name, "last_name": ""})
    kept = identity(draft)
    assert kept is not None and kept.full_name == name
    assert "<b>Zoé" not in text(browser.get(url("you", draft)))


def test_the_situation_is_kept_even_while_something_is_wrong(browser, draft):
    questions = shown(text(browser.get(url("situation", draft))))
    good = {f"q-{name}": value for name, value in factories.ANSWERS.items()}
    wrong = {
        **good,
        "q-amount_due": "1,234",
        "q-stopped_on": "30/02/2020",
        "q-shown": questions,
        "q-story": "Mon récit",
    }
    page = text(browser.post(url("situation", draft), wrong))
    assert "deux décimales au plus" in page and "date qui existe" in page
    assert 'value="1,234"' in page
    kept = fresh(draft)
    assert sealed.story_of(kept) == "Mon récit" and sealed.answers_of(kept)["cause"] == "student_job"
    assert "amount_due" not in sealed.answers_of(kept)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-5", "ne peut pas être négatif"),
        ("10,123", "deux décimales"),
        ("99999999999999", "trop grand"),
        ("beaucoup", "Écrivez un montant"),
        ("5000,01", "trop grande"),
    ],
)
def test_a_wrong_amount_is_told(browser, draft, typed, sentence):
    questions = shown(text(browser.get(url("situation", draft))))
    data = {f"q-{name}": value for name, value in {**factories.ANSWERS, "amount_due": typed}.items()}
    assert sentence in text(browser.post(url("situation", draft), {**data, "q-shown": questions}))


def test_nothing_to_pay_is_an_answer(browser, draft):
    questions = shown(text(browser.get(url("situation", draft))))
    data = {f"q-{name}": value for name, value in {**factories.ANSWERS, "amount_due": "0"}.items()}
    response = browser.post(url("situation", draft), {**data, "q-shown": questions})
    assert response.headers["Location"] == url("documents", draft)
    assert sealed.answers_of(fresh(draft))["amount_due"] == 0
    assert 'value="0,00"' in text(browser.get(url("situation", draft)))


def test_an_amount_with_spaces_and_a_comma_is_read_to_the_cent(browser, draft):
    questions = shown(text(browser.get(url("situation", draft))))
    data = {f"q-{name}": value for name, value in {**factories.ANSWERS, "amount_due": "1 234,50 €"}.items()}
    response = browser.post(url("situation", draft), {**data, "q-shown": questions})
    assert response.headers["Location"] == url("documents", draft)
    assert sealed.answers_of(fresh(draft))["amount_due"] == 123_450


def test_a_date_of_tomorrow_is_refused(browser, draft):
    questions = shown(text(browser.get(url("situation", draft))))
    data = {f"q-{name}": value for name, value in {**factories.ANSWERS, "stopped_on": "16/05/2020"}.items()}
    assert "pas encore passée" in text(browser.post(url("situation", draft), {**data, "q-shown": questions}))


def test_a_story_too_long_is_told(browser, draft):
    questions = shown(text(browser.get(url("situation", draft))))
    data = {f"q-{name}": value for name, value in factories.ANSWERS.items()}
    page = text(browser.post(url("situation", draft), {**data, "q-shown": questions, "q-story": "x" * 1001}))
    assert "1000 caractères au plus" in page


def test_whoever_is_not_eligible_keeps_the_draft_and_hears_who_can_help(browser, draft):
    questions = shown(text(browser.get(url("situation", draft))))
    data = {f"q-{name}": value for name, value in {**factories.ANSWERS, "cause": "other"}.items()}
    page = text(browser.post(url("situation", draft), {**data, "q-shown": questions}))
    assert "Voici qui peut vous aider" in page and "Crous" in page
    assert fresh(draft).amount_cents is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Indiquez votre IBAN"),
        ("FR76 3000 6000 0112 3456 7890 188", "erreur de frappe"),
        ("FR76 3000", "caractères"),
        ("BR18 0036 0305 0000 1000 9795 493C 1", "hors de la zone SEPA"),
        ("pas un iban", "deux lettres d’un pays"),
    ],
)
def test_a_wrong_iban_is_told_and_never_kept(browser, draft, typed, sentence):
    page = text(browser.post(url("account", draft), {"iban": typed, "holder": "Inès Marchetti"}))
    assert sentence in page
    assert not BankDetails.objects.exists()


@pytest.mark.parametrize(
    "typed",
    ["fr7630006000011234567890189", " FR76 3000\u00a06000 0112-3456 7890 189 ", "IBAN " + factories.IBAN],
)
def test_an_iban_is_read_however_it_is_typed_and_then_masked(browser, draft, typed):
    page = text(browser.post(url("account", draft), {"iban": typed, "holder": "Inès Marchetti"}, follow=True))
    details = BankDetails.objects.get()
    assert fresh(draft).bank_details == details
    assert open_account(details)[0].compact == "FR7630006000011234567890189"
    assert '<dd class="num">FR76 •••• 0189</dd>' in page, (
        "one short line, which a narrow phone does not break"
    )
    assert "CREDIT AGRICOLE SA" in page
    assert "30006000" not in page.replace(" ", "")


def test_the_banks_name_is_shown_before_going_on(browser, draft):
    page = text(
        browser.post(url("account", draft), {"iban": factories.OTHER_IBAN, "holder": "Inès"}, follow=True)
    )
    assert "Commerzbank" in page and "C’est bien mon compte" in page


def test_the_same_account_again_is_one_row_and_another_is_a_new_one(browser, draft):
    for iban in (factories.IBAN, factories.IBAN, factories.OTHER_IBAN, factories.IBAN):
        browser.post(url("account", draft), {"iban": iban, "holder": "Inès Marchetti"})
    assert BankDetails.objects.count() == 2
    kept = fresh(draft).bank_details
    assert kept is not None and kept.iban_tail == "0189"


def test_the_declaration_sends_one_to_the_step_that_lacks_something(browser, draft):
    assert browser.get(url("declare", draft)).headers["Location"] == url("you", draft)
    assert "Dites-nous qui vous êtes" in text(browser.get(url("you", draft)))


def sheet(browser, request, **more: str):
    """The fields of the declaration page, every fact ticked."""
    page = text(browser.get(url("declare", request)))
    data = dict.fromkeys(re.findall(r'name="(fact-[a-z_]+)"', page), "on")
    data["content_hash"] = found(r'name="content_hash" value="([0-9a-f]{64})"', page)
    return {**data, "place": "Lyon", **more}


def test_nothing_is_ticked_in_advance_and_the_code_field_waits(browser, complete):
    page = text(browser.get(url("declare", complete)))
    assert "checked" not in page and 'name="code"' not in page
    assert "Recevoir mon code" in page and "441-7" in page and "313-1" in page
    assert "FR76 ••••" in page and "né·e le 9 septembre 1999" in page


def test_the_code_is_not_sent_before_everything_is_ticked(browser, complete):
    data = sheet(browser, complete, act="code")
    data.pop("fact-own_account")
    page = text(browser.post(url("declare", complete), data))
    assert "Cochez ce point" in page and not complete.signature_codes.exists()


def test_reading_ticking_and_signing_deposits_the_request(browser, complete, student):
    data = sheet(browser, complete, act="code")
    page = text(browser.post(url("declare", complete), data, follow=True))
    assert "valable 15 minutes" in page and 'name="code"' in page
    assert page.count("checked") == page.count('name="fact-')
    wrong = text(browser.post(url("declare", complete), {**data, "act": "sign", "code": "abc"}))
    assert "Il vous reste 4 essais" in wrong and 'value="Lyon"' in wrong
    data |= {"act": "sign", "code": sent_code(student)}
    page = text(browser.post(url("declare", complete), data, follow=True))
    assert "Votre demande est déposée" in page and "Accusé de réception" in page
    assert fresh(complete).state == "submitted"
    proof_of_session = Declaration.objects.get()
    assert proof_of_session.pdf_sha256


def test_the_back_button_and_a_second_click_after_signing_say_it_is_done(browser, complete, student):
    data = sheet(browser, complete, act="code")
    browser.post(url("declare", complete), data)
    data |= {"act": "sign", "code": sent_code(student)}
    browser.post(url("declare", complete), data)
    for again in (browser.post(url("declare", complete), data), browser.get(url("declare", complete))):
        assert again.status_code == 409 and "déjà signée" in text(again)
    for step in ("you", "situation", "documents", "account"):
        assert browser.get(url(step, complete)).status_code == 409
    assert Declaration.objects.count() == 1


def test_a_change_in_another_browser_makes_this_page_stale(browser, complete, student, client_of):
    """Two browsers at the same step."""
    data = sheet(browser, complete, act="code")
    browser.post(url("declare", complete), data)
    other = client_of(student)
    other.post(url("account", complete), {"iban": factories.OTHER_IBAN, "holder": "Zélie Quartzmarker"})
    page = text(browser.post(url("declare", complete), {**data, "act": "sign", "code": sent_code(student)}))
    assert "a changé depuis" in page
    assert fresh(complete).state == "draft"
    assert "DE89" in page


def test_a_forged_session_signs_nothing(browser, complete):
    session = browser.session
    session[f"declaration:{complete.token}"] = {
        "content_hash": "0" * 64,
        "values": {"fact-own_account": True},
    }
    session.save()
    page = text(browser.get(url("declare", complete)))
    assert "checked" not in page and 'name="code"' not in page


def test_every_page_of_another_persons_request_is_not_found(client_of, complete, school):
    stranger = client_of(User.objects.create_user("stranger@nord.example"))
    for name in ("page", "you", "situation", "documents", "account", "declare", "other_account"):
        assert stranger.get(url(name, complete)).status_code == 404, name
    for name in (
        "you",
        "situation",
        "documents",
        "account",
        "declare",
        "correct",
        "withdraw",
        "other_account",
    ):
        assert stranger.post(url(name, complete)).status_code == 404, name
    assert fresh(complete).state == "draft"


def test_staff_open_no_page_of_an_applicant_and_visitors_must_sign_in(client, client_of, complete, people):
    for staff in (people.member1, people.referent, people.treasurer, people.auditor, people.administrator):
        for name in ("page", "you", "account", "declare"):
            assert client_of(staff).get(url(name, complete)).status_code == 403
    assert client.get(url("page", complete)).headers["Location"].startswith(reverse("account_login"))


def test_the_page_of_a_draft_says_what_is_missing_and_of_a_single_request_comes_first(browser, draft):
    assert browser.get(reverse("my_requests")).headers["Location"] == url("page", draft)
    page = text(browser.get(url("page", draft)))
    assert "pas encore signée" in page and "Dites-nous qui vous êtes" in page and url("you", draft) in page


def test_without_a_request_the_space_says_what_to_do(browser):
    assert "Pas encore de demande" in text(browser.get(reverse("my_requests")))


def test_several_requests_are_listed(browser, draft, student):
    factories.open_scheme("mobility-aid")
    actions.start_request(by=student, slug="mobility-aid", raw_answers={})
    page = text(browser.get(reverse("my_requests")))
    assert "U-2020-0001" in page and "M-2020-0001" in page


def test_a_kept_date_is_shown_as_one_types_it(browser, draft):
    assert 'value="16/03/2020"' in text(browser.get(url("situation", draft)))


def test_a_schedule_with_two_cases_for_one_answer_waits_for_a_person(student, foundation, browser):
    """Never a guess, and the fault is on record."""
    schedule = settings.BASE_DIR / "aid_requests" / "schedules" / "emergency-aid.yaml"
    faulty = schedule.read_text(encoding="utf-8").replace(
        "    eq: internship\n  amount", "    eq: student_job\n  amount"
    )
    actions.load_scheme(by=None, text=faulty)
    request = factories.draft(student)
    questions = shown(text(browser.get(url("situation", request))))
    data = {f"q-{name}": value for name, value in factories.ANSWERS.items()}
    browser.post(url("situation", request), {**data, "q-shown": questions})
    browser.post(url("you", request), YOU)
    page = text(browser.get(url("declare", request), follow=True))
    assert "Votre situation demande l’avis d’une personne" in page
    assert fresh(request).amount_cents is None
    assert AuditEvent.objects.filter(action="request.ambiguous").count() == 1


def test_a_story_that_the_scheme_requires_is_asked_for(student, foundation, browser):
    schedule = settings.BASE_DIR / "aid_requests" / "schedules" / "emergency-aid.yaml"
    head, _id, tail = schedule.read_text(encoding="utf-8").partition("- id: story")
    actions.load_scheme(by=None, text=head + _id + tail.replace("  required: no\n", "", 1))
    request = factories.draft(student)
    questions = shown(text(browser.get(url("situation", request))))
    data = {f"q-{name}": value for name, value in factories.ANSWERS.items()} | {"q-shown": questions}
    assert "Répondez à cette question" in text(browser.post(url("situation", request), data))
    response = browser.post(url("situation", request), {**data, "q-story": "Voilà."})
    assert response.headers["Location"] == url("documents", request)


def test_the_code_is_not_optional_and_the_town_is_asked_for_in_words(browser, complete):
    data = sheet(browser, complete, act="code")
    page = text(browser.post(url("declare", complete), {**data, "place": ""}))
    assert "Indiquez la ville où vous signez." in page and "novalidate" in page
    page = text(browser.post(url("declare", complete), data, follow=True))
    assert 'name="code"' in page and "(facultatif)" not in page
    page = text(browser.post(url("declare", complete), {**data, "act": "sign", "code": " "}))
    assert "Tapez le code reçu, ou demandez-en un autre." in page
    assert browser.post(url("declare", complete), data).status_code == 302, "another code needs no code"


def test_a_refused_request_says_how_to_contest_it_until_when(browser, complete, student):
    factories.sign(student, complete)
    AidRequest.objects.filter(pk=complete.pk).update(state="refused", decided_at=clock.moment())
    page = text(browser.get(url("page", complete)))
    assert "d’autres personnes la relisent, jusqu’au 15 juillet 2020 inclus" in page
    assert f'href="{reverse("request_reexamination", args=[complete.token])}"' in page
    assert "contact@fondation.example" in page
