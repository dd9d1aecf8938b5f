"""The two people of communication, and students whose aid the tests post in the ledger."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from aid_requests.models import AidRequest
from aid_requests.models.requests import RequestState
from fund import clock
from fund.models import Campaign, Pocket, School, User
from fund.models.people import Role
from reports import actions
from tests.aid_requests.committee import factories as files
from tests.conftest import grant, make_user


@pytest.fixture
def writer(people: SimpleNamespace) -> User:
    return people.communication


@pytest.fixture
def releaser(people: SimpleNamespace) -> User:
    """A second person of communication."""
    user = make_user("communication2")
    grant(user, Role.COMMUNICATION, by=people.administrator)
    return user


@pytest.fixture
def campaign(pocket: Pocket) -> Campaign:
    assert pocket.campaign is not None
    return pocket.campaign


@pytest.fixture
def make_requests(school: School) -> Callable[[int], list[AidRequest]]:
    """Requests of as many different students."""
    version = files.open_scheme()
    made: list[AidRequest] = []

    def make(count: int) -> list[AidRequest]:
        new = []
        for _turn in range(count):
            number = len(made) + 1
            request = AidRequest.objects.create(
                reference=f"T-2020-{number:04d}",
                applicant=files.make_applicant(school, number),
                scheme_version=version,
                school=school,
                state=RequestState.WITHDRAWN,  # the one state that asks for nothing else: only the ledger counts here
                created_at=clock.moment(),
                withdrawn_at=clock.moment(),
            )
            made.append(request)
            new.append(request)
        return new

    return make


@pytest.fixture
def ledger_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests post aid without its decisions and transfers: the other proofs have nothing to hold it against."""
    monkeypatch.setattr(actions, "ledger_is_proved", lambda: True)
