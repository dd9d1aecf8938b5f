"""How long a month takes to close: `python -m tests.benchmarks.allocation [GIFTS]` (100 000 by default).

On a PostgreSQL of its own whose commits reach the disk. Three closings each: a month in which half of what stands was
given (half of the gifts get a share), one with forty aids, and one in which a hundredth of what was given came back.
Held against one plain statement that writes as many rows of the same content.
"""

import resource
import sys
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from tests.benchmarks.durable import installed_application

SIZE = 100_000


def main(size: int) -> None:
    with installed_application():
        measure(size)


def measure(size: int) -> None:
    from donations.allocation.proofs import (  # noqa: PLC0415 - the application is set up by now
        shares_are_what_was_given,
        the_oldest_gifts_pay_first,
    )
    from donations.models import Allocation  # noqa: PLC0415
    from fund import clock, sealing  # noqa: PLC0415
    from fund.models import Pocket  # noqa: PLC0415
    from tests.benchmarks import loading  # noqa: PLC0415

    _promised, paid = loading.make_patterns()
    loading.copy_paid(paid, loading.FIRST, size - 1)
    sealing.seal_pending()
    pocket = Pocket.objects.get(code="general")
    month = clock.paris_date(paid.created_at).replace(day=1)
    when = datetime.combine(month, datetime.min.time(), tzinfo=clock.PARIS)
    half = size * paid.amount_cents // 2
    print(f"{size} gifts")
    for name, cents in (("half of it", half), ("forty aids", min(600_000, half)), ("back", -half // 100)):
        _transfer(pocket, cents, when)
        sealing.seal_pending()
        before = Allocation.objects.count()
        start = time.perf_counter()
        with clock.at(when + timedelta(days=45)):
            _close(pocket, when)
        seconds = time.perf_counter() - start
        rows = Allocation.objects.count() - before
        print(f"  {name:<11} {seconds:7.2f} s, {rows} rows, plain statement {_plain(rows):6.2f} s")
        when = (when + timedelta(days=32)).replace(day=1)
    start = time.perf_counter()
    assert [*shares_are_what_was_given(), *the_oldest_gifts_pay_first()] == []
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  proofs      {time.perf_counter() - start:7.2f} s; {peak} MB at the highest")


def _transfer(pocket: Any, cents: int, moved_on: datetime) -> None:
    """Aid on a bank's statement; below zero it came back."""
    from fund import chart, ledger  # noqa: PLC0415
    from fund.models.ledger import Kind  # noqa: PLC0415

    with transaction.atomic():
        ledger.post(
            cause_key=str(uuid.uuid4()),
            debit=chart.AIDS_OWED if cents > 0 else chart.BANK,
            credit=chart.BANK if cents > 0 else chart.AIDS_OWED,
            amount_cents=abs(cents),
            kind=Kind.TRANSFER_DEBITED if cents > 0 else Kind.TRANSFER_RETURNED,
            entry_ref="benchmark",
            occurred_on=moved_on.date(),
            pocket=pocket,
            scheme="emergency-aid",
        )


def _close(pocket: Any, when: datetime) -> None:
    from donations.allocation.closing import close_month  # noqa: PLC0415

    assert close_month(pocket=pocket, month=when.date()) is not None


def _plain(rows: int) -> float:
    """Seconds of one statement that writes the last `rows` shares again, then is undone."""
    sql = """
    WITH closing AS (
        INSERT INTO donations_monthclosing (pocket_id, month, seal_number, uncovered_cents, closed_at)
        SELECT pocket_id, DATE '1999-01-01', seal_number, 0, closed_at FROM donations_monthclosing
        ORDER BY id DESC LIMIT 1 RETURNING id
    )
    INSERT INTO donations_allocation (closing_id, gift_id, scheme, cause, cents)
    SELECT closing.id, a.gift_id, a.scheme, a.cause, a.cents
    FROM closing, (SELECT * FROM donations_allocation ORDER BY id DESC LIMIT %s) a
    """
    if not rows:
        return 0.0
    start = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [rows])
        transaction.set_rollback(True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE)
