"""The stand-in's objects, shaped as the provider shapes them in its newest version, kept as rows.

Only the fields that we, the provider's library or a reader of the demo look at, plus the usual ones around them.
Times are real (Unix seconds); amounts are euro cents.
"""

import json
import time
from typing import Any

from django.utils.crypto import get_random_string

from config.demo.models import StandInDelivery, StandInObject

API_VERSION = "2026-07-29.dahlia"
DAY = 24 * 3600
CATEGORIES = {
    "payout": "payout",
    "payout_failure": "payout_reversal",
    "refund": "refund",
    "refund_failure": "refund_failure",
    "payment_failure_refund": "charge_failure",
    "adjustment": "dispute",
}
Body = dict[str, Any]


def new_id(prefix: str) -> str:
    return f"{prefix}_{get_random_string(24)}"


def now() -> int:
    return int(time.time())


def keep(body: Body) -> Body:
    """Writes the object as it is now, in one statement."""
    StandInObject.objects.bulk_create(
        [StandInObject(id=body["id"], kind=body["object"], body=body)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["kind", "body"],
    )
    return body


def locked(object_id: str, kind: str) -> Body | None:
    """The object, locked until the end of the transaction; None when there is no such object."""
    rows = StandInObject.objects.select_for_update(of=("self",))
    row = rows.filter(pk=object_id, kind=kind).first()
    return row.body if row else None


def read(object_id: str, kind: str) -> Body | None:
    row = StandInObject.objects.filter(pk=object_id, kind=kind).first()
    return row.body if row else None


def listed(kind: str) -> list[Body]:
    """All objects of a kind, newest first."""
    rows = StandInObject.objects.filter(kind=kind).order_by("-created_at", "-pk")
    return [row.body for row in rows]


def checkout_session(params: Body, *, amount_cents: int, pay_page: str) -> Body:
    """An open page to pay on for a day; the payment intent comes when somebody tries to pay."""
    session_id = new_id("cs_test")
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "amount_subtotal": amount_cents,
        "amount_total": amount_cents,
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": now(),
        "currency": "eur",
        "customer": None,
        "customer_details": {"email": params.get("customer_email"), "name": None},
        "customer_email": params.get("customer_email"),
        "expires_at": now() + DAY,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": params.get("metadata") or {},
        "mode": "payment",
        "payment_intent": None,
        "payment_intent_data": params.get("payment_intent_data") or {},
        "payment_method_types": params.get("payment_method_types") or ["card"],
        "payment_status": "unpaid",
        "status": "open",
        "submit_type": params.get("submit_type"),
        "success_url": params.get("success_url"),
        "ui_mode": "hosted_page",
        "url": f"{pay_page}/{session_id}",
    }


def subscription_session(params: Body, *, amount_cents: int, pay_page: str) -> Body:
    """An open page where the first month of a subscription is paid."""
    page = checkout_session(params, amount_cents=amount_cents, pay_page=pay_page)
    mode = {"mode": "subscription", "subscription": None, "invoice": None}
    return page | mode | {"subscription_data": params.get("subscription_data") or {}}


def payment_intent(session: Body) -> Body:
    return {
        "id": new_id("pi"),
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_received": 0,
        "canceled_at": None,
        "capture_method": "automatic_async",
        "created": now(),
        "currency": session["currency"],
        "customer": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": session["payment_intent_data"].get("metadata") or {},
        "payment_method": None,
        "payment_method_types": session["payment_method_types"],
        "processing": None,
        "status": "requires_payment_method",
    }


def charge(intent: Body, *, method: str, status: str) -> Body:
    """`method` is card or sepa_debit, `status` succeeded, pending or failed."""
    card = f"demo{intent['id'][-12:]}"  # whoever tries again on one pay page tries the same card
    details = {"brand": "visa", "country": "FR", "fingerprint": card, "funding": "debit", "last4": "4242"}
    debit = {"bank_code": "20041", "country": "FR", "last4": "2606", "mandate": new_id("mandate")}
    return {
        "id": new_id("ch" if method == "card" else "py"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if status == "succeeded" else 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "captured": status != "failed",
        "created": now(),
        "currency": intent["currency"],
        "disputed": False,
        "failure_code": None,
        "livemode": False,
        "metadata": intent["metadata"],
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": new_id("pm"),
        "payment_method_details": {"type": method, method: details if method == "card" else debit},
        "refunded": False,
        "status": status,
    }


def balance_transaction(*, source: str, kind: str, amount_cents: int, fee_cents: int) -> Body:
    """`kind` is charge, payment, adjustment (a dispute) or another of CATEGORIES; `net` is what moved."""
    fees = [
        {
            "amount": fee_cents,
            "currency": "eur",
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    return {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount_cents,
        "available_on": now(),
        "balance_type": "payments",
        "created": now(),
        "currency": "eur",
        "description": None,
        "exchange_rate": None,
        "fee": fee_cents,
        "fee_details": fees if fee_cents else [],
        "net": amount_cents - fee_cents,
        "payout": None,
        "reporting_category": CATEGORIES.get(kind, "charge"),
        "source": source,
        "status": "available",
        "type": kind,
    }


def payout(*, amount_cents: int) -> Body:
    return {
        "id": new_id("po"),
        "object": "payout",
        "amount": amount_cents,
        "arrival_date": now(),
        "automatic": True,
        "balance_transaction": None,
        "created": now(),
        "currency": "eur",
        "description": "STRIPE PAYOUT",
        "destination": new_id("ba"),
        "failure_code": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "completed",
        "source_type": "card",
        "statement_descriptor": None,
        "status": "paid",
        "type": "bank_account",
    }


def refund(charge: Body, *, amount_cents: int, status: str, metadata: Body) -> Body:
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount_cents,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": "requested_by_customer",
        "receipt_number": None,
        "status": status,
    }


def dispute(charge: Body, *, amount_cents: int) -> Body:
    """A chargeback whose money is withdrawn at once; its balance transactions are filled in by who opens it."""
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": amount_cents,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "evidence": {},
        "evidence_details": {
            "due_by": now() + 9 * DAY,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {"brand": "visa", "case_type": "chargeback", "network_reason_code": "13.1"},
            "type": "card",
        },
        "reason": "product_not_received",
        "status": "needs_response",
    }


def subscription(session: Body) -> Body:
    item = {
        "id": new_id("si"),
        "object": "subscription_item",
        "current_period_end": now() + 30 * DAY,
        "current_period_start": now(),
        "price": {
            "id": new_id("price"),
            "object": "price",
            "currency": "eur",
            "recurring": {"interval": "month", "interval_count": 1},
            "type": "recurring",
            "product": new_id("prod"),
            "unit_amount": session["amount_total"],
        },
        "quantity": 1,
    }
    return {
        "id": new_id("sub"),
        "object": "subscription",
        "cancel_at_period_end": False,
        "canceled_at": None,
        "collection_method": "charge_automatically",
        "created": now(),
        "currency": "eur",
        "customer": new_id("cus"),
        "default_payment_method": new_id("pm"),
        "ended_at": None,
        "items": {"object": "list", "data": [item], "has_more": False},
        "latest_invoice": None,
        "livemode": False,
        "metadata": session["subscription_data"].get("metadata") or {},
        "pause_collection": None,
        "start_date": now(),
        "status": "active",
    }


def invoice(subscription: Body, *, reason: str) -> Body:
    """One month, open. `reason` is subscription_create or subscription_cycle."""
    amount = subscription["items"]["data"][0]["price"]["unit_amount"]
    details = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    return {
        "id": new_id("in"),
        "object": "invoice",
        "amount_due": amount,
        "amount_paid": 0,
        "amount_remaining": amount,
        "attempt_count": 0,
        "attempted": False,
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "created": now(),
        "currency": "eur",
        "customer": subscription["customer"],
        "livemode": False,
        "metadata": {},
        "next_payment_attempt": None,
        "parent": {"quote_details": None, "subscription_details": details, "type": "subscription_details"},
        "period_end": now(),
        "period_start": now(),
        "status": "open",
        "status_transitions": {"finalized_at": now(), "paid_at": None, "voided_at": None},
        "total": amount,
    }


def invoice_payment(invoice: Body, intent: Body) -> Body:
    """What ties an invoice to its payment since 2025: neither names the other."""
    return {
        "id": new_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": invoice["total"],
        "amount_requested": invoice["total"],
        "created": now(),
        "currency": "eur",
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
        "status": "paid",
        "status_transitions": {"canceled_at": None, "paid_at": now()},
    }


def announce(event_type: str, body: Body, *, previous: Body | None = None) -> StandInDelivery:
    """An event about the object as it is now, to be delivered; its row belongs to the caller's transaction.

    `previous` are the former values of the fields that an update changed.
    """
    data = {"object": body} if previous is None else {"object": body, "previous_attributes": previous}
    event: Body = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": event_type,
    }
    return StandInDelivery.objects.create(event_id=event["id"], payload=json.dumps(event))


def event_of(delivery: StandInDelivery) -> Body:
    """The event of a delivery, as a list of events shows it now."""
    event: Body = json.loads(delivery.payload)
    return {**event, "pending_webhooks": 0 if delivery.delivered_at else 1}
