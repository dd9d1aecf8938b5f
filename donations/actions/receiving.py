"""The inbox: every rightly signed delivery is kept as it came, then acted on or parked with its reason.

One transaction: the row, a savepoint, the act. When the act fails, the savepoint is undone and the row stays,
parked: nothing is lost and nothing half done. Only a database in trouble undoes all of it, so that Stripe tries again.

Events overtake each other. One that speaks of a payment, an invoice or a subscription not known yet is parked and says
what it waits for; the event that makes it known takes it up. Two that cross at the same instant do not see each
other: the timed work tries the waiting ones again.
"""

import hashlib
import json
import logging
import traceback
from collections.abc import Callable, Iterable
from functools import partial

from django.db import OperationalError, transaction
from django.db.models import F

from donations import stripe_gateway
from donations.actions.confirming import Outcome
from donations.actions.handling import HANDLERS
from donations.actions.intake import confirm_at_once
from donations.models import Gift, ProviderEvent
from donations.models.inbox import EventState
from donations.reasons import EventParked
from donations.stripe_events import Event, NotAnEvent, read_event
from fund import clock, vault
from fund.ledger import CauseConflict

logger = logging.getLogger(__name__)

# Types that repeat what another event says, or that say nothing about our money.
INFORMATION = {
    "balance.available",
    "billing_portal.session.created",
    "charge.captured",
    "charge.pending",
    "charge.updated",
    "customer.created",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.updated",
    "invoice.created",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.payment_action_required",
    "invoice.payment_succeeded",
    "invoice.sent",
    "invoice.upcoming",
    "invoice.updated",
    "invoice.voided",
    "mandate.updated",
    "payment_intent.created",
    "payment_intent.requires_action",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
    "payout.created",
    "payout.reconciliation_completed",
    "payout.updated",
    "setup_intent.canceled",
    "setup_intent.created",
    "setup_intent.requires_action",
    "setup_intent.setup_failed",
    "setup_intent.succeeded",
}
NOT_HANDLED = (("payout.", "payout_not_handled"),)
AT_ONCE = 200


def receive_event(*, raw: bytes, payload: object) -> ProviderEvent:
    """Keeps one delivery and acts on it; the same delivery again is counted, and tried again only if it was parked.

    `raw` is the body whose signature was checked, `payload` its parsed JSON (None when it is none).
    Raises OperationalError when the database cannot work now: nothing is kept, Stripe delivers again.
    """
    try:
        event = read_event(payload)
    except NotAnEvent:
        event = None
    counted = confirm_at_once(raw=raw, event=event) if event else None
    if counted is not None:
        return counted
    with transaction.atomic():
        row, is_new = ProviderEvent.objects.get_or_create(
            delivery_key=event.delivery_key if event else hashlib.sha256(raw).hexdigest(),
            defaults={
                "event_id": event.id if event else "",
                "event_type": event.type if event else "not_an_event",
                "api_version": event.api_version if event else "",
                "object_id": event.object_id if event else "",
                "occurred_at": event.created if event else None,
                "payload_sealed": vault.seal_bytes(raw),
                "received_at": clock.moment(),
            },
        )
        if not is_new:
            row = ProviderEvent.objects.select_for_update(of=("self",)).get(pk=row.pk)
            ProviderEvent.objects.filter(pk=row.pk).update(deliveries=F("deliveries") + 1)
        if is_new or row.state == EventState.PARKED:
            _take_up(_act_on(row, lambda: event))
        return row


def take_up_waiting_events() -> str:
    """Timed work: acts again on the parked events that wait for something; each in its own transaction."""
    waiting = ProviderEvent.objects.filter(state=EventState.PARKED).exclude(waits_for="").order_by("-pk")
    taken = 0
    for pk in list(waiting.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            row = ProviderEvent.objects.select_for_update(of=("self",)).get(pk=pk)
            if row.state == EventState.PARKED:
                _take_up(_act_on(row, partial(_event_of, row)))
                taken += row.state == EventState.ACTED
    return f"{taken} taken up"


def _take_up(known: Iterable[str]) -> None:
    """Acts on the parked events that waited for one of the `known` ids, and on those that these make known in turn.

    A row that another process holds is left to it: it will see what is known when its turn comes.
    """
    ids = {name for name in known if name}
    while ids:
        rows = ProviderEvent.objects.select_for_update(of=("self",), skip_locked=True)
        waiting = rows.filter(state=EventState.PARKED, waits_for__in=ids).order_by("occurred_at", "pk")
        more: set[str] = set()
        for row in waiting:
            more.update(_act_on(row, partial(_event_of, row)))
        ids = more


def _event_of(row: ProviderEvent) -> Event:
    """The event of a row that waits: it was read once already."""
    return read_event(json.loads(vault.open_bytes(row.payload_sealed)))


def _act_on(row: ProviderEvent, read: Callable[[], Event | None]) -> tuple[str, ...]:
    """Reads and acts inside a savepoint and writes the outcome on the row; the provider's ids that are known since.

    Whatever goes wrong is this row's own matter: another event that is acted on beside it is not touched.
    """
    row.state, row.reason, row.note, row.waits_for = EventState.PARKED, "", "", ""
    brings: tuple[str, ...] = ()
    try:
        with transaction.atomic():
            outcome = _dispatch(read())
    except EventParked as parked:
        _park(row, parked)
    except CauseConflict:
        row.reason = "cause_conflict"
    except OperationalError:
        raise
    except Exception as error:
        row.reason = f"unexpected: {type(error).__name__}"[:60]
        place = traceback.extract_tb(error.__traceback__)[-1]
        # Never the error's own text: a database quotes values in it.
        logger.error("event row %s was parked: %s, %s line %s", row.pk, row.reason, place.name, place.lineno)
    else:
        brings = outcome.brings
        if outcome.parked is None:
            row.state, row.gift, row.note = EventState.ACTED, outcome.gift, outcome.note
        else:
            _park(row, outcome.parked)
    row.save(update_fields=["state", "reason", "note", "gift", "waits_for"])
    return brings


def _park(row: ProviderEvent, parked: EventParked) -> None:
    row.reason, row.gift, row.waits_for = parked.reason, _still_there(parked.gift), parked.waits_for


def _still_there(gift: Gift | None) -> Gift | None:
    """The gift, unless it was made by the act that was just undone: a row that names it would be refused at COMMIT."""
    return gift if gift is not None and Gift.objects.filter(pk=gift.pk).exists() else None


def _dispatch(event: Event | None) -> Outcome:
    """Raises EventParked for what is no event, of the other mode, or not handled."""
    if event is None:
        raise EventParked("not_an_event")
    if event.is_live != stripe_gateway.expects_live_events():
        raise EventParked("livemode")
    if event.type in HANDLERS:
        return HANDLERS[event.type](event)
    if event.type in INFORMATION:
        return Outcome(note="information")
    raise EventParked(
        next((code for start, code in NOT_HANDLED if event.type.startswith(start)), "not_handled")
    )
