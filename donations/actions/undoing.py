"""Direct debits that a bank takes back days after they had succeeded: the gift is undone, its fee stays paid.

The provider tells it by the same types as a debit refused at once. What decides is time: a failure newer than the
success of the same payment undoes it, an older one was overtaken, and a tie changes nothing (the comparison with the
provider would find it). Both words are kept, so that each order in which they come ends in one ledger.
A bank may tell the same loss as a dispute: whichever comes first takes the money, the other finds nothing left.
"""

from datetime import datetime, timedelta

from django.db import transaction

from donations import notifications
from donations.actions import standing
from donations.actions.confirming import Outcome, moment_of
from donations.actions.received import SUBJECT, gift_line, gift_of_payment
from donations.models import DebitFailure, Gift, ProviderEvent
from donations.models.gifts import GiftState
from donations.models.inbox import EventState
from donations.reasons import EventParked
from donations.workflow import GIFT
from fund import audit, chart, clock, ledger, workflow
from fund.models import Movement
from fund.models.ledger import Kind

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
    Raises EventParked (undone_too_large) when something of the gift was given back or contested meanwhile.
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
        if counted.state == GiftState.UNDONE:
            return Outcome(counted, "already_known")
        if failed_at <= _succeeded_at(counted):
            return Outcome(counted, "overtaken")
        if counted.refunded_cents or counted.disputed_cents:
            if counted.disputed_cents == counted.amount_cents:
                return Outcome(counted, "dispute_tells")
            raise EventParked("undone_too_large", counted, waits_for=payment_id)
        undo_gift(counted, failed_at=failed_at)
        return Outcome(counted, "undone")


def after_success(outcome: Outcome, *, succeeded_at: datetime) -> Outcome:
    """What became of a gift that was just counted, or told again: undone at once when a newer failure came before."""
    if outcome.gift is None or not DebitFailure.objects.filter(failed_at__gt=succeeded_at).exists():
        return outcome
    with transaction.atomic():
        gift = workflow.lock(Gift, outcome.gift.pk)
        if gift.state != GiftState.SUCCEEDED or gift.refunded_cents or gift.disputed_cents:
            return outcome
        failures = DebitFailure.objects.filter(payment_id__in=_payments_of(gift), failed_at__gt=succeeded_at)
        newest = failures.order_by("-failed_at").first()
        if newest is None:
            return outcome
        undo_gift(gift, failed_at=newest.failed_at)
        return Outcome(gift, "undone", outcome.brings)


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
    return f"{undone} undone"


def undo_gift(gift: Gift, *, failed_at: datetime) -> None:
    """D 75411 (or 7542) / C 51151, the whole of a locked gift of which nothing was taken yet; the donor is told once.

    Linked to the movement that counted it, unless a refund that failed is linked there already.
    """
    line = gift_line(gift)
    workflow.move(GIFT, gift, "undo", by=None, why="taken back")
    ledger.post(
        cause_key=f"{line.cause_key}:undone",
        debit=line.credit_id,
        credit=chart.STRIPE,
        amount_cents=gift.amount_cents,
        kind=Kind.GIFT_UNDONE,
        entry_ref=gift.reference,
        occurred_on=max(clock.paris_date(moment_of(failed_at)), line.occurred_on),
        pocket=gift.pocket,
        subject=ledger.Subject(SUBJECT, str(gift.pk)),
        reverses=None if line.reversals.exists() else line,
    )
    audit.record("gift.undone", gift, by=None, amount_cents=gift.amount_cents)
    notifications.tell_undone(gift)
    standing.gift_changed(gift)


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
