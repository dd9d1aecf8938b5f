"""Strict guards on the whole suite, and the people of a small foundation.

The triggers that make tables append-only also stop a test's flush on SQLite: they are taken away around it, and
`post_migrate` (which a flush emits) puts them back.
"""

from collections.abc import Callable, Iterator
from datetime import date
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.commands import flush
from django.db import connection, connections
from django.test import Client
from django.utils import translation

from fund import clock, guards
from fund.models import Campaign, Foundation, Pocket, RoleGrant, School, User
from fund.models.people import MONEY_ROLES, POWER_OF_ROLE, Role
from tests.second_factor import prove

pytest_plugins = ["tests.require_all"]
SHARED = settings.BASE_DIR.parent / "shared" / "data"
NOW = clock.DEMO_START


def shared_data(*parts: str):
    """A path of the third-party test data beside the repository; skips, saying so, where it is not."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"../shared/data/{'/'.join(parts)} is absent")
    return path


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What touches no database says the same on both engines: SQLite's half alone runs it."""
    if connection.vendor != "postgresql":
        return
    pure = [item for item in items if not touches_the_database(item)]
    config.hook.pytest_deselected(items=pure)
    items[:] = [item for item in items if touches_the_database(item)]


def touches_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool({"db", "transactional_db"} & fixtures)


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """Whether the tests' tables come from the migrations: on SQLite, which copies a whole table at each change, that
    alone takes a minute. There the demo's season and the browser's walks run them all."""
    return connection.vendor == "postgresql"


@pytest.fixture(autouse=True, scope="session")
def _flush_passes_the_guards() -> Iterator[None]:
    original = flush.Command.handle

    def handle(self: flush.Command, **options: object) -> None:
        guards.remove(connections[str(options["database"])])
        original(self, **options)

    flush.Command.handle = handle
    yield
    flush.Command.handle = original


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
