"""Gifts confirmed by webhook, a second: `python -m tests.benchmarks.webhooks [--seconds 3] [--gifts 1000 1000000]`.

On a durable PostgreSQL, each figure the median of three rounds in which every way takes its turn. Ratios are to the
plain ORM view that writes the same rows (the goal: at least 2.5) and to plain statements that write them (the bound).
"""

import argparse
import contextlib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, connections

from tests.benchmarks.durable import installed_application

ROUNDS = 3
CLIENTS = (1, 8)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--gifts", type=int, nargs="+", default=[1_000, 1_000_000])
    asked = parser.parse_args()
    with installed_application() as url:
        from tests.benchmarks import loading  # noqa: PLC0415 - Django must be set up first

        promised, paid = loading.make_patterns()
        held, medians = 0, []
        for gifts in asked.gifts:
            loading.copy_paid(paid, loading.FIRST + held, gifts - held)
            held = gifts
            medians.append(measure(url, promised, paid, gifts, asked.seconds))
        if len(medians) > 1:
            compare(asked.gifts, medians[0], medians[-1])


@dataclass
class Case:
    """One way of confirming, with how many clients; the rates of its rounds."""

    name: str
    clients: int
    make: Callable
    is_replay: bool = False
    rates: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def measure(url: str, promised: Any, paid: Any, gifts: int, seconds: float) -> dict[tuple[str, int], float]:
    """Runs and prints every case on the ledger as it is; the median rates by case."""
    from tests.benchmarks.clients import drive  # noqa: PLC0415

    with served() as port:
        cases = list(cases_of(url, port, paid))
        for _round in range(ROUNDS):
            numbers: range = range(0)
            for case in cases:
                if not case.is_replay:
                    numbers = fresh_numbers(promised, case, seconds)
                speed = drive(case.make, numbers, case.clients, seconds)
                case.rates.append(speed.per_second)
                case.waits.append(speed.p99_ms)
    tell(cases, gifts)
    return {(case.name, case.clients): case.rate for case in cases}


def cases_of(url: str, port: int, paid: Any) -> Iterator[Case]:
    from tests.benchmarks import deliveries as ways  # noqa: PLC0415

    cents = paid.amount_cents
    for clients in CLIENTS:
        yield Case("statements (bound)", clients, ways.by_statements(url, paid))
        yield Case("plain ORM view", clients, ways.in_process(ways.PLAIN, cents))
        yield Case("ours", clients, ways.in_process(ways.OURS, cents))
        yield Case("ours, told again", clients, ways.in_process(ways.OURS, cents), is_replay=True)
        yield Case("plain ORM view, gunicorn", clients, ways.through_the_server(port, ways.PLAIN, cents))
        yield Case("ours, gunicorn", clients, ways.through_the_server(port, ways.OURS, cents))


_used = 0


def fresh_numbers(promised: Any, case: Case, seconds: float) -> range:
    """As many promised gifts as the fastest way could confirm in this time."""
    global _used
    from tests.benchmarks import loading  # noqa: PLC0415

    count = int(seconds * (9_000 if "bound" in case.name else 4_000)) + 20 * case.clients
    first = 100_000_000 + _used
    _used += count
    loading.copy_promised(promised, first, count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE donations_gift, donations_paymentattempt")
        cursor.execute("CHECKPOINT")
    return range(first, first + count)


@contextlib.contextmanager
def served() -> Iterator[int]:
    """gunicorn as in production, on a free port, its connections kept."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    connections.close_all()
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", "2", "--threads", "4"]
    command += ["--log-level", "warning", "--bind", f"127.0.0.1:{port}", "config.wsgi:application"]
    server = subprocess.Popen(command)
    try:
        for _try in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def tell(cases: list[Case], gifts: int) -> None:
    from fund.models import Movement  # noqa: PLC0415

    print(f"\n{gifts} gifts in the ledger at the start, {Movement.objects.count()} at the end")
    print(
        f"{'way':28}{'clients':>8}{'gifts/s':>10}{'(min..max)':>18}{'p99 ms':>9}{'of bound':>10}{'of plain':>10}"
    )
    for case in cases:
        bound = next(c.rate for c in cases if c.clients == case.clients and "bound" in c.name)
        place = ", gunicorn" if "gunicorn" in case.name else ""
        plain = next(
            c.rate for c in cases if c.clients == case.clients and c.name == f"plain ORM view{place}"
        )
        spread = f"({min(case.rates):.0f}..{max(case.rates):.0f})"
        print(
            f"{case.name:28}{case.clients:>8}{case.rate:>10.0f}{spread:>18}"
            f"{statistics.median(case.waits):>9.1f}{case.rate / bound:>10.2f}{case.rate / plain:>10.2f}"
        )


def compare(
    gifts: list[int], small: dict[tuple[str, int], float], large: dict[tuple[str, int], float]
) -> None:
    print(f"\nrate with {gifts[-1]} gifts as a share of the rate with {gifts[0]}")
    for (name, clients), rate in small.items():
        print(f"{name:28}{clients:>8}{large[name, clients] / rate:>10.2f}")


if __name__ == "__main__":
    main()
