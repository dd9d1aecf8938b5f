"""What is asked of Stripe about a running subscription: its amount, a pause, its end, and the page of its card.

Beside `stripe_gateway`, by the same rules: never inside a transaction, every change under a stored idempotency key,
errors without Stripe's text. An amount changes from the next invoice on and nothing is charged in between
(`proration_behavior` none); a pause voids the invoices that fall into it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import stripe

from donations import stripe_gateway
from donations.stripe_events import id_of, reference_of
from fund import clock

ENDED = ("canceled", "incomplete_expired")
# Collection starts again early on the day of its end, in Paris, before the invoice of that day.
RESUMES_AT = time(0, 0)


class ProviderRefused(Exception):
    """Stripe understood and said no: asking again the same way gives the same answer. Nothing was changed."""


@dataclass(frozen=True)
class Subscription:
    """What Stripe says about one subscription. `amount_cents` is of each month; `resumes_at` is UTC."""

    id: str
    reference: str
    status: str
    amount_cents: int | None
    item_id: str
    product_id: str
    customer_id: str
    own_method_id: str
    is_paused: bool
    resumes_at: datetime | None


def subscription_of(body: dict[str, Any]) -> Subscription:
    """Reads a `subscription` object; each field may be missing."""
    items = body.get("items")
    listed = items.get("data") if isinstance(items, dict) else None
    item = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    price = item.get("price")
    price = price if isinstance(price, dict) else {}
    amount, pause = price.get("unit_amount"), body.get("pause_collection")
    resumes = pause.get("resumes_at") if isinstance(pause, dict) else None
    return Subscription(
        id=id_of(body.get("id")),
        reference=reference_of(body),
        status=id_of(body.get("status")),
        amount_cents=amount if type(amount) is int else None,
        item_id=id_of(item.get("id")),
        product_id=id_of(price.get("product")),
        customer_id=id_of(body.get("customer")),
        own_method_id=id_of(body.get("default_payment_method")),
        is_paused=isinstance(pause, dict),
        resumes_at=datetime.fromtimestamp(resumes, UTC) if type(resumes) is int and resumes > 0 else None,
    )


def read_subscription(subscription_id: str) -> Subscription:
    """Raises ProviderUnavailable, ProviderRefused when there is no such subscription."""
    client = stripe_gateway.client()
    return _answer(lambda: client.v1.subscriptions.retrieve(subscription_id))


def change_amount(subscription_id: str, *, amount_cents: int, key: str) -> Subscription:
    """From the next invoice on each month takes `amount_cents`. Raises ProviderUnavailable, ProviderRefused."""
    running = read_subscription(subscription_id)
    price = {
        "currency": "eur",
        "product": running.product_id,
        "recurring": {"interval": "month"},
        "unit_amount": amount_cents,
    }
    wanted = {"items": [{"id": running.item_id, "price_data": price}], "proration_behavior": "none"}
    return _update(subscription_id, wanted, key)


def pause(subscription_id: str, *, resumes_on: date | None, key: str) -> Subscription:
    """Nothing is taken until the Paris day `resumes_on`, or until `resume`. Raises ProviderUnavailable,
    ProviderRefused."""
    collection: dict[str, Any] = {"behavior": "void"}
    if resumes_on is not None:
        # In the demo the fund's dates lag behind the provider's clock, which is real.
        resumes_at = datetime.combine(resumes_on, RESUMES_AT, clock.PARIS) + clock.shift()
        collection["resumes_at"] = int(resumes_at.timestamp())
    return _update(subscription_id, {"pause_collection": collection}, key)


def resume(subscription_id: str, *, key: str) -> Subscription:
    """The months are taken again. Raises ProviderUnavailable, ProviderRefused."""
    return _update(subscription_id, {"pause_collection": ""}, key)


def end(subscription_id: str) -> None:
    """Nothing is ever taken again; what had ended already stays so: a DELETE, which needs no key to be safe twice.

    Raises ProviderUnavailable, ProviderRefused.
    """
    client = stripe_gateway.client()
    try:
        _answer(lambda: client.v1.subscriptions.cancel(subscription_id))
    except ProviderRefused:
        # Stripe refuses to end what has ended, and no longer knows what ended long ago.
        try:
            found = read_subscription(subscription_id)
        except ProviderRefused:
            return
        if found.status not in ENDED:
            raise


def card_page(subscription_id: str, *, back: str, language: str) -> str:
    """The address of Stripe's page where the card of a subscription is replaced; it serves once, for minutes.

    The page writes the customer's card; a subscription begun at Checkout has one of its own, which would win. So that
    one becomes the customer's first, and the subscription follows the customer from then on.
    Raises ProviderUnavailable, ProviderRefused.
    """
    client = stripe_gateway.client()
    running = read_subscription(subscription_id)
    if not running.customer_id:
        raise ProviderRefused
    if running.own_method_id:
        method: Any = {"invoice_settings": {"default_payment_method": running.own_method_id}}
        _call(lambda: client.v1.customers.update(running.customer_id, method))
        _call(lambda: client.v1.subscriptions.update(subscription_id, {"default_payment_method": ""}))
    wanted: Any = {
        "customer": running.customer_id,
        "flow_data": {"type": "payment_method_update"},
        "locale": language,
        "return_url": back,
    }
    return str(_call(lambda: client.v1.billing_portal.sessions.create(wanted)).url)


def _update(subscription_id: str, wanted: Any, key: str) -> Subscription:
    client = stripe_gateway.client()
    return _answer(lambda: client.v1.subscriptions.update(subscription_id, wanted, {"idempotency_key": key}))


def _answer(call: Callable[[], Any]) -> Subscription:
    return subscription_of(_call(call).to_dict())


def _call(call: Callable[[], Any]) -> Any:
    """What Stripe answers. A refusal of this very request is told apart from a bad moment."""
    try:
        return call()
    except stripe.InvalidRequestError as error:
        raise ProviderRefused(type(error).__name__) from error
    except stripe.StripeError as error:
        raise stripe_gateway.unavailable(error) from error
