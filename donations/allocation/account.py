"""Everything the books say of one gift's way: for the operator and for programs, without the silence donors need."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Case, F, Q, Sum, When

from donations.models import Allocation, Gift
from fund import chart
from fund.models import Movement


@dataclass(frozen=True)
class Line:
    """One share: cents, below zero when it was taken back."""

    month: str
    scheme: str
    cause: str
    cents: int


@dataclass(frozen=True)
class Account:
    """Cents, of this instant. standing = amount − returned − fees; unspent = standing − allocated, below zero while a
    gift no longer stands for what it paid (the next closing settles it)."""

    reference: str
    state: str
    pocket: str
    amount_cents: int
    returned_cents: int
    fees_cents: int
    allocated_cents: int
    unspent_cents: int
    lines: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def account_of(gift: Gift) -> Account:
    """Call it in a transaction: it reads many times. A gift that was not received stands for nothing."""
    raised, fees = _net_cents(gift, chart.RAISED), -_net_cents(gift, chart.FEE)
    rows = Allocation.objects.filter(gift=gift).select_related("closing").order_by("closing__month", "pk")
    lines = tuple(Line(f"{row.closing.month:%Y-%m}", row.scheme, row.cause, row.cents) for row in rows)
    allocated = sum(line.cents for line in lines)
    return Account(
        reference=gift.reference,
        state=gift.state,
        pocket=gift.pocket.code,
        amount_cents=gift.amount_cents,
        returned_cents=gift.amount_cents - raised if gift.succeeded_at else 0,
        fees_cents=fees,
        allocated_cents=allocated,
        unspent_cents=raised - fees - allocated,
        lines=lines,
    )


def _net_cents(gift: Gift, figure: str) -> int:
    """Credits − debits of the gift's movements over the accounts of one figure."""
    codes = [line.code for line in chart.CHART if line.figure == figure]
    signed = Case(When(credit__in=codes, then=F("amount_cents")), default=0) - Case(
        When(debit__in=codes, then=F("amount_cents")), default=0
    )
    movements = Movement.objects.filter(
        Q(debit__in=codes) | Q(credit__in=codes), subject_kind="gift", subject_id=str(gift.pk)
    )
    return int(movements.aggregate(net=Sum(signed))["net"] or 0)
