"""The payment provider played in the same process: an HTTP client of its library that answers by itself.

The library's own encoding, idempotency keys and typed errors are all at work; only the network is not. Unknown
addresses and wrong parameters are refused as the provider refuses them.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe
from django.conf import settings
from django.db import IntegrityError, transaction

from config.demo import payments, stripe_objects
from config.demo.models import StandInAnswer
from config.demo.stripe_objects import Body

LEAST_CENTS = 50
Answer = tuple[int, Body]
Route = Callable[[list[str], Body], Answer]


class StandInClient(stripe.HTTPClient):
    """Answers `request` from the stand-in's rows. Called outside any transaction, as a network would be."""

    name = "stand-in"

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urlsplit(url)
        params = nested(parts.query if method == "get" else (post_data or ""))
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        key = lowered.get("idempotency-key", "") if method == "post" else ""
        path = [part for part in parts.path.split("/") if part][1:]
        status, body = _once(key, method, path, params) if key else _answer(method, path, params)
        return json.dumps(body), status, {"request-id": stripe_objects.new_id("req")}

    def close(self) -> None:
        """There is no connection to close."""


def nested(encoded: str) -> Body:
    """`a[b][0]=c` → {"a": {"b": ["c"]}}: the form encoding of the provider's interface."""
    tree: Body = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        *path, last = [part.rstrip("]") for part in name.split("[")]
        place = tree
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return {name: _with_lists(value) for name, value in tree.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_with_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _with_lists(inner) for name, inner in value.items()}


def _once(key: str, method: str, path: list[str], params: Body) -> Answer:
    """The first answer given to a key again, an error for other parameters; refused requests are not kept."""
    content = json.dumps([method, path, params], sort_keys=True)
    request_hash = hashlib.sha256(content.encode()).hexdigest()
    known = StandInAnswer.objects.filter(key=key).first()
    if known is None:
        try:
            with transaction.atomic():
                status, body = _answer(method, path, params)
                if status < 400:
                    StandInAnswer.objects.create(
                        key=key, request_hash=request_hash, status=status, body=json.dumps(body)
                    )
                return status, body
        except IntegrityError:  # the same key in another thread was first
            known = StandInAnswer.objects.get(key=key)
    if known.request_hash != request_hash:
        sentence = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        return _error(400, sentence, kind="idempotency_error")
    return known.status, json.loads(known.body)


def _answer(method: str, path: list[str], params: Body) -> Answer:
    pattern = " ".join([method, *path])
    for route, answer in ROUTES.items():
        wanted = route.split(" ")
        given = pattern.split(" ")
        if len(wanted) == len(given) and all(w in ("*", g) for w, g in zip(wanted, given, strict=True)):
            return answer([g for w, g in zip(wanted, given, strict=True) if w == "*"], params)
    return _error(404, f"Unrecognized request URL ({method.upper()}: /v1/{'/'.join(path)}).")


def _create_session(_ids: list[str], params: Body) -> Answer:
    try:
        (line,) = params["line_items"]
        price, amount = line["price_data"], int(line["price_data"]["unit_amount"]) * int(line["quantity"])
        currency, _success = price["currency"], params["success_url"]
    except (KeyError, TypeError, ValueError):
        return _error(400, "Missing or invalid line_items or success_url.", code="parameter_missing")
    recurring = price.get("recurring") or {}
    wanted = {"payment": {}, "subscription": {"interval": "month"}}.get(str(params.get("mode")))
    if recurring != wanted or currency != "eur":
        sentence = "Only payments and monthly subscriptions in euros are played here."
        return _error(400, sentence, code="parameter_invalid")
    if amount < LEAST_CENTS:
        return _error(400, "The amount must be at least €0.50.", code="amount_too_small")
    page = f"{settings.PAY_PAGE_URL}/payer"
    make = stripe_objects.subscription_session if recurring else stripe_objects.checkout_session
    return 200, stripe_objects.keep(make(params, amount_cents=amount, pay_page=page))


def _expire_session(ids: list[str], _params: Body) -> Answer:
    with transaction.atomic():
        session = stripe_objects.locked(ids[0], "checkout.session")
        if session is None:
            return _missing("checkout.session", ids[0])
        if session["status"] != "open":
            return _error(400, "Only Checkout Sessions with a status of open can be expired.")
        session |= {"status": "expired", "url": None}
        stripe_objects.keep(session)
        payments.announce("checkout.session.expired", session)
        return 200, session


def _retrieve(kind: str) -> Route:
    def answer(ids: list[str], params: Body) -> Answer:
        found = stripe_objects.read(ids[0], kind)
        if found is None:
            return _missing(kind, ids[0])
        for path in params.get("expand") or []:
            found = _expanded(found, path.split("."))
        return 200, found

    return answer


def _expanded(body: Body, path: list[str]) -> Body:
    """The object with the ids along `path` replaced by what they name."""
    kinds = {
        "latest_charge": "charge",
        "balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
    }
    inner = body.get(path[0])
    if path[0] not in kinds or not isinstance(inner, str):
        return body
    found = stripe_objects.read(inner, kinds[path[0]])
    if found is None:
        return body
    return {**body, path[0]: _expanded(found, path[1:]) if path[1:] else found}


def _list(kind: str) -> Route:
    def answer(_ids: list[str], params: Body) -> Answer:
        rows = stripe_objects.listed(kind)
        wanted = {
            name: value
            for name, value in params.items()
            if name in ("payout", "status", "type", "source", "invoice")
        }
        rows = [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]
        limit = int(params.get("limit") or 10)
        return 200, {
            "object": "list",
            "url": f"/v1/{kind}s",
            "has_more": len(rows) > limit,
            "data": rows[:limit],
        }

    return answer


def _create_payout(_ids: list[str], _params: Body) -> Answer:
    """Pays out the whole balance: the automatic payout of the provider, asked for by hand."""
    made = payments.make_payout()
    return (200, made) if made else _error(400, "There is nothing to pay out.", code="balance_insufficient")


def _missing(kind: str, object_id: str) -> Answer:
    return _error(404, f"No such {kind}: '{object_id}'", code="resource_missing")


def _error(
    status: int, sentence: str, *, kind: str = "invalid_request_error", code: str | None = None
) -> Answer:
    return status, {"error": {"type": kind, "code": code, "message": sentence}}


ROUTES: dict[str, Route] = {
    "post checkout sessions": _create_session,
    "get checkout sessions *": _retrieve("checkout.session"),
    "post checkout sessions * expire": _expire_session,
    "get payment_intents *": _retrieve("payment_intent"),
    "get balance_transactions": _list("balance_transaction"),
    "get balance_transactions *": _retrieve("balance_transaction"),
    "get invoice_payments": _list("invoice_payment"),
    "get payouts": _list("payout"),
    "get payouts *": _retrieve("payout"),
    "post payouts": _create_payout,
}
