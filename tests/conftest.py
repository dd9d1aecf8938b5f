"""Strict guards on the whole suite, what is made once for all its tests, and the people of a small foundation."""

import gc
from collections.abc import Callable, Iterator
from datetime import date
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker

from aid_requests.schemes import reading
from aid_requests.schemes.nodes import Node
from aid_requests.schemes.problems import Problem
from fund import clock
from fund.models import Campaign, Foundation, Pocket, RoleGrant, School, User
from fund.models.people import MONEY_ROLES, POWER_OF_ROLE, Role
from tests import as_made
from tests.as_made import Restore
from tests.second_factor import prove

pytest_plugins = ["tests.require_all"]
SHARED = settings.BASE_DIR.parent / "shared" / "data"
SCHEDULES = sorted(settings.BASE_DIR.glob("aid_requests/schedules/*.yaml"))
NOW = clock.DEMO_START
# Files whose few tests take longest: they come first, so that no process is left alone with one of them at the end.
LONGEST = (
    "tests/config/demo/test_season.py",
    "tests/stories/",
    "tests/aid_requests/scheme_editor/test_without_code.py",
    "tests/fund/test_killed_",
    "tests/donations/test_allocating_proofs.py",
)


def shared_data(*parts: str):
    """A path of the third-party test data beside the repository; skips, saying so, where it is not."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"../shared/data/{'/'.join(parts)} is absent")
    return path


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first. What touches no database says the same on both engines: SQLite's half alone runs it."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    if connection.vendor != "postgresql":
        return
    pure = [item for item in items if not touches_the_database(item)]
    config.hook.pytest_deselected(items=pure)
    items[:] = [item for item in items if touches_the_database(item)]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported lives until the end: looking through it for garbage again and again took a sixth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def touches_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool({"db", "transactional_db"} & fixtures)


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """Whether the tests' tables come from the migrations: on SQLite, which copies a whole table at each change, that
    alone takes a minute. There the demo's season and the browser's walks run them all."""
    return connection.vendor == "postgresql"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Restore]:
    """The database is made, and kept: after a test that commits it is put back instead of flushed."""
    with django_db_blocker.unblock():
        restore = as_made.keep()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: restore())
        yield restore


@pytest.fixture(autouse=True, scope="session")
def _schedules_are_read_once() -> Iterator[None]:
    """The schedules that stand in files are opened by one test after the other, and nine tenths of that is YAML: each
    text is parsed once. That nothing changes a parsed tree is tests/aid_requests/schemes/test_reading_again.py's."""
    texts = {path.read_text(encoding="utf-8") for path in SCHEDULES}
    trees: dict[str, Node] = {}
    read_tree = reading.read_tree

    def read_once(text: str, problems: list[Problem]) -> Node:
        if text not in texts:
            return read_tree(text, problems)
        if text not in trees:
            trees[text] = read_tree(text, problems)
        return trees[text]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "read_tree", read_once)
        yield


@pytest.fixture(autouse=True)
def _fresh_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    clock.set_shift(None)
    yield
    clock.set_shift(None)


@pytest.fixture(autouse=True)
def _language_of_the_source() -> Iterator[None]:
    """A request in English leaves its language to the thread: the next test starts in French."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_counters_left(request: pytest.FixtureRequest) -> None:
    """Rate limits count in the database cache, which a flush does not know: each such test starts at zero."""
    if "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db")
        cache.clear()


@pytest.fixture
def foundation(db: None) -> Foundation:
    return Foundation.objects.create(
        legal_name="Fondation partenariale d’essai",
        short_name="Fondation d’essai",
        siren="732829320",
        street="1 rue de l’Essai",
        postcode="75001",
        town="Paris",
        iban="FR1420041010050500013M02606",
        bic="PSSTFRPPPAR",
        contact_email="contact@fondation.example",
    )


@pytest.fixture
def school(db: None) -> School:
    return School.objects.create(
        code="nord", name="École du Nord", city="Lille", email_domains=["nord.example"]
    )


@pytest.fixture
def other_school(db: None) -> School:
    return School.objects.create(code="sud", name="École du Sud", city="Nice", email_domains=["sud.example"])


@pytest.fixture
def pocket(db: None) -> Pocket:
    campaign = Campaign.objects.create(
        slug="essai",
        name="Cagnotte d’essai",
        opens_on=date(2020, 4, 3),
        closes_on=date(2020, 6, 30),
        goal_cents=1_500_000,
    )
    return Pocket.objects.create(
        code=Pocket.GENERAL, name="Là où le besoin est le plus grand", campaign=campaign
    )


def make_user(name: str, domain: str = "staff.example") -> User:
    return User.objects.create_user(f"{name}@{domain}", display_name=name.replace("_", " ").title())


def grant(
    user: User, role: Role, *, by: User, consent: User | None = None, school: School | None = None
) -> RoleGrant:
    return RoleGrant.objects.create(
        user=user,
        role=role,
        power=POWER_OF_ROLE[role],
        school=school,
        granted_by=by,
        consented_by=consent if role in MONEY_ROLES else None,
        granted_at=NOW,
    )


@pytest.fixture
def people(db: None, school: School, other_school: School) -> SimpleNamespace:
    """One person per role. `member3` is of the student's own school; the others are of none."""
    administrator = make_user("administrator")
    RoleGrant.objects.create(
        user=administrator, role=Role.ADMINISTRATOR, power=POWER_OF_ROLE[Role.ADMINISTRATOR], granted_at=NOW
    )
    auditor = make_user("auditor")
    grant(auditor, Role.AUDITOR, by=administrator)
    cast = {"administrator": administrator, "auditor": auditor}
    wanted = {
        "member1": (Role.MEMBER, None),
        "member2": (Role.MEMBER, other_school),
        "member3": (Role.MEMBER, school),
        "chair": (Role.CHAIR, None),
        "treasurer": (Role.TREASURER, None),
        "signatory": (Role.SIGNATORY, None),
        "referent": (Role.REFERENT, school),
        "other_referent": (Role.REFERENT, other_school),
        "national_referent": (Role.REFERENT, None),
        "communication": (Role.COMMUNICATION, None),
    }
    for name, (role, of_school) in wanted.items():
        cast[name] = make_user(name)
        grant(cast[name], role, by=administrator, consent=auditor, school=of_school)
    return SimpleNamespace(**cast)


@pytest.fixture
def student(school: School) -> User:
    return make_user("student", "nord.example")


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A signed-in browser that also checks CSRF, as real ones do… except for the token, which tests do not fetch."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        prove(client, user)
        return client

    return make


@pytest.fixture
def proved(db: None) -> Iterator[None]:
    """The test ends with a clean `check_ledger`."""
    yield
    try:
        call_command("check_ledger")
    except SystemExit:  # an exit in a teardown would leave the transaction open for every test that follows
        pytest.fail("check_ledger found a broken promise: see the captured output")
