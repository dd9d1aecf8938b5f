"""Against card testers: what a sent form must show before anything is written or asked of the provider."""

import re
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.demo.models import StandInObject
from donations import defences
from donations.models import Donor, Gift, PaymentAttempt
from fund import clock, limits
from fund.models import Pocket, RateCount
from tests.donations.factories import EMAIL, event, make_gift, post_event, session_of, shown_the_page
from tests.donations.test_pledging import typed, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may", "proved", "pocket")]


@pytest.fixture
def in_may():
    with clock.at(clock.DEMO_START):
        yield


@pytest.fixture
def still(monkeypatch):
    """The count's own clock stands at the beginning of an hour: no window ends during a test."""
    at = timezone.now().replace(minute=1, second=0, microsecond=0)
    monkeypatch.setattr(limits.timezone, "now", lambda: at)


def nothing_happened() -> bool:
    written = Gift.objects.exists() or Donor.objects.exists() or PaymentAttempt.objects.exists()
    return not written and not StandInObject.objects.filter(kind="checkout.session").exists()


def send(client: Client, **values: str):
    return client.post(reverse("give"), typed(**values))


# The page must have been seen -------------------------------------------------------------------------------------


def test_a_form_from_a_browser_that_was_shown_no_page_asks_the_provider_nothing_and_loses_nothing(client):
    answer = send(client, last_name="Dupont")
    assert answer.status_code == 422 and nothing_happened()
    page = words(answer)
    assert "Tout est encore là : envoyez-la une nouvelle fois." in page and 'value="Dupont"' in page
    assert send(client).status_code == 302, "the page that said so was a page seen"


def test_the_forgery_guard_stands_before_all_of_it():
    browser = Client(enforce_csrf_checks=True)
    assert send(shown_the_page(browser)).status_code == 403
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(reverse("give")).content.decode())
    assert nothing_happened() and token is not None
    assert send(browser, csrfmiddlewaretoken=token[1]).status_code == 302


@pytest.mark.parametrize("mark", ["", "made-up", "made-up:1:x"])
def test_a_mark_that_is_not_ours_is_none(client, mark):
    client.cookies[defences.COOKIE] = mark
    assert send(client).status_code == 422 and nothing_happened()


def test_a_mark_grows_old_and_is_no_sign_in(client, monkeypatch):
    shown_the_page(client)
    cookie = client.cookies[defences.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and int(cookie["max-age"]) == 12 * 3600
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 12 * 3600 + 5)
    assert send(client).status_code == 422 and nothing_happened()


def test_one_browser_keeps_one_mark(client):
    first = shown_the_page(client).cookies[defences.COOKIE].value
    assert shown_the_page(client).cookies[defences.COOKIE].value == first


# The field that only programs fill --------------------------------------------------------------------------------


def test_the_field_nobody_sees_gives_a_program_away_before_anything_is_written(client):
    page = shown_the_page(client).get(reverse("give")).content.decode()
    hidden = re.findall(r'<div class="hidden" aria-hidden="true">.*?</div>', page)[0]
    assert (
        f'name="{defences.TRAP}"' in hidden and 'tabindex="-1"' in hidden and 'autocomplete="off"' in hidden
    )
    answer = send(client, **{defences.TRAP: "https://example.org"})
    assert answer.status_code == 422 and nothing_happened()
    page = words(answer)
    assert "Votre don n’a pas pu être préparé." in page and "example.org/" not in page
    assert re.search(rf'name="{defences.TRAP}"[^>]*value', page) is None
    assert send(client).status_code == 302, "a person whose browser filled it sends the page again"


# How many pay pages -----------------------------------------------------------------------------------------------


def give_from(sender: int, client: Client | None = None, **values: str) -> int:
    browser = client or shown_the_page(Client())
    return browser.post(reverse("give"), typed(**values), REMOTE_ADDR=f"203.0.113.{sender}").status_code


def test_one_browser_opens_so_many_pay_pages_an_hour_wherever_it_is(client, settings, still):
    settings.PAY_PAGE_LIMITS = {"browser": (2, 60)}
    shown_the_page(client)
    assert [give_from(number, client, email=f"{number}@example.org") for number in range(3)] == [
        302,
        302,
        429,
    ]
    assert Gift.objects.count() == 2
    assert give_from(9, email="9@example.org") == 302


def test_one_address_of_the_network_opens_so_many_with_any_browser_and_address(settings, still):
    settings.PAY_PAGE_LIMITS = {"address": (2, 60)}
    assert [give_from(1, email=f"{number}@example.org") for number in range(3)] == [302, 302, 429]
    assert Gift.objects.count() == 2
    assert give_from(2, email="9@example.org") == 302


def test_one_address_typed_from_many_places_opens_so_many(settings, still):
    settings.PAY_PAGE_LIMITS = {"email": (2, 60)}
    assert [give_from(number, email=EMAIL.upper()) for number in range(3)] == [302, 302, 429]
    assert give_from(9, email="other@example.org") == 302
    assert not RateCount.objects.filter(key__contains="example").exists()


def test_one_gift_is_paid_again_so_often_whoever_asks(settings, still):
    settings.PAY_PAGE_LIMITS = {"gift": (2, 60)}
    gift = make_gift(Pocket.objects.get())
    page = reverse("pay_again", args=[gift.token])
    browsers = [shown_the_page(Client()) for _turn in range(3)]
    answers = [browser.post(page) for browser in browsers]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert gift.attempts.count() == 2


def test_a_form_to_correct_opens_no_page_and_counts_for_none(client, settings, still):
    settings.PAY_PAGE_LIMITS = {"browser": (1, 60), "email": (1, 60), "address": (1, 60)}
    shown_the_page(client)
    assert [send(client, last_name="").status_code for _turn in range(3)] == [422] * 3
    assert send(client).status_code == 302
    answer = send(client)
    assert answer.status_code == 429 and int(answer["Retry-After"]) <= timedelta(hours=1).total_seconds()


def test_every_way_of_counting_is_set_and_none_is_unknown(settings):
    assert set(settings.PAY_PAGE_LIMITS) == {"address", "browser", "email", "gift"}


# Paying again -----------------------------------------------------------------------------------------------------


def test_paying_again_from_a_browser_that_was_not_shown_the_gift_opens_nothing(client, pocket):
    gift = make_gift(pocket)
    answer = client.post(reverse("pay_again", args=[gift.token]))
    assert answer.url == reverse("gift_page", args=[gift.token])
    assert not PaymentAttempt.objects.exists()
    assert "envoyez-la une nouvelle fois" in words(client.get(answer.url))
    assert client.post(reverse("pay_again", args=[gift.token])).status_code == 302
    assert PaymentAttempt.objects.count() == 1


@pytest.mark.parametrize("code", ["insufficient_funds", "stolen_card", "incorrect_cvc"])
def test_a_declined_card_is_told_in_one_sentence_whatever_the_reason(client, pocket, code):
    """A tester learns nothing about the card; a donor learns what to do."""
    gift = make_gift(pocket)
    declined = session_of(gift, payment_status="unpaid", status="expired")
    post_event(event("checkout.session.expired", {**declined, "last_payment_error": {"decline_code": code}}))
    page = words(client.get(reverse("gift_page", args=[gift.token])))
    assert "Le paiement n’a pas abouti." in page and "Rien n’a été débité." in page
    assert code not in page and "provision" not in page and "volée" not in page
