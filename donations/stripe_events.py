"""Reads what Stripe sends, of any API version, into plain facts. Pure: no database, no network.

Samples of 2017 to 2026 differ in what they carry (`charges` or `latest_charge`, ids expanded to objects or not):
only the fields read here matter, and each may be missing.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

ID_LENGTH = 120
# JSON may hold both as escapes: PostgreSQL stores no NUL, and a lone surrogate cannot be written as UTF-8.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


class NotAnEvent(ValueError):
    """The payload is JSON, or not even that, but no event object."""


@dataclass(frozen=True)
class Event:
    """One event. `created` is UTC; `body` is the object it is about."""

    id: str
    type: str
    created: datetime
    is_live: bool
    api_version: str
    object_id: str
    body: dict[str, Any]

    @property
    def delivery_key(self) -> str:
        """SHA-256 over id, type, object and creation: old samples share one id (failure 6)."""
        content = [self.id, self.type, self.object_id, int(self.created.timestamp())]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True)
class Payment:
    """What a Checkout Session or a Payment Intent says about one payment. `amount_cents` in `currency` (lower case)."""

    session_id: str
    payment_intent_id: str
    amount_cents: int | None
    currency: str
    reference: str
    attempt_number: int | None


@dataclass(frozen=True)
class RefundFacts:
    """What is said about one refund. `payment_id` is the payment intent it gives back; `created` is UTC."""

    id: str
    payment_id: str
    amount_cents: int | None
    currency: str
    status: str
    created: datetime


@dataclass(frozen=True)
class DisputeFacts:
    """What is said about one dispute. `fees` are (balance transaction, cents), negative when a fee comes back."""

    id: str
    payment_id: str
    amount_cents: int | None
    currency: str
    status: str
    created: datetime
    due_at: datetime | None
    fees: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class InvoiceFacts:
    """One month of a subscription. `payment_id` is empty in the newest shape: another event ties the payment."""

    id: str
    subscription_id: str
    reference: str
    amount_cents: int | None
    currency: str
    payment_id: str
    is_renewal: bool
    tries: int


def read_event(payload: object) -> Event:
    """The event in a parsed JSON body. Raises NotAnEvent for bare objects, arrays and incomplete envelopes."""
    if not isinstance(payload, dict) or payload.get("object") != "event":
        raise NotAnEvent("no event object")
    data = payload.get("data")
    body = data.get("object") if isinstance(data, dict) else None
    event_id, event_type, created = payload.get("id"), payload.get("type"), payload.get("created")
    if not isinstance(body, dict) or type(created) is not int or not 0 <= created < 2**33:
        raise NotAnEvent("no object or no date in the envelope")
    if not _text(event_id) or not _text(event_type) or len(str(event_type)) > 80:
        raise NotAnEvent("no id or no type in the envelope")
    return Event(
        id=_text(event_id),
        type=_text(event_type),
        created=datetime.fromtimestamp(created, tz=UTC),
        is_live=payload.get("livemode") is True,
        api_version=_text(payload.get("api_version"))[:40],
        object_id=_text(body.get("id")),
        body=body,
    )


def payment_of_session(body: dict[str, Any]) -> Payment:
    """The payment of a `checkout.session` object."""
    metadata = _metadata(body)
    return Payment(
        session_id=_text(body.get("id")),
        payment_intent_id=id_of(body.get("payment_intent")),
        amount_cents=_cents(body.get("amount_total")),
        currency=_text(body.get("currency")).lower(),
        reference=_text(metadata.get("gift")) or _text(body.get("client_reference_id")),
        attempt_number=_number(metadata.get("attempt")),
    )


def payment_of_intent(body: dict[str, Any]) -> Payment:
    """The payment of a `payment_intent` object; the amount is what was received, not what was asked."""
    metadata = _metadata(body)
    return Payment(
        session_id="",
        payment_intent_id=_text(body.get("id")),
        amount_cents=_cents(body.get("amount_received")),
        currency=_text(body.get("currency")).lower(),
        reference=_text(metadata.get("gift")),
        attempt_number=_number(metadata.get("attempt")),
    )


def refund_of(body: dict[str, Any], *, payment_id: str = "", created: datetime) -> RefundFacts:
    """The facts of a `refund` object; `payment_id` and `created` stand in for what an old shape leaves out."""
    return RefundFacts(
        id=_text(body.get("id")),
        payment_id=id_of(body.get("payment_intent")) or payment_id,
        amount_cents=_cents(body.get("amount")),
        currency=_text(body.get("currency")).lower(),
        status=_text(body.get("status")),
        created=moment_in(body.get("created")) or created,
    )


def refunds_of_charge(body: dict[str, Any], *, created: datetime) -> list[RefundFacts] | None:
    """All refunds listed in a `charge` object; None when the list is absent (newer shapes) or not whole."""
    refunds = body.get("refunds")
    listed = refunds.get("data") if isinstance(refunds, dict) else None
    if not isinstance(listed, list) or not isinstance(refunds, dict) or refunds.get("has_more"):
        return None
    payment_id = id_of(body.get("payment_intent"))
    return [refund_of(one, payment_id=payment_id, created=created) for one in listed if isinstance(one, dict)]


def means_of(charge: dict[str, Any]) -> str:
    """The means of payment of a `charge` object, in the provider's word; empty when an old shape does not tell."""
    details = charge.get("payment_method_details")
    return _text(details.get("type"))[:30] if isinstance(details, dict) else ""


def card_of(charge: dict[str, Any]) -> str:
    """The provider's fingerprint of the card that a `charge` object is of; empty when there is none."""
    details = charge.get("payment_method_details")
    card = details.get("card") if isinstance(details, dict) else None
    return _text(card.get("fingerprint")) if isinstance(card, dict) else ""


def dispute_of(body: dict[str, Any], *, created: datetime) -> DisputeFacts:
    """The facts of a `dispute` object."""
    entries = body.get("balance_transactions")
    listed = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    fees = [
        (_text(one.get("id")), _cents(one.get("fee")) or 0) for one in listed if one.get("currency") == "eur"
    ]
    evidence = body.get("evidence_details")
    return DisputeFacts(
        id=_text(body.get("id")),
        payment_id=id_of(body.get("payment_intent")),
        amount_cents=_cents(body.get("amount")),
        currency=_text(body.get("currency")).lower(),
        status=_text(body.get("status")),
        created=moment_in(body.get("created")) or created,
        due_at=moment_in(evidence.get("due_by")) if isinstance(evidence, dict) else None,
        fees=tuple((entry, cents) for entry, cents in fees if entry and cents),
    )


def invoice_of(body: dict[str, Any]) -> InvoiceFacts:
    """The facts of an `invoice` object: since 2025 its subscription stands under `parent`."""
    parent = body.get("parent")
    details = parent.get("subscription_details") if isinstance(parent, dict) else None
    details = details if isinstance(details, dict) else body.get("subscription_details")
    details = details if isinstance(details, dict) else {}
    return InvoiceFacts(
        id=_text(body.get("id")),
        subscription_id=id_of(details.get("subscription")) or id_of(body.get("subscription")),
        reference=_text(_metadata(details).get("gift")),
        amount_cents=_cents(body.get("amount_paid")),
        currency=_text(body.get("currency")).lower(),
        payment_id=id_of(body.get("payment_intent")),
        is_renewal=body.get("billing_reason") == "subscription_cycle",
        tries=_cents(body.get("attempt_count")) or 0,
    )


def invoice_of_session(body: dict[str, Any]) -> InvoiceFacts:
    """The first month, as the completed `checkout.session` of a subscription tells it."""
    return InvoiceFacts(
        id=id_of(body.get("invoice")),
        subscription_id=id_of(body.get("subscription")),
        reference=payment_of_session(body).reference,
        amount_cents=_cents(body.get("amount_total")),
        currency=_text(body.get("currency")).lower(),
        payment_id="",
        is_renewal=False,
        tries=0,
    )


def payment_of_invoice_payment(body: dict[str, Any]) -> str:
    """The payment intent in an `invoice_payment` object; empty when it was paid otherwise."""
    payment = body.get("payment")
    return id_of(payment.get("payment_intent")) if isinstance(payment, dict) else ""


def is_of_an_invoice(body: dict[str, Any]) -> bool:
    """Whether a payment intent pays an invoice, whose own event tells the rest."""
    details = body.get("payment_details")
    reference = _text(details.get("order_reference")) if isinstance(details, dict) else ""
    return reference.startswith("in_") or bool(id_of(body.get("invoice")))


def reference_of(body: dict[str, Any]) -> str:
    """The gift an object names in its metadata; empty when it names none."""
    return _text(_metadata(body).get("gift"))


def id_of(value: object) -> str:
    """The id in a field that holds one, or the object itself when it came expanded."""
    return _text(value.get("id")) if isinstance(value, dict) else _text(value)


def _metadata(body: dict[str, Any]) -> dict[str, Any]:
    metadata = body.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _text(value: object) -> str:
    """The string, or nothing for what is none, or too long or too odd (NUL, half a character) for a column."""
    good = isinstance(value, str) and len(value) <= ID_LENGTH and not _NO_TEXT.search(value)
    return str(value) if good else ""


def _cents(value: object) -> int | None:
    return value if type(value) is int else None


def moment_in(value: object) -> datetime | None:
    """Stripe's seconds as an instant (UTC); None for anything else."""
    return datetime.fromtimestamp(value, tz=UTC) if type(value) is int and 0 < value < 2**33 else None


def _number(value: object) -> int | None:
    text = _text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None
