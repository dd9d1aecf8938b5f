"""The stand-in's refunds, disputes and subscriptions: shaped as the provider's, done once, refused as it refuses."""

import json

import pytest
import stripe

from config.demo import payments
from config.demo.models import StandInObject
from tests.conftest import shared_data
from tests.standin import ONCE, PAGE, PRICE, events

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(provider) -> str:
    """The id of a session of 50 € paid by card."""
    return payments.pay_by_card(provider.v1.checkout.sessions.create(ONCE).id)["id"]


@pytest.fixture
def monthly(provider) -> dict:
    """A session of 50 € each month, its first month paid by card."""
    price = {**PRICE, "recurring": {"interval": "month"}}
    asked = {**PAGE, "mode": "subscription", "line_items": [{"quantity": 1, "price_data": price}]}
    session = provider.v1.checkout.sessions.create(
        {**asked, "subscription_data": {"metadata": {"gift": "D-1"}}}
    )
    return payments.pay_by_card(session.id)


def net_of_all() -> int:
    return sum(row.body["net"] for row in StandInObject.objects.filter(kind="balance_transaction"))


def test_a_payment_is_refunded_by_any_of_its_ids_and_never_past_its_amount(paid):
    intent = StandInObject.objects.get(kind="payment_intent").body
    payments.refund(paid, 1_000)
    payments.refund(intent["id"], 1_500)
    with pytest.raises(payments.CannotReverse):
        payments.refund(paid, 2_501)
    assert payments.refund(intent["latest_charge"])["amount"] == 2_500
    with pytest.raises(payments.CannotReverse):
        payments.refund(paid)
    charge = StandInObject.objects.get(kind="charge").body
    assert (charge["amount_refunded"], charge["refunded"], net_of_all()) == (5_000, True, -100)
    assert events()[2:4] == ["refund.created", "charge.refunded"]


def test_a_refund_fails_once_and_its_money_is_back(paid):
    made = payments.refund(paid)
    for _turn in range(2):
        assert payments.fail_refund(made["id"])["status"] == "failed"
    assert (net_of_all(), events().count("refund.failed")) == (4_900, 1)
    assert payments.refund(paid)["amount"] == 5_000


@pytest.mark.parametrize(("end", "net"), [("won", 4_900), ("lost", -2_100)])
def test_a_dispute_takes_money_and_fee_and_ends_once(paid, end, net):
    made = payments.open_dispute(paid)
    assert net_of_all() == 4_900 - 5_000 - 2_000
    with pytest.raises(payments.CannotReverse):
        payments.open_dispute(paid)
    for _turn in range(2):
        assert payments.close_dispute(made["id"], end)["status"] == end
    assert (net_of_all(), events().count("charge.dispute.closed")) == (net, 1)


@pytest.mark.parametrize("name", ["cs_none", "pi_none", "in_none", "ch_none", ""])
def test_what_was_never_paid_cannot_be_given_back(db, name):
    for act in (payments.refund, payments.open_dispute):
        with pytest.raises(payments.CannotReverse):
            act(name)


def test_a_month_is_paid_missed_caught_up_and_the_subscription_ends_once(monthly):
    subscription = monthly["subscription"]
    missed = [payments.fail_renewal(subscription) for _turn in range(2)]
    assert [one["attempt_count"] for one in missed] == [1, 2]
    assert payments.renew(subscription)["id"] == missed[0]["id"]
    assert payments.renew(subscription)["id"] != missed[0]["id"]
    assert payments.end_subscription(subscription) is not None
    assert payments.end_subscription(subscription) is None
    with pytest.raises(payments.NoSuchSubscription):
        payments.renew(subscription)
    assert (events().count("invoice.paid"), events().count("invoice.payment_failed")) == (3, 2)


@pytest.mark.parametrize(
    "price",
    [{**PRICE, "recurring": {"interval": "year"}}, {**PRICE, "recurring": {"interval": "month"}}],
)
def test_a_page_whose_mode_and_price_disagree_is_refused(provider, price):
    with pytest.raises(stripe.InvalidRequestError):
        provider.v1.checkout.sessions.create({**PAGE, "line_items": [{"quantity": 1, "price_data": price}]})


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["refund", "dispute", "subscription", "invoice", "invoice_payment"])
def test_the_objects_have_no_field_that_the_providers_own_do_not(paid, monthly, kind):
    payments.fail_refund(payments.refund(paid)["id"])
    payments.open_dispute(monthly["invoice"])
    payments.end_subscription(monthly["subscription"])
    known = json.loads(shared_data("stripe", "objects-2026-07-29.dahlia", f"{kind}.json").read_text())
    newer = {"failure_reason", "failure_balance_transaction", "ended_at"}  # only once it happened
    rows = list(StandInObject.objects.filter(kind=kind))
    assert rows
    for row in rows:
        assert set(row.body) - set(known) - newer == set()
