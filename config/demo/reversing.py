"""Money that leaves the stand-in again: refunds and disputes, with their balance transactions and events."""

from django.db import transaction

from config.demo import stripe_objects
from config.demo.collecting import announce
from config.demo.models import StandInObject
from config.demo.stripe_objects import Body

DISPUTE_FEE_CENTS = 2_000  # invented for the demo; Stripe's own depends on the contract


class CannotReverse(ValueError):
    """There is no such payment, refund or dispute, or not so much money left of it."""


def refund(
    payment: str, cents: int | None = None, *, status: str = "succeeded", metadata: Body | None = None
) -> Body:
    """Gives `cents` (all that is left by default) of a payment back; `pending` until `settle_refund`, if so asked.

    `payment` is the id of a Checkout Session, a payment intent, a charge or an invoice. Raises CannotReverse.
    """
    with transaction.atomic():
        charge = _locked_charge(payment)
        left = charge["amount"] - charge["amount_refunded"]
        amount = left if cents is None else cents
        if not 0 < amount <= left:
            raise CannotReverse(f"{amount} cents of {left}")
        made = stripe_objects.refund(charge, amount_cents=amount, status=status, metadata=metadata or {})
        made["balance_transaction"] = _move(made["id"], "refund", -amount)
        stripe_objects.keep(made)
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        stripe_objects.keep(charge)
        announce("refund.created", made)
        announce("charge.refunded", charge)
        return made


def settle_refund(refund_id: str) -> Body:
    """A pending refund reaches the donor; once. Raises CannotReverse."""
    with transaction.atomic():
        made = stripe_objects.locked(refund_id, "refund")
        if made is None or made["status"] == "failed":
            raise CannotReverse(refund_id)
        if made["status"] == "pending":
            made["status"] = "succeeded"
            stripe_objects.keep(made)
            announce("refund.updated", made)
        return made


def fail_refund(refund_id: str) -> Body:
    """The donor's bank sends a refund back; once. Raises CannotReverse."""
    with transaction.atomic():
        made = stripe_objects.locked(refund_id, "refund")
        if made is None:
            raise CannotReverse(refund_id)
        if made["status"] == "failed":
            return made
        made |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
        made["failure_balance_transaction"] = _move(made["id"], "refund_failure", made["amount"])
        stripe_objects.keep(made)
        charge = _locked_charge(made["charge"])
        charge |= {"amount_refunded": charge["amount_refunded"] - made["amount"], "refunded": False}
        stripe_objects.keep(charge)
        announce("refund.failed", made)
        return made


def open_dispute(payment: str, cents: int | None = None) -> Body:
    """The donor contests a payment at the bank (all of it by default): the money and a fee are withdrawn at once.

    Raises CannotReverse, also for a payment that is contested already.
    """
    with transaction.atomic():
        charge = _locked_charge(payment)
        amount = charge["amount"] if cents is None else cents
        if charge["disputed"] or not 0 < amount <= charge["amount"]:
            raise CannotReverse(f"{amount} cents of {charge['amount']}")
        made = stripe_objects.dispute(charge, amount_cents=amount)
        _move(made["id"], "adjustment", -amount, fee_cents=DISPUTE_FEE_CENTS)
        made["balance_transactions"] = _moves_of(made["id"])
        stripe_objects.keep(made)
        stripe_objects.keep({**charge, "disputed": True})
        announce("charge.dispute.created", made)
        announce("charge.dispute.funds_withdrawn", made)
        return made


def close_dispute(dispute_id: str, status: str) -> Body:
    """The bank decides: `won` brings money and fee back, `lost` keeps them. Once. Raises CannotReverse."""
    with transaction.atomic():
        made = stripe_objects.locked(dispute_id, "dispute")
        if made is None or status not in ("won", "lost"):
            raise CannotReverse(dispute_id)
        if made["status"] in ("won", "lost"):
            return made
        made["status"] = status
        if status == "won":
            _move(made["id"], "adjustment", made["amount"], fee_cents=-DISPUTE_FEE_CENTS)
            made["balance_transactions"] = _moves_of(made["id"])
            announce("charge.dispute.funds_reinstated", made)
        stripe_objects.keep(made)
        announce("charge.dispute.closed", made)
        return made


def undo_debit(payment: str) -> Body:
    """The bank takes a direct debit back days after it succeeded: the payment intent fails after all; once.

    The provider keeps its fee. `payment` as for `refund`. Raises CannotReverse for a card, and for a debit of which
    something was refunded or contested meanwhile.
    """
    with transaction.atomic():
        charge = _locked_charge(payment)
        is_debit = charge["payment_method_details"]["type"] == "sepa_debit"
        intent = stripe_objects.locked(charge["payment_intent"], "payment_intent")
        if not is_debit or charge["amount_refunded"] or charge["disputed"] or intent is None:
            raise CannotReverse(payment)
        _move(charge["id"], "payment_failure_refund", -charge["amount"])
        charge |= {"status": "failed", "paid": False, "failure_code": "insufficient_funds"}
        stripe_objects.keep(charge)
        error = {"type": "card_error", "code": "insufficient_funds", "charge": charge["id"]}
        intent |= {"status": "requires_payment_method", "amount_received": 0, "last_payment_error": error}
        stripe_objects.keep(intent)
        announce("charge.failed", charge)
        announce("payment_intent.payment_failed", intent)
        for session in _sessions_of(intent["id"]):
            stripe_objects.keep(session | {"payment_status": "unpaid"})
            announce("checkout.session.async_payment_failed", session | {"payment_status": "unpaid"})
        return charge


def fail_payout(payout_id: str) -> Body:
    """Our bank refuses a payout: its money is in the balance again; once. Raises CannotReverse."""
    with transaction.atomic():
        made = stripe_objects.locked(payout_id, "payout")
        if made is None:
            raise CannotReverse(payout_id)
        if made["status"] != "failed":
            made |= {"status": "failed", "failure_code": "account_closed"}
            made["failure_balance_transaction"] = _move(payout_id, "payout_failure", made["amount"])
            stripe_objects.keep(made)
            announce("payout.failed", made)
        return made


def charge_behind(payment: str) -> Body | None:
    """The succeeded charge of a payment, locked; None when there is none."""
    try:
        return _locked_charge(payment)
    except CannotReverse:
        return None


def _sessions_of(intent_id: str) -> list[Body]:
    rows = StandInObject.objects.filter(kind="checkout.session", body__payment_intent=intent_id)
    return [row.body for row in rows.order_by("created_at", "pk")]


def _move(source: str, kind: str, amount_cents: int, *, fee_cents: int = 0) -> str:
    entry = stripe_objects.balance_transaction(
        source=source, kind=kind, amount_cents=amount_cents, fee_cents=fee_cents
    )
    return str(stripe_objects.keep(entry)["id"])


def _moves_of(source: str) -> list[Body]:
    rows = StandInObject.objects.filter(kind="balance_transaction", body__source=source)
    return [row.body for row in rows.order_by("created_at", "pk")]


def _locked_charge(payment: str) -> Body:
    """The succeeded charge behind any id of a payment."""
    if payment.startswith("cs_"):
        session = stripe_objects.read(payment, "checkout.session") or {}
        payment = session.get("payment_intent") or session.get("invoice") or ""
    if payment.startswith("in_"):
        ties = StandInObject.objects.filter(kind="invoice_payment", body__invoice=payment)
        tie = ties.order_by("created_at").first()
        payment = tie.body["payment"]["payment_intent"] if tie else ""
    if payment.startswith("pi_"):
        intent = stripe_objects.read(payment, "payment_intent") or {}
        payment = intent.get("latest_charge") or ""
    charge = stripe_objects.locked(payment, "charge")
    if charge is None or charge["status"] != "succeeded":
        raise CannotReverse(payment)
    return charge
