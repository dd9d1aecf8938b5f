"""Stripe's fee on each gift: fetched outside any transaction, then booked beside the gift."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from donations import stripe_gateway
from donations.models import Gift
from donations.stripe_gateway import ProviderUnavailable
from fund import chart, ledger
from fund.models import Movement
from fund.models.ledger import Kind

logger = logging.getLogger(__name__)
LOOK_BACK = timedelta(days=30)
AT_ONCE = 200


@task()
def record_fee(payment_id: str) -> str:
    """Fetches the fee of one payment and books it; what is not known yet is asked again by `fetch_missing_fees`.

    `payment_id` is a payment intent's id, or an invoice's: then the provider is asked which payment paid it.
    """
    try:
        intent = stripe_gateway.payment_of_invoice(payment_id) if payment_id.startswith("in_") else payment_id
        charge = stripe_gateway.fetch_charge(intent) if intent else stripe_gateway.ChargeFacts(None, "")
    except ProviderUnavailable as error:
        logger.warning("the fee of %s was not fetched: %s", payment_id, error)
        return "not now"
    name_means(payment_id=payment_id, means=charge.means)
    if charge.fee_cents is None:
        return "not known yet"
    if charge.fee_cents == 0:
        return "none"
    post_fee(payment_id=payment_id, fee_cents=charge.fee_cents)
    return "booked"


def name_means(*, payment_id: str, means: str) -> None:
    """Writes how a counted gift was paid, unless its charge's own event said so before."""
    counted = Movement.objects.filter(cause_key=f"stripe:{payment_id}:gift", subject_kind="gift").first()
    if means and counted is not None:
        Gift.objects.filter(pk=counted.subject_id, paid_with="").update(paid_with=means)


def post_fee(*, payment_id: str, fee_cents: int) -> Movement:
    """D 627 / C 51151 with the date, pocket and reference of the gift it was taken from; once per payment."""
    with transaction.atomic():
        gift_line = Movement.objects.select_related("pocket").get(cause_key=f"stripe:{payment_id}:gift")
        return ledger.post(
            cause_key=f"stripe:{payment_id}:fee",
            debit=chart.FEES,
            credit=chart.STRIPE,
            amount_cents=fee_cents,
            kind=Kind.FEE,
            entry_ref=gift_line.entry_ref,
            occurred_on=gift_line.occurred_on,
            pocket=gift_line.pocket,
            subject=ledger.Subject(gift_line.subject_kind, gift_line.subject_id),
        )


def fetch_missing_fees() -> str:
    """Timed work: the payments of the last month that have no fee yet, a few minutes after they came."""
    now = timezone.now()
    recent = Movement.objects.filter(
        kind__in=(Kind.GIFT, Kind.FEE),
        cause_key__startswith="stripe:",
        recorded_at__gt=now - LOOK_BACK,
    )
    booked = {key.split(":")[1] for key in recent.filter(kind=Kind.FEE).values_list("cause_key", flat=True)}
    gifts = recent.filter(kind=Kind.GIFT, recorded_at__lt=now - timedelta(minutes=2)).order_by("-pk")
    paid = [key.split(":")[1] for key in gifts.values_list("cause_key", flat=True)]
    missing = [payment for payment in paid if payment not in booked][:AT_ONCE]
    outcomes = [record_fee.func(payment) for payment in missing]
    return f"{outcomes.count('booked')} booked of {len(missing)}"
