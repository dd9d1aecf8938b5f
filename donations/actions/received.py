"""From a payment back to the gift it paid: what refunds and disputes need before they may touch the ledger."""

from donations.actions import standing
from donations.models import Gift, PaymentAttempt
from donations.models.gifts import RECEIVED_STATES, GiftState
from donations.models.reversals import DisputeState, RefundState
from donations.reasons import EventParked
from donations.workflow import GIFT
from fund import workflow
from fund.models import Movement
from fund.models.ledger import Kind

SUBJECT = "gift"


def gift_of_payment(payment_id: str) -> Gift:
    """The gift that the payment intent `payment_id` paid, by the ledger; a month's gift by the payment of its invoice.

    Raises EventParked (unknown_gift), waiting for that payment: its own event may still be on its way.
    """
    line = Movement.objects.filter(cause_key=f"stripe:{payment_id}:gift", subject_kind=SUBJECT).first()
    if line is not None:
        return Gift.objects.get(pk=line.subject_id)
    if payment_id:
        attempts = PaymentAttempt.objects.filter(payment_intent_id=payment_id, gift__invoice_id__isnull=False)
        attempt = attempts.select_related("gift").filter(gift__state__in=RECEIVED_STATES).first()
        if attempt is not None:
            return attempt.gift
    raise EventParked("unknown_gift", waits_for=payment_id)


def gift_line(gift: Gift) -> Movement:
    """The movement that counted a received gift."""
    return Movement.objects.get(kind=Kind.GIFT, subject_kind=SUBJECT, subject_id=str(gift.pk))


def left_of(gift: Gift) -> int:
    """Cents of a locked gift that nothing took: no more than these can be taken from it; none of an undone one."""
    if gift.state == GiftState.UNDONE:
        return 0
    return gift.amount_cents - gift.refunded_cents - gift.disputed_cents


def settle(gift: Gift) -> None:
    """Writes what was taken from a locked gift, and its state: « refunded » when refunds and lost disputes took all.

    A gift becomes one again when its refund fails.
    """
    refunds = gift.refunds.exclude(state=RefundState.FAILED).values_list("amount_cents", flat=True)
    lost = sum(gift.disputes.filter(state=DisputeState.LOST).values_list("amount_cents", flat=True))
    is_open = gift.disputes.filter(state=DisputeState.OPEN).values_list("amount_cents", flat=True)
    gift.refunded_cents, gift.disputed_cents = sum(refunds), lost + sum(is_open)
    gift.save(update_fields=["refunded_cents", "disputed_cents"])
    is_gone = gift.refunded_cents + lost >= gift.amount_cents
    if is_gone and gift.state == GiftState.SUCCEEDED:
        workflow.move(GIFT, gift, "give_back", by=None)
    elif not is_gone and gift.state == GiftState.REFUNDED:
        workflow.move(GIFT, gift, "restore", by=None)
    standing.gift_changed(gift)
