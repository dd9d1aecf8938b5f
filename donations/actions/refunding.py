"""Refunds: each counted once by its own id, undone by a linked entry when the bank sends it back.

The provider takes the money from our balance when a refund is asked for, so a pending one counts. What is heard last
does not matter: a state only moves forward (pending, succeeded, failed), and each order of events ends in one ledger.
"""

from datetime import datetime

from django.db import transaction

from donations import notifications
from donations.actions.confirming import Outcome, moment_of
from donations.actions.giving_back import tie_refund
from donations.actions.received import SUBJECT, gift_line, gift_of_payment, left_of, settle
from donations.actions.undoing import undo_rest
from donations.models import Gift, Refund
from donations.models.reversals import RefundState
from donations.reasons import EventParked
from donations.stripe_events import RefundFacts
from donations.workflow import REFUND
from fund import audit, chart, clock, ledger, workflow
from fund.models import Movement
from fund.models.ledger import Kind

# `requires_action` waits for the donor's account; the money has left our balance all the same.
STATE_OF: dict[str, str] = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
STEP_TO: dict[str, str] = {RefundState.SUCCEEDED: "succeed", RefundState.FAILED: "fail"}


def record_refund(*, refund: RefundFacts, created: datetime) -> Outcome:
    """What an event of the time `created` (UTC) says about one refund: D 75411 / C 51151 once, or its undoing.

    Raises EventParked: unknown_gift (taken up with the payment), refund_too_large (taken up with the next refund or
    dispute of the same payment), refund_amount, currency_mismatch; CauseConflict when the id came with another amount.
    """
    wanted = STATE_OF.get(refund.status, RefundState.PENDING)
    with transaction.atomic():
        gift = workflow.lock(Gift, gift_of_payment(refund.payment_id).pk)
        amount_cents = _checked_amount(refund, gift)
        row = Refund.objects.filter(stripe_id=refund.id).first()
        is_new = row is None
        if row is None:
            row = _book(refund, gift, amount_cents, wanted)
            tie_refund(row)
        elif row.gift_id != gift.pk or row.amount_cents != amount_cents:
            raise ledger.CauseConflict(f"refund {row.pk} was recorded with another content.")
        has_moved = _move_to(row, wanted, gift, created)
        settle(gift)
        undo_rest(gift, because=refund.id, created=created)
        if is_new and wanted != RefundState.FAILED:
            notifications.tell_refund(row)
        note = "" if is_new or has_moved else "already_known"
        return Outcome(gift, note, (refund.payment_id,))


def check_refunds_are_known(*, payment_id: str, refunded_cents: int | None) -> Outcome:
    """A charge that tells only the sum given back: fine once each refund behind it is known by its own event.

    Raises EventParked (unknown_gift, refund_amount, refund_to_come).
    """
    gift = gift_of_payment(payment_id)
    known = sum(Refund.objects.filter(gift=gift).values_list("amount_cents", flat=True))
    if refunded_cents is None:
        raise EventParked("refund_amount", gift)
    if refunded_cents > known:
        raise EventParked("refund_to_come", gift, waits_for=payment_id)
    return Outcome(gift, "already_known")


def _checked_amount(refund: RefundFacts, gift: Gift) -> int:
    if refund.currency != "eur":
        raise EventParked("currency_mismatch", gift)
    if refund.amount_cents is None or refund.amount_cents <= 0 or not refund.id:
        raise EventParked("refund_amount", gift)
    return refund.amount_cents


def _book(refund: RefundFacts, gift: Gift, amount_cents: int, wanted: str) -> Refund:
    """The row and the movement. A refund first heard of when it had failed takes no room: it is undone at once."""
    room = gift.amount_cents if wanted == RefundState.FAILED else left_of(gift)
    if amount_cents > room:
        raise EventParked("refund_too_large", gift, waits_for=refund.payment_id)
    row = Refund.objects.create(
        stripe_id=refund.id,
        gift=gift,
        amount_cents=amount_cents,
        happened_on=clock.paris_date(moment_of(refund.created)),
        recorded_at=clock.moment(),
    )
    line = gift_line(gift)
    is_whole = amount_cents == line.amount_cents and not line.reversals.exists()
    ledger.post(
        cause_key=_cause(row),
        debit=line.credit_id,
        credit=chart.STRIPE,
        amount_cents=amount_cents,
        kind=Kind.REFUND,
        entry_ref=gift.reference,
        occurred_on=row.happened_on,
        pocket=gift.pocket,
        subject=ledger.Subject(SUBJECT, str(gift.pk)),
        reverses=line if is_whole else None,
    )
    audit.record("refund.recorded", row, by=None, amount_cents=amount_cents, gift=gift.pk)
    return row


def _move_to(row: Refund, wanted: str, gift: Gift, created: datetime) -> bool:
    """Moves a refund forward; True when it moved. A failed one is given back to the gift by a linked entry."""
    step = STEP_TO.get(wanted)
    if step is None or row.state not in REFUND.steps[step].sources:
        return False
    workflow.move(REFUND, row, step, by=None)
    if wanted == RefundState.FAILED:
        booked = Movement.objects.get(cause_key=_cause(row))
        day = max(clock.paris_date(moment_of(created)), row.happened_on)
        ledger.reverse(booked, cause_key=f"{_cause(row)}:failed", kind=Kind.CORRECTION, occurred_on=day)
        audit.record("refund.failed", row, by=None, amount_cents=row.amount_cents, gift=gift.pk)
    return True


def _cause(row: Refund) -> str:
    return f"stripe:{row.stripe_id}:refund"
