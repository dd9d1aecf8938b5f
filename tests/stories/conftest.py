"""The fund before its first gift: foundation, school, people, two open schemes, and the provider's line to us."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django_tasks_db.management.commands import db_worker

from config.demo import delivery
from fund.models import Foundation, Pocket, School
from tests.aid_requests.factories import open_scheme
from tests.conftest import make_user
from tests.stories.world import TwiceWorld, World


@pytest.fixture
def cast(
    foundation: Foundation,
    pocket: Pocket,
    school: School,
    people: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[SimpleNamespace]:
    """Staff and two students; events that the worker delivers arrive at the real webhook, without a server."""
    monkeypatch.setattr(delivery, "post_over_http", World.post_event)
    # The worker would close the connection that holds the test's transaction; Django's test client spares it likewise.
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    people.zelie = make_user("zelie.quintemarque", "nord.example")
    people.milo = make_user("milo.sabliermarque", "nord.example")
    with World.on(4, 3, 8):
        open_scheme("emergency-aid")
        open_scheme("mobility-aid")
    yield people


@pytest.fixture
def world(cast: SimpleNamespace) -> World:
    return World(cast)


@pytest.fixture
def twice(cast: SimpleNamespace) -> TwiceWorld:
    return TwiceWorld(cast)


@pytest.fixture
def who_of(cast: SimpleNamespace) -> Callable[[int | None], str]:
    """`who_of(user_id)` is the name this person has in the story; « nobody » where the machine acted."""
    names = {user.pk: name for name, user in vars(cast).items()}
    return lambda pk: names[pk] if pk is not None else "nobody"
