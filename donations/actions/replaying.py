"""Events that the provider could not deliver, fetched and taken as if they had come: through the same door, once.

The provider tries for three days and lists thirty: what was missed for longer is for `comparing.py` to find.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from donations import stripe_lookups
from donations.actions.receiving import receive_event
from donations.models import ProviderEvent
from donations.models.inbox import EventState
from donations.stripe_events import Event, NotAnEvent, read_event
from donations.stripe_gateway import ProviderUnavailable

LISTED_DAYS = 30
NEW = "new"


@dataclass(frozen=True)
class Missed:
    """An event that no delivery of ours took. `known` is its state here (acted, parked), or new."""

    event_id: str
    event_type: str
    created: datetime | None
    known: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Listing:
    """What was missed, the oldest first. `is_whole` is false when the provider stopped answering in between."""

    missed: tuple[Missed, ...]
    is_whole: bool


def list_missed(*, since_days: int) -> Listing:
    """The undelivered events of the last `since_days` days (thirty at most). Changes nothing."""
    since = timezone.now() - timedelta(days=min(since_days, LISTED_DAYS))
    found: list[Missed] = []
    try:
        found.extend(_missed(stripe_lookups.undelivered_events(since)))
    except ProviderUnavailable:
        return Listing(tuple(reversed(found)), is_whole=False)
    return Listing(tuple(reversed(found)), is_whole=True)


def replay(missed: Missed) -> ProviderEvent:
    """Takes one event as the webhook would; one that was taken before is only counted, or tried again if parked."""
    return receive_event(raw=json.dumps(missed.payload).encode(), payload=missed.payload)


def is_settled(row: ProviderEvent) -> bool:
    """Whether an event was acted on: read anew, since a later one may have taken it up meanwhile."""
    return ProviderEvent.objects.filter(pk=row.pk, state=EventState.ACTED).exists()


def _missed(payloads: Iterator[dict[str, Any]]) -> Iterator[Missed]:
    for payload in payloads:
        event: Event | None
        try:
            event = read_event(payload)
        except NotAnEvent:
            event = None
        known = ""
        if event is not None:
            rows = ProviderEvent.objects.filter(delivery_key=event.delivery_key)
            known = rows.values_list("state", flat=True).first() or NEW
        yield Missed(
            event_id=event.id if event else "",
            event_type=event.type if event else "not_an_event",
            created=event.created if event else None,
            known=known or NEW,
            payload=payload,
        )
