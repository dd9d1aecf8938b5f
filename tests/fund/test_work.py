"""The worker outlives a database that is locked for a while."""

import threading

import pytest
from django.db import OperationalError

from fund.management.commands import work


class Stumbling:
    """A worker whose database is locked twice, then answers."""

    def __init__(self) -> None:
        self.running = True
        self.calls = 0

    def run(self) -> None:
        self.calls += 1
        if self.calls < 3:
            raise OperationalError("database is locked")
        self.running = False


@pytest.mark.django_db
def test_a_locked_database_is_waited_for(monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr(work.time, "sleep", waited.append)
    monkeypatch.setattr(work.connection, "close", lambda: None)
    worker = Stumbling()
    work._run_through_locks(worker)
    assert worker.calls == 3
    assert waited == [work.RETRY_SECONDS] * 2


def test_each_minute_a_sign_of_life_comes_before_the_timed_work(monkeypatch):
    """A machine that slept wakes up with an old beat: the timed work must not take this worker for dead."""
    stop, done = threading.Event(), []

    def tick() -> None:
        done.append("tick")
        stop.set()

    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    monkeypatch.setattr(work.connection, "close", lambda: None)
    monkeypatch.setattr(work.leases, "beat", done.append)
    monkeypatch.setattr(work.ticking, "tick", tick)
    work._tick_each_minute(stop, "worker-1")
    assert done == ["worker-1", "tick"]


def test_any_other_error_is_not_hidden():
    class Broken:
        running = True

        def run(self) -> None:
            raise ValueError("a true mistake")

    with pytest.raises(ValueError, match="a true mistake"):
        work._run_through_locks(Broken())
