"""The signed link of a monthly gift: opened without a password, changed by a POST, never by a GET."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.demo import faults, payments, portal, stripe_objects
from donations import monthly_links
from donations.actions import paying
from donations.actions.monthly_linking import send_links
from donations.models import MonthlyChange, MonthlyGift
from fund import vault
from fund.models import OutgoingMail
from tests.donations.factories import EMAIL, make_gift, write_thanks
from tests.donations.test_monthly_changes import monthly, there
from tests.standin import deliver

__all__ = ["monthly"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]


def page_of(monthly: MonthlyGift) -> str:
    return reverse("monthly_page", args=[monthly_links.sign(monthly)])


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def token_of(page: str) -> str:
    return re.findall(r'name="form_token" value="([^"]+)"', page)[0]


def send(address: str, **values: str):
    client = Client()
    token = token_of(shown(client, address))
    return client.post(address, {"form_token": token, **values}, follow=True)


def test_the_link_in_the_thanks_opens_the_gift_and_names_nobody(monthly):
    write_thanks()
    text = vault.open_text(OutgoingMail.objects.get(key__endswith=":thanks").text_sealed)
    address = re.findall(r"/don-mensuel/\S+/", text)[0]
    page = shown(Client(), address)
    assert "Changer le montant" in page and "15" in page
    assert "Zoé" not in page and EMAIL not in page and EMAIL not in address and len(address) < 120


def test_every_change_is_made_through_the_page(monthly):
    address = page_of(monthly)
    assert "C’est fait" in send(address, change="amount", amount="25,50").content.decode()
    send(address, change="pause", pause="3")
    monthly.refresh_from_db()
    assert (monthly.amount_cents, monthly.state) == (2_550, "paused")
    send(address, change="resume")
    send(address, change="stop")
    monthly.refresh_from_db()
    assert (monthly.state, MonthlyChange.objects.filter(asked_from="link").count()) == ("stopped", 4)
    page = shown(Client(), address)
    assert "Arrêté" in page and '<button class="btn danger' not in page
    late = Client().post(address, {"change": "stop"}, follow=True)
    assert "il n’y a plus rien à changer" in late.content.decode()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"change": "amount", "amount": "douze"}, "Écrivez un montant en euros"),
        ({"change": "amount", "amount": ""}, "Écrivez le nouveau montant."),
        ({"change": "amount", "amount": "0,10"}, "au moins"),
        ({"change": "pause", "pause": ""}, "Choisissez la durée"),
        ({"change": "pause", "pause": "13"}, "choix"),
        ({"change": "everything"}, "Choisissez ce que vous voulez changer."),
    ],
)
def test_bad_input_is_answered_by_a_sentence_and_changes_nothing(monthly, values, sentence):
    answer = Client().post(page_of(monthly), values)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert values.get("amount", "") in answer.content.decode()
    assert not MonthlyChange.objects.exists()


def test_a_look_at_the_link_changes_nothing(monthly):
    for method in (Client().get, Client().head):
        assert method(page_of(monthly), {"change": "stop"}).status_code == 200
    monthly.refresh_from_db()
    assert monthly.state == "active" and Client().get(page_of(monthly) + "carte/").status_code == 405


def test_a_link_that_nobody_signed_here_is_not_found(monthly):
    signed = monthly_links.sign(monthly)
    others = [signed[:-1] + ("A" if signed[-1] != "A" else "B"), monthly.token.hex, str(monthly.token), "x"]
    for wrong in others:
        assert Client().get(reverse("monthly_page", args=[wrong])).status_code == 404
        assert Client().post(reverse("monthly_page", args=[wrong]), {"change": "stop"}).status_code == 404


def test_a_stale_link_acts_no_more_and_offers_a_fresh_one(monthly):
    address = page_of(monthly)
    with time_machine.travel(timezone.now() + timedelta(days=399), tick=False):
        assert Client().get(address).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=401), tick=False):
        answer = Client().post(address, {"change": "stop"})
        assert Client().post(address + "carte/").status_code == 302
    assert answer.status_code == 410 and reverse("monthly_link") in answer.content.decode()
    monthly.refresh_from_db()
    assert monthly.state == "active"


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(monthly):
    answers = [Client().post(reverse("monthly_link"), {"email": email}) for email in (EMAIL, "x@example.org")]
    texts = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in answers]
    assert texts[0] == texts[1] and answers[0].status_code == 200
    assert Client().post(reverse("monthly_link"), {"email": "x"}).status_code == 422


def test_the_link_goes_to_the_mailbox_of_a_running_monthly_gift_only(pocket, monthly):
    make_gift(pocket, email="other@example.org", rhythm="monthly")  # promised, never paid
    known = vault.blind_index("donor-email", EMAIL)
    assert send_links.func(known, "a") == send_links.func(known, "a") == "1 sent"
    sent = OutgoingMail.objects.get(key__contains=":link:")
    assert vault.open_text(sent.to_sealed) == EMAIL
    assert send_links.func(vault.blind_index("donor-email", "other@example.org"), "b") == "nothing sent"
    for turn in range(9):
        send_links.func(known, f"again-{turn}")
    assert (
        OutgoingMail.objects.filter(key__contains=":link:").count() == 4
    )  # five askings an hour, one of them twice
    payments.end_subscription(monthly.subscription_id)
    deliver()
    assert send_links.func(known, "late") == "nothing sent"


def test_a_change_without_an_answer_is_said_to_be_under_way(monthly):
    faults.break_next(1, faults.TOO_MANY)
    page = send(page_of(monthly), change="amount", amount="30").content.decode()
    assert "nous le lui redirons sans vous" in page and "pas encore répondu" in page
    assert "Mettre en pause" not in page and "Arrêter mon don mensuel" in page


def test_the_card_is_replaced_at_the_provider(monthly):
    """The subscription's own card would win over the new one: it becomes the customer's first."""
    own = there(monthly)["default_payment_method"]
    answer = Client().post(page_of(monthly) + "carte/")
    assert answer.status_code == 302 and "/carte/bps_" in answer["Location"]
    body = there(monthly)
    customer = stripe_objects.read(body["customer"], "customer") or {}
    assert own and body["default_payment_method"] is None
    assert customer["invoice_settings"]["default_payment_method"] == own
    session = stripe_objects.read(answer["Location"].rpartition("/")[2], portal.KIND) or {}
    assert session["return_url"].endswith("/") and "/don-mensuel/" in session["return_url"]
    deliver()
    monthly.refresh_from_db()
    assert monthly.state == "active"


def test_a_card_page_that_does_not_open_says_so(monthly):
    faults.break_next(1, faults.SILENT)
    answer = Client().post(page_of(monthly) + "carte/", follow=True)
    assert "La page ne s’est pas ouverte" in answer.content.decode()
    payments.end_subscription(monthly.subscription_id)
    deliver()
    answer = Client().post(page_of(monthly) + "carte/", follow=True)
    assert "pas de moyen de paiement à changer" in answer.content.decode()


def test_the_missed_month_leads_to_the_card(monthly):
    payments.fail_renewal(monthly.subscription_id)
    deliver()
    text = vault.open_text(OutgoingMail.objects.get(key__contains=":missed:").text_sealed)
    page = shown(Client(), re.findall(r"/don-mensuel/\S+/", text)[0])
    assert "Changer de carte" in page and "vous ne devez rien" in page


def test_an_unpaid_promise_has_nothing_to_change(pocket):
    gift = make_gift(pocket, amount_cents=1_500, rhythm="monthly")
    paying.start_payment(gift=gift)
    page = shown(Client(), page_of(MonthlyGift.objects.get()))
    assert "Le premier paiement n’est pas encore arrivé" in page and "btn danger" not in page
