"""What is asked about receipts: by the donor's pages, the staff's pages and the year's declaration."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet, Sum

from donations.models import Donor, Gift, Receipt, ReceiptLine
from donations.models.gifts import GiftState
from donations.models.receipts import VoidReason
from donations.models.reversals import DisputeState
from fund import clock, legal_bases
from fund.models import LegalBasis
from fund.models.institution import BasisKind

# A void for one of these sets the gifts aside: only a person, or the donor, asks for another receipt.
SETS_ASIDE = (VoidReason.MISTAKE, VoidReason.ASKED)


def receipts_of(donor: Donor) -> QuerySet[Receipt]:
    """Every receipt of a donor, void ones too (`receipt.is_void`), the newest first."""
    return Receipt.objects.filter(donor=donor).select_related("void").order_by("-pk")


def live_receipt_of(gift: Gift) -> Receipt | None:
    """The receipt that certifies this gift now, if there is one."""
    line = ReceiptLine.objects.filter(gift=gift, is_live=True).select_related("receipt").first()
    return line.receipt if line else None


def set_aside_of(gifts: Iterable[Gift]) -> set[int]:
    """Ids of those whose newest receipt a person ended for good: nothing certifies them again by itself."""
    lines = ReceiptLine.objects.filter(gift__in=[gift.pk for gift in gifts]).order_by("pk")
    newest = dict(lines.values_list("gift", "receipt__void__reason"))
    return {gift for gift, reason in newest.items() if reason in SETS_ASIDE}


def standing_basis() -> LegalBasis | None:
    """The text under which tax receipts are given; None: only attestations are."""
    return legal_bases.standing_basis(BasisKind.TAX_RECEIPTS)


def certifiable_cents(gift: Gift) -> int:
    """What a receipt may say of a gift now: what is left of it; nothing while a dispute is open (failure 26)."""
    if gift.state != GiftState.SUCCEEDED:
        return 0
    if gift.disputed_cents and gift.disputes.filter(state=DisputeState.OPEN).exists():
        return 0
    return gift.amount_cents - gift.refunded_cents - gift.disputed_cents


def gifts_to_certify(year: int) -> QuerySet[Gift]:
    """Gifts encashed in a Paris year that stand on no live receipt (failure 30: 31 December, 23:30 is this year)."""
    first, after = (datetime(one, 1, 1, tzinfo=clock.PARIS) for one in (year, year + 1))
    came = Gift.objects.filter(state=GiftState.SUCCEEDED, succeeded_at__gte=first, succeeded_at__lt=after)
    return came.exclude(pk__in=ReceiptLine.objects.filter(is_live=True).values("gift"))


@dataclass(frozen=True)
class YearTotals:
    """For CGI 222 bis: the cents and the number of the receipts that stand; `void` ones count in neither."""

    year: int
    cents: int
    count: int
    void: int


def totals_of(year: int) -> YearTotals:
    """Of the receipts for gifts encashed in `year`."""
    receipts = Receipt.objects.filter(year=year)
    standing = receipts.filter(void=None).aggregate(cents=Sum("amount_cents"), count=Count("pk"))
    void = receipts.exclude(void=None).count()
    return YearTotals(year, standing["cents"] or 0, standing["count"], void)


def years_with_gifts() -> list[int]:
    """The Paris years of received gifts, the newest first; this year in any case."""
    first = Gift.objects.filter(state=GiftState.SUCCEEDED).order_by("succeeded_at").first()
    this_year = clock.today().year
    oldest = clock.paris_date(first.succeeded_at).year if first and first.succeeded_at else this_year
    return list(range(this_year, min(oldest, this_year) - 1, -1))
