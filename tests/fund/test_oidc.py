"""A school's single sign-on, tried against a provider on this machine: who gets in, and what proves nothing."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
import time_machine
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse

from aid_requests.views.signing import trace_of
from fund import registry, system_checks
from fund.models import School, User
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.second_factor import prove

pytestmark = pytest.mark.django_db
BUTTON = "Se connecter avec mon établissement"
NEUTRAL = "La connexion par votre établissement n’a pas abouti."


@pytest.fixture
def provider(settings, school: School) -> Iterator[Provider]:
    """The school's domain is nord.example."""
    made = Provider()
    settings.OIDC_ISSUER, settings.OIDC_NAME = made.issuer, "l’École du Nord"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.SITE_URL = "http://testserver"
    yield made
    made.close()


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def way_back(client: Client, **more: str) -> str:
    """Begins, asks the provider, and gives where it sends the browser."""
    there = client.post(reverse("oidc_begin"), more)
    assert there.status_code == 302
    return path_of(requests.get(there["Location"], allow_redirects=False, timeout=5).headers["Location"])


def sign_on(client: Client, **more: str):
    page = client.get(way_back(client, **more), follow=True)
    if "Votre établissement vous a reconnu" not in page.content.decode():
        return page
    assert not is_signed_in(client)  # coming back writes nothing
    return client.post(reverse("oidc_sign_in"))


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def refused(client: Client) -> bool:
    text = sign_on(client).content.decode()
    return NEUTRAL in text and not is_signed_in(client) and "nord.example" not in text


def test_a_student_of_an_allowed_school_gets_in_and_an_account_is_made(client, provider):
    provider.email = "New.Student@etu.nord.example"
    response = sign_on(client, next="/aide/emergency-aid/")
    assert (response.status_code, response["Location"]) == (302, "/aide/emergency-aid/")
    assert is_signed_in(client)
    assert User.objects.get().email == "new.student@etu.nord.example"


def test_the_same_address_is_the_same_person_however_one_comes(client, provider, student):
    provider.email = student.email.upper()
    sign_on(client)
    assert client.session["_auth_user_id"] == str(student.pk) and User.objects.count() == 1


def test_an_address_may_be_told_beside_the_token_about_the_same_person_only(client, provider):
    provider.tells_by_userinfo = True
    sign_on(client)
    assert is_signed_in(client)
    provider.userinfo_subject = "person-2"
    assert refused(Client())


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another trip's"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"exp": -120},
        {"exp": None},
        {"iat": 600},
        {"sub": None},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": "someone@elsewhere.example"},
        {"email": "someone@nord.example.evil.example"},
        {"email": ""},
    ],
)
def test_a_token_that_proves_nothing_opens_nothing_and_is_told_as_any_other(client, provider, lies):
    """A number is seconds from the test's own moment: the list is made long before it runs."""
    now = int(time.time())
    provider.lies = {name: now + lie if type(lie) is int else lie for name, lie in lies.items()}
    assert refused(client) and not User.objects.exists()


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_anybody_could_have_signed_opens_nothing(client, provider, algorithm):
    provider.algorithm = algorithm
    assert refused(client)


def test_a_token_signed_with_another_key_opens_nothing(client, provider):
    provider.lie_about_the_key()
    assert refused(client)


def test_a_provider_that_calls_itself_otherwise_is_not_believed(client, provider):
    provider.issuer_said = "https://elsewhere.example"
    assert NEUTRAL in client.post(reverse("oidc_begin"), follow=True).content.decode()


def test_the_answer_to_another_browser_opens_nothing(client, provider):
    address = way_back(client)
    assert NEUTRAL in Client().get(address, follow=True).content.decode()
    thief = Client()
    way_back(thief)
    assert NEUTRAL in thief.get(address, follow=True).content.decode()
    assert NEUTRAL in thief.post(reverse("oidc_sign_in"), follow=True).content.decode()


def test_an_answer_counts_once(client, provider):
    address = way_back(client)
    assert "vous a reconnu" in client.get(address).content.decode()
    assert NEUTRAL in client.get(address, follow=True).content.decode()
    assert not is_signed_in(client)


def test_what_was_proved_is_used_within_five_minutes(client, provider):
    client.get(way_back(client))
    with time_machine.travel(time.time() + 301):
        assert NEUTRAL in client.post(reverse("oidc_sign_in"), follow=True).content.decode()
    assert not is_signed_in(client)


def test_a_refusal_of_the_provider_leads_back_to_the_code(client, provider):
    way_back(client)
    page = client.get(reverse("oidc_return"), {"error": "access_denied"}, follow=True).content.decode()
    assert NEUTRAL in page and "Recevoir un code" in page


def test_a_silent_provider_leads_back_to_the_code(client, provider, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    assert NEUTRAL in client.post(reverse("oidc_begin"), follow=True).content.decode()


def test_a_closed_account_and_a_replaced_address_open_nothing(client, provider, student, monkeypatch):
    student.is_active = False
    student.save(update_fields=["is_active"])
    assert refused(client)
    provider.email = "moved@nord.example"
    monkeypatch.setitem(registry._replaced, "test", lambda email: email == "moved@nord.example")
    assert refused(Client())
    assert not User.objects.filter(email="moved@nord.example").exists()


def test_one_lands_only_on_this_site(client, provider):
    assert sign_on(client, next="https://evil.example/")["Location"] == reverse("desk")


def test_staff_still_give_their_second_factor(client, provider, people):
    provider.email = people.treasurer.email
    sign_on(client)
    assert not is_signed_in(client) or client.get(reverse("treasury_desk")).status_code == 302
    prove(client, people.treasurer)


def test_the_signature_says_how_one_signed_in(client, provider, student):
    sign_on(client)
    request = RequestFactory().get("/")
    request.session, request.user = client.session, student
    assert [record["method"] for record in get_authentication_records(request, student)] == ["oidc"]
    trace = trace_of(request)
    assert trace.sign_in_method == f"oidc {provider.issuer}"
    assert trace.signed_in_at is not None and abs(trace.signed_in_at.timestamp() - time.time()) < 60


def test_without_a_provider_there_is_no_button_and_no_door(client, settings):
    settings.OIDC_ISSUER = ""
    assert BUTTON not in client.get(reverse("account_login")).content.decode()
    for ask, name in (
        (client.post, "oidc_begin"),
        (client.get, "oidc_return"),
        (client.post, "oidc_sign_in"),
    ):
        assert ask(reverse(name)).status_code == 404


def test_with_a_provider_the_button_stands_beside_the_code(client, provider):
    page = client.get(reverse("account_login"), {"next": "/aide/emergency-aid/"}).content.decode()
    assert BUTTON in page and "Recevoir un code" in page and "Étudiant·e de l’École du Nord" in page
    assert len(re.findall(r'name="next" value="/aide/emergency-aid/"', page)) == 2


@pytest.mark.parametrize(
    ("environment", "origins"),
    [
        ({}, []),
        ({"OIDC_ISSUER": "https://sso.example/realm"}, ["https://sso.example"]),
        (
            {"OIDC_ISSUER": "https://sso.example/realm", "OIDC_ORIGINS": "https://login.example"},
            ["https://sso.example", "https://login.example"],
        ),
    ],
)
def test_the_forms_may_lead_to_the_provider_and_nowhere_else(environment, origins):
    """The browser follows the redirect of a form only to where the policy allows."""
    program = "from config.settings import test as s; print(*s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"
    known = {name: value for name, value in os.environ.items() if not name.startswith("OIDC_")}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={**known, **environment},
        check=True,
        capture_output=True,
    )
    assert ran.stdout.decode().split()[2:] == origins


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"OIDC_ISSUER": ""}, []),
        ({"OIDC_ISSUER": "https://sso.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}, []),
        ({"OIDC_ISSUER": "http://sso.example", "OIDC_CLIENT_ID": "a"}, ["fund.E011", "fund.E012"]),
    ],
)
def test_a_deployment_with_half_a_provider_is_refused(settings, values, codes):
    for name, value in values.items():
        setattr(settings, name, value)
    assert [error.id for error in system_checks.check_sign_on(None)] == codes
