"""What `check_ledger` proves about monthly gifts and erased donors."""

from collections.abc import Iterator

from django.db.models import F, Q

from donations.models import Donor, Gift, MonthlyGift
from donations.models.gifts import RECEIVED_STATES
from donations.monthly_rules import agreed_amounts
from fund import registry

_CHUNK = 500


def register() -> None:
    registry.register_check("monthly_amounts", months_have_an_agreed_amount)
    registry.register_check("erased_donors", erased_donors_are_gone)


def months_have_an_agreed_amount() -> Iterator[str]:
    """Each month that counts is of an amount the donor agreed to; only where some month differs is more asked."""
    counted = Gift.objects.filter(monthly__isnull=False, state__in=RECEIVED_STATES)
    changed = counted.exclude(monthly__changes=None).values("monthly")
    same = counted.exclude(monthly__in=changed).exclude(amount_cents=F("monthly__amount_cents"))
    for gift in same.order_by("pk").iterator(chunk_size=_CHUNK):
        yield f"gift {gift.reference} has not the amount of its monthly gift"
    for monthly in MonthlyGift.objects.filter(pk__in=changed).order_by("pk").iterator(chunk_size=_CHUNK):
        agreed = agreed_amounts(monthly)
        for gift in counted.filter(monthly=monthly).exclude(amount_cents__in=agreed).order_by("pk"):
            yield f"gift {gift.reference} has an amount that its donor never agreed to"


def erased_donors_are_gone() -> Iterator[str]:
    """Nothing leads back to an erased donor: neither key, nor address, nor name."""
    erased = Donor.objects.filter(erasure__isnull=False)
    left = Q(subject_key__wrapped_key__isnull=False) | Q(email_fingerprint__isnull=False)
    for donor in erased.filter(left | ~Q(email_sealed="") | ~Q(identity_sealed="")).order_by("pk"):
        yield f"donor {donor.pk} was erased and something is left"
