"""Refunds asked of the payment provider: always to the payment the money came by, never to another means."""

from dataclasses import dataclass
from typing import Any

import stripe

from donations import stripe_events, stripe_gateway
from donations.models import RefundOrder

ORDER = "refund_order"  # the metadata by which a refund of ours is found again
PAGE = 100

# What the provider says of a refund it will not make, and our code for it (`donations/refund_words.py`).
REFUSALS = {
    "charge_already_refunded": "already_refunded",
    "charge_disputed": "disputed",
    "amount_too_large": "too_much",
    "balance_insufficient": "no_balance",
    "insufficient_funds": "no_balance",
    "resource_missing": "unknown_payment",
    "idempotency_key_in_use": "",
}


class RefundRefused(Exception):
    """The provider will not make this refund: asking again changes nothing. `code` is one of `refund_words.py`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class MadeRefund:
    """The provider's id of a refund it made."""

    id: str


def create_refund(order: RefundOrder) -> MadeRefund:
    """Gives the order's amount back to the payment it names, under its stored key: asking again gives the same refund.

    Raises RefundRefused, ProviderUnavailable, or ProviderBroke (then look with `find_refund` before asking anew).
    """
    client = stripe_gateway.client()
    params: Any = {  # a dict of the library’s own
        "payment_intent": order.payment_id,
        "amount": order.amount_cents,
        "metadata": {"gift": order.gift.reference, ORDER: _name_of(order)},
    }
    try:
        made = client.v1.refunds.create(params, {"idempotency_key": order.idempotency_key})
    except stripe.InvalidRequestError as error:
        code = REFUSALS.get(error.code or "", "other")
        if not code or (error.http_status or 0) == 429:
            raise stripe_gateway.unavailable(error) from error
        raise RefundRefused(code) from error
    except stripe.StripeError as error:
        raise stripe_gateway.unavailable(error) from error
    if not stripe_events.id_of(made.id):
        raise stripe_gateway.ProviderUnavailable("no id")
    return MadeRefund(stripe_events.id_of(made.id))


def find_refund(order: RefundOrder) -> MadeRefund | None:
    """The refund that the provider made of this order, if it did. Raises ProviderUnavailable."""
    client = stripe_gateway.client()
    with stripe_gateway.answered():
        listed = client.v1.refunds.list({"payment_intent": order.payment_id, "limit": PAGE})
    bodies = [one.to_dict() for one in listed.data]
    found = [body for body in bodies if (body.get("metadata") or {}).get(ORDER) == _name_of(order)]
    return MadeRefund(stripe_events.id_of(found[0].get("id"))) if found else None


def _name_of(order: RefundOrder) -> str:
    """The order's own mark, whatever key it is asked under."""
    return f"{order.gift.reference}/{order.number}"
