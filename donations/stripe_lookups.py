"""What is asked of Stripe afterwards: the events it could not deliver, and what a payment is now.

Beside `stripe_gateway`, by the same rules: never inside a transaction, errors without Stripe's text. Nothing here
changes anything at Stripe.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import stripe

from donations import stripe_events, stripe_gateway
from donations.stripe_events import InvoiceFacts, Payment, id_of, moment_in

PAGE_SIZE = 100
LAST_INVOICES = 12
NOT_FOUND = 404


@dataclass(frozen=True)
class Intent:
    """A payment as it is now. `amount_cents` is what was received; `paid_at` (UTC) when its money came, which is days
    after a debit was ordered."""

    id: str
    status: str
    amount_cents: int | None
    currency: str
    paid_at: datetime | None


@dataclass(frozen=True)
class PayPage:
    """A Checkout Session as it is now: open, complete or expired; `intent` once somebody tried to pay once."""

    status: str
    is_paid: bool
    payment: Payment
    intent: Intent | None
    subscription_id: str


@dataclass(frozen=True)
class Invoice:
    """A month as it is now, with the payment that paid it; `paid_at` is UTC."""

    facts: InvoiceFacts
    status: str
    paid_at: datetime | None


def undelivered_events(since: datetime) -> Iterator[dict[str, Any]]:
    """The events that no answer of ours took, the newest first; Stripe lists thirty days at most.

    Raises ProviderUnavailable, before the first one or between two.
    """
    client = stripe_gateway.client()
    asked: Any = {
        "delivery_success": False,
        "created": {"gte": int(since.timestamp())},
        "limit": PAGE_SIZE,
    }
    page = _call(lambda: client.v1.events.list(asked))
    while True:
        listed = [one.to_dict() for one in page.data]
        yield from listed
        if not page.has_more or not listed:
            return
        following: Any = {**asked, "starting_after": listed[-1]["id"]}
        page = _call(lambda: client.v1.events.list(following))  # noqa: B023 - called at once


def read_page(session_id: str) -> PayPage | None:
    """None when Stripe knows no such page. Raises ProviderUnavailable."""
    client = stripe_gateway.client()
    expand: Any = {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    body = _body(lambda: client.v1.checkout.sessions.retrieve(session_id, expand))
    if body is None:
        return None
    intent = body.get("payment_intent")
    return PayPage(
        status=id_of(body.get("status")),
        is_paid=body.get("payment_status") == "paid",
        payment=stripe_events.payment_of_session(body),
        intent=_intent(intent) if isinstance(intent, dict) else None,
        subscription_id=id_of(body.get("subscription")),
    )


def read_intent(intent_id: str) -> Intent | None:
    """None when Stripe knows no such payment. Raises ProviderUnavailable."""
    client = stripe_gateway.client()
    expand: Any = {"expand": ["latest_charge.balance_transaction"]}
    body = _body(lambda: client.v1.payment_intents.retrieve(intent_id, expand))
    return _intent(body) if body is not None else None


def read_invoice(invoice_id: str) -> Invoice | None:
    """None when Stripe knows no such invoice. Raises ProviderUnavailable."""
    client = stripe_gateway.client()
    body = _body(lambda: client.v1.invoices.retrieve(invoice_id))
    return _invoice(body) if body is not None else None


def paid_invoices(subscription_id: str) -> list[Invoice]:
    """The last months that were paid, the oldest first, each with its payment. Raises ProviderUnavailable."""
    client = stripe_gateway.client()
    asked: Any = {"subscription": subscription_id, "status": "paid", "limit": LAST_INVOICES}
    listed = [_invoice(one.to_dict()) for one in _call(lambda: client.v1.invoices.list(asked)).data]
    return [_with_payment(one) for one in reversed(listed)]


def _with_payment(invoice: Invoice) -> Invoice:
    """The invoice naming its payment, which newer ones do not do by themselves."""
    facts = invoice.facts
    if facts.payment_id:
        return invoice
    return replace(invoice, facts=replace(facts, payment_id=stripe_gateway.payment_of_invoice(facts.id)))


def _intent(body: dict[str, Any]) -> Intent:
    charge = body.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    entry = charge.get("balance_transaction")
    entry = entry if isinstance(entry, dict) else {}
    payment = stripe_events.payment_of_intent(body)
    return Intent(
        id=payment.payment_intent_id,
        status=id_of(body.get("status")),
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        # The charge of a debit is as old as its order: the money came with its entry in the balance.
        paid_at=moment_in(entry.get("created"))
        or moment_in(charge.get("created"))
        or moment_in(body.get("created")),
    )


def _invoice(body: dict[str, Any]) -> Invoice:
    moments = body.get("status_transitions")
    moments = moments if isinstance(moments, dict) else {}
    return Invoice(
        facts=stripe_events.invoice_of(body),
        status=id_of(body.get("status")),
        paid_at=moment_in(moments.get("paid_at")) or moment_in(body.get("created")),
    )


def _body(call: Callable[[], Any]) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = call().to_dict()
    except stripe.StripeError as error:
        if error.http_status == NOT_FOUND:
            return None
        raise stripe_gateway.unavailable(error) from error
    return found


def _call(call: Callable[[], Any]) -> Any:
    with stripe_gateway.answered():
        return call()
