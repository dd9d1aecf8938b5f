"""What is parked is really kept: each delivery ends in a true COMMIT, where the database checks whom a row names."""

import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from donations.actions import receiving
from donations.actions.pledging import make_gift as make_row
from donations.models import Gift, ProviderEvent
from donations.reasons import REASONS, EventParked
from fund import balances, clock
from tests.donations.factories import (
    event,
    invoice_of,
    invoice_payment_of,
    make_gift,
    monthly_session_of,
    post_event,
    post_raw,
    session_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("proved")]
COMPLETED, PAID, TIED = "checkout.session.completed", "invoice.paid", "invoice_payment.paid"


@pytest.fixture
def gift(transactional_db, foundation, pocket) -> Gift:
    """A monthly gift of 15 €, promised."""
    return make_gift(pocket, amount_cents=1_500, rhythm="monthly")


def row_of(sent: dict[str, object]) -> ProviderEvent:
    return ProviderEvent.objects.get(event_id=sent["id"])


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"amount_paid": 6_000}, "amount_mismatch"),
        ({"amount_paid": 0}, "amount_mismatch"),
        ({"amount_paid": -1_500}, "amount_mismatch"),
        ({"amount_paid": None}, "amount_mismatch"),
        ({"currency": "usd"}, "currency_mismatch"),
        ({"id": ""}, "no_payment"),
    ],
)
@pytest.mark.parametrize("name", ["in_1", "in_2"])
def test_a_month_of_other_money_is_kept_parked_and_read_in_the_inbox(
    gift, people, client_of, name, values, reason
):
    if name == "in_2":
        post_event(event(PAID, invoice_of(gift)))
    counted = balances.left_cents()
    row = post_event(event(PAID, invoice_of(gift, name, **values)))
    assert (row.state, row.reason, row.gift) == ("parked", reason, gift)
    assert (balances.left_cents(), Gift.objects.count()) == (counted, 1)
    page = client_of(people.treasurer).get(reverse("event_page", args=[row.pk])).content.decode()
    assert str(REASONS[reason]) in page and gift.reference in page


def test_an_odd_month_that_waits_never_stops_the_good_one(gift):
    """It came before the subscription was known; the good payment makes that known and takes it up."""
    nameless = {"parent": {"subscription_details": {"subscription": f"sub_{gift.pk}", "metadata": {}}}}
    odd = event(PAID, invoice_of(gift, "in_2", amount_paid=6_000, **nameless))
    foreign = event(PAID, invoice_of(gift, "in_3", currency="usd", **nameless))
    assert post_event(odd).reason == post_event(foreign).reason == "unknown_subscription"
    good = post_event(event(COMPLETED, monthly_session_of(gift)))
    assert (good.state, good.reason, good.gift) == ("acted", "", gift)
    assert balances.left_cents() == 1_500
    assert [(row_of(sent).state, row_of(sent).reason) for sent in (odd, foreign)] == [
        ("parked", "amount_mismatch"),
        ("parked", "currency_mismatch"),
    ]
    assert post_event(event(PAID, invoice_of(gift, "in_4"))).state == "acted"
    assert balances.left_cents() == 3_000
    call_command("check_ledger")


def test_a_month_paid_by_the_payment_of_another_gift_names_that_gift(gift, pocket):
    other = make_gift(pocket)
    post_event(event(COMPLETED, session_of(other)))
    post_event(event(PAID, invoice_of(gift)))
    post_event(event(TIED, invoice_payment_of("in_1", "pi_month")))
    row = post_event(event(PAID, invoice_of(gift, "in_2", payment_intent="pi_month")))
    assert (row.state, row.reason, row.gift) == ("parked", "gift_mismatch", gift)
    assert Gift.objects.count() == 2


@pytest.mark.parametrize("first_known", [True, False])
def test_a_gift_made_by_the_act_that_was_undone_is_named_by_no_row(gift, monkeypatch, first_known):
    """Whatever an act parks with: the row is kept with its reason."""

    def park(_event: object) -> None:
        known = Gift.objects.get(pk=gift.pk)
        made = make_row(
            form_token=gift.token,
            donor=gift.donor,
            amount_cents=100,
            pocket=gift.pocket,
            created_at=clock.moment(),
        )
        raise EventParked("gift_mismatch", known if first_known else made)

    monkeypatch.setitem(receiving.HANDLERS, PAID, park)
    row = post_event(event(PAID, invoice_of(gift)))
    assert (row.reason, row.gift) == ("gift_mismatch", gift if first_known else None)
    assert Gift.objects.count() == 1


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("y")])
def test_a_waiting_event_that_cannot_even_be_read_is_parked_alone(gift, monkeypatch, error):
    waiting = event(TIED, invoice_payment_of("in_1", "pi_month"))
    assert post_event(waiting).reason == "unknown_invoice"

    def fail(_row: object) -> None:
        raise error

    monkeypatch.setattr(receiving, "_event_of", fail)
    answer = post_raw(json.dumps(event(PAID, invoice_of(gift))).encode())
    assert (answer.status_code, answer.json()["state"]) == (200, "acted")
    assert balances.left_cents() == 1_500
    assert row_of(waiting).reason == f"unexpected: {type(error).__name__}"
