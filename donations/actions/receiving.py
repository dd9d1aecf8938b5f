"""The inbox: every rightly signed delivery is kept as it came, then acted on or parked with its reason.

One transaction: the row, a savepoint, the act. When the act fails, the savepoint is undone and the row stays,
parked: nothing is lost and nothing half done. Only a database in trouble undoes all of it, so that Stripe tries again.
"""

import hashlib
import logging
import traceback
from collections.abc import Callable

from django.db import OperationalError, transaction
from django.db.models import F

from donations import stripe_gateway
from donations.actions.confirming import Outcome, confirm_gift, fail_gift, wait_for_bank
from donations.actions.payouts import record_payout
from donations.models import Gift, PaymentAttempt, ProviderEvent
from donations.models.inbox import EventState
from donations.reasons import EventParked
from donations.stripe_events import (
    Event,
    NotAnEvent,
    Payment,
    id_of,
    payment_of_intent,
    payment_of_session,
    read_event,
)
from fund import clock, vault
from fund.ledger import CauseConflict

logger = logging.getLogger(__name__)

# Types that repeat what another event says, or that say nothing about our money.
INFORMATION = {
    "balance.available",
    "charge.pending",
    "charge.succeeded",
    "charge.updated",
    "charge.failed",
    "customer.created",
    "customer.updated",
    "mandate.updated",
    "payment_intent.created",
    "payment_intent.requires_action",
    "payment_method.attached",
    "payout.created",
    "payout.reconciliation_completed",
    "payout.updated",
}
NOT_HANDLED = (
    ("charge.dispute.", "dispute_not_handled"),
    ("charge.refund", "refund_not_handled"),
    ("refund.", "refund_not_handled"),
    ("customer.subscription.", "subscription_not_handled"),
    ("invoice", "invoice_not_handled"),
    ("payout.", "payout_not_handled"),
)


def receive_event(*, raw: bytes, payload: object) -> ProviderEvent:
    """Keeps one delivery and acts on it; the same delivery again is counted, and tried again only if it was parked.

    `raw` is the body whose signature was checked, `payload` its parsed JSON (None when it is none).
    Raises OperationalError when the database cannot work now: nothing is kept, Stripe delivers again.
    """
    try:
        event = read_event(payload)
    except NotAnEvent:
        event = None
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
            _act_on(row, event)
        return row


def _act_on(row: ProviderEvent, event: Event | None) -> None:
    """Acts inside a savepoint and writes the outcome on the row."""
    row.state, row.reason, row.note = EventState.PARKED, "", ""
    try:
        with transaction.atomic():
            outcome = _dispatch(event)
    except EventParked as parked:
        row.reason, row.gift = parked.reason, parked.gift
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
        row.state, row.gift, row.note = EventState.ACTED, outcome.gift, outcome.note
    row.save(update_fields=["state", "reason", "note", "gift"])


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


def _completed(event: Event) -> Outcome:
    """The donor finished the pay page: paid by card, or only promised by a debit (`payment_status` tells)."""
    status = event.body.get("payment_status")
    if event.body.get("mode") != "payment":
        raise EventParked("subscription_not_handled")
    if status == "paid":
        return _paid(event, payment_of_session(event.body))
    gift, _attempt = _gift_of(payment_of_session(event.body))
    if status != "unpaid":
        raise EventParked("no_payment", gift)
    return wait_for_bank(gift=gift, created=event.created)


def _session_paid(event: Event) -> Outcome:
    """A delayed method arrived; the object itself must say so too."""
    payment = payment_of_session(event.body)
    if event.body.get("payment_status") != "paid":
        raise EventParked("no_payment", _gift_of(payment)[0])
    return _paid(event, payment)


def _intent_paid(event: Event) -> Outcome:
    payment = payment_of_intent(event.body)
    if event.body.get("status") != "succeeded":
        raise EventParked("no_payment", _gift_of(payment)[0])
    return _paid(event, payment)


def _paid(event: Event, payment: Payment) -> Outcome:
    gift, attempt = _gift_of(payment)
    outcome = confirm_gift(
        gift=gift,
        payment_intent_id=payment.payment_intent_id,
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        created=event.created,
    )
    _note_ids(attempt, payment)
    return outcome


def _intent_waits(event: Event) -> Outcome:
    gift, _attempt = _gift_of(payment_of_intent(event.body))
    return wait_for_bank(gift=gift, created=event.created)


def _failure(read: Callable[[dict[str, object]], Payment], why: str) -> Callable[[Event], Outcome]:
    def handle(event: Event) -> Outcome:
        gift, attempt = _gift_of(read(event.body))
        return fail_gift(gift=gift, attempt=attempt, why=why, created=event.created)

    return handle


def _payout_paid(event: Event) -> Outcome:
    amount, currency = event.body.get("amount"), event.body.get("currency")
    record_payout(
        payout_id=event.object_id,
        amount_cents=amount if type(amount) is int else None,
        currency=str(currency),
        created=event.created,
    )
    return Outcome()


HANDLERS: dict[str, Callable[[Event], Outcome]] = {
    "checkout.session.completed": _completed,
    "checkout.session.async_payment_succeeded": _session_paid,
    "checkout.session.async_payment_failed": _failure(payment_of_session, "refused"),
    "checkout.session.expired": _failure(payment_of_session, "expired"),
    "payment_intent.succeeded": _intent_paid,
    "payment_intent.processing": _intent_waits,
    "payment_intent.payment_failed": _failure(payment_of_intent, "declined"),
    "payment_intent.canceled": _failure(payment_of_intent, "cancelled"),
    "payout.paid": _payout_paid,
}


def _gift_of(payment: Payment) -> tuple[Gift, PaymentAttempt | None]:
    """The gift a payment is for, by our own reference and by the ids we know; both must agree.

    The event may come before the id was written by the request that made the session (failure 4): then the
    reference and the number of the attempt, which Stripe gives back, find it.
    Raises EventParked (unknown_gift, gift_mismatch).
    """
    attempt = _attempt_by_id(payment)
    named = Gift.objects.filter(reference=payment.reference).first() if payment.reference else None
    if attempt is not None and named is not None and attempt.gift_id != named.pk:
        raise EventParked("gift_mismatch", attempt.gift)
    gift = named or (attempt.gift if attempt else None)
    if gift is None:
        raise EventParked("unknown_gift")
    if attempt is None and payment.attempt_number is not None:
        attempt = gift.attempts.filter(number=payment.attempt_number).first()
    return gift, attempt


def _attempt_by_id(payment: Payment) -> PaymentAttempt | None:
    attempts = PaymentAttempt.objects.select_related("gift")
    if payment.session_id:
        found = attempts.filter(session_id=payment.session_id).first()
        if found is not None:
            return found
    return attempts.filter(payment_intent_id=id_of(payment.payment_intent_id) or None).first()


def _note_ids(attempt: PaymentAttempt | None, payment: Payment) -> None:
    """Writes the provider's ids that the attempt does not have yet; what is written stays."""
    if attempt is None:
        return
    attempt = PaymentAttempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    attempt.session_id = attempt.session_id or payment.session_id or None
    attempt.payment_intent_id = attempt.payment_intent_id or payment.payment_intent_id or None
    attempt.save(update_fields=["session_id", "payment_intent_id"])
