"""The inbox page: what waits for a look comes first, and no payload is shown to anybody."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from donations.actions.handling import HANDLERS
from donations.actions.receiving import INFORMATION
from donations.models import ProviderEvent
from donations.reasons import NOTES, REASONS, sentence_of
from tests.donations.factories import event, make_gift, post_event, post_raw, session_of

pytestmark = pytest.mark.django_db
READERS = ("treasurer", "auditor", "administrator")


@pytest.mark.parametrize("name", READERS)
def test_those_who_watch_over_the_money_read_the_inbox_parked_first(client_of, people, pocket, name):
    post_event(event("charge.refunded", {"id": "ch_1", "billing_details": {"name": "Zoé Essai"}}))
    gift = make_gift(pocket)
    post_event(event("checkout.session.completed", session_of(gift, customer_email="z@example.org")))
    answer = client_of(getattr(people, name)).get(reverse("event_inbox"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.index("Paiement remboursé") < page.index("Page de paiement terminée")
    assert "1 événement attend votre regard" in page and gift.reference in page
    assert str(REASONS["unknown_gift"]) in page
    assert "example.org" not in page and "Zoé" not in page


def test_one_event_tells_type_reason_and_gift_and_never_its_content(client_of, people, pocket):
    gift = make_gift(pocket)
    row = post_event(
        event("checkout.session.completed", session_of(gift, amount_total=1, customer_email="z@x.fr"))
    )
    answer = client_of(people.treasurer).get(reverse("event_page", args=[row.pk]))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert str(REASONS["amount_mismatch"]) in page and row.event_id in page and gift.reference in page
    assert "z@x.fr" not in page


@pytest.mark.parametrize("name", ["member1", "chair", "signatory", "referent", "communication"])
def test_other_roles_are_refused(client_of, people, name):
    row = ProviderEvent.objects.get(pk=post_event(event("plan.created", {"id": "x"})).pk)
    client = client_of(getattr(people, name))
    assert client.get(reverse("event_inbox")).status_code == 403
    assert client.get(reverse("event_page", args=[row.pk])).status_code == 403


def test_a_visitor_is_sent_to_sign_in(client):
    assert client.get(reverse("event_inbox")).status_code == 302


def test_an_empty_inbox_says_what_will_appear(client_of, people):
    page = client_of(people.treasurer).get(reverse("event_inbox")).content.decode()
    assert "Aucun événement pour l’instant" in page


def test_a_long_inbox_has_pages_and_an_odd_page_number_does_not_break_it(client_of, people):
    for number in range(52):
        post_raw(f"no event {number}".encode())
    client = client_of(people.treasurer)
    assert "Page 1 sur 2" in client.get(reverse("event_inbox")).content.decode()
    assert "Page 2 sur 2" in client.get(reverse("event_inbox"), {"page": "99"}).content.decode()


def test_a_double_payment_is_shown_before_what_went_well(client_of, people, pocket):
    gift = make_gift(pocket)
    post_event(event("checkout.session.completed", session_of(gift)))
    post_event(event("checkout.session.completed", session_of(gift, id="cs_2", payment_intent="pi_2")))
    post_event(event("checkout.session.completed", session_of(make_gift(pocket))))
    page = client_of(people.treasurer).get(reverse("event_inbox")).content.decode()
    assert page.index(str(NOTES["paid_twice"])) < page.index(sentence_of("", ""))


@pytest.mark.parametrize("code", ["unexpected: KeyError", "livemode", "something_new"])
def test_every_reason_has_a_sentence(code):
    assert sentence_of(code, "").endswith(".")


def test_the_documents_table_names_each_type_that_is_not_parked():
    table = (settings.BASE_DIR / "docs" / "payment-events.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+\.[a-z_.]+)`", table))
    assert named == set(HANDLERS) | INFORMATION
