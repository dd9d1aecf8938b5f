"""Stripe's payouts: announced by an event (51151 → 58), then recognised on the bank's statement (58 → 512).

One that our bank refuses comes back (58 → 51151); Stripe sends its money again under another id.
"""

import re
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from donations.actions.confirming import moment_of
from donations.reasons import EventParked
from fund import audit, balances, chart, clock, ledger
from fund.models import BankLine, Movement, Pocket
from fund.models.ledger import Kind
from fund.registry import Claim
from fund.treasury.line_facts import place_of, texts_of

SUBJECT = "payout"
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]")


def record_payout(*, payout_id: str, amount_cents: int | None, currency: str, created: datetime) -> Movement:
    """Stripe sent money to our bank: D 58 / C 51151, once per payout.

    Raises EventParked for another currency, no positive amount, or more than Stripe owes us by the ledger: that one
    is tried again by the timed work, since gifts that it brings may be told later.
    """
    amount_cents = _checked_amount(payout_id, amount_cents, currency)
    with transaction.atomic():
        general = ledger.lock_general_pocket()
        if _booked(payout_id) is None and balances.balance_cents(chart.STRIPE) < amount_cents:
            raise EventParked("payout_too_large", waits_for=payout_id)
        return _book(payout_id, amount_cents, created, general)


def undo_payout(*, payout_id: str, amount_cents: int | None, currency: str, created: datetime) -> Movement:
    """Our bank refused a payout, or it was cancelled: D 51151 / C 58 by a linked entry, once; the money is Stripe's
    again.

    One first heard of now is booked and taken back at once: told later, its sending changes nothing. Its money may
    have left again by another payout, so that it is measured by what Stripe owes us and what it sent.
    Raises EventParked as `record_payout` does, and payout_received when a bank line had said that it arrived.
    """
    amount_cents = _checked_amount(payout_id, amount_cents, currency)
    with transaction.atomic():
        general = ledger.lock_general_pocket()
        booked = _booked(payout_id)
        if booked is None:
            if balances.balance_cents(chart.STRIPE) + _sent_cents() < amount_cents:
                raise EventParked("payout_too_large", waits_for=payout_id)
            booked = _book(payout_id, amount_cents, created, general)
        if Movement.objects.filter(kind=Kind.PAYOUT_RECEIVED, entry_ref=booked.entry_ref).exists():
            raise EventParked("payout_received")
        cause = f"{_cause(payout_id)}:failed"
        known = Movement.objects.filter(cause_key=cause).first()
        if known is not None:
            return known
        day = max(clock.paris_date(moment_of(created)), booked.occurred_on)
        back = ledger.reverse(booked, cause_key=cause, kind=Kind.CORRECTION, occurred_on=day)
        audit.record("payout.failed", back, by=None, amount_cents=back.amount_cents, payout=payout_id)
        return back


def _cause(payout_id: str) -> str:
    return f"stripe:{payout_id}:payout"


def _booked(payout_id: str) -> Movement | None:
    return Movement.objects.filter(cause_key=_cause(payout_id)).first()


def _book(payout_id: str, amount_cents: int, created: datetime, general: Pocket) -> Movement:
    """Posted once; raises CauseConflict when it was with another amount or day."""
    is_new = _booked(payout_id) is None
    movement = ledger.post(
        cause_key=_cause(payout_id),
        debit=chart.INTERNAL_TRANSFER,
        credit=chart.STRIPE,
        amount_cents=amount_cents,
        kind=Kind.PAYOUT,
        entry_ref=payout_id,
        occurred_on=clock.paris_date(moment_of(created)),
        pocket=general,
        subject=ledger.Subject(SUBJECT, payout_id[:40]),
    )
    if is_new:
        audit.record("payout.recorded", movement, by=None, amount_cents=amount_cents, payout=payout_id)
    return movement


def _sent_cents() -> int:
    sent = Movement.objects.filter(kind=Kind.PAYOUT, reversals=None)
    return sent.aggregate(total=Sum("amount_cents"))["total"] or 0


def _checked_amount(payout_id: str, amount_cents: int | None, currency: str) -> int:
    if currency != "eur":
        raise EventParked("currency_mismatch")
    if amount_cents is None or amount_cents <= 0 or not payout_id:
        raise EventParked("payout_amount")
    return amount_cents


def claim_payout_line(line: BankLine) -> Claim | None:
    """Recognises the bank's credit of an announced payout: D 512 / C 58, in the caller's transaction.

    The payout's id must stand in the line (banks drop or replace its « _ ») and the amount must be exact; each payout
    is claimed by one line. Anything else is not ours to explain: None, and the line is parked.
    """
    if line.amount_cents <= 0:
        return None
    general = ledger.lock_general_pocket()
    payout = _announced(line)
    if payout is None or payout.amount_cents != line.amount_cents:
        return None
    ledger.post(
        cause_key=place_of(line),
        debit=chart.BANK,
        credit=chart.INTERNAL_TRANSFER,
        amount_cents=line.amount_cents,
        kind=Kind.PAYOUT_RECEIVED,
        entry_ref=payout.entry_ref,
        occurred_on=line.booked_on,
        pocket=general,
        subject=ledger.Subject(SUBJECT, payout.subject_id),
    )
    return Claim(SUBJECT, payout.subject_id)


def _announced(line: BankLine) -> Movement | None:
    """The payout named in the line and not received yet."""
    words = _bare(" ".join(texts_of(line)))
    received = Movement.objects.filter(kind=Kind.PAYOUT_RECEIVED).values("entry_ref")
    sent = Movement.objects.filter(kind=Kind.PAYOUT, reversals=None)
    waiting = sent.exclude(entry_ref__in=received).order_by("pk")
    return next((payout for payout in waiting if _bare(payout.entry_ref) in words), None)


def _bare(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", text.lower())
