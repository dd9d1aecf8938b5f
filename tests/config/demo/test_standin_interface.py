"""The stand-in's interface: changes of a subscription, refunds, what comes back by itself, lists and their pages."""

import json
from datetime import timedelta

import pytest
import stripe
import time_machine
from django.utils import timezone

from config.demo import delivery, payments, stripe_objects
from config.demo.models import StandInDelivery, StandInObject
from tests.standin import ONCE, PAGE, PRICE, events

pytestmark = pytest.mark.django_db
EACH_MONTH = {
    **PAGE,
    "mode": "subscription",
    "line_items": [{"quantity": 1, "price_data": {**PRICE, "recurring": {"interval": "month"}}}],
    "subscription_data": {"metadata": {"gift": "D-1"}},
}


@pytest.fixture
def debited(provider) -> dict:
    """A session of 50 € paid by a direct debit that the bank confirmed."""
    session = provider.v1.checkout.sessions.create(ONCE)
    payments.start_debit(session.id)
    return payments.confirm_debit(session.id)


@pytest.fixture
def subscription(provider) -> str:
    session = payments.pay_by_card(provider.v1.checkout.sessions.create(EACH_MONTH).id)
    return str(session["subscription"])


def last_event() -> dict:
    return json.loads(StandInDelivery.objects.order_by("pk").last().payload)


def balance() -> int:
    return payments.balance_cents()


def charge_of(session: dict) -> dict:
    intent = StandInObject.objects.get(pk=session["payment_intent"]).body
    return StandInObject.objects.get(pk=intent["latest_charge"]).body


# Subscriptions ----------------------------------------------------------------------------------------------


def new_price(provider, subscription: str, cents: int) -> dict:
    (item,) = provider.v1.subscriptions.retrieve(subscription).to_dict()["items"]["data"]
    price = {
        "currency": "eur",
        "product": item["price"]["product"],
        "recurring": {"interval": "month"},
        "unit_amount": cents,
    }
    return {"items": [{"id": item["id"], "price_data": price}], "proration_behavior": "none"}


def test_another_amount_is_billed_from_the_next_month_on_and_told_once(provider, subscription):
    wanted = new_price(provider, subscription, 7_000)
    options = {"idempotency_key": "change-1"}
    for _turn in range(2):
        changed = provider.v1.subscriptions.update(subscription, wanted, options).to_dict()
        assert changed["items"]["data"][0]["price"]["unit_amount"] == 7_000
    assert events().count("customer.subscription.updated") == 1
    assert last_event()["data"]["previous_attributes"]["items"]["data"][0]["price"]["unit_amount"] == 5_000
    assert payments.renew(subscription)["amount_paid"] == 7_000
    assert balance() == 5_000 - 100 + 7_000 - payments.fee_cents(7_000)


def test_an_open_month_keeps_the_amount_it_was_made_with(provider, subscription):
    payments.fail_renewal(subscription)
    provider.v1.subscriptions.update(subscription, new_price(provider, subscription, 7_000))
    assert [payments.renew(subscription)["total"] for _turn in range(2)] == [5_000, 7_000]


@pytest.mark.parametrize(
    "wrong",
    [
        {"proration_behavior": "create_prorations"},
        {"items": [{"id": "si_none", "price_data": {}}]},
        {"unknown": "1"},
        {"pause_collection": {"behavior": "keep_as_draft"}},
    ],
)
def test_a_change_that_is_not_played_is_refused_and_changes_nothing(provider, subscription, wrong):
    with pytest.raises(stripe.InvalidRequestError):
        provider.v1.subscriptions.update(subscription, {**new_price(provider, subscription, 7_000), **wrong})
    assert payments.renew(subscription)["amount_paid"] == 5_000


def test_a_paused_collection_bills_nothing_until_it_goes_on(provider, subscription):
    paused = provider.v1.subscriptions.update(subscription, {"pause_collection": {"behavior": "void"}})
    assert paused.to_dict()["pause_collection"] == {"behavior": "void", "resumes_at": None}
    assert payments.renew(subscription) == {}
    assert payments.fail_renewal(subscription)["status"] == "void"
    assert events()[-2:] == ["invoice.voided", "invoice.voided"]
    assert "invoice.payment_failed" not in events()
    provider.v1.subscriptions.update(subscription, {"pause_collection": ""})
    assert payments.renew(subscription)["amount_paid"] == 5_000
    assert events().count("customer.subscription.updated") == 2


def test_a_pause_with_an_end_ends_by_itself(provider, subscription):
    until = int(timezone.now().timestamp()) + 3_600
    pause = {"behavior": "void", "resumes_at": until}
    provider.v1.subscriptions.update(subscription, {"pause_collection": pause})
    assert payments.renew(subscription) == {}
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert payments.renew(subscription)["status"] == "paid"
    assert last_event()["type"] == "invoice_payment.paid"


def test_a_subscription_ends_once_and_is_then_unknown_to_changes(provider, subscription):
    ended = provider.v1.subscriptions.cancel(subscription)
    assert (ended.status, events()[-1]) == ("canceled", "customer.subscription.deleted")
    for again in (
        lambda: provider.v1.subscriptions.cancel(subscription),
        lambda: provider.v1.subscriptions.update(subscription, {"pause_collection": ""}),
        lambda: provider.v1.subscriptions.cancel("sub_none"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            again()
        assert (refused.value.code, refused.value.http_status) == ("resource_missing", 404)
    assert provider.v1.subscriptions.retrieve(subscription).status == "canceled"


def test_a_month_is_tried_eight_times_then_the_subscription_ends(subscription):
    tried = [payments.fail_renewal(subscription) for _turn in range(8)]
    assert [one["attempt_count"] for one in tried] == list(range(1, 9))
    assert {one["id"] for one in tried} == {tried[0]["id"]}
    assert [one["next_payment_attempt"] is None for one in tried] == [False] * 7 + [True]
    assert events()[-2:] == ["invoice.payment_failed", "customer.subscription.deleted"]
    with pytest.raises(payments.NoSuchSubscription):
        payments.fail_renewal(subscription)


# Refunds ----------------------------------------------------------------------------------------------------


def test_a_payment_is_refunded_in_parts_under_keys_by_intent_or_charge(provider, paid):
    intent, charge = paid["payment_intent"], charge_of(paid)["id"]
    key = {"idempotency_key": "refund-1"}
    first = provider.v1.refunds.create({"payment_intent": intent, "amount": 1_000}, key)
    assert provider.v1.refunds.create({"payment_intent": intent, "amount": 1_000}, key).id == first.id
    rest = provider.v1.refunds.create({"charge": charge, "metadata": {"order": "7"}})
    assert (first.status, rest.amount, rest.metadata["order"]) == ("succeeded", 4_000, "7")
    assert provider.v1.refunds.retrieve(first.id).amount == 1_000
    assert [one.id for one in provider.v1.refunds.list({"payment_intent": intent}).data] == [
        rest.id,
        first.id,
    ]
    assert charge_of(paid)["refunded"] is True
    assert events()[-4:] == ["refund.created", "charge.refunded"] * 2


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"amount": 5_001}, "amount_too_large"),
        ({"payment_intent": "pi_none"}, "resource_missing"),
        ({"payment_intent": ""}, "parameter_missing"),
        ({"amount": "much"}, "parameter_missing"),
    ],
)
def test_a_wrong_refund_is_refused_with_the_providers_code(provider, paid, asked, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        provider.v1.refunds.create({"payment_intent": paid["payment_intent"], **asked})
    assert refused.value.code == code
    assert not StandInObject.objects.filter(kind="refund").exists()


def test_what_was_given_back_contested_or_paid_out_is_not_refunded(provider, paid):
    asked = {"payment_intent": paid["payment_intent"]}

    def code() -> str | None:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            provider.v1.refunds.create(asked)
        return refused.value.code

    payments.make_payout()
    assert code() == "balance_insufficient"
    payments.pay_by_card(provider.v1.checkout.sessions.create(ONCE).id)
    payments.pay_by_card(provider.v1.checkout.sessions.create(ONCE).id)
    provider.v1.refunds.create(asked)
    assert code() == "charge_already_refunded"
    other = payments.pay_by_card(provider.v1.checkout.sessions.create(ONCE).id)
    asked = {"payment_intent": other["payment_intent"]}
    payments.open_dispute(other["id"])
    assert code() == "charge_disputed"


def test_the_refund_of_a_debit_is_pending_until_it_arrives_or_fails(provider, debited, paid):
    made = provider.v1.refunds.create({"payment_intent": debited["payment_intent"], "amount": 2_000})
    assert made.status == "pending"
    for _turn in range(2):
        assert payments.settle_refund(made.id)["status"] == "succeeded"
    other = provider.v1.refunds.create({"payment_intent": debited["payment_intent"]})
    assert payments.fail_refund(other.id)["status"] == "failed"
    with pytest.raises(payments.CannotReverse):
        payments.settle_refund(other.id)
    assert events().count("refund.updated") == 1
    assert balance() == 3 * 4_900 - 2_000


# What comes back by itself ------------------------------------------------------------------------------------


def test_a_bank_takes_a_debit_back_once_and_the_fee_stays_paid(debited):
    taken = payments.undo_debit(debited["id"])
    assert (taken["status"], taken["paid"], balance()) == ("failed", False, -100)
    assert events()[-3:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]
    with pytest.raises(payments.CannotReverse):
        payments.undo_debit(debited["id"])
    assert payments.confirm_debit(debited["id"])["payment_status"] == "unpaid"


def test_a_card_or_a_refunded_debit_is_not_taken_back(debited, paid):
    payments.refund(debited["id"], 100)
    for session in (paid, debited):
        with pytest.raises(payments.CannotReverse):
            payments.undo_debit(session["id"])


def test_a_payout_that_our_bank_refuses_is_in_the_balance_again_and_paid_out_anew(provider, paid):
    made = payments.make_payout() or {}
    for _turn in range(2):
        assert payments.fail_payout(made["id"])["status"] == "failed"
    assert (balance(), events()[-2:]) == (9_800, ["payout.paid", "payout.failed"])
    again = payments.make_payout() or {}
    entries = provider.v1.balance_transactions.list({"payout": again["id"]}).data
    assert {one.type for one in entries} == {"payout_failure", "payout"}
    assert (again["amount"], sum(one.net for one in entries), balance()) == (9_800, 0, 0)
    with pytest.raises(payments.CannotReverse):
        payments.fail_payout("po_none")


# Lists ------------------------------------------------------------------------------------------------------


def test_the_entries_of_a_payout_add_up_to_it_and_name_their_fees(provider, paid):
    payments.refund(paid["id"], 1_000)
    made = payments.make_payout() or {}
    entries = provider.v1.balance_transactions.list({"payout": made["id"], "limit": 100}).data
    assert sorted((one.type, one.net) for one in entries) == [
        ("charge", 4_900), ("charge", 4_900), ("payout", -8_800), ("refund", -1_000),
    ]  # fmt: skip
    assert [fee.amount for one in entries for fee in one.fee_details] == [100, 100]
    assert {one.reporting_category for one in entries} == {"charge", "refund", "payout"}


def test_sessions_invoices_and_subscriptions_are_listed_by_what_they_belong_to(provider, paid, subscription):
    (found,) = provider.v1.checkout.sessions.list({"payment_intent": paid["payment_intent"]}).data
    assert found.id == paid["id"]
    payments.renew(subscription)
    payments.fail_renewal(subscription)
    listed = provider.v1.invoices.list({"subscription": subscription}).data
    assert [one.status for one in listed] == ["open", "paid", "paid"]
    assert len(provider.v1.invoices.list({"subscription": subscription, "status": "paid"}).data) == 2
    assert provider.v1.invoices.retrieve(listed[0].id).attempt_count == 1
    expanded = provider.v1.subscriptions.retrieve(subscription, {"expand": ["latest_invoice"]}).to_dict()
    assert expanded["latest_invoice"]["status"] == "open"


def test_a_list_is_walked_page_by_page_to_its_end(provider, paid):
    first = provider.v1.events.list({"limit": 3})
    rest = provider.v1.events.list({"limit": 3, "starting_after": first.data[-1].id})
    assert [len(first.data), first.has_more, len(rest.data), rest.has_more] == [3, True, 1, False]
    walked = [one.id for one in provider.v1.events.list({"limit": 1}).auto_paging_iter()]
    assert walked == [one.id for one in [*first.data, *rest.data]]
    for wrong in ({"limit": 0}, {"limit": 101}, {"starting_after": "evt_none"}):
        with pytest.raises(stripe.InvalidRequestError):
            provider.v1.events.list(wrong)


def test_events_are_told_apart_by_type_by_time_and_by_whether_they_were_delivered(provider, paid):
    row = StandInDelivery.objects.order_by("pk")[0]
    delivery.deliver(row, post=lambda *_sent: 200)

    def listed(**asked) -> list[str]:
        return [one.id for one in provider.v1.events.list({"limit": 100, **asked}).data]

    everything = listed()
    assert listed(delivery_success="true") == [row.event_id]
    assert listed(delivery_success="false") == [one for one in everything if one != row.event_id]
    assert len(listed(type="payment_intent.succeeded")) == 2
    assert len(listed(types=["payment_intent.succeeded", "checkout.session.completed"])) == 4
    now = int(timezone.now().timestamp())
    assert listed(created={"gte": now - 60}) == everything and listed(created={"lt": now - 60}) == []
    pending = {one.id: one.pending_webhooks for one in provider.v1.events.list({"limit": 100}).data}
    assert [name for name, waits in pending.items() if not waits] == [row.event_id]


def test_events_are_listed_for_thirty_days(provider, paid):
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert provider.v1.events.list().data == []


def test_the_time_of_an_object_is_the_moment_it_was_made():
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        assert stripe_objects.now() == int(timezone.now().timestamp())
