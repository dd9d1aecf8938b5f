"""The queue of a pocket's gifts, oldest first, as one statement: what stands of each, what it pays, what it must pay.

What stands of a gift is what was raised by it less its own fees, by the sealed movements about it: a refund or a lost
dispute takes away from it, an open dispute does not yet. The gifts are filled in order (succeeded_at, then id) up to
what stands of each, until everything given is paid for: all of the older ones, none of the younger ones, one between.
It speaks SQL because a hundred thousand gifts must never come to Python when a few change; `tests` hold its plain twin.
"""

from collections.abc import Iterator
from contextlib import closing as closed_after
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import connection

from fund import chart, clock
from fund.models import Pocket

ROWS_AT_ONCE = 2_000

_QUEUE = """
WITH flow AS (
    SELECT CAST(m.subject_id AS bigint) AS gift_id,
           CASE WHEN m.credit_id IN ({codes}) THEN m.amount_cents ELSE 0 END
           - CASE WHEN m.debit_id IN ({codes}) THEN m.amount_cents ELSE 0 END AS stands,
           0 AS pays
    FROM fund_movement m
    JOIN fund_sealedrow r ON r.movement_id = m.id
    JOIN fund_seal s ON s.id = r.seal_id
    WHERE m.pocket_id = %(pocket)s AND m.subject_kind = 'gift' AND s.number <= %(seal)s
      AND (m.credit_id IN ({codes}) OR m.debit_id IN ({codes}))
    UNION ALL
    SELECT a.gift_id, 0, a.cents
    FROM donations_allocation a JOIN donations_monthclosing c ON c.id = a.closing_id
    WHERE c.pocket_id = %(pocket)s AND c.month < %(paid_before)s
), place AS (
    SELECT gift_id, CAST(SUM(stands) AS bigint) AS stands, CAST(SUM(pays) AS bigint) AS paid
    FROM flow GROUP BY gift_id
), queue AS (
    SELECT g.id, g.succeeded_at, CASE WHEN p.stands > 0 THEN p.stands ELSE 0 END AS standing, p.paid
    FROM place p JOIN donations_gift g ON g.id = p.gift_id
    WHERE g.pocket_id = %(pocket)s AND g.succeeded_at < %(end)s
), ranked AS (
    SELECT id, succeeded_at, standing, paid,
           CAST(SUM(standing) OVER (ORDER BY succeeded_at, id ROWS UNBOUNDED PRECEDING) AS bigint) - standing
               AS older
    FROM queue
), filled AS (
    SELECT id, succeeded_at, standing, paid,
           CASE WHEN %(need)s <= older THEN 0
                WHEN %(need)s - older < standing THEN %(need)s - older
                ELSE standing END AS target
    FROM ranked
)
"""
_STANDING = "SELECT COALESCE(SUM(standing), 0) FROM queue"
_LESS = (
    "SELECT id, standing, paid, target FROM filled WHERE target < paid ORDER BY succeeded_at DESC, id DESC"
)
_MORE = "SELECT id, standing, paid, target FROM filled WHERE target > paid ORDER BY succeeded_at, id"


@dataclass(frozen=True)
class Scope:
    """What a closing counts: one pocket, one Paris month (its first day), the seals 1 to `seal`.

    What gifts pay already is by the closings of months before `paid_before`.
    """

    pocket: Pocket
    month: date
    seal: int
    paid_before: date

    @property
    def next_month(self) -> date:
        return month_after(self.month)

    @property
    def end(self) -> datetime:
        """The first instant after the month, in Paris."""
        return datetime.combine(self.next_month, time(), tzinfo=clock.PARIS)


@dataclass(frozen=True)
class Place:
    """One gift whose share must change, in cents: what stands of it, what it pays, what it must pay."""

    gift_id: int
    standing: int
    paid: int
    target: int


def month_after(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def standing_cents(scope: Scope) -> int:
    """What stands of all gifts of the pocket together."""
    ((cents,),) = _rows(_STANDING, scope, 0)
    return int(cents)


def too_full(scope: Scope, need_cents: int) -> Iterator[Place]:
    """The gifts that pay more than they must, the youngest first."""
    return (Place(*row) for row in _rows(_LESS, scope, need_cents))


def not_full(scope: Scope, need_cents: int) -> Iterator[Place]:
    """The gifts that pay less than they must, the oldest first."""
    return (Place(*row) for row in _rows(_MORE, scope, need_cents))


def _rows(question: str, scope: Scope, need_cents: int) -> Iterator[tuple[int, ...]]:
    """Read piece by piece, so that the queue is never whole in memory. Call it in a transaction."""
    codes = [line.code for line in chart.CHART if line.figure in (chart.RAISED, chart.FEE)]
    names = {f"code{number}": code for number, code in enumerate(codes)}
    values: dict[str, str | int | datetime | date | None] = {
        **names,
        "pocket": scope.pocket.pk,
        "paid_before": connection.ops.adapt_datefield_value(scope.paid_before),
        "seal": scope.seal,
        "end": connection.ops.adapt_datetimefield_value(scope.end),
        "need": need_cents,
    }
    sql = _QUEUE.format(codes=", ".join(f"%({name})s" for name in names)) + question
    with closed_after(connection.chunked_cursor()) as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows
