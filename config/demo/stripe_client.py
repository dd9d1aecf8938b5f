"""The payment provider played in the same process: an HTTP client of its library that answers by itself.

The library's own encoding, idempotency keys, retries and typed errors are all at work; only the network is not.
Unknown addresses and wrong parameters are refused as the provider refuses them; `config/demo/faults.py` makes it
break, refuse for now, or fall silent.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

from config.demo import faults, idempotency, portal, stripe_objects
from config.demo.stripe_answers import (
    Answer,
    Route,
    create_payout,
    create_refund,
    create_session,
    end_subscription,
    error,
    expire_session,
    list_events,
    list_of,
    retrieve,
    update_subscription,
)
from config.demo.stripe_objects import Body


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
        params = nested(post_data or "" if method == "post" else parts.query)
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        key = lowered.get("idempotency-key", "") if method == "post" else ""
        path = [part for part in parts.path.split("/") if part][1:]
        status, body = _answered(key, method, path, params)
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


def _answered(key: str, method: str, path: list[str], params: Body) -> Answer:
    """The answer to one call, or what a fault makes of it. Raises stripe.APIConnectionError when none arrives."""
    fault = faults.next_fault(" ".join([method, *path]))
    if fault is not None and fault.when == faults.BEFORE and not fault.is_kept:
        return fault.answer()
    if key:
        answer = idempotency.once(key, [method, path, params], lambda: _acted(fault, method, path, params))
    else:
        answer = _acted(fault, method, path, params)
    return fault.answer() if fault is not None and fault.when == faults.AFTER else answer


def _acted(fault: faults.Fault | None, method: str, path: list[str], params: Body) -> Answer:
    """What is kept under the key: a 500 too, whether it broke before acting or after."""
    if fault is None or not fault.is_kept:
        return _answer(method, path, params)
    if fault.when == faults.AFTER:
        _answer(method, path, params)
    return fault.answer()


def _answer(method: str, path: list[str], params: Body) -> Answer:
    pattern = " ".join([method, *path])
    for route, answer in ROUTES.items():
        wanted = route.split(" ")
        given = pattern.split(" ")
        if len(wanted) == len(given) and all(w in ("*", g) for w, g in zip(wanted, given, strict=True)):
            return answer([g for w, g in zip(wanted, given, strict=True) if w == "*"], params)
    return error(404, f"Unrecognized request URL ({method.upper()}: /v1/{'/'.join(path)}).")


ROUTES: dict[str, Route] = {
    "post checkout sessions": create_session,
    "get checkout sessions": list_of("checkout.session"),
    "get checkout sessions *": retrieve("checkout.session"),
    "post checkout sessions * expire": expire_session,
    "get payment_intents": list_of("payment_intent"),
    "get payment_intents *": retrieve("payment_intent"),
    "get charges": list_of("charge"),
    "get charges *": retrieve("charge"),
    "post refunds": create_refund,
    "get refunds": list_of("refund"),
    "get refunds *": retrieve("refund"),
    "get disputes": list_of("dispute"),
    "get disputes *": retrieve("dispute"),
    "get subscriptions": list_of("subscription"),
    "get subscriptions *": retrieve("subscription"),
    "post subscriptions *": update_subscription,
    "delete subscriptions *": end_subscription,
    "post customers *": portal.update_customer,
    "post billing_portal sessions": portal.create_portal_session,
    "get invoices": list_of("invoice"),
    "get invoices *": retrieve("invoice"),
    "get invoice_payments": list_of("invoice_payment"),
    "get balance_transactions": list_of("balance_transaction"),
    "get balance_transactions *": retrieve("balance_transaction"),
    "get payouts": list_of("payout"),
    "get payouts *": retrieve("payout"),
    "post payouts": create_payout,
    "get events": list_events,
}
