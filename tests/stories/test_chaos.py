"""Thousands of events in any order, web and worker killed at random: the totals are to the cent, nothing is left over.

CHAOS_EVENTS=2000 plays the whole season, CHAOS_SEED another one; the run of every day is smaller.
"""

import os

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from config.demo import payments
from config.demo.models import StandInDelivery
from donations.models import Gift
from fund import clock
from fund.models import Foundation, Pocket
from tests.fund.other_process import other_database
from tests.stories.chaos import Chaos
from tests.stories.scenario import STORIES, Scenario, type_of

EVERY_DAY = 300 if connection.vendor == "postgresql" else 120
EVENTS = int(os.environ.get("CHAOS_EVENTS", EVERY_DAY))
SEED = int(os.environ.get("CHAOS_SEED", "20200515"))
KILLS = 2 if EVENTS <= EVERY_DAY else 8  # of each


@pytest.mark.django_db(transaction=True)
def test_a_season_of_killed_servers_ends_with_exactly_the_expected_totals(
    foundation: Foundation, pocket: Pocket, tmp_path, capsys
) -> None:
    scenario = Scenario(pocket, events=EVENTS, seed=SEED)
    payloads = scenario.play()
    assert len(payloads) >= EVENTS
    told = {story.__name__ for story in STORIES}
    assert set(scenario.told) == told, "a story that was not told proves nothing"
    expected = scenario.expected.as_json()
    assert payments.balance_cents() == expected["stripe_cents"], "the two sums of the outside agree"
    # Who delivers is the story itself: the worker must not be told to.
    DBTaskResult.objects.all().delete()
    StandInDelivery.objects.update(delivered_at=clock.moment())
    before = Gift.objects.count()
    with other_database(tmp_path) as database:
        chaos = Chaos(database, payloads, tmp_path, seed=SEED, kills=KILLS)
        happened = chaos.run()
        seen = chaos.look()
        events = seen.pop("events")
        parked, tasks = seen.pop("parked"), seen.pop("tasks")
        with capsys.disabled():
            print(
                f"\n{len(payloads)} events of {len({*map(type_of, payloads)})} types, {before} promises, "
                f"{happened.deliveries} deliveries, kills {dict(happened.kills)}, other answers "
                f"{dict(happened.answers)}, {happened.seconds:.0f} s on {connection.vendor}: {seen}"
            )
        assert parked == []
        assert list(tasks) == ["SUCCESSFUL"]
        assert events == len(payloads)
        assert seen == expected
        assert "ok" in database.manage("check_ledger", "--json")
    assert sum(happened.kills.values()) == 2 * KILLS
    assert happened.answers, "no delivery met a dead server: the kills proved nothing"
