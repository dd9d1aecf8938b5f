"""Two rivals at the same instant, without sleeping: each in a thread with its own connection, made to meet.

A twin shows first that the set-up can show the bug (locks off), then that the lock removes it. Where the lock works,
the second rival waits outside and the first one waits in vain at the meeting point: a short timeout lets it go on.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, models

from fund import clock, ledger, workflow
from fund.models import Pocket

PATIENCE_SECONDS = 1.5
Act = Callable[[], Any]


class MeetingPoint:
    """Where both rivals must have arrived before either goes on."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)

    def wait(self) -> None:
        try:
            self._barrier.wait(timeout=PATIENCE_SECONDS)
        except threading.BrokenBarrierError:
            return

    def after(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, and then the meeting: both have read before one of them writes."""

        def met(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            self.wait()
            return result

        return met


def in_may(function: Callable[..., Any], **values: Any) -> Act:
    """The act on the demo's day: a thread does not inherit a clock that was held still."""

    def act() -> Any:
        with clock.at(clock.DEMO_START):
            return function(**values)

    return act


def race(*acts: Act) -> list[Any]:
    """What each act returned, or the exception it raised, in the order of `acts`."""
    outcomes: list[Any] = [None] * len(acts)

    def run(number: int, act: Act) -> None:
        try:
            outcomes[number] = act()
        except Exception as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "a rival never came back: a deadlock"
    return outcomes


def take_locks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same reads without their row locks."""

    def lock(model: type[models.Model], pk: Any) -> models.Model:
        return model._default_manager.get(pk=pk)

    def lock_pockets(pockets: Any) -> list[Pocket]:
        return list(Pocket.objects.filter(pk__in={pocket.pk for pocket in pockets}).order_by("pk"))

    monkeypatch.setattr(workflow, "lock", lock)
    monkeypatch.setattr(ledger, "lock_pockets", lock_pockets)


needs_row_locks = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="row locks are PostgreSQL's; SQLite has one writer"
    ),
]
