"""A treasury on the demo's day with a second treasurer; every test ends with a clean `check_ledger`."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from fund import clock
from fund.models import Foundation, Pocket
from fund.models.people import Role
from tests.conftest import grant, make_user


@pytest.fixture
def house(
    proved: None, foundation: Foundation, pocket: Pocket, people: SimpleNamespace
) -> Iterator[SimpleNamespace]:
    """`people` and `treasurer2`, on 15 May 2020."""
    people.treasurer2 = make_user("treasurer2")
    grant(people.treasurer2, Role.TREASURER, by=people.administrator, consent=people.auditor)
    people.pocket = pocket
    with clock.at(clock.DEMO_START):
        yield people
