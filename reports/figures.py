"""The words for figures, one definition each, used by every screen, file and test.

raised = succeeded gifts − refunds − lost disputes; fees = the processor's and the bank's; promised = approved, not
yet debited; given = debited on a statement − returned; left = raised − fees − promised − given − open disputes;
students helped = distinct persons with something given. Every figure is a sum of ledger entries, in cents.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Case, F, Sum, When

from aid_requests.models import AidRequest
from donations.models import Gift
from donations.models.gifts import GiftState
from fund import balances, chart, clock
from fund.models import Movement, Pocket
from fund.models.ledger import Kind


@dataclass(frozen=True)
class Figures:
    """Cents and counts, true at `at` (UTC)."""

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

    @property
    def spoken_for_cents(self) -> int:
        """What is no longer to be granted: given, promised, fees, open disputes."""
        return self.raised_cents - self.left_cents

    def as_json(self) -> dict[str, int | str]:
        return {**asdict(self), "at": self.at.isoformat(timespec="seconds"), "currency": "EUR"}


def read_figures(pocket: Pocket | None = None) -> Figures:
    """The figures of one pocket or of the whole fund. Call it in a transaction to have them of one instant."""
    raised = -balances.figure_cents(chart.RAISED, pocket)
    fees = balances.figure_cents(chart.FEE, pocket)
    committed = balances.figure_cents(chart.COMMITTED, pocket)
    promised = -balances.figure_cents(chart.OWED, pocket)
    disputed = balances.figure_cents(chart.DISPUTED, pocket)
    gifts = Gift.objects.filter(state=GiftState.SUCCEEDED)
    if pocket is not None:
        gifts = gifts.filter(pocket=pocket)
    return Figures(
        raised_cents=raised,
        fees_cents=fees,
        promised_cents=promised,
        given_cents=committed - promised,
        open_disputes_cents=disputed,
        left_cents=raised - fees - committed - disputed,
        gifts=gifts.count(),
        donors=gifts.values("donor").distinct().count(),
        students_helped=_count_students_helped(pocket),
        at=clock.moment(),
    )


def _count_students_helped(pocket: Pocket | None) -> int:
    """Persons to whom more was debited than came back."""
    moves = Movement.objects.filter(
        kind__in=(Kind.TRANSFER_DEBITED, Kind.TRANSFER_RETURNED), subject_kind="aid_request"
    )
    if pocket is not None:
        moves = moves.filter(pocket=pocket)
    signed = Case(When(kind=Kind.TRANSFER_DEBITED, then=F("amount_cents")), default=-F("amount_cents"))
    paid = (
        moves.values("subject_id")
        .annotate(net=Sum(signed))
        .filter(net__gt=0)
        .values_list("subject_id", flat=True)
    )
    ids = [int(subject) for subject in paid]
    return AidRequest.objects.filter(pk__in=ids).values("applicant").distinct().count()
