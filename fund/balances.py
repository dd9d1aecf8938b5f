"""Questions to the ledger: sums of movements, in cents. Anyone may ask; only `fund/ledger.py` writes."""

from django.db.models import Q, Sum

from fund import chart
from fund.models import Movement, Pocket


def balance_cents(account: str, pocket: Pocket | None = None) -> int:
    """Debits − credits of an account in cents, over all pockets or in one."""
    return _sum(Q(debit=account), pocket) - _sum(Q(credit=account), pocket)


def left_cents(pocket: Pocket | None = None) -> int:
    """What may still be granted, in cents: raised − fees − granted − open disputes, in one pocket or in all."""
    codes = [line.code for line in chart.CHART if line.figure in chart.SPENDABLE_FIGURES]
    return _sum(Q(credit__in=codes), pocket) - _sum(Q(debit__in=codes), pocket)


def figure_cents(figure: str, pocket: Pocket | None = None) -> int:
    """Debits − credits over the accounts of one published figure (`fund/chart.py`)."""
    codes = [line.code for line in chart.CHART if line.figure == figure]
    return _sum(Q(debit__in=codes), pocket) - _sum(Q(credit__in=codes), pocket)


def _sum(condition: Q, pocket: Pocket | None) -> int:
    movements = Movement.objects.filter(condition)
    if pocket is not None:
        movements = movements.filter(pocket=pocket)
    return movements.aggregate(total=Sum("amount_cents"))["total"] or 0
