"""What became of a payment: confirmed, waiting for a bank, or failed. Called when an event says so.

Events come in any order and any number of times. Money is counted by the fact (one payment intent, once), states
by the most recent news; success is final here, whatever an older event says later (failures 2, 3, 6, 8).
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.conf import settings
from django.db import transaction

from donations.actions import standing
from donations.actions.fees import record_fee
from donations.actions.pledging import make_gift
from donations.actions.thanking import thank_donor
from donations.models import Gift, PaymentAttempt, ProviderEvent
from donations.models.gifts import RECEIVED_STATES, GiftState
from donations.models.inbox import EventState
from donations.reasons import EventParked
from donations.workflow import GIFT
from fund import audit, chart, clock, ledger, workflow
from fund.models import Movement
from fund.models.ledger import Kind

SUBJECT = "gift"


class ToldBy(Enum):
    """Who says what became of a payment. Donors are written to about what events tell, never about what a comparison
    with the provider found: it may be days late, and a repair must not be able to send false news (failure 2)."""

    EVENT = "event"
    COMPARISON = "comparison"


@dataclass(frozen=True)
class Outcome:
    """What an event did: the gift concerned and a code of `reasons.NOTES` (empty when there is nothing to add).

    `brings` are the provider's ids now known here: what was parked for want of one of them is taken up. `parked` says
    why a person has to see the event all the same, although what could be done of it was done.
    """

    gift: Gift | None = None
    note: str = ""
    brings: tuple[str, ...] = ()
    parked: EventParked | None = None


def moment_of(created: datetime) -> datetime:
    """When a payment counts, in UTC: the provider's own time, whose Paris date decides the fiscal year (failure 30).

    In the demo the stand-in stamps real time while the fund lives in spring 2020: there the domain's clock decides.
    """
    return clock.moment() if settings.DEMO else created


def cause_of(payment_id: str) -> str:
    """The cause of the movement that counts a payment of the provider: its intent, or a month's invoice."""
    return f"stripe:{payment_id}:gift"


def confirm_gift(
    *,
    gift: Gift,
    payment_id: str,
    amount_cents: int | None,
    currency: str,
    created: datetime,
    told_by: ToldBy = ToldBy.EVENT,
) -> Outcome:
    """The money is there: D 51151 / C 75411, thanks by mail, the fee to be fetched; once per payment.

    `payment_id` is the payment intent's id; for a month of a monthly gift it is the invoice's. A second payment of a
    gift already received becomes a gift of its own (`paid_twice_as`), noted for the treasurer; so does the payment that
    replaces a debit which the bank took back, and that one is thanked for.
    Raises EventParked when amount or currency is not the gift's, or when the payment was counted for another gift.
    """
    with transaction.atomic():
        gift = workflow.lock(Gift, gift.pk)
        check_money(gift, payment_id, amount_cents, currency)
        known = Movement.objects.filter(cause_key=cause_of(payment_id)).first()
        if known is not None:
            return Outcome(_gift_counted(known, gift), "already_known", (payment_id,))
        is_second = gift.state in RECEIVED_STATES
        paid = _second_payment(gift) if is_second else gift
        _count(paid, payment_id, moment_of(created))
        if is_second and gift.state != GiftState.UNDONE:
            return Outcome(paid, "paid_twice", (payment_id,))
        if told_by == ToldBy.EVENT:
            thank_donor.enqueue(paid.pk)
        return Outcome(paid, "paid_again" if is_second else "", (payment_id,))


def _count(gift: Gift, payment_id: str, when: datetime) -> None:
    """The gift moves, the ledger is written, and what follows from it."""
    workflow.move(GIFT, gift, "confirm", by=None, why=payment_id, fields={"succeeded_at": when})
    ledger.post(
        cause_key=cause_of(payment_id),
        debit=chart.STRIPE,
        credit=standing.account_of(gift),
        amount_cents=gift.amount_cents,
        kind=Kind.GIFT,
        entry_ref=gift.reference,
        occurred_on=clock.paris_date(when),
        pocket=gift.pocket,
        subject=ledger.Subject(SUBJECT, str(gift.pk)),
    )
    audit.record("gift.confirmed", gift, by=None, amount_cents=gift.amount_cents, payment=payment_id)
    record_fee.enqueue(payment_id)
    standing.gift_came(gift)


def wait_for_bank(*, gift: Gift, created: datetime) -> Outcome:
    """A direct debit was promised: nothing counts before the bank confirms (failure 7: no thanks either)."""
    with transaction.atomic():
        gift = workflow.lock(Gift, gift.pk)
        if gift.state in (*RECEIVED_STATES, GiftState.PENDING) or _is_old_news(gift, created):
            return Outcome(gift, "already_known" if gift.state == GiftState.PENDING else "overtaken")
        workflow.move(GIFT, gift, "wait_for_bank", by=None, why="promised")
        return Outcome(gift)


def fail_gift(*, gift: Gift, attempt: PaymentAttempt | None, why: str, created: datetime) -> Outcome:
    """This try to pay came to nothing. The gift fails with it unless a later try, or later news, says otherwise.

    `why` is declined, refused, cancelled or expired; an expired page says nothing about a debit that is under way.
    """
    with transaction.atomic():
        gift = workflow.lock(Gift, gift.pk)
        if gift.state == GiftState.FAILED:
            return Outcome(gift, "already_known")
        is_done = gift.state in RECEIVED_STATES or (gift.state == GiftState.PENDING and why == "expired")
        if is_done or _is_old_news(gift, created) or not _is_latest(gift, attempt):
            return Outcome(gift, "overtaken")
        workflow.move(GIFT, gift, "fail", by=None, why=why)
        return Outcome(gift)


def check_money(gift: Gift, payment_id: str, amount_cents: int | None, currency: str) -> None:
    """Raises EventParked when this is no payment of the gift's amount (cents) in euro."""
    if not payment_id:
        raise EventParked("no_payment", gift)
    if currency != "eur":
        raise EventParked("currency_mismatch", gift)
    if amount_cents != gift.amount_cents:
        raise EventParked("amount_mismatch", gift)


def _gift_counted(movement: Movement, gift: Gift) -> Gift:
    counted = (
        Gift.objects.filter(pk=movement.subject_id).first() if movement.subject_kind == SUBJECT else None
    )
    if counted is None or gift.pk not in (counted.pk, counted.paid_twice_as_id):
        raise EventParked("gift_mismatch", gift)
    return counted


def _second_payment(gift: Gift) -> Gift:
    return make_gift(
        form_token=uuid.uuid4(),
        donor=gift.donor,
        amount_cents=gift.amount_cents,
        pocket=gift.pocket,
        created_at=clock.moment(),
        paid_twice_as=gift,
        giver_of=gift,
        team=gift.team,
    )


def _is_old_news(gift: Gift, created: datetime) -> bool:
    """Whether something that happened later already changed this gift, or said what it was already known to be."""
    return ProviderEvent.objects.filter(
        gift=gift, state=EventState.ACTED, note__in=("", "already_known"), occurred_at__gt=created
    ).exists()


def _is_latest(gift: Gift, attempt: PaymentAttempt | None) -> bool:
    """Whether no other try to pay came after; an unknown try counts only for a gift that has none of ours."""
    latest = gift.attempts.order_by("-number").first()
    return latest == attempt
