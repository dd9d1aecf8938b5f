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

from donations.actions.pledging import Pledge, pledge_gift
from donations.models import Gift, PaymentAttempt, ProviderEvent
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


def post_event(sent: dict[str, Any]) -> ProviderEvent:
    """Posts an event that must be answered by 200; the row it left."""
    answer = post_raw(json.dumps(sent).encode())
    assert answer.status_code == 200
    row = ProviderEvent.objects.get(event_id=sent["id"], event_type=sent["type"])
    assert row.state == answer.json()["state"]
    return row
