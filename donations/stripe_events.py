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


def _number(value: object) -> int | None:
    text = _text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None
