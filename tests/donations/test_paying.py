"""From the promise to the pay page and back: attempts, crashes between two steps, and the page that tells the truth."""

import re
import uuid

import pytest
import stripe
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from config.demo import payments, stripe_client
from config.demo.models import StandInObject
from donations import stripe_gateway
from donations.actions import paying
from donations.models import Gift, PaymentAttempt
from donations.notifications import gift_address
from donations.stripe_gateway import ProviderBroke, ProviderUnavailable
from fund.roles import Refused
from tests.donations.factories import event, make_gift, post_event, session_of, shown_the_page
from tests.standin import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("proved")]


@pytest.fixture
def gift(pocket):
    return make_gift(pocket)


@pytest.fixture
def client(client):
    return shown_the_page(client)


def session_id_of(address: str) -> str:
    return address.rpartition("/")[2]


def sessions() -> list[dict]:
    rows = StandInObject.objects.filter(kind="checkout.session").order_by("created_at")
    return [row.body for row in rows]


def words(answer) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", answer.content.decode())


class Broken(stripe_client.StandInClient):
    """The provider as it is on a bad day."""

    status = 500

    def request(self, method, url, headers, post_data=None, **_options):
        body = '{"error": {"type": "api_error", "message": "An unknown error occurred"}}'
        return body, self.status, {"request-id": "req_x"}


class Limiting(Broken):
    status = 429


class Unreachable(stripe_client.StandInClient):
    def request(self, method, url, headers, post_data=None, **_options):
        raise stripe.APIConnectionError("no network")


def through(client: type[stripe_client.StandInClient]) -> str:
    return f"{client.__module__}.{client.__name__}"


# What is asked of the provider ----------------------------------------------------------------------------


def test_the_session_says_all_that_must_come_back_with_the_money(gift, settings):
    paying.start_payment(gift=gift)
    (session,) = sessions()
    page = settings.SITE_URL + reverse("gift_page", args=[gift.token])
    assert (session["amount_total"], session["currency"], session["mode"]) == (5_000, "eur", "payment")
    assert session["metadata"] == {"gift": gift.reference, "attempt": "1"}
    assert session["payment_intent_data"]["metadata"] == session["metadata"]
    assert session["client_reference_id"] == gift.reference
    assert session["payment_method_types"] == ["card", "sepa_debit"]
    assert (session["submit_type"], session["locale"]) == ("donate", "fr")
    assert session["customer_email"] == "donatrice@example.org"
    assert (session["success_url"], session["cancel_url"]) == (page, page + "?cancelled=1")


def test_the_provider_is_never_called_inside_a_transaction(gift):
    with pytest.raises(RuntimeError, match="inside a transaction"), transaction.atomic():
        paying.start_payment(gift=gift)


# Attempts ---------------------------------------------------------------------------------------------------


def test_the_key_is_stored_before_the_call_and_a_crash_in_between_is_mended_by_calling_again(
    gift, monkeypatch
):
    """Failure 5: the same attempt, the same key, the same page."""

    def crash(**_values):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(paying, "note_session", crash)
        with pytest.raises(SystemExit):
            paying.start_payment(gift=gift)
    attempt = PaymentAttempt.objects.get()
    assert (attempt.session_id, attempt.idempotency_key) == (None, f"gift-{gift.token}-1")
    address = paying.start_payment(gift=gift)
    attempt.refresh_from_db()
    assert len(sessions()) == 1
    assert attempt.session_id == session_id_of(address) == sessions()[0]["id"]


def test_a_call_that_fails_leaves_a_gift_that_can_be_paid_later(client, gift, settings):
    settings.STRIPE_HTTP_CLIENT = through(Unreachable)
    with pytest.raises(ProviderUnavailable):
        paying.start_payment(gift=gift)
    answer = client.post(reverse("pay_again", args=[gift.token]), follow=True)
    assert "La page de paiement ne s’est pas ouverte. Rien n’a été débité" in words(answer)
    settings.STRIPE_HTTP_CLIENT = through(stripe_client.StandInClient)
    assert paying.start_payment(gift=gift) == sessions()[0]["url"]
    assert PaymentAttempt.objects.count() == 1


def test_too_many_calls_is_no_reason_for_another_key(gift, settings):
    settings.STRIPE_HTTP_CLIENT = through(Limiting)
    with pytest.raises(ProviderUnavailable):
        paying.start_payment(gift=gift)
    assert PaymentAttempt.objects.count() == 1


def test_an_answer_500_which_the_provider_would_repeat_gets_one_fresh_attempt(gift, settings):
    settings.STRIPE_HTTP_CLIENT = through(Broken)
    with pytest.raises(ProviderBroke):
        paying.start_payment(gift=gift)
    numbers = list(PaymentAttempt.objects.order_by("number").values_list("number", "session_id"))
    assert numbers == [(1, None), (2, None)]


def test_the_session_of_an_attempt_is_written_once(gift):
    paying.start_payment(gift=gift)
    attempt = PaymentAttempt.objects.get()
    with pytest.raises(paying.SessionConflict):
        paying.note_session(attempt=attempt, session_id="cs_other", pay_url="")
    attempt.refresh_from_db()
    assert attempt.session_id == sessions()[0]["id"]


def test_paying_again_closes_the_former_page_first(client, gift):
    paying.start_payment(gift=gift)
    answer = client.post(reverse("pay_again", args=[gift.token]))
    former, latter = sessions()
    assert (former["status"], latter["status"]) == ("expired", "open")
    assert answer.url == latter["url"]
    deliver()  # the former page's end must not fail the gift whose new page is open
    gift.refresh_from_db()
    assert gift.state == "pledged"
    payments.pay_by_card(former["id"])
    assert StandInObject.objects.filter(kind="charge").count() == 0


def test_paying_again_what_was_just_paid_takes_nothing_and_shows_the_gift(client, gift):
    """The event is late: the provider itself is asked before a second page is opened."""
    payments.pay_by_card(session_id_of(paying.start_payment(gift=gift)))
    answer = client.post(reverse("pay_again", args=[gift.token]))
    assert answer.url.endswith(reverse("gift_page", args=[gift.token]))
    assert len(sessions()) == 1
    deliver()
    assert client.post(reverse("pay_again", args=[gift.token])).url == answer.url


def test_a_gift_received_cannot_be_paid_again(gift):
    post_event(event("checkout.session.completed", session_of(gift)))
    assert paying.start_payment(gift=gift) == paying.pay_again(gift=gift) == gift_address(gift)
    assert sessions() == []


def test_giving_closed_refuses_to_open_a_pay_page(gift, settings):
    settings.DEMO = False
    for act in (paying.start_payment, paying.pay_again):
        with pytest.raises(Refused, match="giving_closed"):
            act(gift=gift)


# The page ---------------------------------------------------------------------------------------------------


def test_the_donor_back_before_the_event_reads_that_it_is_awaited_then_that_it_came(client, gift):
    """Redirect first, webhook later; the part that polls tells the change, and nothing when nothing changed."""
    payments.pay_by_card(session_id_of(paying.start_payment(gift=gift)))
    page = reverse("gift_page", args=[gift.token])
    part = reverse("gift_state", args=[gift.token])
    assert "Nous attendons le paiement de 50 €." in words(client.get(page))
    assert client.get(part, {"seen": "pledged"}).status_code == 204
    deliver()
    answer = client.get(part, {"seen": "pledged"})
    assert "Votre don est arrivé : 50 €. Merci." in words(answer)
    assert "hx-get" not in answer.content.decode()
    assert "La confirmation suit par courriel." in words(client.get(page))


def test_the_event_before_the_donor_is_told_at_once(client, gift):
    """Webhook first, redirect later."""
    payments.pay_by_card(session_id_of(paying.start_payment(gift=gift)))
    deliver()
    assert "Votre don est arrivé : 50 €." in words(client.get(reverse("gift_page", args=[gift.token])))


def test_a_debit_is_told_as_waiting_then_as_arrived(client, gift):
    session_id = session_id_of(paying.start_payment(gift=gift))
    page = reverse("gift_page", args=[gift.token])
    payments.start_debit(session_id)
    deliver()
    assert "Votre banque met quelques jours à confirmer. Nous vous écrirons ce jour-là." in words(
        client.get(page)
    )
    payments.confirm_debit(session_id)
    deliver()
    assert "Votre don est arrivé : 50 €." in words(client.get(page))


def test_a_refused_debit_is_told_with_a_way_on(client, gift):
    session_id = session_id_of(paying.start_payment(gift=gift))
    payments.start_debit(session_id)
    payments.refuse_debit(session_id)
    deliver()
    shown = words(client.get(reverse("gift_page", args=[gift.token])))
    assert "Le paiement n’a pas abouti." in shown and "Reprendre le paiement" in shown


def test_a_declined_card_then_a_good_one_ends_as_one_gift(client, gift):
    session_id = session_id_of(paying.start_payment(gift=gift))
    payments.decline_card(session_id)
    deliver()
    assert "Le paiement n’a pas abouti." in words(client.get(reverse("gift_page", args=[gift.token])))
    payments.pay_by_card(session_id)
    deliver()
    gift.refresh_from_db()
    assert gift.state == "succeeded"


def test_leaving_the_pay_page_is_told_and_changes_nothing(client, gift):
    page = reverse("gift_page", args=[gift.token])
    shown = words(client.get(page, {"cancelled": "1"}))
    assert "Vous avez quitté le paiement de 50 €." in shown and "Rien n’a été débité." in shown
    assert Gift.objects.get().state == "pledged"
    post_event(event("checkout.session.completed", session_of(gift)))
    assert "Votre don est arrivé" in words(client.get(page, {"cancelled": "1"}))


def test_a_gift_nobody_knows_is_not_found(client, db):
    for name in ("gift_page", "gift_state"):
        assert client.get(reverse(name, args=[uuid.uuid4()])).status_code == 404
    assert client.post(reverse("pay_again", args=[uuid.uuid4()])).status_code == 404


def test_the_page_names_nobody_and_is_not_kept_by_browsers(client, gift):
    answer = client.get(reverse("gift_page", args=[gift.token]))
    assert "Zoé" not in answer.content.decode() and "example.org" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


# The whole way --------------------------------------------------------------------------------------------


def test_from_the_form_to_the_fee_and_the_payout_every_cent_is_accounted_for(client, gift):
    payments.pay_by_card(session_id_of(paying.start_payment(gift=gift)))
    deliver()
    told = stripe_gateway.fetch_charge(StandInObject.objects.get(kind="payment_intent").pk)
    assert told == stripe_gateway.ChargeFacts(100, "card")
    call_command("check_ledger")
