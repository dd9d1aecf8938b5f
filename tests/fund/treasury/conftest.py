"""A treasurer's morning: the demo's day, money at the bank, things to pay."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from fund import clock, registry
from fund.models import Foundation, PaymentOrder, Pocket, School
from tests.fund.treasury import factories
from tests.fund.treasury.factories import KIND, Things


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> Things:
    answers = Things()
    monkeypatch.setitem(registry._references, KIND, answers)
    return answers


@pytest.fixture
def treasury(
    foundation: Foundation, pocket: Pocket, school: School, people: SimpleNamespace, things: Things
) -> Iterator[SimpleNamespace]:
    """`people`, and 1 000 € settled at the bank on 15 May 2020."""
    with clock.at(clock.DEMO_START), factories.deposits_claimed(pocket):
        factories.deposit(people.treasurer, 100_000)
        yield people


@pytest.fixture
def order_of(treasury: SimpleNamespace, pocket: Pocket, school: School) -> Callable[..., PaymentOrder]:
    """`order_of(3)` is the order that pays thing 3."""
    return lambda number, **more: factories.make_order(number, pocket, school, **more)
