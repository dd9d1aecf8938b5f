"""Subscriptions at the stand-in: a month is an invoice, paid or not; the subscription goes on until it is ended.

Called inside the transaction of a pay page (`begin`, `pay_open_invoice`), or alone for what happens months later.
As at the provider, a paused collection is told by `customer.subscription.updated`; `.paused` and `.resumed` speak of
trials only.
"""

from typing import Any

from django.db import transaction

from config.demo import stripe_objects
from config.demo.collecting import announce, collect
from config.demo.stripe_objects import Body

LAST_TRY = 8  # the provider's own smart retries: eight within two weeks, then the subscription ends

# The parameters of a change that are played here.
PLAYED = {
    "items",
    "proration_behavior",
    "pause_collection",
    "metadata",
    "cancel_at_period_end",
    "default_payment_method",
    "expand",
}


class NoSuchSubscription(LookupError):
    """No running subscription has this id."""


class NotPlayed(ValueError):
    """A change that the provider would refuse, or that is not played here; the text is the provider's answer."""


def begin(session: Body) -> None:
    """The subscription of a finished pay page and its first invoice, still to be paid."""
    made = stripe_objects.subscription(session)
    first = stripe_objects.keep(stripe_objects.invoice(made, reason="subscription_create"))
    made["latest_invoice"] = first["id"]
    stripe_objects.keep(made)
    session |= {"subscription": made["id"], "invoice": first["id"]}
    stripe_objects.keep(session)
    announce("customer.subscription.created", made)


def pay_open_invoice(subscription_id: str, *, method: str) -> Body | None:
    """The latest invoice is paid; None when it is not open. The payment does not name our gift: nor does Stripe's."""
    subscription = _locked(subscription_id)
    invoice = stripe_objects.locked(subscription["latest_invoice"], "invoice")
    if invoice is None or invoice["status"] != "open":
        return None
    intent = _intent_of(invoice)
    collect(intent, method=method)
    tries = invoice["attempt_count"] + 1
    invoice |= {
        "status": "paid",
        "amount_paid": invoice["total"],
        "amount_remaining": 0,
        "attempted": True,
        "attempt_count": tries,
        "next_payment_attempt": None,
        "status_transitions": {**invoice.get("status_transitions", {}), "paid_at": stripe_objects.now()},
    }
    stripe_objects.keep(invoice)
    tie = stripe_objects.keep(stripe_objects.invoice_payment(invoice, intent))
    stripe_objects.keep({**subscription, "status": "active"})
    announce("payment_intent.succeeded", intent)
    announce("invoice.paid", invoice)
    announce("invoice_payment.paid", tie)
    return invoice


def renew(subscription_id: str, *, method: str = "card") -> Body:
    """The month is paid: the open invoice of a failed try, or the next one. While the collection is paused the
    invoice is void and nothing is taken: empty then. Raises NoSuchSubscription."""
    with transaction.atomic():
        subscription, invoice = _month(subscription_id)
        if subscription["pause_collection"]:
            _void(invoice)
            return {}
        return pay_open_invoice(subscription_id, method=method) or {}


def fail_renewal(subscription_id: str) -> Body:
    """One try to take the month fails; the invoice stays open, and after the last try the subscription ends.

    Raises NoSuchSubscription.
    """
    with transaction.atomic():
        subscription, invoice = _month(subscription_id)
        if subscription["pause_collection"]:
            return _void(invoice)
        tries = invoice["attempt_count"] + 1
        next_try = stripe_objects.now() + 2 * stripe_objects.DAY if tries < LAST_TRY else None
        invoice |= {"attempted": True, "attempt_count": tries, "next_payment_attempt": next_try}
        stripe_objects.keep(invoice)
        stripe_objects.keep({**subscription, "status": "past_due"})
        announce("invoice.payment_failed", invoice)
        if next_try is None:
            end_subscription(subscription_id)
        return invoice


def update_subscription(subscription_id: str, params: Body) -> Body:
    """What `POST /v1/subscriptions/:id` changes: the price of its item (from the next invoice on), the pause of its
    collection (behaviour `void` only; empty: it goes on), its metadata. Raises NoSuchSubscription, NotPlayed."""
    with transaction.atomic():
        subscription = _locked(subscription_id)
        changes = _changes(subscription, params)
        previous = {
            name: subscription[name] for name, value in changes.items() if subscription[name] != value
        }
        if previous:
            subscription |= changes
            stripe_objects.keep(subscription)
            announce("customer.subscription.updated", subscription, previous=previous)
        return subscription


def end_subscription(subscription_id: str) -> Body | None:
    """Nothing more is taken; None when it had ended. Raises NoSuchSubscription for an id that never was."""
    with transaction.atomic():
        subscription = stripe_objects.locked(subscription_id, "subscription")
        if subscription is None:
            raise NoSuchSubscription(subscription_id)
        if subscription["status"] == "canceled":
            return None
        now = stripe_objects.now()
        subscription |= {"status": "canceled", "canceled_at": now, "ended_at": now}
        stripe_objects.keep(subscription)
        announce("customer.subscription.deleted", subscription)
        return subscription


def write_off(subscription_id: str) -> Body:
    """The open invoice is given up as uncollectible. Raises NoSuchSubscription."""
    with transaction.atomic():
        _subscription, invoice = _month(subscription_id)
        invoice |= {"status": "uncollectible", "next_payment_attempt": None}
        stripe_objects.keep(invoice)
        announce("invoice.marked_uncollectible", invoice)
        return invoice


def _changes(subscription: Body, params: Body) -> Body:
    """The new values of the fields that the call changes. Raises NotPlayed."""
    if set(params) - PLAYED:
        raise NotPlayed(f"Received unknown parameters: {', '.join(sorted(set(params) - PLAYED))}")
    changes: Body = {}
    if "items" in params:
        if params.get("proration_behavior") != "none":
            raise NotPlayed("Only changes without proration are played here.")
        changes["items"] = _repriced(subscription["items"], params["items"])
    if "pause_collection" in params:
        changes["pause_collection"] = _pause(params["pause_collection"])
    if "metadata" in params:
        changes["metadata"] = {**subscription["metadata"], **(params["metadata"] or {})}
    if "cancel_at_period_end" in params:
        changes["cancel_at_period_end"] = params["cancel_at_period_end"] == "true"
    if "default_payment_method" in params:
        changes["default_payment_method"] = params["default_payment_method"] or None
    return changes


def _repriced(items: Body, wanted: Any) -> Body:
    try:
        (line,) = wanted
        price = line["price_data"]
        amount, item = int(price["unit_amount"]), items["data"][0]
        is_ours = line["id"] == item["id"] and price["product"] == item["price"]["product"]
        is_ours = is_ours and (price["currency"], price["recurring"]["interval"]) == ("eur", "month")
    except (KeyError, TypeError, ValueError):
        raise NotPlayed("Missing or invalid items.") from None
    if not is_ours or amount <= 0:
        raise NotPlayed("Only the one item of a subscription changes, by month and in euros.")
    changed = {**item["price"], "id": stripe_objects.new_id("price"), "unit_amount": amount}
    return {**items, "data": [{**item, "price": changed}]}


def _pause(wanted: Any) -> Body | None:
    if not wanted:
        return None
    if not isinstance(wanted, dict) or wanted.get("behavior") != "void":
        raise NotPlayed("Only pause_collection[behavior]=void is played here.")
    until = wanted.get("resumes_at")
    return {"behavior": "void", "resumes_at": int(until) if until else None}


def _month(subscription_id: str) -> tuple[Body, Body]:
    """The subscription and its open invoice, made for the next month when the last one is closed."""
    subscription = _resumed(_locked(subscription_id))
    invoice = stripe_objects.locked(subscription["latest_invoice"], "invoice")
    if invoice is None or invoice["status"] != "open":
        invoice = stripe_objects.keep(stripe_objects.invoice(subscription, reason="subscription_cycle"))
        subscription["latest_invoice"] = invoice["id"]
        stripe_objects.keep(subscription)
    return subscription, invoice


def _resumed(subscription: Body) -> Body:
    """The subscription, its pause lifted when the time told with it has come."""
    pause = subscription["pause_collection"]
    if pause and pause["resumes_at"] and pause["resumes_at"] <= stripe_objects.now():
        stripe_objects.keep(subscription | {"pause_collection": None})
        subscription["pause_collection"] = None
        announce("customer.subscription.updated", subscription, previous={"pause_collection": pause})
    return subscription


def _void(invoice: Body) -> Body:
    invoice |= {"status": "void", "next_payment_attempt": None}
    stripe_objects.keep(invoice)
    announce("invoice.voided", invoice)
    return invoice


def _locked(subscription_id: str) -> Body:
    found = stripe_objects.locked(subscription_id, "subscription")
    if found is None or found["status"] == "canceled":
        raise NoSuchSubscription(subscription_id)
    return {"pause_collection": None, "default_payment_method": None, **found}


def _intent_of(invoice: Body) -> Body:
    """The payment intent of an invoice: it carries no metadata of ours, only the invoice's id."""
    payable = {
        "amount_total": invoice["total"],
        "currency": "eur",
        "payment_intent_data": {},
        "payment_method_types": ["card", "sepa_debit"],
    }
    intent = stripe_objects.payment_intent(payable)
    intent["payment_details"] = {"customer_reference": None, "order_reference": invoice["id"]}
    return stripe_objects.keep(intent)
