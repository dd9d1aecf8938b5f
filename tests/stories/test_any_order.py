"""Gifts, decisions and payments in any order, everything twice: the invariants hold, and the sums are to the cent."""

import os
from collections import Counter
from types import SimpleNamespace

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from aid_requests.models import SchemeVersion
from fund.models import Pocket, School
from tests.stories.season import Season

pytestmark = pytest.mark.django_db

# PostgreSQL is slow with thousands of savepoints in one transaction: it takes the first seasons only.
FEW = connection.vendor == "postgresql"
# The same seasons each time, so that a red run is the change's fault; SEASONS=1000 draws new ones, for a night.
TURNS = {"granted", "over budget", "debited", "returned", "other account", "refunded"}
TURNS |= {"dispute won", "dispute lost"}
SEASONS = int(os.environ.get("SEASONS", "0"))
DRAWN = settings(
    max_examples=SEASONS or (5 if FEW else 16),
    stateful_step_count=35,
    derandomize=not SEASONS,
    deadline=None,
    database=None,
    # To shrink a season takes minutes: only where somebody looks for one.
    phases=list(Phase) if SEASONS else [Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_any_season_ends_with_the_sums_that_the_outside_and_the_decisions_give(
    cast: SimpleNamespace, school: School, pocket: Pocket
) -> None:
    cast.school, cast.pocket = school, pocket
    Season.cast = cast
    Season.scheme = SchemeVersion.objects.get(scheme__slug="emergency-aid", state="open")
    Season.seen = Counter()
    run_state_machine_as_test(Season, settings=DRAWN)
    assert Season.seen["granted"]
    assert FEW or set(Season.seen) == TURNS, "a turn that no season took proves nothing"
