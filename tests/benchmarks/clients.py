"""Clients that run at once, each a process of its own, and how fast they were answered."""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty
from typing import Any

from django.db import connections

# What one client does for one number; made inside the client's process, so that it may hold a connection.
Act = Callable[[int], None]
_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Speed:
    """Answers a second over all clients, and the wait that one answer in a hundred exceeds, in milliseconds."""

    per_second: float
    p99_ms: float
    answers: int


def drive(
    make_act: Callable[[], Act],
    numbers: Sequence[int],
    clients: int,
    seconds: float,
    meanwhile: Callable[[], None] | None = None,
) -> Speed:
    """Lets `clients` act on their shares of `numbers` for at most `seconds`; `meanwhile` is called as long as they do.

    Raises RuntimeError when one fails.
    """
    connections.close_all()  # a child must not speak through its parent's connection
    ready, told = _FORK.Barrier(clients + 1), _FORK.Queue()
    shares = [numbers[start::clients] for start in range(clients)]
    children = [
        _FORK.Process(target=_client, args=(make_act, share, seconds, ready, told), daemon=True)
        for share in shares
    ]
    for child in children:
        child.start()
    ready.wait(timeout=60)
    start = time.perf_counter()
    waits: list[float] = []
    ends: list[float] = []
    while meanwhile is not None and told.empty() and any(child.is_alive() for child in children):
        meanwhile()
    for _child in children:
        try:
            one, end = told.get(timeout=seconds + 60)
        except Empty:
            raise RuntimeError("A client died: see its words above.") from None
        waits += one
        ends.append(end)
    for child in children:
        child.join()
    waits.sort()
    return Speed(len(waits) / (max(ends) - start), waits[int(len(waits) * 0.99)] * 1_000, len(waits))


def _client(make_act: Callable[[], Act], share: Sequence[int], seconds: float, ready: Any, told: Any) -> None:
    act, share = make_act(), list(share)
    for number in share[:20]:  # imports, caches, prepared statements: not what is measured
        act(number)
    waits = []
    ready.wait(timeout=60)
    until = time.perf_counter() + seconds
    for number in share[20:]:
        before = time.perf_counter()
        act(number)
        after = time.perf_counter()
        waits.append(after - before)
        if after > until:
            break
    told.put((waits, time.perf_counter()))
