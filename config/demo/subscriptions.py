"""Subscriptions at the stand-in: a month is an invoice, paid or not; the subscription goes on until it is ended.

Called inside the transaction of a pay page (`begin`, `pay_open_invoice`), or alone for what happens months later.
"""

from django.db import transaction

from config.demo import stripe_objects
from config.demo.collecting import announce, collect
from config.demo.stripe_objects import Body


class NoSuchSubscription(LookupError):
    """No running subscription has this id."""


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
    }
    stripe_objects.keep(invoice)
    tie = stripe_objects.keep(stripe_objects.invoice_payment(invoice, intent))
    stripe_objects.keep({**subscription, "status": "active"})
    announce("payment_intent.succeeded", intent)
    announce("invoice.paid", invoice)
    announce("invoice_payment.paid", tie)
    return invoice


def renew(subscription_id: str) -> Body:
    """The month is paid: the open invoice of a failed try, or the next one. Raises NoSuchSubscription."""
    with transaction.atomic():
        _month(subscription_id)
        return pay_open_invoice(subscription_id, method="card") or {}


def fail_renewal(subscription_id: str) -> Body:
    """One try to take the month fails; the invoice stays open. Raises NoSuchSubscription."""
    with transaction.atomic():
        subscription, invoice = _month(subscription_id)
        tries = invoice["attempt_count"] + 1
        next_try = stripe_objects.now() + 3 * stripe_objects.DAY
        invoice |= {"attempted": True, "attempt_count": tries, "next_payment_attempt": next_try}
        stripe_objects.keep(invoice)
        stripe_objects.keep({**subscription, "status": "past_due"})
        announce("invoice.payment_failed", invoice)
        return invoice


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


def _month(subscription_id: str) -> tuple[Body, Body]:
    """The subscription and its open invoice, made for the next month when the last one is paid."""
    subscription = _locked(subscription_id)
    invoice = stripe_objects.locked(subscription["latest_invoice"], "invoice")
    if invoice is None or invoice["status"] != "open":
        invoice = stripe_objects.keep(stripe_objects.invoice(subscription, reason="subscription_cycle"))
        subscription["latest_invoice"] = invoice["id"]
        stripe_objects.keep(subscription)
    return subscription, invoice


def _locked(subscription_id: str) -> Body:
    found = stripe_objects.locked(subscription_id, "subscription")
    if found is None or found["status"] == "canceled":
        raise NoSuchSubscription(subscription_id)
    return found


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
