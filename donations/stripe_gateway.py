"""The only speaker to Stripe: hosted Checkout out, signed events in.

Every call out refuses to run inside a transaction: a row lock would be held while a network waits, and what was sent
could not be undone with the rest. `STRIPE_HTTP_CLIENT` (a dotted path, set in the demo only) replaces the network.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import stripe
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from donations import stripe_events
from donations.models import PaymentAttempt
from fund.roles import Refusal

SIGNATURE_TOLERANCE_SECONDS = 300  # law.md §6: what Stripe itself advises
METHODS = ("card", "sepa_debit")
# Stripe's library would else write an identifier of this machine into the account's home, and send it with timings.
stripe.enable_telemetry = False


class ProviderUnavailable(Exception):
    """Stripe did not answer, or refused for now: nothing was taken, the same call may be made again."""


class ProviderBroke(ProviderUnavailable):
    """Stripe answered a 5xx. It replays that answer to the same idempotency key: a new attempt is needed."""


class BadSignature(Exception):
    """The body is not what one of our secrets signed, or it was signed too long ago, or in the future."""


@dataclass(frozen=True)
class Session:
    """A Checkout Session: `url` is empty once it is complete or expired; `status` is open, complete or expired."""

    id: str
    url: str
    status: str


@dataclass(frozen=True)
class ChargeFacts:
    """Stripe's fee in euro cents, None while its balance transaction is not there or not in euros; the means of
    payment in Stripe's word (card, sepa_debit), empty when it is not told."""

    fee_cents: int | None
    means: str


def giving_is_open() -> Refusal | None:
    """None when a gift can be paid: in the demo, or with a key and a secret to trust the answers by."""
    if settings.DEMO or (settings.STRIPE_SECRET_KEY and webhook_secrets()):
        return None
    return Refusal(
        "giving_closed", _("Les dons en ligne sont fermés pour le moment. Revenez un peu plus tard.")
    )


def webhook_secrets() -> list[str]:
    """The secrets that may sign an event; several, separated by commas, while one replaces the other."""
    return [secret.strip() for secret in settings.STRIPE_WEBHOOK_SECRET.split(",") if secret.strip()]


def expects_live_events() -> bool:
    """Whether real money passes: an event of the other mode is parked, whatever it says."""
    return not settings.DEMO and settings.STRIPE_SECRET_KEY.startswith(("sk_live", "rk_live"))


def create_checkout_session(attempt: PaymentAttempt, *, email: str, language: str) -> Session:
    """Opens the pay page of one attempt, under its stored idempotency key: asking again gives the same page.

    Raises ProviderUnavailable (or ProviderBroke) when there is no answer to build on.
    """
    params = _session_params(attempt, email=email, language=language)
    speaker = client()
    with answered():
        made = speaker.v1.checkout.sessions.create(params, {"idempotency_key": attempt.idempotency_key})
    return _session(made)


def _session_params(
    attempt: PaymentAttempt, *, email: str, language: str
) -> Any:  # a dict of the library's own
    """What a pay page is asked for: one payment, or a subscription whose first month is paid there."""
    gift = attempt.gift
    page = settings.SITE_URL + reverse("gift_page", args=[gift.token])
    metadata = {"gift": gift.reference, "attempt": str(attempt.number)}
    price: dict[str, Any] = {
        "currency": "eur",
        "unit_amount": gift.amount_cents,
        "product_data": {"name": str(_("Don à la cagnotte solidaire"))},
    }
    params: dict[str, Any] = {
        "payment_method_types": list(METHODS),
        "line_items": [{"quantity": 1, "price_data": price}],
        "adaptive_pricing": {"enabled": False},  # the amount paid must be the amount promised, in euros
        "customer_email": email,
        "locale": language,
        "client_reference_id": gift.reference,
        "metadata": metadata,
        "success_url": page,
        "cancel_url": f"{page}?cancelled=1",
    }
    if gift.monthly_id is None:
        once = {"mode": "payment", "submit_type": "donate", "payment_intent_data": {"metadata": metadata}}
        return params | once
    price["recurring"] = {"interval": "month"}
    return params | {"mode": "subscription", "subscription_data": {"metadata": metadata}}


def expire_session(session_id: str) -> Session:
    """Closes a pay page so that nobody can pay there any more; a page already complete stays so and is returned.

    Raises ProviderUnavailable.
    """
    speaker = client()
    with answered():
        try:
            return _session(speaker.v1.checkout.sessions.expire(session_id))
        except stripe.InvalidRequestError:
            pass  # only an open page can be expired: what it is instead is asked for below
    with answered():
        return _session(speaker.v1.checkout.sessions.retrieve(session_id))


def fetch_charge(payment_intent_id: str) -> ChargeFacts:
    """What Stripe says of the charge that paid a payment intent. Raises ProviderUnavailable."""
    speaker = client()
    with answered():
        found = speaker.v1.payment_intents.retrieve(
            payment_intent_id, {"expand": ["latest_charge.balance_transaction"]}
        )
    charge = found.to_dict().get("latest_charge")
    if not isinstance(charge, dict):
        return ChargeFacts(None, "")
    balance = charge.get("balance_transaction")
    fee = balance.get("fee") if isinstance(balance, dict) and balance.get("currency") == "eur" else None
    is_fee = type(fee) is int and fee >= 0
    return ChargeFacts(fee if is_fee else None, stripe_events.means_of(charge))


def payment_of_invoice(invoice_id: str) -> str:
    """The payment intent that paid an invoice; empty while there is none. Raises ProviderUnavailable."""
    speaker = client()
    with answered():
        found = speaker.v1.invoice_payments.list({"invoice": invoice_id, "status": "paid"})
    listed = [stripe_events.payment_of_invoice_payment(one.to_dict()) for one in found.data]
    return next((payment for payment in listed if payment), "")


def verify_signature(raw: bytes, header: str) -> None:
    """Raises BadSignature unless one of our secrets signed this body, at most five minutes from now.

    Both ways: Stripe's library takes a signature of next year, which could then be played again until next year.
    """
    for secret in webhook_secrets():
        try:
            stripe.WebhookSignature.verify_header(raw, header, secret, SIGNATURE_TOLERANCE_SECONDS)
            is_ahead = _signed_at(header) > time.time() + SIGNATURE_TOLERANCE_SECONDS
        except (stripe.SignatureVerificationError, ValueError, TypeError):
            continue  # ValueError: the body is not UTF-8; TypeError: the header is not ASCII
        if not is_ahead:
            return
    raise BadSignature


def _signed_at(header: str) -> int:
    """The moment in a signature header, in seconds; the first one, as Stripe's library reads it."""
    return next(int(item[2:]) for item in header.split(",") if item.startswith("t="))


def verify_and_parse(raw: bytes, header: str) -> object:
    """The parsed body of a delivery whose signature is right; None when it is not JSON (parked by its hash).

    Raises BadSignature.
    """
    verify_signature(raw, header)
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def client() -> stripe.StripeClient:
    """For every module that speaks to Stripe. Raises RuntimeError inside a transaction."""
    open_blocks = [block for block in transaction.get_connection().atomic_blocks if not block._from_testcase]
    if open_blocks:
        raise RuntimeError("Stripe is never called inside a transaction.")
    if settings.DEMO:
        stand_in = import_string(settings.STRIPE_HTTP_CLIENT)()
        return stripe.StripeClient("sk_test_demo", http_client=stand_in)
    return stripe.StripeClient(settings.STRIPE_SECRET_KEY, max_network_retries=2)


@contextmanager
def answered() -> Iterator[None]:
    """Around a call to Stripe: its errors become ProviderUnavailable or ProviderBroke."""
    try:
        yield
    except stripe.StripeError as error:
        raise unavailable(error) from error


def unavailable(error: stripe.StripeError) -> ProviderUnavailable:
    """Ours, without Stripe's text: it may quote what was sent."""
    if (error.http_status or 0) >= 500:
        return ProviderBroke(type(error).__name__)
    return ProviderUnavailable(type(error).__name__)


def _session(made: stripe.checkout.Session) -> Session:
    return Session(id=stripe_events.id_of(made.id), url=made.url or "", status=made.status or "")
