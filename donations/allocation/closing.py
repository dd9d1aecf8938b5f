"""Closing a month: each euro given is tied to the gifts that paid it, once, in rows that are only ever added.

A month of a pocket is closed from the tenth day of the next one, after the month before it, in one transaction: a
worker that is killed leaves nothing of it. What is learnt later about a closed month (a statement read late, a refund,
aid that came back) is settled by the next closing: rows below zero take a share back, rows above give it to others.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Min, Q, Sum, When

from donations.allocation import queue
from donations.allocation.queue import Scope, month_after
from donations.models import Allocation, MonthClosing
from donations.models.allocations import AllocationCause
from fund import audit, chart, clock, sealing
from fund.models import Movement, Pocket

CLOSES_ON = 10  # of the next month: the bank's last statement and the last fees are in by then
ROWS_AT_ONCE = 1_000

Cents = Counter[str]
Shares = Counter[tuple[int, str, AllocationCause]]


def close_due_months() -> str:
    """Timed work: every month of every pocket that is due, oldest first. What waits is sealed before."""
    sealing.seal_pending()
    closed = 0
    for pocket in Pocket.objects.order_by("pk"):
        while (month := due_month(pocket)) is not None and close_month(pocket=pocket, month=month):
            closed += 1
    return f"{closed} months closed"


def due_month(pocket: Pocket) -> date | None:
    """The oldest month of this pocket that is over, ten days old and not closed; None when there is none."""
    last = MonthClosing.objects.filter(pocket=pocket).order_by("-month").first()
    if last is not None:
        month = month_after(last.month)
    else:
        first = Movement.objects.filter(pocket=pocket).aggregate(day=Min("occurred_on"))["day"]
        if first is None:
            return None
        month = first.replace(day=1)
    due_on = month_after(month) + timedelta(days=CLOSES_ON - 1)
    return month if clock.today() >= due_on else None


def close_month(*, pocket: Pocket, month: date) -> MonthClosing | None:
    """Closes the month that is due, by what is sealed now; None when somebody else just did, or nothing is sealed.

    Raises ValueError for a month that is not the one due.
    """
    head = sealing.head()
    if head is None:
        return None
    try:
        with transaction.atomic():
            if due_month(pocket) != month:
                if MonthClosing.objects.filter(pocket=pocket, month=month).exists():
                    return None
                raise ValueError(f"{month:%Y-%m} is not the month to close.")
            return _Closing(Scope(pocket, month, head.number, paid_before=month)).write()
    except IntegrityError:
        if not MonthClosing.objects.filter(pocket=pocket, month=month).exists():
            raise
        return None  # another worker was first: its rows are the same


def given_by_scheme(scope: Scope) -> Cents:
    """Cents given until the end of the month, by scheme: debited on a statement − returned (`reports/figures.py`)."""
    codes = [line.code for line in chart.CHART if line.figure in (chart.COMMITTED, chart.OWED)]
    signed = Case(When(debit__in=codes, then=F("amount_cents")), default=0) - Case(
        When(credit__in=codes, then=F("amount_cents")), default=0
    )
    movements = sealing.sealed_movements(scope.seal).filter(
        Q(debit__in=codes) | Q(credit__in=codes), pocket=scope.pocket, occurred_on__lt=scope.next_month
    )
    rows = movements.values("scheme").annotate(cents=Sum(signed)).order_by("scheme")
    return Counter({row["scheme"]: max(row["cents"], 0) for row in rows})


def paid_by_scheme(scope: Scope) -> Cents:
    """Cents that gifts pay for by the closings before this one, by scheme."""
    rows = Allocation.objects.filter(closing__pocket=scope.pocket, closing__month__lt=scope.paid_before)
    grouped = rows.values("scheme").annotate(cents=Sum("cents")).order_by("scheme")
    return Counter({row["scheme"]: row["cents"] for row in grouped})


class _Closing:
    """One closing while it is made. `missing` is, by scheme, what was given and no gift pays (below zero: too much)."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        given = given_by_scheme(scope)
        self.need = given.total()
        self.missing = Counter(given)
        self.missing.subtract(paid_by_scheme(scope))
        self.taken: Shares = Counter()
        self.swapped: Counter[int] = Counter()

    def write(self) -> MonthClosing:
        uncovered = max(0, self.need - queue.standing_cents(self.scope))
        closing = MonthClosing.objects.create(
            pocket=self.scope.pocket,
            month=self.scope.month,
            seal_number=self.scope.seal,
            uncovered_cents=uncovered,
            closed_at=clock.moment(),
        )
        self._take_back()
        self._swap()
        self._keep(closing, ((share, -cents) for share, cents in sorted(self.taken.items())))
        self._keep(closing, self._fill())
        audit.record("month.closed", closing, by=None, pocket=self.scope.pocket.pk, uncovered_cents=uncovered)
        return closing

    def _take_back(self) -> None:
        """Gifts that pay more than they must: less stands of them, less aid stands, or an older gift pays it."""
        for place in queue.too_full(self.scope, self.need):
            fell = max(0, place.paid - place.standing)
            composition = self._composition(place.gift_id)
            self._release(place.gift_id, composition, fell, fallen=AllocationCause.GIFT_FELL)
            self._release(place.gift_id, composition, place.paid - place.target - fell)

    def _release(
        self, gift_id: int, composition: Cents, cents: int, *, fallen: AllocationCause | None = None
    ) -> None:
        """Takes `cents` of what the gift pays: first of schemes whose aid came back, then of the others."""
        came_back = [scheme for scheme in sorted(composition) if self.missing[scheme] < 0]
        for scheme in came_back:
            part = min(cents, composition[scheme], -self.missing[scheme])
            cents -= self._take(gift_id, composition, scheme, part, fallen or AllocationCause.CAME_BACK)
        for scheme in sorted(composition):
            part = min(cents, composition[scheme])
            cents -= self._take(gift_id, composition, scheme, part, fallen or AllocationCause.MADE_ROOM)

    def _take(self, gift_id: int, composition: Cents, scheme: str, cents: int, cause: AllocationCause) -> int:
        if cents:
            self.taken[gift_id, scheme, cause] += cents
            self.missing[scheme] += cents
            composition[scheme] -= cents
        return cents

    def _swap(self) -> None:
        """Aid of a scheme that came back while other aid was given: the youngest gifts that paid it pay the other."""
        for scheme in sorted(scheme for scheme, cents in self.missing.items() if cents < 0):
            for gift_id in self._payers(scheme):
                if self.missing[scheme] == 0:
                    break
                composition = self._composition(gift_id)
                part = min(composition[scheme], -self.missing[scheme])
                self.swapped[gift_id] += self._take(
                    gift_id, composition, scheme, part, AllocationCause.CAME_BACK
                )

    def _payers(self, scheme: str) -> Iterator[int]:
        rows = Allocation.objects.filter(
            closing__pocket=self.scope.pocket, closing__month__lt=self.scope.paid_before, scheme=scheme
        )
        paying = rows.values("gift", "gift__succeeded_at").annotate(paid=Sum("cents")).filter(paid__gt=0)
        ordered = paying.order_by("-gift__succeeded_at", "-gift").values_list("gift", flat=True)
        return ordered.iterator(chunk_size=ROWS_AT_ONCE)

    def _composition(self, gift_id: int) -> Cents:
        """What the gift pays by scheme, after what this closing took."""
        rows = Allocation.objects.filter(gift=gift_id, closing__month__lt=self.scope.paid_before)
        grouped = rows.values("scheme").annotate(paid=Sum("cents")).order_by("scheme")
        found: Cents = Counter({row["scheme"]: row["paid"] for row in grouped})
        for cause in AllocationCause:
            for scheme in found:
                found[scheme] -= self.taken.get((gift_id, scheme, cause), 0)
        return found

    def _fill(self) -> Iterator[tuple[tuple[int, str, AllocationCause], int]]:
        """What is missing, given to the gifts in their order, scheme after scheme."""
        schemes = [scheme for scheme in sorted(self.missing) if self.missing[scheme] > 0]
        for gift_id, room in self._rooms():
            left = room
            while left and schemes:
                part = min(left, self.missing[schemes[0]])
                yield (gift_id, schemes[0], AllocationCause.GIVEN), part
                left -= part
                self.missing[schemes[0]] -= part
                if self.missing[schemes[0]] == 0:
                    schemes.pop(0)

    def _rooms(self) -> Iterator[tuple[int, int]]:
        """(gift, cents it has yet to pay): the queue, then those that had to swap. Nobody is named twice."""
        swapped = self.swapped.copy()
        for place in queue.not_full(self.scope, self.need):
            yield place.gift_id, place.target - place.paid + swapped.pop(place.gift_id, 0)
        yield from sorted(swapped.items())

    def _keep(
        self, closing: MonthClosing, shares: Iterator[tuple[tuple[int, str, AllocationCause], int]]
    ) -> None:
        waiting: list[Allocation] = []
        for (gift_id, scheme, cause), cents in shares:
            waiting.append(
                Allocation(closing=closing, gift_id=gift_id, scheme=scheme, cause=cause, cents=cents)
            )
            if len(waiting) == ROWS_AT_ONCE:
                Allocation.objects.bulk_create(waiting)
                waiting = []
        Allocation.objects.bulk_create(waiting)
