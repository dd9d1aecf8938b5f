"""What happens at the stand-in when somebody pays, is declined or waits for a bank, and when it pays out.

Each act is one transaction: the objects move, the events are written, their delivery is queued. Done twice, an act
does nothing the second time.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.demo import stripe_objects
from config.demo.collecting import announce, collect, fee_cents
from config.demo.models import StandInObject
from config.demo.reversing import (
    CannotReverse,
    close_dispute,
    fail_payout,
    fail_refund,
    open_dispute,
    refund,
    settle_refund,
    undo_debit,
)
from config.demo.stripe_objects import Body
from config.demo.subscriptions import (
    NoSuchSubscription,
    begin,
    end_subscription,
    fail_renewal,
    pay_open_invoice,
    renew,
    update_subscription,
    write_off,
)

__all__ = [
    "CannotReverse",
    "NoSuchSession",
    "NoSuchSubscription",
    "announce",
    "balance_cents",
    "close_dispute",
    "confirm_debit",
    "confirm_waiting_debits",
    "decline_card",
    "end_subscription",
    "fail_payout",
    "fail_refund",
    "fail_renewal",
    "fee_cents",
    "make_payout",
    "open_dispute",
    "pay_by_card",
    "refund",
    "refuse_debit",
    "renew",
    "settle_refund",
    "start_debit",
    "undo_debit",
    "update_subscription",
    "write_off",
]

BANK_DELAY = timedelta(minutes=1)


class NoSuchSession(LookupError):
    """No Checkout Session has this id."""


def pay_by_card(session_id: str) -> Body:
    """The card pays at once. Raises NoSuchSession."""
    with transaction.atomic():
        session = _locked_session(session_id)
        if session["status"] != "open":
            return session
        if session["mode"] == "subscription":
            begin(session)
            pay_open_invoice(session["subscription"], method="card")
        else:
            intent = _intent_of(session)
            collect(intent, method="card")
            announce("payment_intent.succeeded", intent)
        session |= {"status": "complete", "payment_status": "paid", "url": None}
        stripe_objects.keep(session)
        announce("checkout.session.completed", session)
        return session


def decline_card(session_id: str) -> Body:
    """The card is declined; the page stays open for another try. Raises NoSuchSession.

    The page of a subscription keeps it to itself: there is no subscription before its first month is paid.
    """
    with transaction.atomic():
        session = _locked_session(session_id)
        if session["status"] != "open" or session["mode"] == "subscription":
            return session
        intent = _intent_of(session)
        failed = stripe_objects.charge(intent, method="card", status="failed")
        failed["failure_code"] = "card_declined"
        stripe_objects.keep(failed)
        error = {
            "type": "card_error",
            "code": "card_declined",
            "decline_code": "generic_decline",
            "charge": failed["id"],
        }
        intent |= {
            "status": "requires_payment_method",
            "last_payment_error": error,
            "latest_charge": failed["id"],
        }
        stripe_objects.keep(intent)
        announce("payment_intent.payment_failed", intent)
        return session


def start_debit(session_id: str) -> Body:
    """A SEPA debit is ordered; the bank answers later. Raises NoSuchSession."""
    with transaction.atomic():
        session = _locked_session(session_id)
        if session["status"] != "open":
            return session
        if session["mode"] == "subscription":
            begin(session)
        else:
            intent = _intent_of(session)
            waiting = stripe_objects.charge(intent, method="sepa_debit", status="pending")
            stripe_objects.keep(waiting)
            intent |= {"status": "processing", "latest_charge": waiting["id"], "last_payment_error": None}
            stripe_objects.keep(intent)
            announce("payment_intent.processing", intent)
        session |= {"status": "complete", "payment_status": "unpaid", "url": None}
        stripe_objects.keep(session)
        announce("checkout.session.completed", session)
        return session


def confirm_debit(session_id: str) -> Body:
    """The bank paid the debit. Raises NoSuchSession."""
    with transaction.atomic():
        session = _locked_session(session_id)
        if session["mode"] == "subscription":
            if session["status"] != "complete" or session["payment_status"] == "paid":
                return session
            if not pay_open_invoice(session["subscription"], method="sepa_debit"):
                return session
        else:
            intent = _waiting_intent(session)
            if intent is None:
                return session
            collect(intent, method="sepa_debit")
            announce("payment_intent.succeeded", intent)
        session["payment_status"] = "paid"
        stripe_objects.keep(session)
        announce("checkout.session.async_payment_succeeded", session)
        return session


def refuse_debit(session_id: str) -> Body:
    """The bank refused the debit. Raises NoSuchSession."""
    with transaction.atomic():
        session = _locked_session(session_id)
        if session["mode"] == "subscription" and session["payment_status"] == "unpaid":
            if session["subscription"] and end_subscription(session["subscription"]):
                announce("checkout.session.async_payment_failed", session)
            return session
        intent = _waiting_intent(session)
        if intent is None:
            return session
        error = {"type": "invalid_request_error", "code": "payment_intent_payment_attempt_failed"}
        intent |= {"status": "requires_payment_method", "last_payment_error": error}
        stripe_objects.keep(intent)
        announce("payment_intent.payment_failed", intent)
        announce("checkout.session.async_payment_failed", session)
        return session


def confirm_waiting_debits() -> str:
    """Timed work: the banks of the demo answer a minute later."""
    old = timezone.now() - BANK_DELAY
    rows = StandInObject.objects.filter(kind="checkout.session", created_at__lt=old, body__status="complete")
    waiting = list(rows.filter(body__payment_status="unpaid").values_list("pk", flat=True))
    confirmed = [confirm_debit(session_id)["payment_status"] for session_id in waiting]
    return f"{confirmed.count('paid')} debits confirmed"


def make_payout() -> Body | None:
    """Pays out all that was collected and not paid out yet, less the fees; None when there is nothing."""
    with transaction.atomic():
        rows = StandInObject.objects.select_for_update(of=("self",)).order_by("created_at", "pk")
        entries = [row.body for row in rows.filter(kind="balance_transaction", body__payout=None)]
        due = [entry for entry in entries if entry["type"] != "payout"]
        total = sum(entry["net"] for entry in due)
        if total <= 0:
            return None
        made = stripe_objects.payout(amount_cents=total)
        line = stripe_objects.balance_transaction(
            source=made["id"], kind="payout", amount_cents=-total, fee_cents=0
        )
        for entry in [*due, line]:
            stripe_objects.keep({**entry, "payout": made["id"]})
        made["balance_transaction"] = line["id"]
        stripe_objects.keep(made)
        announce("payout.paid", made)
        return made


def balance_cents() -> int:
    """What the stand-in holds for us: all that moved, payouts included."""
    entries = StandInObject.objects.filter(kind="balance_transaction")
    return sum(row.body["net"] for row in entries)


def _locked_session(session_id: str) -> Body:
    session = stripe_objects.locked(session_id, "checkout.session")
    if session is None:
        raise NoSuchSession(session_id)
    return session


def _intent_of(session: Body) -> Body:
    """The session's one payment intent, made at the first try to pay."""
    if session["payment_intent"]:
        found = stripe_objects.locked(session["payment_intent"], "payment_intent")
        if found is not None:
            return found
    intent = stripe_objects.keep(stripe_objects.payment_intent(session))
    session["payment_intent"] = intent["id"]
    stripe_objects.keep(session)
    return intent


def _waiting_intent(session: Body) -> Body | None:
    intent = stripe_objects.locked(session["payment_intent"] or "", "payment_intent")
    return intent if intent is not None and intent["status"] == "processing" else None
