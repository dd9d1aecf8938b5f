"""Stripe's payouts: announced by an event (51151 → 58), then recognised on the bank's statement (58 → 512).

One that our bank refuses comes back (58 → 51151); Stripe sends its money again under another id.
"""

import re
from datetime import datetime

from django.db import transaction

from donations.actions.confirming import moment_of
from donations.reasons import EventParked
from fund import audit, balances, chart, clock, ledger
from fund.models import BankLine, Movement
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
        cause = f"stripe:{payout_id}:payout"
        known = Movement.objects.filter(cause_key=cause).exists()
        if not known and balances.balance_cents(chart.STRIPE) < amount_cents:
            raise EventParked("payout_too_large", waits_for=payout_id)
        movement = ledger.post(
            cause_key=cause,
            debit=chart.INTERNAL_TRANSFER,
            credit=chart.STRIPE,
            amount_cents=amount_cents,
            kind=Kind.PAYOUT,
            entry_ref=payout_id,
            occurred_on=clock.paris_date(moment_of(created)),
            pocket=general,
            subject=ledger.Subject(SUBJECT, payout_id[:40]),
        )
        if not known:
            audit.record("payout.recorded", movement, by=None, amount_cents=amount_cents, payout=payout_id)
        return movement


def undo_payout(*, payout_id: str, amount_cents: int | None, currency: str, created: datetime) -> Movement:
    """Our bank refused a payout, or it was cancelled: D 51151 / C 58 by a linked entry, once; the money is Stripe's
    again.

    One first heard of now is booked and taken back at once: told later, its sending changes nothing.
    Raises EventParked as `record_payout` does, and payout_received when a bank line had said that it arrived.
    """
    amount_cents = _checked_amount(payout_id, amount_cents, currency)
    with transaction.atomic():
        ledger.lock_general_pocket()
        cause = f"stripe:{payout_id}:payout"
        booked = Movement.objects.filter(cause_key=cause).first()
        if booked is None:
            booked = record_payout(
                payout_id=payout_id, amount_cents=amount_cents, currency=currency, created=created
            )
        if Movement.objects.filter(kind=Kind.PAYOUT_RECEIVED, entry_ref=booked.entry_ref).exists():
            raise EventParked("payout_received")
        known = Movement.objects.filter(cause_key=f"{cause}:failed").first()
        if known is not None:
            return known
        day = max(clock.paris_date(moment_of(created)), booked.occurred_on)
        back = ledger.reverse(booked, cause_key=f"{cause}:failed", kind=Kind.CORRECTION, occurred_on=day)
        audit.record("payout.failed", back, by=None, amount_cents=back.amount_cents, payout=payout_id)
        return back


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
