"""What a donor is told of one gift: what it paid, as far as it may be told, and what became of the rest.

Everything about aid comes from the windows of `reports/telling.py`; fees and what was given back are the gift's own.
So this page says as little about students as the last release does. Amounts are cents; they add up to the gift.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from aid_requests.models import SchemeVersion
from aid_requests.sealed import scheme_of
from donations.allocation.queue import month_after
from donations.models import Allocation, Gift, MonthClosing, Telling
from fund import chart
from fund.models import Movement
from reports.figures import figure_cents


@dataclass(frozen=True)
class Part:
    """What the gift paid in the Paris months `first` to `last`; `scheme` is "" where schemes are not told apart.

    Below zero: what it paid before and no longer pays.
    """

    first: date
    last: date
    scheme: str
    cents: int


@dataclass(frozen=True)
class Story:
    """amount = paid + fees + returned + rest − beyond.

    `rest_cents` is unspent or not told yet: which of both, nobody learns. `beyond_cents` is what this gift no longer
    stands for, and the others carry.
    """

    gift: Gift
    parts: tuple[Part, ...]
    fees_cents: int
    returned_cents: int
    rest_cents: int
    beyond_cents: int

    @property
    def amount_cents(self) -> int:
        return self.gift.amount_cents

    @property
    def paid_cents(self) -> int:
        return sum(part.cents for part in self.parts)


def follow(gift: Gift) -> Story:
    """The story of a gift that was received. Call it in a transaction: it reads many times."""
    movements = Movement.objects.filter(subject_kind="gift", subject_id=str(gift.pk))
    raised = -figure_cents(movements, chart.RAISED)
    fees = figure_cents(movements, chart.FEE)
    parts = parts_of(gift)
    rest = raised - fees - sum(part.cents for part in parts)
    return Story(
        gift=gift,
        parts=parts,
        fees_cents=fees,
        returned_cents=gift.amount_cents - raised,
        rest_cents=max(0, rest),
        beyond_cents=max(0, -rest),
    )


def parts_of(gift: Gift) -> tuple[Part, ...]:
    """What the gift paid, window by window, oldest first."""
    tellings = Telling.objects.filter(pocket=gift.pocket_id).select_related("since", "closing")
    found: list[Part] = []
    for telling in tellings.order_by("closing__month"):
        rows = Allocation.objects.filter(
            _within(telling), gift=gift, closing__pocket=telling.pocket_id
        ).order_by()
        first, last = _first_month(telling), telling.closing.month
        if telling.by_scheme:
            grouped = rows.values("scheme").annotate(total=Sum("cents")).order_by("scheme")
            told = [(row["scheme"], row["total"]) for row in grouped]
        else:
            told = [("", rows.aggregate(total=Sum("cents"))["total"] or 0)]
        found += [Part(first, last, scheme, cents) for scheme, cents in told if cents]
    return tuple(found)


def _within(telling: Telling) -> Q:
    until = Q(closing__month__lte=telling.closing.month)
    return until if telling.since is None else until & Q(closing__month__gt=telling.since.month)


def _first_month(telling: Telling) -> date:
    if telling.since is not None:
        return month_after(telling.since.month)
    months = MonthClosing.objects.filter(pocket=telling.pocket_id).order_by("month")
    return months.values_list("month", flat=True)[0]


def scheme_titles(slugs: Sequence[str], language: str) -> dict[str, str]:
    """The title of each scheme in its latest version; a scheme that is not here keeps its slug."""
    versions = SchemeVersion.objects.filter(scheme__slug__in=slugs).order_by("scheme", "number")
    titles = {row.scheme.slug: row for row in versions.select_related("scheme")}
    return {
        slug: scheme_of(titles[slug]).title.in_language(language) if slug in titles else slug
        for slug in slugs
    }
