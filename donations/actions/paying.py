"""From a promise to the pay page: one attempt at a time, each under a key that is stored before Stripe is called.

Nothing here runs in one transaction with the call outside. A crash between the steps is repaired by calling again:
an attempt without a session asks once more under its own key and gets the same page (failures 4, 5).
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from donations import giving_rules, stripe_gateway
from donations.models import Gift, PaymentAttempt
from donations.models.gifts import Channel, GiftState
from donations.notifications import gift_address
from donations.stripe_gateway import ProviderBroke, Session
from fund import clock, vault, workflow
from fund.roles import Refusal, demand

PAYABLE = (GiftState.PLEDGED, GiftState.FAILED)


class SessionConflict(Exception):
    """The attempt already has another session: the first one stays."""


def start_payment(*, gift: Gift) -> str:
    """The address where this gift is paid now: its open pay page, made if need be; else the gift's own page.

    Raises Refused when giving is closed, ProviderUnavailable when Stripe gives no page.
    """
    demand(giving_rules.giving_is_open() or donor_is_known(gift))
    attempt = _first_attempt(gift)
    if attempt is None:
        return gift_address(gift)
    if attempt.pay_url:
        return attempt.pay_url
    return _open_page(attempt)


def pay_again(*, gift: Gift) -> str:
    """A new pay page after the former one was closed for good; the gift's own page when that one was paid meanwhile.

    Raises Refused when giving is closed, ProviderUnavailable.
    """
    demand(giving_rules.giving_is_open() or donor_is_known(gift))
    former = gift.attempts.order_by("-number").first()
    if former is not None and former.session_id:
        closed = stripe_gateway.expire_session(former.session_id)
        if closed.status == "complete":  # paid, or promised by a bank: the event tells which
            return gift_address(gift)
    attempt = _next_attempt(gift, former)
    if attempt is None:
        return gift_address(gift)
    return _open_page(attempt)


def donor_is_known(gift: Gift) -> Refusal | None:
    """Refuses a gift whose donor was erased: nobody is left to confirm it to."""
    if gift.donor.subject_key.wrapped_key is not None:
        return None
    sentence = _("Vos données sont effacées : ce don ne peut plus être payé. Vous pouvez en faire un autre.")
    return Refusal("erased", sentence)


def _first_attempt(gift: Gift) -> PaymentAttempt | None:
    """The attempt under way, or the first one made now; None when the gift is past paying or its payment failed."""
    with transaction.atomic():
        gift = workflow.lock(Gift, gift.pk)
        latest = gift.attempts.order_by("-number").first()
        if gift.state != GiftState.PLEDGED or gift.channel != Channel.ONLINE:
            return None
        return latest or _make_attempt(gift, 1)


def _next_attempt(gift: Gift, former: PaymentAttempt | None) -> PaymentAttempt | None:
    """The attempt after `former`, made once when two tabs ask; None when the gift is past paying."""
    with transaction.atomic():
        gift = workflow.lock(Gift, gift.pk)
        latest = gift.attempts.order_by("-number").first()
        if gift.state not in PAYABLE or gift.channel != Channel.ONLINE:
            return None
        if latest is not None and (former is None or latest.number > former.number or not latest.session_id):
            return latest
        return _make_attempt(gift, latest.number + 1 if latest else 1)


def _make_attempt(gift: Gift, number: int) -> PaymentAttempt:
    return PaymentAttempt.objects.create(
        gift=gift,
        number=number,
        idempotency_key=f"gift-{gift.token}-{number}",
        created_at=clock.moment(),
    )


def _open_page(attempt: PaymentAttempt) -> str:
    """Calls outside, then writes what came back. A 5xx, which Stripe would repeat, gets one fresh attempt."""
    try:
        session = _create_session(attempt)
    except ProviderBroke:
        with transaction.atomic():
            gift = workflow.lock(Gift, attempt.gift_id)
            latest = gift.attempts.order_by("-number")[0]
            attempt = latest if latest.number > attempt.number else _make_attempt(gift, attempt.number + 1)
        session = _create_session(attempt)
    note_session(attempt=attempt, session_id=session.id, pay_url=session.url)
    return session.url or gift_address(attempt.gift)


def _create_session(attempt: PaymentAttempt) -> Session:
    donor = attempt.gift.donor
    email = vault.open_text_for(donor.subject_key, donor.email_sealed)
    return stripe_gateway.create_checkout_session(attempt, email=email, language=donor.language)


def note_session(*, attempt: PaymentAttempt, session_id: str, pay_url: str) -> None:
    """Writes the session of an attempt, once; afterwards it must match. An event may have written the id first.

    Raises SessionConflict.
    """
    try:
        with transaction.atomic():
            row = workflow.lock(PaymentAttempt, attempt.pk)
            if row.session_id not in (None, session_id):
                raise SessionConflict(f"attempt {row.pk} has another session.")
            row.session_id, row.pay_url = session_id, pay_url or row.pay_url
            row.save(update_fields=["session_id", "pay_url"])
    except IntegrityError:
        raise SessionConflict(f"the session of attempt {attempt.pk} belongs to another attempt.") from None
