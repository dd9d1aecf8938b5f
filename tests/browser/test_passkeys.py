"""A passkey in a real browser: registered, then asked for at the next sign-in, under the site's own content policy.

The authenticator is Chromium's virtual one; the server answers at localhost, a name browsers take for secure.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as live
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.second_factor import mailed_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lose_keys() -> list[Callable[[], Any]]:
    """Filled by `page`: the act that makes its authenticator forget every key."""
    return []


@pytest.fixture
def page(own_browser: Browser, live_server, settings, lose_keys) -> Iterator[Page]:
    """A page whose browser has an authenticator, and that fails on any word in the console."""
    settings.SITE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["localhost"]
    context = own_browser.new_context(
        base_url=live_server.url, locale="fr-FR", viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    words: list[str] = []
    page.on("console", lambda message: words.append(message.text))
    page.on("pageerror", lambda error: words.append(str(error)))
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    lose_keys.append(lambda: session.send("WebAuthn.clearCredentials", added))
    yield page
    context.close()
    assert words == [], "the console is silent: no refused script, no error"


def sign_in_without_a_factor(page: Page, user) -> None:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies[live.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": live.SESSION_COOKIE_NAME, "value": cookie, "domain": "localhost", "path": "/"}]
    )


def give_mailed_code(page: Page, user) -> None:
    page.goto("/compte/connexion/")
    page.get_by_label("Votre adresse électronique").fill(user.email)
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Code à six chiffres").wait_for()
    page.get_by_label("Code à six chiffres").fill(mailed_code())
    page.get_by_role("button", name="Continuer").click()


def faults(page: Page) -> list[str]:
    return [violation["id"] for violation in Axe().run(page).response["violations"]]


def add_a_key(page: Page) -> None:
    page.goto("/tresorerie/")
    assert page.url.startswith(f"{live.SITE_URL}/compte/second-facteur/")
    assert faults(page) == []
    page.get_by_role("link", name="Ajouter une clé").click()
    assert faults(page) == []
    page.get_by_label("Nom de cette clé").fill("Mon téléphone")
    page.get_by_role("button", name="Ajouter cette clé").click()
    page.get_by_role("heading", name="Codes de secours").wait_for()


def test_a_key_is_added_and_then_opens_the_desk(page, people):
    sign_in_without_a_factor(page, people.treasurer)
    add_a_key(page)
    assert faults(page) == []
    page.get_by_role("button", name="Je les ai notés").click()
    page.wait_for_url("**/bureau/")
    kept = Authenticator.objects.get(user=people.treasurer, type="webauthn")
    assert kept.wrap().name == "Mon téléphone"
    assert Authenticator.objects.filter(user=people.treasurer, type="recovery_codes").exists()

    page.get_by_role("button", name="Quitter").click()
    give_mailed_code(page, people.treasurer)
    page.get_by_role("heading", name="Encore un pas").wait_for()
    assert faults(page) == []
    page.get_by_role("button", name="Utiliser ma clé").click()
    page.wait_for_url("**/bureau/")
    kept.refresh_from_db()
    assert kept.last_used_at is not None


def test_a_browser_without_the_key_stays_outside_and_is_told(page, people, lose_keys):
    sign_in_without_a_factor(page, people.treasurer)
    add_a_key(page)
    page.context.clear_cookies()
    lose_keys[0]()
    give_mailed_code(page, people.treasurer)
    page.get_by_role("button", name="Utiliser ma clé").click()
    page.get_by_text("La clé n’a pas répondu").wait_for()
    page.goto("/tresorerie/")
    assert "/compte/connexion/" in page.url


def test_a_key_confirms_what_is_delicate(page, people):
    sign_in_without_a_factor(page, people.treasurer)
    add_a_key(page)
    page.goto("/compte/second-facteur/confirmer/cle/?next=/tresorerie/lots/")
    assert faults(page) == []
    page.get_by_role("button", name="Utiliser ma clé").click()
    page.wait_for_url("**/tresorerie/lots/")
