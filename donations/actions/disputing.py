"""Disputes: money a bank takes back while it decides, then returns or keeps.

Opened: D 4674 / C 51151, out of what is left at once. Won: back. Lost: D 75411 / C 4674, raised falls. The state only
moves forward, and a dispute first heard of when it was closed is booked as opened, then closed: each order of events
ends in one ledger. `funds_withdrawn` and `funds_reinstated` tell the same facts a second time.

After a partial refund a bank may contest what is left. More than that is not booked, even where a bank took it: a
gift cannot lose more than it brought, so a person has to look (and contest it: the donor would be paid twice).
"""

from datetime import datetime

from django.db import transaction

from donations.actions import standing
from donations.actions.confirming import Outcome, moment_of
from donations.actions.received import SUBJECT, gift_of_payment, left_of, settle
from donations.actions.undoing import undo_rest
from donations.models import Dispute, Gift
from donations.models.reversals import DisputeState
from donations.reasons import EventParked
from donations.stripe_events import DisputeFacts
from donations.workflow import DISPUTE
from fund import audit, chart, clock, ledger, workflow
from fund.models.ledger import Kind

STATE_OF: dict[str, str] = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.CLOSED,
    "prevented": DisputeState.CLOSED,
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
STEPS_TO: dict[str, tuple[str, ...]] = {
    DisputeState.INQUIRY: (),
    DisputeState.CLOSED: ("close",),
    DisputeState.OPEN: ("open",),
    DisputeState.WON: ("open", "win"),
    DisputeState.LOST: ("open", "lose"),
}
FINAL = (DisputeState.WON, DisputeState.LOST)
# Each step that moves money: kind, debit, credit.
ENTRIES = {
    "open": (Kind.DISPUTE_OPENED, chart.DISPUTED_GIFTS, chart.STRIPE),
    "win": (Kind.DISPUTE_WON, chart.STRIPE, chart.DISPUTED_GIFTS),
    "lose": (Kind.DISPUTE_LOST, chart.GIFTS, chart.DISPUTED_GIFTS),
}


def record_dispute(*, dispute: DisputeFacts, created: datetime) -> Outcome:
    """What an event of the time `created` (UTC) says about one dispute, with its fees, each counted once.

    Raises EventParked: unknown_gift (taken up with the payment), dispute_too_large (taken up with the next refund or
    dispute of the same payment), dispute_status, dispute_amount, dispute_changed, currency_mismatch; CauseConflict
    when the id came with another amount.
    """
    with transaction.atomic():
        gift = workflow.lock(Gift, gift_of_payment(dispute.payment_id).pk)
        wanted = _checked_state(dispute, gift)
        row = Dispute.objects.filter(stripe_id=dispute.id).first()
        is_new = row is None
        if row is None:
            row = _make_row(dispute, gift)
        elif row.gift_id != gift.pk or row.amount_cents != dispute.amount_cents:
            raise ledger.CauseConflict(f"dispute {row.pk} was recorded with another content.")
        if row.state in FINAL and wanted in FINAL and row.state != wanted:
            raise EventParked("dispute_changed", gift)
        before = row.state
        _check_room(row, wanted, gift, dispute.payment_id)
        for step in STEPS_TO[wanted]:
            if row.state in DISPUTE.steps[step].sources:
                _take(step, row, gift, created)
        _book_fees(dispute, gift, row)
        settle(gift)
        undo_rest(gift, because=dispute.id, created=created)
        note = "" if is_new or row.state != before else "already_known"
        return Outcome(gift, note, (dispute.payment_id,))


def _checked_state(dispute: DisputeFacts, gift: Gift) -> str:
    if dispute.currency != "eur":
        raise EventParked("currency_mismatch", gift)
    if dispute.amount_cents is None or dispute.amount_cents <= 0 or not dispute.id:
        raise EventParked("dispute_amount", gift)
    if dispute.amount_cents > gift.amount_cents:
        raise EventParked("dispute_too_large", gift)
    if dispute.status not in STATE_OF:
        raise EventParked("dispute_status", gift)
    return STATE_OF[dispute.status]


def _check_room(row: Dispute, wanted: str, gift: Gift, payment_id: str) -> None:
    """A dispute about to take money needs as much left of the gift; one first heard of when won gave it back."""
    takes = wanted in (DisputeState.OPEN, DisputeState.LOST) and row.state in DISPUTE.steps["open"].sources
    if takes and row.amount_cents > left_of(gift):
        raise EventParked("dispute_too_large", gift, waits_for=payment_id)


def _make_row(dispute: DisputeFacts, gift: Gift) -> Dispute:
    row = Dispute.objects.create(
        stripe_id=dispute.id,
        gift=gift,
        amount_cents=dispute.amount_cents or 0,
        opened_on=clock.paris_date(moment_of(dispute.created)),
        due_at=dispute.due_at,
    )
    audit.record("dispute.recorded", row, by=None, amount_cents=row.amount_cents, gift=gift.pk)
    return row


def _take(step: str, row: Dispute, gift: Gift, created: datetime) -> None:
    """One step forward with its movement; dated by the dispute when it opens, by the event when it closes."""
    closed_on = None if step == "open" else max(clock.paris_date(moment_of(created)), row.opened_on)
    workflow.move(DISPUTE, row, step, by=None, fields={"closed_on": closed_on})
    if step in ENTRIES:
        kind, debit, credit = ENTRIES[step]
        if step == "lose":
            debit = standing.account_of(gift)
        ledger.post(
            cause_key=f"stripe:{row.stripe_id}:{kind.value}",
            debit=debit,
            credit=credit,
            amount_cents=row.amount_cents,
            kind=kind,
            entry_ref=gift.reference,
            occurred_on=closed_on or row.opened_on,
            pocket=gift.pocket,
            subject=ledger.Subject(SUBJECT, str(gift.pk)),
        )


def _book_fees(dispute: DisputeFacts, gift: Gift, row: Dispute) -> None:
    """The provider's fee on a dispute, told with it: D 627 / C 51151 per balance transaction, back if returned."""
    for entry, cents in dispute.fees:
        debit, credit = (chart.FEES, chart.STRIPE) if cents > 0 else (chart.STRIPE, chart.FEES)
        ledger.post(
            cause_key=f"stripe:{entry}:fee",
            debit=debit,
            credit=credit,
            amount_cents=abs(cents),
            kind=Kind.FEE,
            entry_ref=gift.reference,
            occurred_on=row.opened_on,
            pocket=gift.pocket,
            subject=ledger.Subject(SUBJECT, str(gift.pk)),
        )
