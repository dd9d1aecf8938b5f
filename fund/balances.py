"""Questions to the ledger: sums of movements, in cents. Anyone may ask; only `fund/ledger.py` writes.

A balance is the last checkpoint's sum and what came after it (`fund/checkpoints.py`): as quick with a million
movements as with a thousand, and always the whole sum. `counted_cents` adds up everything: the proof of the others.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, Sum

from fund import chart
from fund.models import Movement, Pocket


def balance_cents(account: str, pocket: Pocket | None = None) -> int:
    """Debits − credits of an account in cents, over all pockets or in one."""
    return _net_cents((account,), pocket)


def left_cents(pocket: Pocket | None = None) -> int:
    """What may still be granted, in cents: raised − fees − granted − open disputes, in one pocket or in all."""
    codes = [line.code for line in chart.CHART if line.figure in chart.SPENDABLE_FIGURES]
    return -_net_cents(codes, pocket)


def figure_cents(figure: str, pocket: Pocket | None = None) -> int:
    """Debits − credits over the accounts of one published figure (`fund/chart.py`)."""
    return _net_cents([line.code for line in chart.CHART if line.figure == figure], pocket)


def counted_cents(codes: Iterable[str], pocket: Pocket | None = None) -> int:
    """Debits − credits in cents over the accounts `codes`, every movement added up."""
    movements = Movement.objects.all() if pocket is None else Movement.objects.filter(pocket=pocket)
    accounts = list(codes)

    def total(condition: Q) -> int:
        return movements.filter(condition).aggregate(total=Sum("amount_cents"))["total"] or 0

    return total(Q(debit__in=accounts)) - total(Q(credit__in=accounts))


_LAST = "SELECT id, up_to FROM fund_checkpoint ORDER BY up_to DESC LIMIT 1"
_NET = """
SELECT COALESCE((SELECT SUM(net_cents) FROM fund_checkpointsum
                 WHERE checkpoint_id = %(checkpoint)s AND account_id IN ({codes}) {pocket}), 0)
     + COALESCE((SELECT SUM(CASE WHEN debit_id IN ({codes}) THEN amount_cents ELSE 0 END
                          - CASE WHEN credit_id IN ({codes}) THEN amount_cents ELSE 0 END)
                 FROM fund_movement WHERE id > %(up_to)s {pocket}), 0)
"""


def _net_cents(codes: Iterable[str], pocket: Pocket | None) -> int:
    """Two statements, so that the second knows how short the tail is: a planner that does not reads everything."""
    accounts = {f"code{number}": code for number, code in enumerate(codes)}
    values: dict[str, str | int] = {**accounts}
    sql = _NET.format(
        codes=", ".join(f"%({name})s" for name in accounts),
        pocket="" if pocket is None else "AND pocket_id = %(pocket)s",
    )
    if pocket is not None:
        values["pocket"] = pocket.pk
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        values["checkpoint"], values["up_to"] = cursor.fetchone() or (0, 0)
        cursor.execute(sql, values)
        (cents,) = cursor.fetchone()
    return int(cents)
