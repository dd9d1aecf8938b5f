"""The words for figures, one definition each, used by every screen, file and test.

raised = succeeded gifts − refunds − lost disputes; fees = the processor's and the bank's; promised = approved, not
yet debited; given = debited on a statement − returned; left = raised − fees − promised − given − open disputes;
gifts = gifts of which something was kept; donors = distinct persons who made them; students helped = distinct persons
with something given. Every figure is computed from ledger entries, in cents.

answers = the last decision that each request had been given; what was only put off has none. They are told by
`reports/outcomes.py` alone.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import Cast

from aid_requests.models import Advance, AidRequest, Decision
from donations.models import Gift
from fund import chart, clock
from fund.models import Movement, Pocket
from fund.models.ledger import Kind
from reports.scope import Scope, movements_in

# Subjects of movements that carry the id of a request: its grant, and the advance paid before it.
OF_REQUESTS = ("aid_request", Advance.KIND)


@dataclass(frozen=True)
class Figures:
    """Cents and counts, true at `at` (UTC). For those who may know them: what the public sees is `LiveFigures`."""

    raised_cents: int
    fees_cents: int
    promised_cents: int
    given_cents: int
    open_disputes_cents: int
    left_cents: int
    gifts: int
    donors: int
    students_helped: int
    at: datetime

    def as_json(self) -> dict[str, int | str]:
        return {**asdict(self), "at": self.at.isoformat(timespec="seconds"), "currency": "EUR"}


@dataclass(frozen=True)
class LiveFigures:
    """What may be shown at any moment: gifts and fees. Nothing here depends on a request, a decision or a payment."""

    raised_cents: int
    fees_cents: int
    gifts: int
    donors: int
    at: datetime


def read_figures(pocket: Pocket | None = None, *, scope: Scope | None = None) -> Figures:
    """The figures of one pocket or of the whole fund, now or within `scope`.

    Call it in a transaction to have them of one instant.
    """
    movements = _movements(pocket, scope)
    raised = -figure_cents(movements, chart.RAISED)
    fees = figure_cents(movements, chart.FEE)
    committed = figure_cents(movements, chart.COMMITTED)
    promised = -figure_cents(movements, chart.OWED)
    disputed = figure_cents(movements, chart.DISPUTED)
    gifts, donors = _count_gifts(movements)
    return Figures(
        raised_cents=raised,
        fees_cents=fees,
        promised_cents=promised,
        given_cents=committed - promised,
        open_disputes_cents=disputed,
        left_cents=raised - fees - committed - disputed,
        gifts=gifts,
        donors=donors,
        students_helped=_count_students_helped(movements),
        at=clock.moment(),
    )


def read_live() -> LiveFigures:
    """What came in, of this instant."""
    movements = _movements(None, None)
    gifts, donors = _count_gifts(movements)
    return LiveFigures(
        raised_cents=-figure_cents(movements, chart.RAISED),
        fees_cents=figure_cents(movements, chart.FEE),
        gifts=gifts,
        donors=donors,
        at=clock.moment(),
    )


def read_days(scope: Scope | None = None) -> list[tuple[date, int]]:
    """Cents raised on each Paris day on which something moved, oldest first; their sum is `raised_cents`."""
    codes = codes_of(chart.RAISED)
    rows = (
        movements_in(scope)
        .filter(Q(debit__in=codes) | Q(credit__in=codes))
        .values("occurred_on")
        .annotate(net=-_net(codes))
        .order_by("occurred_on")
    )
    return [(row["occurred_on"], row["net"]) for row in rows]


def read_lefts() -> dict[int, int]:
    """Cents left by pocket (its key); `left_cents` of the whole is their sum, unless something has no pocket."""
    figures = (chart.RAISED, chart.FEE, chart.COMMITTED, chart.DISPUTED)
    codes = [code for figure in figures for code in codes_of(figure)]
    rows = Movement.objects.filter(pocket__isnull=False).values("pocket").annotate(net=_net(codes)).order_by()
    return {row["pocket"]: -row["net"] for row in rows}


def read_answers(until: datetime) -> dict[int, tuple[int, str]]:
    """Request → (its applicant, the outcome of the last decision it had been given at `until`)."""
    rows = Decision.objects.filter(decided_at__lt=until).order_by("pk")
    told = rows.values_list("request", "request__applicant", "outcome")
    return {request: (applicant, outcome) for request, applicant, outcome in told.iterator(chunk_size=2000)}


def codes_of(figure: str) -> list[str]:
    return [line.code for line in chart.CHART if line.figure == figure]


def figure_cents(movements: QuerySet[Movement], figure: str) -> int:
    """Debits − credits of `movements` over the accounts of one figure (`fund/chart.py`)."""
    codes = codes_of(figure)
    debits = movements.filter(debit__in=codes).aggregate(total=Sum("amount_cents"))["total"] or 0
    credits_ = movements.filter(credit__in=codes).aggregate(total=Sum("amount_cents"))["total"] or 0
    return debits - credits_


def _movements(pocket: Pocket | None, scope: Scope | None) -> QuerySet[Movement]:
    movements = movements_in(scope)
    return movements if pocket is None else movements.filter(pocket=pocket)


def _net(codes: list[str]) -> Sum:
    """Debits − credits over accounts, as an aggregate of a group; both sides of one movement may be among them."""
    signed = Case(When(debit__in=codes, then=F("amount_cents")), default=0) - Case(
        When(credit__in=codes, then=F("amount_cents")), default=0
    )
    return Sum(signed)


def net_by_subject(movements: QuerySet[Movement], codes: list[str]) -> dict[tuple[str, str], int]:
    """Debits − credits over accounts, for each subject (kind, id) that has such a movement."""
    touched = movements.filter(Q(debit__in=codes) | Q(credit__in=codes))
    rows = touched.values("subject_kind", "subject_id").annotate(net=_net(codes)).order_by()
    return {(row["subject_kind"], row["subject_id"]): row["net"] for row in rows}


def _count_gifts(movements: QuerySet[Movement]) -> tuple[int, int]:
    """Gifts of which more came in than was given back or lost, and the distinct persons who made them.

    Only gifts of which something was taken back are summed: they are few, and this is read for every visitor.
    """
    codes = codes_of(chart.RAISED)
    of_gifts = movements.filter(subject_kind="gift")
    came = of_gifts.filter(credit__in=codes)
    taken_from = of_gifts.filter(debit__in=codes).values("subject_id")
    nets = net_by_subject(of_gifts.filter(subject_id__in=taken_from), codes)
    gone = [int(id_) for (_kind, id_), net in nets.items() if net >= 0]
    ids = came.annotate(gift=Cast("subject_id", BigIntegerField())).values("gift")
    donors = Gift.objects.filter(pk__in=ids).exclude(pk__in=gone).values("donor").distinct().count()
    return came.values("subject_id").distinct().count() - len(gone), donors


def _count_students_helped(movements: QuerySet[Movement]) -> int:
    """Persons to whom more was debited than came back."""
    moves = movements.filter(
        kind__in=(Kind.TRANSFER_DEBITED, Kind.TRANSFER_RETURNED), subject_kind__in=OF_REQUESTS
    )
    signed = Case(When(kind=Kind.TRANSFER_DEBITED, then=F("amount_cents")), default=-F("amount_cents"))
    paid = (
        moves.values("subject_id")
        .annotate(net=Sum(signed))
        .filter(net__gt=0)
        .values_list("subject_id", flat=True)
    )
    ids = [int(subject) for subject in paid]
    return AidRequest.objects.filter(pk__in=ids).values("applicant").distinct().count()
