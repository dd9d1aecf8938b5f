"""The day of the demo, where a test asks for it."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from aid_requests.models import AidRequest
from fund import clock
from fund.models import User
from tests.aid_requests import factories


@pytest.fixture
def may_2020() -> Iterator[None]:
    """Domain time stands at 15 May 2020, 10:00 in Paris; codes and sessions run in real time."""
    with clock.at(clock.DEMO_START):
        yield


@pytest.fixture
def complete(may_2020: None, foundation: object, student: User) -> AidRequest:
    """A draft that only needs its signature."""
    return factories.complete_draft(student)


@pytest.fixture
def browser(student: User, foundation: object, client_of: Callable[[User], Client]) -> Client:
    """The student's browser."""
    return client_of(student)


@pytest.fixture
def draft(student: User, foundation: object) -> AidRequest:
    return factories.draft(student)
