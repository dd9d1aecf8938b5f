"""What each type of event makes happen: reads its object and calls the one act that it is for."""

from collections.abc import Callable
from typing import Any

from donations.actions import disputing, monthly, monthly_changes, payouts, refunding, undoing
from donations.actions.card_signals import note_charge
from donations.actions.confirming import Outcome, confirm_gift, fail_gift, wait_for_bank
from donations.actions.received import gift_of_payment
from donations.models import Gift, PaymentAttempt
from donations.reasons import EventParked
from donations.stripe_events import (
    Event,
    Payment,
    dispute_of,
    id_of,
    invoice_of,
    invoice_of_session,
    is_of_an_invoice,
    payment_of_intent,
    payment_of_invoice_payment,
    payment_of_session,
    reference_of,
    refund_of,
    refunds_of_charge,
)
from donations.stripe_subscriptions import subscription_of
from fund import workflow

Handler = Callable[[Event], Outcome]


def _completed(event: Event) -> Outcome:
    """The donor finished the pay page: paid by card, or only promised by a debit (`payment_status` tells)."""
    status = event.body.get("payment_status")
    payment = payment_of_session(event.body)
    if status == "paid":
        return _session_money(event, payment)
    gift, attempt = _gift_of(payment)
    if status != "unpaid":
        raise EventParked("no_payment", gift)
    if event.body.get("mode") != "subscription":
        return wait_for_bank(gift=gift, created=event.created)
    # Locks in one order everywhere, or two events of one month block each other: monthly gift, gift, attempt.
    known = monthly.note_subscription(gift=gift, invoice=invoice_of_session(event.body))
    outcome = wait_for_bank(gift=gift, created=event.created)
    note_ids(attempt, payment)
    return Outcome(gift, outcome.note, known.brings)


def _session_paid(event: Event) -> Outcome:
    """A delayed method arrived; the object itself must say so too."""
    payment = payment_of_session(event.body)
    if event.body.get("payment_status") != "paid":
        raise EventParked("no_payment", _gift_of(payment)[0])
    return _session_money(event, payment)


def _session_money(event: Event, payment: Payment) -> Outcome:
    if event.body.get("mode") != "subscription":
        return _paid(event, payment)
    gift, attempt = _gift_of(payment)
    if gift.monthly_id is None:
        raise EventParked("gift_mismatch", gift)
    outcome = monthly.receive_invoice(invoice=invoice_of_session(event.body), created=event.created)
    note_ids(attempt, payment)
    return undoing.after_success(outcome, succeeded_at=event.created)


def _intent_paid(event: Event) -> Outcome:
    payment = payment_of_intent(event.body)
    if event.body.get("status") != "succeeded":
        raise EventParked("no_payment", _gift_of(payment)[0])
    return _paid(event, payment)


def _paid(event: Event, payment: Payment) -> Outcome:
    gift, attempt = _gift_of(payment)
    if gift.monthly_id is not None:
        return Outcome(gift, "invoice_tells")
    outcome = confirm_gift(
        gift=gift,
        payment_id=payment.payment_intent_id,
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        created=event.created,
    )
    note_ids(attempt, payment)
    return undoing.after_success(outcome, succeeded_at=event.created)


def _intent_waits(event: Event) -> Outcome:
    gift, _attempt = _gift_of(payment_of_intent(event.body))
    return wait_for_bank(gift=gift, created=event.created)


def _failure(read: Callable[[dict[str, object]], Payment], why: str) -> Handler:
    def handle(event: Event) -> Outcome:
        gift, attempt = _gift_of(read(event.body))
        return fail_gift(gift=gift, attempt=attempt, why=why, created=event.created)

    return handle


def _debit_refused(event: Event) -> Outcome:
    """A bank refused a debit, or took it back after it had paid."""
    payment = payment_of_session(event.body)
    gift, attempt = _gift_of(payment)
    paid_by = payment.payment_intent_id or invoice_of_session(event.body).id
    heard = undoing.hear_failure(payment_id=paid_by, failed_at=event.created, gift=gift)
    return heard or fail_gift(gift=gift, attempt=attempt, why="refused", created=event.created)


def _intent_failed(event: Event) -> Outcome:
    """A try came to nothing, or a debit was taken back: that is also told of the payment of a month."""
    payment = payment_of_intent(event.body)
    gift = None
    if payment.reference or _attempt_by_id(payment):
        gift, _attempt = _gift_of(payment)
    heard = undoing.hear_failure(payment_id=payment.payment_intent_id, failed_at=event.created, gift=gift)
    return heard or _DECLINED(event)


def _charge_failed(event: Event) -> Outcome:
    """The charge behind a payment failed: a signal about the card, and perhaps a debit taken back."""
    signal = note_charge(event)
    heard = undoing.hear_failure(
        payment_id=id_of(event.body.get("payment_intent")), failed_at=event.created, gift=signal.gift
    )
    return heard or signal


def _unless_of_an_invoice(handle: Handler) -> Handler:
    """The payment of a month says nothing that its invoice does not say better."""

    def handle_own(event: Event) -> Outcome:
        if is_of_an_invoice(event.body) and not reference_of(event.body):
            return Outcome(note="invoice_tells")
        return handle(event)

    return handle_own


def _unless_nameless(handle: Handler) -> Handler:
    """A payment that came to nothing, or not yet, and that nothing ties to a gift of ours: there is nothing to do.

    So is each declined try of a first month in the versions whose payments name no invoice: the invoice's own event
    tells it. Money that did come is never passed over like this.
    """

    def handle_named(event: Event) -> Outcome:
        payment = payment_of_intent(event.body)
        if not payment.reference and _attempt_by_id(payment) is None:
            return Outcome(note="no_money")
        return handle(event)

    return handle_named


def _refund(event: Event) -> Outcome:
    return refunding.record_refund(refund=refund_of(event.body, created=event.created), created=event.created)


def _charge_refunded(event: Event) -> Outcome:
    """Older shapes list the refunds; newer ones tell only the sum, each refund has an event of its own."""
    listed = refunds_of_charge(event.body, created=event.created)
    if listed:
        outcomes = [refunding.record_refund(refund=refund, created=event.created) for refund in listed]
        return next((outcome for outcome in outcomes if not outcome.note), outcomes[0])
    cents = event.body.get("amount_refunded")
    return refunding.check_refunds_are_known(
        payment_id=id_of(event.body.get("payment_intent")),
        refunded_cents=cents if type(cents) is int else None,
    )


def _dispute(event: Event) -> Outcome:
    return disputing.record_dispute(
        dispute=dispute_of(event.body, created=event.created), created=event.created
    )


def _invoice_paid(event: Event) -> Outcome:
    outcome = monthly.receive_invoice(invoice=invoice_of(event.body), created=event.created)
    return undoing.after_success(outcome, succeeded_at=event.created)


def _invoice_missed(event: Event) -> Outcome:
    return monthly.miss_invoice(invoice=invoice_of(event.body), created=event.created)


def _invoice_payment(event: Event) -> Outcome:
    outcome = monthly.tie_payment(
        invoice_id=id_of(event.body.get("invoice")), payment_id=payment_of_invoice_payment(event.body)
    )
    return undoing.after_success(outcome, succeeded_at=event.created)


def _overpaid(event: Event) -> Outcome:
    """More than a month's amount arrived: a person decides what becomes of the rest."""
    raise EventParked("overpaid", Gift.objects.filter(invoice_id=event.object_id or None).first())


def _fraud_warning(event: Event) -> Outcome:
    """The donor's bank suspects fraud: no money moved, and a refund now spares a dispute and its fee."""
    gift = gift_of_payment(id_of(event.body.get("payment_intent")))
    return Outcome(gift, "fraud_warning" if event.body.get("actionable") is not False else "information")


def _subscription_ended(event: Event) -> Outcome:
    return monthly.stop_monthly(
        subscription_id=event.object_id, reference=reference_of(event.body), created=event.created
    )


def _subscription_changed(event: Event) -> Outcome:
    return monthly_changes.hear_subscription(subscription=subscription_of(event.body), created=event.created)


def _payout_paid(event: Event) -> Outcome:
    payouts.record_payout(**_payout_of(event))
    return Outcome(brings=(event.object_id,))


def _payout_came_back(event: Event) -> Outcome:
    payouts.undo_payout(**_payout_of(event))
    return Outcome(brings=(event.object_id,))


def _payout_of(event: Event) -> dict[str, Any]:
    amount, currency = event.body.get("amount"), event.body.get("currency")
    return {
        "payout_id": event.object_id,
        "amount_cents": amount if type(amount) is int else None,
        "currency": str(currency),
        "created": event.created,
    }


# A try to pay that came to nothing, as far as no debit is taken back by it.
_DECLINED: Handler = _unless_of_an_invoice(_unless_nameless(_failure(payment_of_intent, "declined")))
HANDLERS: dict[str, Handler] = {
    "charge.dispute.closed": _dispute,
    "charge.dispute.created": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.failed": _charge_failed,
    "charge.refund.updated": _refund,
    "charge.refunded": _charge_refunded,
    "charge.succeeded": note_charge,
    "checkout.session.async_payment_failed": _debit_refused,
    "checkout.session.async_payment_succeeded": _session_paid,
    "checkout.session.completed": _completed,
    "checkout.session.expired": _failure(payment_of_session, "expired"),
    "customer.subscription.deleted": _subscription_ended,
    "customer.subscription.updated": _subscription_changed,
    "invoice.overpaid": _overpaid,
    "invoice.paid": _invoice_paid,
    "invoice.payment_failed": _invoice_missed,
    "invoice_payment.paid": _invoice_payment,
    "payment_intent.canceled": _unless_of_an_invoice(
        _unless_nameless(_failure(payment_of_intent, "cancelled"))
    ),
    "payment_intent.payment_failed": _intent_failed,
    "payment_intent.processing": _unless_of_an_invoice(_unless_nameless(_intent_waits)),
    "payment_intent.succeeded": _unless_of_an_invoice(_intent_paid),
    "payout.canceled": _payout_came_back,
    "payout.failed": _payout_came_back,
    "payout.paid": _payout_paid,
    "radar.early_fraud_warning.created": _fraud_warning,
    "radar.early_fraud_warning.updated": _fraud_warning,
    "refund.created": _refund,
    "refund.failed": _refund,
    "refund.updated": _refund,
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
        # A session of another site stays unknown; a bare payment may be that of an invoice told later.
        raise EventParked("unknown_gift", waits_for="" if payment.session_id else payment.payment_intent_id)
    if attempt is None and payment.attempt_number is not None:
        attempt = gift.attempts.filter(number=payment.attempt_number).first()
    return gift, attempt


def _attempt_by_id(payment: Payment) -> PaymentAttempt | None:
    attempts = PaymentAttempt.objects.select_related("gift")
    if payment.session_id:
        found = attempts.filter(session_id=payment.session_id).first()
        if found is not None:
            return found
    if not payment.payment_intent_id:
        return None  # a missing id is no id: it must not find the attempts that have none yet
    return attempts.filter(payment_intent_id=payment.payment_intent_id).first()


def note_ids(attempt: PaymentAttempt | None, payment: Payment) -> None:
    """Writes the provider's ids that the attempt does not have yet; what is written stays."""
    if attempt is None:
        return
    attempt = workflow.lock(PaymentAttempt, attempt.pk)
    attempt.session_id = attempt.session_id or payment.session_id or None
    attempt.payment_intent_id = attempt.payment_intent_id or payment.payment_intent_id or None
    attempt.save(update_fields=["session_id", "payment_intent_id"])
