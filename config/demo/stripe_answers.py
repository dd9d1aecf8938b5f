"""What the stand-in answers to each call: the same fields, filters, pages and error codes as the provider's."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction

from config.demo import payments, reversing, stripe_objects, subscriptions
from config.demo.models import StandInDelivery
from config.demo.stripe_objects import Body

LEAST_CENTS = 50
MOST_LISTED = 100
EVENTS_KEPT_SECONDS = 30 * stripe_objects.DAY  # events older than this are listed no more
Answer = tuple[int, Body]
Route = Callable[[list[str], Body], Answer]
# The fields that a list can be filtered by, over all kinds.
FILTERS = (
    "payout",
    "status",
    "type",
    "source",
    "invoice",
    "payment_intent",
    "subscription",
    "charge",
    "customer",
)
KINDS_BEHIND = {
    "latest_charge": "charge",
    "charge": "charge",
    "balance_transaction": "balance_transaction",
    "payment_intent": "payment_intent",
    "subscription": "subscription",
    "latest_invoice": "invoice",
    "invoice": "invoice",
}


def create_session(_ids: list[str], params: Body) -> Answer:
    try:
        (line,) = params["line_items"]
        price, amount = line["price_data"], int(line["price_data"]["unit_amount"]) * int(line["quantity"])
        currency, _success = price["currency"], params["success_url"]
    except (KeyError, TypeError, ValueError):
        return error(400, "Missing or invalid line_items or success_url.", code="parameter_missing")
    recurring = price.get("recurring") or {}
    wanted = {"payment": {}, "subscription": {"interval": "month"}}.get(str(params.get("mode")))
    if recurring != wanted or currency != "eur":
        sentence = "Only payments and monthly subscriptions in euros are played here."
        return error(400, sentence, code="parameter_invalid")
    if amount < LEAST_CENTS:
        return error(400, "The amount must be at least €0.50.", code="amount_too_small")
    page = f"{settings.PAY_PAGE_URL}/payer"
    make = stripe_objects.subscription_session if recurring else stripe_objects.checkout_session
    return 200, stripe_objects.keep(make(params, amount_cents=amount, pay_page=page))


def expire_session(ids: list[str], _params: Body) -> Answer:
    with transaction.atomic():
        session = stripe_objects.locked(ids[0], "checkout.session")
        if session is None:
            return missing("checkout.session", ids[0])
        if session["status"] != "open":
            return error(400, "Only Checkout Sessions with a status of open can be expired.")
        session |= {"status": "expired", "url": None}
        stripe_objects.keep(session)
        payments.announce("checkout.session.expired", session)
        return 200, session


def create_refund(_ids: list[str], params: Body) -> Answer:
    """Gives (a part of) a payment back, from the balance: a direct debit's refund is pending at first."""
    payment = str(params.get("payment_intent") or params.get("charge") or "")
    if not payment or (params.get("amount") is not None and not str(params["amount"]).isdigit()):
        return error(400, "One of charge or payment_intent is required.", code="parameter_missing")
    with transaction.atomic():
        charge = reversing.charge_behind(payment)
        if charge is None:
            return missing("payment_intent" if payment.startswith("pi_") else "charge", payment)
        left = charge["amount"] - charge["amount_refunded"]
        cents = int(params.get("amount") or left)
        if charge["disputed"]:
            return error(400, f"Charge {charge['id']} has been charged back.", code="charge_disputed")
        if left <= 0:
            sentence = f"Charge {charge['id']} has already been refunded."
            return error(400, sentence, code="charge_already_refunded")
        if not 0 < cents <= left:
            sentence = (
                f"Refund amount (€{cents / 100:.2f}) is greater than unrefunded amount (€{left / 100:.2f})."
            )
            return error(400, sentence, code="amount_too_large")
        if cents > payments.balance_cents():
            sentence = "Insufficient funds in your Stripe balance to refund this amount."
            return error(400, sentence, code="balance_insufficient")
        is_debit = charge["payment_method_details"]["type"] == "sepa_debit"
        made = payments.refund(
            payment,
            cents,
            status="pending" if is_debit else "succeeded",
            metadata=params.get("metadata") or {},
        )
        return 200, made


def update_subscription(ids: list[str], params: Body) -> Answer:
    """Another amount from the next invoice on, or a pause of the collection, or its end."""
    try:
        changed = subscriptions.update_subscription(ids[0], params)
    except subscriptions.NoSuchSubscription:
        return missing("subscription", ids[0])
    except subscriptions.NotPlayed as refused:
        return error(400, str(refused), code="parameter_invalid")
    return 200, changed


def end_subscription(ids: list[str], _params: Body) -> Answer:
    """Cancelled at once; a second time there is no such subscription any more, as at the provider."""
    try:
        ended = subscriptions.end_subscription(ids[0])
    except subscriptions.NoSuchSubscription:
        ended = None
    return (200, ended) if ended else missing("subscription", ids[0])


def create_payout(_ids: list[str], _params: Body) -> Answer:
    """Pays out the whole balance: the automatic payout of the provider, asked for by hand."""
    made = payments.make_payout()
    return (200, made) if made else error(400, "There is nothing to pay out.", code="balance_insufficient")


def retrieve(kind: str) -> Route:
    def answer(ids: list[str], params: Body) -> Answer:
        found = stripe_objects.read(ids[0], kind)
        if found is None:
            return missing(kind, ids[0])
        for path in params.get("expand") or []:
            found = _expanded(found, path.split("."))
        return 200, found

    return answer


def _expanded(body: Body, path: list[str]) -> Body:
    """The object with the ids along `path` replaced by what they name."""
    inner = body.get(path[0])
    if path[0] not in KINDS_BEHIND or not isinstance(inner, str):
        return body
    found = stripe_objects.read(inner, KINDS_BEHIND[path[0]])
    if found is None:
        return body
    return {**body, path[0]: _expanded(found, path[1:]) if path[1:] else found}


def list_of(kind: str) -> Route:
    def answer(_ids: list[str], params: Body) -> Answer:
        wanted = {name: value for name, value in params.items() if name in FILTERS}
        rows = [row for row in stripe_objects.listed(kind) if _is_wanted(row, wanted)]
        return _page([row for row in rows if _is_in_range(row, params)], params, f"/v1/{kind}s")

    return answer


def list_events(_ids: list[str], params: Body) -> Answer:
    """The events of the last thirty days, newest first; `delivery_success=false`: those that no answer took yet."""
    rows = StandInDelivery.objects.order_by("-pk")
    if params.get("delivery_success") == "false":
        rows = rows.filter(delivered_at=None)
    elif params.get("delivery_success") == "true":
        rows = rows.filter(delivered_at__isnull=False)
    types = set(params.get("types") or ([params["type"]] if params.get("type") else []))
    listed = [stripe_objects.event_of(row) for row in rows.iterator()]
    oldest = time.time() - EVENTS_KEPT_SECONDS
    kept = [one for one in listed if one["created"] >= oldest and _is_in_range(one, params)]
    return _page([one for one in kept if not types or one["type"] in types], params, "/v1/events")


def _is_wanted(row: Body, wanted: Body) -> bool:
    """An invoice names its subscription under `parent` since 2025."""
    details = (row.get("parent") or {}).get("subscription_details") or {}
    return all(value in (row.get(name), details.get(name)) for name, value in wanted.items())


def _is_in_range(row: Body, params: Body) -> bool:
    created = params.get("created") or {}
    if not isinstance(created, dict):
        return bool(row["created"] == int(created))
    tests: dict[str, Callable[[int, int], bool]] = {
        "gt": int.__gt__,
        "gte": int.__ge__,
        "lt": int.__lt__,
        "lte": int.__le__,
    }
    return all(tests[name](row["created"], int(bound)) for name, bound in created.items() if name in tests)


def _page(rows: list[Body], params: Body, url: str) -> Answer:
    """At most `limit` (10, never more than 100) after the id `starting_after`, in the order of the rows."""
    limit = int(params.get("limit") or 10)
    if not 0 < limit <= MOST_LISTED:
        return error(400, "Limit must be between 1 and 100.", code="parameter_invalid")
    after = params.get("starting_after")
    if after:
        places = [place for place, row in enumerate(rows) if row["id"] == after]
        if not places:
            return missing("object", after)
        rows = rows[places[0] + 1 :]
    return 200, {"object": "list", "url": url, "has_more": len(rows) > limit, "data": rows[:limit]}


def missing(kind: str, object_id: str) -> Answer:
    return error(404, f"No such {kind}: '{object_id}'", code="resource_missing")


def error(
    status: int, sentence: str, *, kind: str = "invalid_request_error", code: str | None = None
) -> Answer:
    body: dict[str, Any] = {"type": kind, "code": code, "message": sentence}
    return status, {"error": body}
