"""Whoever holds a role proves a second factor: set up once, asked at each sign-in, counted, never taken away unseen."""

import json
import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.urls import reverse

from config.demo.models import DemoPerson
from fund import second_factor, vault
from fund.models import AuditEvent, OutgoingMail
from fund.roles import Refused
from tests.second_factor import SECRET, app_of, code_now, mailed_code, prove

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
STEP, SET_UP = "/compte/connexion/second-facteur/", "/compte/second-facteur/"


@pytest.fixture
def treasurer(people):
    return people.treasurer


@pytest.fixture
def by_code(client, treasurer) -> Client:
    """The treasurer's browser after the code from the mail, and nothing more."""
    client.post("/compte/connexion/", {"email": treasurer.email})
    code = mailed_code()
    client.landed = client.post("/compte/connexion/code/", {"code": code})
    return client


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def is_open(client) -> bool:
    return client.get("/tresorerie/").status_code == 200


def set_up_app(client: Client) -> str:
    """The secret of the app that was installed through the pages; the codes then wait to be noted."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    shown = re.search(r'class="mono measure">([A-Z2-7 ]+)<', page)
    assert shown is not None
    secret = shown[1].replace(" ", "")
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    return secret


# Setting up -------------------------------------------------------------------------------------------------------


def test_a_role_without_a_second_factor_is_led_to_set_one_up(by_code):
    assert is_signed_in(by_code)
    answer = by_code.get("/tresorerie/", follow=True)
    assert answer.redirect_chain[0][0].startswith(SET_UP)
    page = answer.content.decode()
    assert "un code reçu par courriel ne suffit pas" in page
    assert "Lots de virements" not in page, "the frame shows nothing of the role yet"


def test_no_act_passes_before_the_second_factor(by_code, people):
    answer = by_code.post("/tresorerie/releves/rapprocher/")
    assert answer.status_code == 302 and answer.headers["Location"].startswith(SET_UP)


def test_a_look_by_htmx_is_led_there_too(by_code):
    answer = by_code.get("/tresorerie/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == SET_UP


def test_public_pages_stay_open_meanwhile(by_code):
    assert by_code.get("/aide/").status_code == 200


def test_an_app_is_installed_with_its_picture_and_recovery_codes_shown_until_noted(by_code, treasurer):
    key_before = by_code.session.session_key
    by_code.get(reverse("mfa_activate_totp"))
    picture = by_code.get(reverse("mfa_app_picture"))
    assert (
        picture.headers["Content-Type"] == "image/svg+xml" and "no-store" in picture.headers["Cache-Control"]
    )
    set_up_app(by_code)
    assert by_code.session.session_key != key_before, "the session has another key after the factor"
    for _look in range(2):
        page = by_code.get(reverse("mfa_view_recovery_codes")).content.decode()
        assert len(re.findall(r"<li>\d{4} \d{4}</li>", page)) == 10
    assert by_code.post(reverse("mfa_view_recovery_codes")).headers["Location"] == "/bureau/"
    assert not re.findall(
        r"<li>\d{4} \d{4}</li>", by_code.get(reverse("mfa_view_recovery_codes")).content.decode()
    )
    assert is_open(by_code)
    assert AuditEvent.objects.get(action="second_factor.added").by == treasurer
    assert OutgoingMail.objects.filter(subject="Votre second facteur a changé").count() == 1


def test_secrets_stand_sealed_in_the_database(by_code):
    secret = set_up_app(by_code)
    app = Authenticator.objects.get(type="totp")
    assert secret not in json.dumps(app.data) and vault.open_text(app.data["secret"]) == secret
    codes = Authenticator.objects.get(type="recovery_codes")
    assert vault.open_text(codes.data["seed"])


def test_a_wrong_first_code_installs_nothing(by_code):
    by_code.get(reverse("mfa_activate_totp"))
    page = by_code.post(reverse("mfa_activate_totp"), {"code": "000000"}).content.decode()
    assert "n’est pas le bon" in page
    assert not Authenticator.objects.exists()


def test_there_is_no_picture_without_a_secret_under_way(treasurer, client_of):
    assert client_of(treasurer).get(reverse("mfa_app_picture")).status_code == 404


# Signing in -------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_the_step(treasurer, client):
    """The treasurer has an app, and gave the code from the mail."""
    app_of(treasurer)
    client.post("/compte/connexion/", {"email": treasurer.email})
    code = mailed_code()
    answer = client.post("/compte/connexion/code/", {"code": code})
    assert answer.headers["Location"] == STEP
    return client


def test_the_code_alone_signs_nobody_in_who_has_a_factor(at_the_step):
    assert not is_signed_in(at_the_step)
    assert at_the_step.get("/tresorerie/").headers["Location"].startswith("/compte/connexion/")


def test_the_apps_code_opens_the_desk(at_the_step):
    page = at_the_step.get(STEP).content.decode()
    assert "Six chiffres de l’application" in page
    at_the_step.post(STEP, {"code": code_now()})
    assert is_signed_in(at_the_step) and is_open(at_the_step)


def test_a_code_serves_once_even_for_another_browser(at_the_step, treasurer):
    code = code_now()
    at_the_step.post(STEP, {"code": code})
    other = Client()
    other.force_login(treasurer, backend=BACKEND)
    page = other.post(reverse("mfa_reauthenticate"), {"code": code}).content.decode()
    assert "Ce code a déjà servi" in page or "n’est pas le bon" in page
    assert not is_open(other)


def test_a_code_replayed_after_its_half_minute_is_refused(at_the_step, treasurer):
    code = code_now(steps=1)
    at_the_step.post(STEP, {"code": code})
    other = Client()
    other.force_login(treasurer, backend=BACKEND)
    with time_machine.travel(time.time() + 45):  # still within what a slow clock is allowed
        page = other.post(reverse("mfa_reauthenticate"), {"code": code}).content.decode()
    assert "Ce code a déjà servi" in page


@pytest.mark.parametrize("retyped", ["{}-{}", "{} {}", "{}.{}", " {}_{}!"])
def test_punctuation_makes_no_other_code(at_the_step, treasurer, retyped):
    code = code_now(steps=1)
    at_the_step.post(STEP, {"code": code})
    other = Client()
    other.force_login(treasurer, backend=BACKEND)
    with time_machine.travel(time.time() + 45):  # allauth itself remembers a code for thirty seconds only
        again = retyped.format(code[:3], code[3:])
        page = other.post(reverse("mfa_reauthenticate"), {"code": again}).content.decode()
    assert "Ce code a déjà servi" in page
    assert not is_open(other)


def test_the_code_that_installed_an_app_does_not_sign_in(by_code, treasurer):
    secret = set_up_app(by_code)
    other = Client()
    other.force_login(treasurer, backend=BACKEND)
    page = other.post(reverse("mfa_reauthenticate"), {"code": code_now(secret)}).content.decode()
    assert "Ce code a déjà servi" in page and not is_open(other)


def test_five_wrong_codes_and_the_right_one_waits(at_the_step):
    for _try in range(5):
        assert "n’est pas le bon" in at_the_step.post(STEP, {"code": "000000"}).content.decode()
    assert "Cinq essais" in at_the_step.post(STEP, {"code": code_now()}).content.decode()
    assert not is_signed_in(at_the_step)


def test_a_recovery_code_opens_once(at_the_step, treasurer):
    codes = Authenticator.objects.create(
        user=treasurer, type="recovery_codes", data={"seed": vault.seal_text("ab" * 40), "used_mask": 0}
    )
    code = codes.wrap().generate_codes()[0]
    at_the_step.post(STEP, {"code": f"{code[:4]} {code[4:]}"})
    assert is_signed_in(at_the_step) and is_open(at_the_step)
    other = Client()
    other.force_login(treasurer, backend=BACKEND)
    other.post(reverse("mfa_reauthenticate"), {"code": code})
    assert not is_open(other)


def test_a_session_from_before_the_factor_must_prove_it(treasurer, client):
    client.force_login(treasurer, backend=BACKEND)
    app_of(treasurer)
    assert client.get("/tresorerie/").headers["Location"].startswith(reverse("mfa_reauthenticate"))
    key_before = client.session.session_key
    answer = client.post(reverse("mfa_reauthenticate"), {"code": code_now(), "next": "/tresorerie/"})
    assert client.session.session_key != key_before, "the session has another key after the factor"
    assert answer.headers["Location"] == "/tresorerie/" and is_open(client)


def test_a_student_is_never_asked(client_of, student):
    assert client_of(student).get("/demandes/").status_code == 200
    assert client_of(student).get(SET_UP).status_code == 403


# Losing it --------------------------------------------------------------------------------------------------------


def test_the_last_factor_cannot_be_taken_away(by_code):
    set_up_app(by_code)
    app = Authenticator.objects.get(type="totp")
    page = by_code.post(reverse("remove_factor", args=[app.pk]))
    assert page.status_code == 403 and "seul second facteur" in page.content.decode()
    assert Authenticator.objects.filter(pk=app.pk).exists()


def test_taking_a_factor_away_asks_for_it_again_first(treasurer, client_of):
    browser = client_of(treasurer)
    app = app_of(treasurer)
    answer = browser.post(reverse("remove_factor", args=[app.pk]))
    assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate"))


def test_an_administrator_resets_a_colleague_and_all_open_sessions_end(people, client_of):
    seen, unseen = client_of(people.treasurer), client_of(people.treasurer)
    assert is_open(seen), "the other one has not opened a page yet"
    admin = client_of(people.administrator)
    assert "en place" in admin.get(reverse("staff_list")).content.decode()
    assert admin.post(reverse("reset_factors", args=[people.treasurer.pk])).status_code == 302
    for browser in (seen, unseen):
        answer = browser.get(reverse("mfa_activate_totp"))
        assert answer.headers["Location"].startswith("/compte/connexion/"), "no factor is set up from here"
        assert not is_signed_in(browser)
    assert admin.get(reverse("staff_list")).status_code == 200
    event = AuditEvent.objects.get(action="second_factor.reset")
    assert (event.by, event.object_id) == (people.administrator, str(people.treasurer.pk))


def test_after_a_reset_the_code_from_the_mail_leads_to_another_factor(people, client):
    app_of(people.treasurer)
    second_factor.reset_factors(by=people.administrator, user=people.treasurer)
    client.post("/compte/connexion/", {"email": people.treasurer.email})
    client.post("/compte/connexion/code/", {"code": mailed_code()})
    set_up_app(client)
    assert is_open(client)


def test_a_sign_in_that_waited_for_the_factor_is_begun_again_after_a_reset(at_the_step, people):
    second_factor.reset_factors(by=people.administrator, user=people.treasurer)
    assert at_the_step.get(STEP).headers["Location"] == "/compte/connexion/"
    at_the_step.post(STEP, {"code": code_now()})
    assert not is_signed_in(at_the_step)


def request_of(browser, user, rf):
    """A request of this browser whose session and person were read just now."""
    request = rf.post("/")
    request.user, request.session = user, browser.session
    return request


def test_a_factor_that_was_on_its_way_during_a_reset_is_not_kept(people, client_of, rf):
    late = request_of(client_of(people.treasurer), people.treasurer, rf)
    second_factor.reset_factors(by=people.administrator, user=people.treasurer)
    for act in (
        lambda: second_factor.add_app(late, None),
        lambda: second_factor.add_key(late, name="", credential={}),
        lambda: second_factor.make_recovery_codes(late),
    ):
        with pytest.raises(Refused):
            act()
    assert not Authenticator.objects.exists()


def test_a_session_that_proved_nothing_adds_nothing_to_a_factor(treasurer, rf, client):
    client.force_login(treasurer, backend=BACKEND)
    request = request_of(client, treasurer, rf)
    app_of(treasurer)
    with pytest.raises(Refused) as refused:
        second_factor.add_key(request, name="", credential={})
    assert refused.value.refusal.code == "not_proved"


def test_taking_a_factor_away_ends_the_other_sessions_and_keeps_this_one(treasurer, client_of):
    other, here = client_of(treasurer), client_of(treasurer)
    key = Authenticator.objects.create(user=treasurer, type="webauthn", data={})
    with time_machine.travel(time.time() + 60):
        here.post(reverse("mfa_reauthenticate"), {"code": code_now()})
        assert here.post(reverse("remove_factor", args=[key.pk])).headers["Location"] == SET_UP
        assert is_open(here)
        assert not is_open(other) and not is_signed_in(other)


@pytest.mark.parametrize(("by", "of"), [("administrator", "administrator"), ("treasurer", "signatory")])
def test_nobody_else_resets_and_nobody_resets_himself(people, by, of):
    app_of(getattr(people, of))
    with pytest.raises(Refused):
        second_factor.reset_factors(by=getattr(people, by), user=getattr(people, of))
    assert Authenticator.objects.filter(user=getattr(people, of)).exists()


# Freshness, demo, names -------------------------------------------------------------------------------------------


def test_signing_a_batch_asks_again_after_a_quarter_of_an_hour(people, client):
    client.force_login(people.signatory, backend=BACKEND)
    with time_machine.travel(time.time() - 16 * 60):
        prove(client, people.signatory)
    assert is_open(client), "what is only read stays open"
    answer = client.post(reverse("sign_batch", args=[1]))
    assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert "lots%2F1%2F" in answer.headers["Location"]
    client.post(reverse("mfa_reauthenticate"), {"code": code_now()})
    assert client.post(reverse("sign_batch", args=[1])).status_code == 404, (
        "asked no more: there is no such batch"
    )


def test_the_demos_click_counts_only_in_the_demo(people, rf, client, settings):
    client.force_login(people.treasurer, backend=BACKEND)
    request = rf.get("/")
    request.user, request.session = people.treasurer, client.session
    settings.DEMO = True
    second_factor.note_demo(request)
    request.session.save()
    assert is_open(client)
    settings.DEMO = False
    assert not is_open(client)


@pytest.mark.skipif(not settings.DEMO, reason="the people of the demo exist with DEMO=1 only")
def test_one_click_on_a_person_of_the_demo_opens_the_desk(people, client):
    person = DemoPerson.objects.create(user=people.treasurer, position=1, title="Trésorier", does="Paie")
    answer = client.post(reverse("demo_become", args=[person.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("desk") and answer.status_code == 200


def test_the_demos_click_notes_nothing_outside_the_demo(people, rf, client, settings):
    settings.DEMO = False
    request = rf.get("/")
    request.user, request.session = people.treasurer, client.session
    second_factor.note_demo(request)
    settings.DEMO = True
    assert second_factor.passed_at(request) is None


@pytest.mark.parametrize(
    ("address", "name", "possible"),
    [
        ("https://don.example.org", "don.example.org", True),
        ("http://127.0.0.1:8000", "127.0.0.1", False),
        ("http://localhost:8000", "localhost", True),
        ("http://[::1]:8000", "::1", False),
    ],
)
def test_passkeys_are_bound_to_the_name_in_the_settings(settings, address, name, possible):
    settings.SITE_URL = address
    assert second_factor.SecondFactorAdapter().get_public_key_credential_rp_entity()["id"] == name
    assert second_factor.passkeys_are_possible() is possible


def test_the_secret_of_the_tests_is_what_the_app_holds(treasurer):
    assert vault.open_text(app_of(treasurer).data["secret"]) == SECRET
