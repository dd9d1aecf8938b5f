"""Direct debits that a bank takes back days after they had succeeded: the gift is undone, its fee stays paid.

The provider tells it by the same types as a debit refused at once. What decides is time: a failure newer than the
success of the same payment undoes it, an older one was overtaken, and a tie changes nothing (the comparison with the
provider would find it). Both words are kept, so that each order in which they come ends in one ledger.
A bank may tell the same loss as a dispute: whichever comes first takes the money, the other finds nothing left.
Where a part was given back before, what is left is undone, and the rest too if that refund fails or that dispute is
won: a gift never loses more than it brought. What left twice stays parked, for a person to see.
"""

import logging
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from donations import notifications
from donations.actions import standing
from donations.actions.confirming import Outcome, moment_of
from donations.actions.received import SUBJECT, gift_line, gift_of_payment, left_of
from donations.models import DebitFailure, Gift, ProviderEvent
from donations.models.gifts import GiftState
from donations.models.inbox import EventState
from donations.reasons import EventParked
from donations.workflow import GIFT
from fund import audit, chart, clock, ledger, workflow
from fund.models import Movement
from fund.models.ledger import Kind

logger = logging.getLogger(__name__)

# The types that say when a payment had succeeded; a finished pay page may only promise a debit.
SUCCESSES = (
    "payment_intent.succeeded",
    "checkout.session.async_payment_succeeded",
    "invoice.paid",
    "invoice.payment_succeeded",
)
LOOK_BACK = timedelta(days=1)
AT_ONCE = 200


def hear_failure(*, payment_id: str, failed_at: datetime, gift: Gift | None = None) -> Outcome | None:
    """Keeps the word that a payment failed at `failed_at` (UTC), and undoes the gift that it had counted.

    `payment_id` is a payment intent's id or an invoice's; `gift` the one it is known to be for, which is locked first
    so that a success of the same instant is seen. None when the payment counted nothing so far.
    Where a part was given back or contested meanwhile, what is left is undone and the outcome is `parked`
    (undone_too_large): that part left twice. Raises the same when nothing is left to undo.
    """
    if not payment_id:
        return None
    with transaction.atomic():
        if gift is not None:
            workflow.lock(Gift, gift.pk)
        _keep(payment_id, failed_at)
        try:
            counted = gift_of_payment(payment_id)
        except EventParked:
            return None
        counted = workflow.lock(Gift, counted.pk)
        is_newer = failed_at > _succeeded_at(counted)
        if counted.state == GiftState.UNDONE:
            return Outcome(
                counted, "already_known", parked=_left_twice(counted, payment_id) if is_newer else None
            )
        if not is_newer:
            return Outcome(counted, "overtaken")
        if counted.disputed_cents == counted.amount_cents:
            return Outcome(counted, "dispute_tells")
        if not left_of(counted):
            raise EventParked("undone_too_large", counted, waits_for=payment_id)
        undo_gift(counted, failed_at=failed_at)
        return Outcome(counted, "undone", parked=_left_twice(counted, payment_id))


def after_success(outcome: Outcome, *, succeeded_at: datetime) -> Outcome:
    """What became of a gift that was just counted, or told again: undone at once when a newer failure came before."""
    if outcome.gift is None or not DebitFailure.objects.filter(failed_at__gt=succeeded_at).exists():
        return outcome
    with transaction.atomic():
        gift = workflow.lock(Gift, outcome.gift.pk)
        if gift.state != GiftState.SUCCEEDED or not left_of(gift):
            return outcome
        failures = DebitFailure.objects.filter(payment_id__in=_payments_of(gift), failed_at__gt=succeeded_at)
        newest = failures.order_by("-failed_at").first()
        if newest is None:
            return outcome
        undo_gift(gift, failed_at=newest.failed_at)
        return Outcome(gift, "undone", outcome.brings, _left_twice(gift, newest.payment_id))


def undo_crossed_debits() -> str:
    """Timed work: a success and the newer failure of one payment, told at the same instant, did not see each other."""
    since = clock.moment() - LOOK_BACK
    recent = DebitFailure.objects.filter(recorded_at__gt=since).order_by("-pk")
    undone = 0
    for payment_id in list(recent.values_list("payment_id", flat=True)[:AT_ONCE]):
        try:
            gift = gift_of_payment(payment_id)
        except EventParked:  # it never paid anything: a decline like most of them
            continue
        if gift.state == GiftState.SUCCEEDED:
            outcome = after_success(Outcome(gift), succeeded_at=_succeeded_at(gift))
            undone += outcome.note == "undone"
            if outcome.parked is not None:
                logger.warning("gift %s was undone, a part of it left twice", gift.pk)
    return f"{undone} undone"


def undo_gift(gift: Gift, *, failed_at: datetime) -> None:
    """Takes back what is left of a locked gift, which is undone for good; the donor is told once."""
    left = left_of(gift)
    workflow.move(GIFT, gift, "undo", by=None, why="taken back")
    _take_back(gift, left, because="", on=clock.paris_date(moment_of(failed_at)))
    notifications.tell_undone(gift)
    standing.gift_changed(gift)


def undo_rest(gift: Gift, *, because: str, created: datetime) -> None:
    """What a refund that failed, or a dispute that was won, put back to a locked gift that its bank had taken back.

    `because` is the provider's id of that refund or dispute. Nothing for any other gift, or when nothing came back.
    """
    if gift.state != GiftState.UNDONE:
        return
    told = Movement.objects.filter(kind=Kind.GIFT_UNDONE, subject_kind=SUBJECT, subject_id=str(gift.pk))
    undone = told.aggregate(total=Sum("amount_cents"))["total"] or 0
    rest = gift.amount_cents - gift.refunded_cents - gift.disputed_cents - undone
    if rest > 0:
        _take_back(gift, rest, because=f":{because}", on=clock.paris_date(moment_of(created)))


def _take_back(gift: Gift, cents: int, *, because: str, on: date) -> None:
    """D 75411 (or 7542) / C 51151, linked to the movement that counted the gift unless what is linked there, such as
    a refund that failed, leaves no room."""
    line = gift_line(gift)
    linked = line.reversals.aggregate(total=Sum("amount_cents"))["total"] or 0
    ledger.post(
        cause_key=f"{line.cause_key}:undone{because}",
        debit=line.credit_id,
        credit=chart.STRIPE,
        amount_cents=cents,
        kind=Kind.GIFT_UNDONE,
        entry_ref=gift.reference,
        occurred_on=max(on, line.occurred_on),
        pocket=gift.pocket,
        subject=ledger.Subject(SUBJECT, str(gift.pk)),
        reverses=line if linked + cents <= line.amount_cents else None,
    )
    audit.record("gift.undone", gift, by=None, amount_cents=cents)


def _left_twice(gift: Gift, payment_id: str) -> EventParked | None:
    """The bank took the whole back: what refunds and disputes took of an undone gift left a second time."""
    if not gift.refunded_cents and not gift.disputed_cents:
        return None
    return EventParked("undone_too_large", gift, waits_for=payment_id)


def _keep(payment_id: str, failed_at: datetime) -> None:
    """The newest failure of a payment, whatever comes last."""
    row, is_new = DebitFailure.objects.get_or_create(
        payment_id=payment_id, defaults={"failed_at": failed_at, "recorded_at": clock.moment()}
    )
    if not is_new:
        DebitFailure.objects.filter(pk=row.pk, failed_at__lt=failed_at).update(
            failed_at=failed_at, recorded_at=clock.moment()
        )


def _succeeded_at(gift: Gift) -> datetime:
    """When the payment of a counted gift succeeded, by the provider's clock.

    One that no event told was counted by a comparison, which saw it succeeded when its movement was written.
    """
    told = ProviderEvent.objects.filter(gift=gift, state=EventState.ACTED, event_type__in=SUCCESSES)
    first = told.exclude(occurred_at=None).order_by("occurred_at").first()
    if first is not None and first.occurred_at is not None:
        return first.occurred_at
    return gift_line(gift).recorded_at


def _payments_of(gift: Gift) -> list[str]:
    """The provider's ids of the payment that counted a gift: its intent, or an invoice and the intent that paid it."""
    line = Movement.objects.filter(kind=Kind.GIFT, subject_kind=SUBJECT, subject_id=str(gift.pk)).first()
    if line is None or not line.cause_key.startswith("stripe:"):
        return []
    payment_id = line.cause_key.split(":")[1]
    if gift.invoice_id is None:
        return [payment_id]
    tied = gift.attempts.exclude(payment_intent_id=None).values_list("payment_intent_id", flat=True)
    return [payment_id, *(str(one) for one in tied)]
