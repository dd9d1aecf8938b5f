"""The staff's register of gifts: the rows of its list, and what they brought by the ledger's own definition."""

from dataclasses import dataclass

from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Sum, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from donations.models import Dispute, Gift, ReceiptLine, RefundOrder
from donations.models.gifts import GiftState
from donations.models.reversals import DisputeState
from donations.models.staff import RefundOrderState
from fund import chart
from fund.models import Movement

# The provider's words for the means of payment, and ours.
MEANS = {"card": _("Carte"), "sepa_debit": _("Prélèvement")}


@dataclass(frozen=True)
class Totals:
    """Of a set of gifts: how many there are, and what the fund raised and paid in fees for them, in cents.

    Raised is what the public reads too: gifts that came − refunds − lost disputes, summed over ledger entries.
    """

    gifts: int
    raised_cents: int
    fees_cents: int


def gift_rows() -> QuerySet[Gift]:
    """All gifts, the last promised first, each with `dated_at` (when it came, else when it was promised), `has_receipt`
    (one that stands) and `kept_cents` (what nothing took back, of a gift that came)."""
    live = ReceiptLine.objects.filter(gift=OuterRef("pk"), is_live=True)
    kept = F("amount_cents") - F("refunded_cents") - F("disputed_cents")
    return (
        Gift.objects.select_related("pocket", "team")
        .annotate(
            dated_at=Coalesce("succeeded_at", "created_at"),
            has_receipt=Exists(live),
            kept_cents=Case(When(state=GiftState.SUCCEEDED, then=kept), default=0),
        )
        .order_by("-pk")
    )


def means_of(gift: Gift) -> str:
    """How the money came, in words: the provider's means once known, else the channel."""
    return str(MEANS.get(gift.paid_with) or gift.get_channel_display())


def totals_of_all() -> Totals:
    """Of every gift: the same sums as `totals_of`, without looking each gift up."""
    return _totals(Gift.objects.all(), Movement.objects.filter(subject_kind="gift"))


def totals_of(gifts: QuerySet[Gift]) -> Totals:
    """Summed by the database, however many gifts there are."""
    ids = gifts.order_by().annotate(subject=Cast("pk", CharField())).values("subject")
    return _totals(gifts, Movement.objects.filter(subject_kind="gift", subject_id__in=ids))


def _totals(gifts: QuerySet[Gift], movements: QuerySet[Movement]) -> Totals:
    return Totals(
        gifts=gifts.count(),
        raised_cents=-_net_cents(movements, chart.RAISED),
        fees_cents=_net_cents(movements, chart.FEE),
    )


def _net_cents(movements: QuerySet[Movement], figure: str) -> int:
    """Debits − credits over the accounts of one figure (`fund/chart.py`)."""
    codes = [line.code for line in chart.CHART if line.figure == figure]
    sides = movements.aggregate(
        debits=Sum(Case(When(debit__in=codes, then=F("amount_cents")), default=0)),
        credits=Sum(Case(When(credit__in=codes, then=F("amount_cents")), default=0)),
    )
    return (sides["debits"] or 0) - (sides["credits"] or 0)


def open_disputes() -> QuerySet[Dispute]:
    """Disputes and questions of a bank that an answer may still turn: the first to answer first, undated ones last."""
    waiting = Dispute.objects.filter(state__in=(DisputeState.OPEN, DisputeState.INQUIRY))
    return waiting.select_related("gift__pocket").order_by(F("due_at").asc(nulls_last=True), "pk")


def closed_disputes(limit: int) -> list[Dispute]:
    """The last ones that a bank decided, the newest first."""
    closed = Dispute.objects.exclude(state__in=(DisputeState.OPEN, DisputeState.INQUIRY))
    return list(closed.select_related("gift").order_by("-closed_on", "-pk")[:limit])


def refused_refunds() -> QuerySet[RefundOrder]:
    """Refunds that the provider refused, the newest first, while nothing newer was asked for the same gift."""
    newer = RefundOrder.objects.filter(gift=OuterRef("gift"), number__gt=OuterRef("number"))
    refused = RefundOrder.objects.filter(~Exists(newer), state=RefundOrderState.REFUSED)
    return refused.select_related("gift").order_by("-pk")
