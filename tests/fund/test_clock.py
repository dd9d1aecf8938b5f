"""Time: Paris dates for business, real time for proofs, and the demo's shift for the former only."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from fund import clock, ticking
from fund.models import TickRun


def test_the_last_half_hour_of_the_year_in_paris_is_still_this_year():
    """Failure 30: 31 December 23:30 in Paris decides the fiscal year; in UTC it is 22:30."""
    with clock.at(datetime(2020, 12, 31, 22, 30, tzinfo=UTC)):
        assert clock.today().isoformat() == "2020-12-31"
    with clock.at(datetime(2020, 12, 31, 23, 30, tzinfo=UTC)):
        assert clock.today().isoformat() == "2021-01-01"


def test_the_demo_reads_15_may_2020_when_it_is_loaded(settings):
    settings.DEMO = True
    with time_machine.travel(datetime(2026, 11, 21, 12, 0, tzinfo=UTC), tick=False):
        clock.set_shift(datetime(2026, 11, 21, 11, 0, tzinfo=UTC))
        assert clock.moment() == clock.DEMO_START + timedelta(hours=1)
        assert clock.today().isoformat() == "2020-05-15"


def test_outside_the_demo_nothing_is_shifted(settings):
    settings.DEMO = False
    with time_machine.travel(datetime(2026, 11, 21, 12, 0, tzinfo=UTC), tick=False):
        clock.set_shift(datetime(2026, 11, 21, 11, 0, tzinfo=UTC))
        assert clock.moment() == datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_a_job_runs_once_a_slot(db, monkeypatch):
    """Failure 1: a clock started twice a few seconds apart."""
    runs = []
    monkeypatch.setattr(
        ticking.registry, "jobs", lambda: {"count": (timedelta(hours=1), lambda: runs.append(1) or "ok")}
    )
    now = datetime(2020, 5, 15, 8, 10, tzinfo=UTC)
    assert len(ticking.tick(now)) == 1
    assert ticking.tick(now + timedelta(seconds=3)) == []
    assert len(ticking.tick(now + timedelta(hours=1))) == 1
    assert len(runs) == 2


def test_a_failing_job_is_noted_and_stops_no_other(db, monkeypatch):
    def broken() -> str:
        raise ValueError("no word of this may be kept")

    jobs = {"a_broken": (timedelta(hours=1), broken), "b_fine": (timedelta(hours=1), lambda: "ok")}
    monkeypatch.setattr(ticking.registry, "jobs", lambda: jobs)
    ran = ticking.tick(datetime(2020, 5, 15, 8, tzinfo=UTC))
    assert [run.outcome for run in ran] == ["error: ValueError", "ok"]
    assert TickRun.objects.filter(finished_at=None).count() == 0


@pytest.mark.parametrize(
    "when", [datetime(2020, 3, 29, 0, 59, tzinfo=UTC), datetime(2020, 10, 25, 0, 59, tzinfo=UTC)]
)
def test_a_change_of_clocks_neither_skips_nor_doubles_a_slot(when):
    slots = {ticking.slot_of(when + timedelta(minutes=10 * step), timedelta(hours=1)) for step in range(24)}
    assert len(slots) == 5
