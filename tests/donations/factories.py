"""Gifts, and events as the provider sends them, signed and posted to the real endpoint."""

import json
import time
import uuid
from itertools import count
from typing import Any

import stripe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from donations.actions.pledging import Pledge, pledge_gift
from donations.actions.receiving import receive_event
from donations.actions.thanking import thank_donor
from donations.models import CardAlert, Gift, PaymentAttempt, ProviderEvent
from fund import clock
from fund.models import Pocket

EMAIL = "donatrice@example.org"
_numbers = count(1)


def make_pledge(pocket: Pocket, **values: Any) -> Pledge:
    given = {
        "amount_cents": 5_000,
        "pocket": pocket,
        "first_name": "Zoé",
        "last_name": "Essai",
        "email": EMAIL,
        "language": "fr",
    }
    return Pledge(**{**given, **values})


def make_gift(pocket: Pocket, **values: Any) -> Gift:
    """A gift promised, not paid."""
    return pledge_gift(pledge=make_pledge(pocket, **values), form_token=uuid.uuid4())


def shown_the_page(client: Client) -> Client:
    """A browser that was shown the giving page, as every donor's was before anything is sent."""
    client.get(reverse("give"))
    return client


def make_attempt(gift: Gift, *, number: int = 1, session_id: str | None = None) -> PaymentAttempt:
    return PaymentAttempt.objects.create(
        gift=gift,
        number=number,
        idempotency_key=f"key-{gift.pk}-{number}",
        session_id=session_id,
        created_at=clock.moment(),
    )


def event(event_type: str, body: dict[str, Any], **envelope: Any) -> dict[str, Any]:
    """An event of ours unless told otherwise: test mode, made now."""
    return {
        "id": f"evt_{next(_numbers)}",
        "object": "event",
        "api_version": "2026-07-29.dahlia",
        "created": int(time.time()),
        "data": {"object": body},
        "livemode": False,
        "type": event_type,
        **envelope,
    }


def session_of(gift: Gift, **values: Any) -> dict[str, Any]:
    """A Checkout Session of the gift, completed and paid by card unless told otherwise."""
    return {
        "id": f"cs_test_{gift.pk}",
        "object": "checkout.session",
        "amount_total": gift.amount_cents,
        "client_reference_id": gift.reference,
        "currency": "eur",
        "metadata": {"gift": gift.reference, "attempt": "1"},
        "mode": "payment",
        "payment_intent": f"pi_{gift.pk}",
        "payment_status": "paid",
        "status": "complete",
        **values,
    }


def intent_of(gift: Gift, **values: Any) -> dict[str, Any]:
    """A Payment Intent of the gift that succeeded unless told otherwise."""
    return {
        "id": f"pi_{gift.pk}",
        "object": "payment_intent",
        "amount": gift.amount_cents,
        "amount_received": gift.amount_cents,
        "currency": "eur",
        "metadata": {"gift": gift.reference, "attempt": "1"},
        "status": "succeeded",
        **values,
    }


def refund_of(
    gift: Gift, name: str = "re_1", cents: int = 0, status: str = "succeeded", **values: Any
) -> dict:
    """A refund of the gift's payment, of all of it unless told otherwise."""
    return {
        "id": name,
        "object": "refund",
        "amount": cents or gift.amount_cents,
        "charge": f"ch_{gift.pk}",
        "created": int(time.time()),
        "currency": "eur",
        "payment_intent": f"pi_{gift.pk}",
        "status": status,
        **values,
    }


def charge_of(gift: Gift, refunded_cents: int, **values: Any) -> dict[str, Any]:
    """The gift's charge as the newest version sends it: the sum given back, no list of refunds."""
    return {
        "id": f"ch_{gift.pk}",
        "object": "charge",
        "amount": gift.amount_cents,
        "amount_refunded": refunded_cents,
        "currency": "eur",
        "payment_intent": f"pi_{gift.pk}",
        **values,
    }


def dispute_of(
    gift: Gift, name: str = "du_1", cents: int = 0, status: str = "needs_response", **values: Any
) -> dict[str, Any]:
    """A dispute of the gift's payment, with the provider's fee of 20 €, given back when it is won."""
    amount = cents or gift.amount_cents
    taken = {
        "id": f"txn_{name}_1",
        "amount": -amount,
        "currency": "eur",
        "fee": 2_000,
        "net": -amount - 2_000,
    }
    back = {"id": f"txn_{name}_2", "amount": amount, "currency": "eur", "fee": -2_000, "net": amount + 2_000}
    moves = {"warning_needs_response": [], "warning_closed": [], "won": [taken, back]}
    return {
        "id": name,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": moves.get(status, [taken]),
        "charge": f"ch_{gift.pk}",
        "created": int(time.time()),
        "currency": "eur",
        "evidence_details": {"due_by": int(time.time()) + 86_400},
        "payment_intent": f"pi_{gift.pk}",
        "status": status,
        **values,
    }


def invoice_of(gift: Gift, name: str = "in_1", **values: Any) -> dict[str, Any]:
    """A month of the gift's subscription in the newest shape, paid; the first one unless told otherwise."""
    metadata = {"gift": gift.reference, "attempt": "1"}
    details = {"metadata": metadata, "subscription": f"sub_{gift.pk}"}
    return {
        "id": name,
        "object": "invoice",
        "amount_paid": gift.amount_cents,
        "attempt_count": 1,
        "billing_reason": "subscription_create" if name == "in_1" else "subscription_cycle",
        "currency": "eur",
        "parent": {"subscription_details": details, "type": "subscription_details"},
        "status": "paid",
        **values,
    }


def invoice_payment_of(name: str, payment: str) -> dict[str, Any]:
    """What ties an invoice to the payment intent that paid it."""
    paid_by = {"type": "payment_intent", "payment_intent": payment}
    return {"id": f"inpay_{name}", "object": "invoice_payment", "invoice": name, "payment": paid_by}


def monthly_session_of(gift: Gift, **values: Any) -> dict[str, Any]:
    """The pay page of a subscription, its first month paid by card unless told otherwise."""
    ids = {
        "mode": "subscription",
        "subscription": f"sub_{gift.pk}",
        "invoice": "in_1",
        "payment_intent": None,
    }
    return session_of(gift, **{**ids, **values})


def subscription_of(gift: Gift) -> dict[str, Any]:
    metadata = {"gift": gift.reference, "attempt": "1"}
    return {"id": f"sub_{gift.pk}", "object": "subscription", "metadata": metadata, "status": "canceled"}


def post_raw(
    body: bytes, *, header: str | None = None, secret: str = "", timestamp: int | None = None
) -> Any:
    """Posts a body to the endpoint, rightly signed unless told otherwise."""
    if header is None:
        header = stripe.WebhookSignature.generate_signature_header(
            body.decode(), secret or settings.STRIPE_WEBHOOK_SECRET, timestamp
        )
    return Client(enforce_csrf_checks=True).post(
        reverse("stripe_webhook"),
        data=body,
        content_type="application/json",
        headers={"Stripe-Signature": header},
    )


def take_event(sent: dict[str, Any]) -> ProviderEvent:
    """The event as the endpoint hands it on: for tests of many orders, where the door itself is not the matter."""
    return receive_event(raw=json.dumps(sent).encode(), payload=sent)


def post_event(sent: dict[str, Any]) -> ProviderEvent:
    """Posts an event that must be answered by 200; the row it left."""
    answer = post_raw(json.dumps(sent).encode())
    assert answer.status_code == 200
    row = ProviderEvent.objects.get(event_id=sent["id"], event_type=sent["type"])
    assert row.state == answer.json()["state"]
    return row


def write_thanks() -> None:
    """What the worker does with the thanks that were asked for; a second time adds nothing."""
    for queued in DBTaskResult.objects.filter(task_path__endswith="thank_donor").order_by("enqueued_at"):
        thank_donor.func(*queued.args_kwargs["args"])


def make_alert(**values: Any) -> CardAlert:
    """A sign of stolen cards that nobody has looked at."""
    given = {"kind": "declines", "number": 20, "hour": clock.moment(), "raised_at": clock.moment()}
    return CardAlert.objects.create(**{**given, **values})


def card_charge(name: str, card: str = "", gift: Gift | None = None, **values: Any) -> dict[str, Any]:
    """A charge by card that was declined unless told otherwise; `card` is the provider's fingerprint of it."""
    details = {"type": "card", "card": {"brand": "visa", "fingerprint": card or f"fp_{name}"}}
    return {
        "id": f"ch_{name}",
        "object": "charge",
        "amount": 100,
        "currency": "eur",
        "metadata": {"gift": gift.reference} if gift else {},
        "payment_intent": f"pi_{name}",
        "payment_method_details": details,
        "status": "failed",
        **values,
    }
