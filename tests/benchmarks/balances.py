"""Balances read from the checkpoint: `python -m tests.benchmarks.balances [--gifts 1000 1000000]`.

On a durable PostgreSQL: what is left, with a tail of a thousand movements after the last checkpoint, by the checkpoint,
by adding up everything, and (the bound) the same two statements prepared by hand. Then eight processes write gifts
while checkpoints are made: every reading must be one of the sums that were true in between, and the last one exact.
"""

import argparse
import itertools
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from tests.benchmarks.durable import installed_application

TAIL, CALLS, WRITERS = 1_000, 200, 8


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gifts", type=int, nargs="+", default=[1_000, 1_000_000])
    asked = parser.parse_args()
    with installed_application():
        from tests.benchmarks import loading  # noqa: PLC0415 - Django must be set up first

        promised, paid = loading.make_patterns()
        print(
            f"{'gifts':>10}{'bound ms':>10}{'ours ms':>10}{'adding up ms':>14}{'of bound':>10}{'of adding':>11}"
        )
        held, ours = 0, []
        for gifts in asked.gifts:
            loading.copy_paid(paid, loading.FIRST + held, gifts - held)
            held = gifts
            loading.copy_movements(paid, loading.FIRST * 5 + held, TAIL)
            ours.append(measure(gifts))
        if len(ours) > 1:
            print(
                f"with {asked.gifts[-1]} gifts: {ours[-1] / ours[0]:.2f} times the wait with {asked.gifts[0]}"
            )
        write_and_read(promised)


def measure(gifts: int) -> float:
    """Prints the median waits of one size; ours, in milliseconds."""
    from fund import balances, chart  # noqa: PLC0415

    codes = [line.code for line in chart.CHART if line.figure in chart.SPENDABLE_FIGURES]
    exact = -balances.counted_cents(codes)
    assert balances.left_cents() == exact, (balances.left_cents(), exact)
    bound = median_ms(lambda: by_hand(codes), CALLS)
    ours = median_ms(balances.left_cents, CALLS)
    adding = median_ms(lambda: balances.counted_cents(codes), 20)
    print(f"{gifts:>10}{bound:>10.2f}{ours:>10.2f}{adding:>14.2f}{ours / bound:>10.2f}{ours / adding:>11.4f}")
    return ours


def by_hand(codes: list[str]) -> int:
    """The sums of the last checkpoint and the tail's, by the driver's own prepared statements."""
    line = connection.connection
    row = line.execute(
        "SELECT id, up_to FROM fund_checkpoint ORDER BY up_to DESC LIMIT 1", prepare=True
    ).fetchone()
    held = line.execute(
        "SELECT COALESCE(sum(net_cents), 0) FROM fund_checkpointsum WHERE checkpoint_id = %s AND account_id = ANY(%s)",
        [row[0], codes],
        prepare=True,
    ).fetchone()[0]
    tail = line.execute(
        "SELECT COALESCE(sum(CASE WHEN debit_id = ANY(%s) THEN amount_cents ELSE 0 END"
        " - CASE WHEN credit_id = ANY(%s) THEN amount_cents ELSE 0 END), 0) FROM fund_movement WHERE id > %s",
        [codes, codes, row[1]],
        prepare=True,
    ).fetchone()[0]
    return int(held + tail)


def median_ms(act: Callable[[], Any], calls: int) -> float:
    waits = []
    for _turn in range(calls):
        before = time.perf_counter()
        act()
        waits.append((time.perf_counter() - before) * 1_000)
    return statistics.median(waits)


def write_and_read(promised: Any) -> None:
    """Eight writers, a checkpoint every tenth of a second, a reader: never more, never less, exact at the end."""
    from fund import balances, chart, checkpoints  # noqa: PLC0415
    from tests.benchmarks import clients, deliveries, loading  # noqa: PLC0415

    first, count = loading.FIRST * 9, 8 * 400
    loading.copy_promised(promised, first, count)
    codes = [line.code for line in chart.CHART if line.figure in chart.SPENDABLE_FIGURES]
    before, cents = balances.left_cents(), promised.amount_cents
    drive = deliveries.in_process(deliveries.OURS, cents)
    seen, made = [], 0
    until: list[float] = []

    def watch() -> None:
        nonlocal made
        until.append(time.perf_counter() + 0.1)
        seen.append(balances.left_cents())
        if until[-1] - until[0] > 0.1 * made:
            made += checkpoints.make_checkpoint(least=1) is not None

    speed = clients.drive(drive, range(first, first + count), WRITERS, 60, meanwhile=watch)
    steps = {(value - before) % cents for value in seen}
    ordered = all(a <= b for a, b in itertools.pairwise(seen))
    exact = balances.left_cents() == -balances.counted_cents(codes) == before + count * cents
    told = {
        "readings": len(seen),
        "checkpoints": made,
        "whole gifts only": steps == {0},
        "never fell": ordered,
    }
    print(
        f"{WRITERS} writers, {speed.per_second:.0f} gifts/s: {json.dumps({**told, 'exact at the end': exact})}"
    )


if __name__ == "__main__":
    main()
