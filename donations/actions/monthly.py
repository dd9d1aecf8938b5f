"""Monthly gifts: each invoice paid is a gift of its month, counted once by the invoice's id.

The pay page of the first month tells of the same invoice: both ways lead to the one cause. The state follows the
newest news of the provider, whatever comes late; money counts in every state. What the donor changes by hand is in
`monthly_changes.py`.
"""

import uuid
from datetime import datetime

from django.db import transaction

from donations import notifications
from donations.actions.card_signals import tie_signals
from donations.actions.confirming import Outcome, ToldBy, confirm_gift, fail_gift, moment_of
from donations.actions.monthly_changes import close_changes
from donations.actions.pledging import make_gift
from donations.models import Gift, MonthlyGift, PaymentAttempt
from donations.models.gifts import RECEIVED_STATES, MonthlyState
from donations.monthly_rules import agreed_amounts
from donations.reasons import EventParked
from donations.stripe_events import InvoiceFacts
from donations.workflow import MONTHLY
from fund import audit, clock, workflow


def receive_invoice(*, invoice: InvoiceFacts, created: datetime, told_by: ToldBy = ToldBy.EVENT) -> Outcome:
    """A month is paid: its gift, made now unless it is the first one, counts; the monthly gift is active.

    Raises EventParked: unknown_subscription (taken up when the subscription is known), unknown_invoice for one of no
    subscription, and what `confirm_gift` says about amount and currency.
    """
    with transaction.atomic():
        monthly = _lock_monthly(invoice)
        gift = _gift_of_month(monthly, invoice)
        outcome = confirm_gift(
            gift=gift,
            payment_id=invoice.id,
            amount_cents=invoice.amount_cents,
            currency=invoice.currency,
            created=created,
            told_by=told_by,
        )
        brings = [invoice.id, invoice.subscription_id]
        if invoice.payment_id:
            _tie(gift, invoice.payment_id)
            brings.append(invoice.payment_id)
        _hear(monthly, "activate", created)
        return Outcome(gift, outcome.note, tuple(brings))


def miss_invoice(*, invoice: InvoiceFacts, created: datetime) -> Outcome:
    """A month could not be taken: the donor is told once per try, and nothing is lost. A first month just fails."""
    with transaction.atomic():
        monthly = _lock_monthly(invoice)
        if monthly.state == MonthlyState.PENDING and not invoice.is_renewal:
            gift = monthly.gifts.order_by("pk")[0]
            attempt = gift.attempts.order_by("-number").first()
            return fail_gift(gift=gift, attempt=attempt, why="declined", created=created)
        paid = monthly.gifts.filter(invoice_id=invoice.id, state__in=RECEIVED_STATES).first()
        if paid is not None or not _hear(monthly, "fall_behind", created):
            return Outcome(paid, "overtaken", (invoice.subscription_id,))
        if monthly.state != MonthlyState.STOPPED:
            notifications.tell_missed_month(monthly, invoice_id=invoice.id, number=invoice.tries)
        return Outcome(None, "", (invoice.subscription_id,))


def stop_monthly(
    *, subscription_id: str, reference: str, created: datetime, told_by: ToldBy = ToldBy.EVENT
) -> Outcome:
    """The subscription ended at the provider. What was given stays given."""
    facts = InvoiceFacts("", subscription_id, reference, None, "", "", is_renewal=True, tries=0)
    with transaction.atomic():
        monthly = _lock_monthly(facts)
        if monthly.state == MonthlyState.STOPPED:
            return Outcome(None, "already_known", (subscription_id,))
        had_begun = monthly.state != MonthlyState.PENDING
        when = max(moment_of(created), monthly.created_at)
        fields = {"stopped_at": when, "news_at": created, "paused_at": None, "paused_until": None}
        workflow.move(MONTHLY, monthly, "stop", by=None, fields=fields)
        close_changes(monthly)
        audit.record("monthly.stopped", monthly, by=None)
        if had_begun and told_by == ToldBy.EVENT:
            notifications.tell_monthly_stopped(monthly)
        return Outcome(None, "", (subscription_id,))


def hear_standing(*, monthly: MonthlyGift, is_behind: bool, created: datetime) -> Outcome:
    """What the provider says now of a running subscription: paid up to date, or behind. Nobody is written to."""
    with transaction.atomic():
        monthly = workflow.lock(MonthlyGift, monthly.pk)
        before = monthly.state
        _hear(monthly, "fall_behind" if is_behind else "activate", created)
        return Outcome(None, "" if monthly.state != before else "already_known")


def note_subscription(*, gift: Gift, invoice: InvoiceFacts) -> Outcome:
    """The pay page of a first month was finished, its money is still on its way: only the ids are kept."""
    with transaction.atomic():
        _lock_monthly(invoice, gift)
        return Outcome(gift, "", (invoice.subscription_id,))


def tie_payment(*, invoice_id: str, payment_id: str) -> Outcome:
    """Which payment paid an invoice: from now on its fee, refunds and disputes find the gift.

    Raises EventParked (unknown_invoice), taken up when the invoice is counted.
    """
    with transaction.atomic():
        gift = (
            Gift.objects.filter(invoice_id=invoice_id, state__in=RECEIVED_STATES).first()
            if invoice_id
            else None
        )
        if gift is None:
            raise EventParked("unknown_invoice", waits_for=invoice_id)
        if not payment_id:
            return Outcome(gift, "information")
        gift = workflow.lock(Gift, gift.pk)
        note = "" if _tie(gift, payment_id) else "already_known"
        return Outcome(gift, note, (payment_id,))


def _lock_monthly(invoice: InvoiceFacts, gift: Gift | None = None) -> MonthlyGift:
    """The monthly gift of a subscription, by its id or the reference its metadata gives back; the id is kept."""
    if not invoice.subscription_id:
        raise EventParked("unknown_invoice", gift)
    found = MonthlyGift.objects.filter(subscription_id=invoice.subscription_id).first()
    if found is None and invoice.reference:
        first = Gift.objects.filter(reference=invoice.reference, monthly__isnull=False).first()
        found = first.monthly if first else None
    if found is None:
        raise EventParked("unknown_subscription", gift, waits_for=invoice.subscription_id)
    monthly = workflow.lock(MonthlyGift, found.pk)
    if monthly.subscription_id not in (None, invoice.subscription_id):
        raise EventParked("gift_mismatch", gift)
    if monthly.subscription_id is None:
        monthly.subscription_id = invoice.subscription_id
        monthly.save(update_fields=["subscription_id"])
    return monthly


def _gift_of_month(monthly: MonthlyGift, invoice: InvoiceFacts) -> Gift:
    """The gift of this invoice; the first month's is the one that was promised, the others are made here."""
    known = monthly.gifts.filter(invoice_id=invoice.id).first()
    if known is not None:
        return known
    first = monthly.gifts.order_by("pk")[0]
    if first.invoice_id is None and not invoice.is_renewal:
        first.invoice_id = invoice.id
        first.save(update_fields=["invoice_id"])
        return first
    # Before the gift is made: what is parked names a gift that stays.
    amount_cents = _agreed_amount(monthly, first, invoice)
    gift = make_gift(
        form_token=uuid.uuid5(first.form_token, invoice.id),
        donor=monthly.donor,
        amount_cents=amount_cents,
        pocket=monthly.pocket,
        created_at=clock.moment(),
        monthly=monthly,
        invoice_id=invoice.id,
        giver_of=first,
        team=first.team,
    )
    _make_attempt(gift)
    return gift


def _agreed_amount(monthly: MonthlyGift, first: Gift, invoice: InvoiceFacts) -> int:
    """The invoice's own amount (cents) when the donor ever agreed to it: one under way while it changed is good money.

    Raises EventParked for no payment, another currency, or an amount never agreed to.
    """
    if not invoice.id:
        raise EventParked("no_payment", first)
    if invoice.currency != "eur":
        raise EventParked("currency_mismatch", first)
    if invoice.amount_cents is None or invoice.amount_cents not in agreed_amounts(monthly):
        raise EventParked("amount_mismatch", first)
    return invoice.amount_cents


def _make_attempt(gift: Gift) -> PaymentAttempt:
    """A month that the provider took by itself: no page was opened, the payment's id still needs its place."""
    return PaymentAttempt.objects.create(
        gift=gift, number=1, idempotency_key=f"gift-{gift.token}-1", created_at=clock.moment()
    )


def _tie(gift: Gift, payment_id: str) -> bool:
    """Keeps the payment on the gift's attempt; True when it was not known there. An attempt has one payment."""
    attempt = gift.attempts.order_by("-number").first() or _make_attempt(gift)
    if attempt.payment_intent_id == payment_id:
        return False
    if attempt.payment_intent_id is not None:
        raise EventParked("gift_mismatch", gift)
    taken = PaymentAttempt.objects.select_related("gift").filter(payment_intent_id=payment_id).first()
    if taken is not None:  # the gift of this month may be new: what is parked names the one that stays
        raise EventParked("gift_mismatch", taken.gift)
    attempt.payment_intent_id = payment_id
    attempt.save(update_fields=["payment_intent_id"])
    tie_signals(gift=gift, payment_intent_id=payment_id)
    return True


def _hear(monthly: MonthlyGift, step: str, created: datetime) -> bool:
    """Moves the state unless newer news came before; True when these are the newest."""
    if monthly.news_at is not None and created < monthly.news_at:
        return False
    monthly.news_at = created
    if monthly.state in MONTHLY.steps[step].sources:
        workflow.move(MONTHLY, monthly, step, by=None, fields={"news_at": created})
    else:
        monthly.save(update_fields=["news_at"])
    return True
