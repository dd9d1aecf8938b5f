"""A committee at work on 15 May 2020, with 1 000 € at the bank."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from aid_requests.models import AidRequest
from fund import clock
from fund.models import Foundation, Pocket, School
from tests.aid_requests.committee import factories, sitting_files
from tests.aid_requests.committee.advancing import rules
from tests.fund.treasury.factories import deposit, deposits_claimed


@pytest.fixture
def committee(foundation: Foundation, pocket: Pocket, people: SimpleNamespace) -> Iterator[SimpleNamespace]:
    with clock.at(clock.DEMO_START), deposits_claimed(pocket):
        deposit(people.treasurer, 100_000)
        people.version = factories.open_scheme()
        yield people


@pytest.fixture
def file_of(committee: SimpleNamespace, school: School) -> Callable[..., AidRequest]:
    """`file_of(2)` is the whole file of student 2 of `school`, in review."""

    def make(number: int = 1, **more: object) -> AidRequest:
        applicant = factories.make_applicant(more.pop("school", school), number)  # type: ignore[arg-type]
        return factories.make_file(committee.version, applicant, committee.referent, number=number, **more)  # type: ignore[arg-type]

    return make


@pytest.fixture
def capped(committee: SimpleNamespace, pocket: Pocket) -> SimpleNamespace:
    """The committee, with rules under which advances are given."""
    rules(committee, pocket)
    return committee


@pytest.fixture
def ruled(committee: SimpleNamespace) -> SimpleNamespace:
    """The committee decides in sittings."""
    committee.version_of_rules = sitting_files.open_rules(committee.administrator)
    return committee


@pytest.fixture
def evening() -> Iterator[None]:
    """The clock of the sitting."""
    with clock.at(sitting_files.EVENING):
        yield
