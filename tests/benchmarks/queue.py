"""The committee's queue at 2 000 files and at 200 000: `python -m tests.benchmarks.queue [--engine sqlite|postgresql]`.

A fund grows by files that are decided; before the committee there are WAITING of them whatever its age. Each page is
asked through the whole stack, its shortest of seven times is kept, and the ratio of the two sizes is told, on the
clock and by processor, with the number of statements. `--all-waiting` puts every file before the committee instead,
which no season does. Then one member's same vote on MANY files: the statements of the list and of each file, and votes
a second.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import django

from tests.benchmarks.durable import durable_cluster

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from django.db import connection, models, reset_queries  # noqa: E402 - models need the settings first
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402

from aid_requests.committee.actions import open_batch, vote_batches  # noqa: E402
from aid_requests.committee.vote_batches import listed_of  # noqa: E402
from aid_requests.models import AidRequest, Applicant, Declaration, EnrolmentCertificate, Vote  # noqa: E402
from aid_requests.models.requests import RequestState  # noqa: E402
from fund import clock  # noqa: E402
from fund.models import AuditEvent, Foundation, Pocket, School, SubjectKey, TransitionLog, User  # noqa: E402
from fund.models.people import Role  # noqa: E402
from tests.aid_requests.committee.factories import make_applicant, make_file, open_scheme  # noqa: E402
from tests.conftest import grant, make_user  # noqa: E402
from tests.second_factor import prove  # noqa: E402

M = TypeVar("M", bound=models.Model)
ROOT = Path(__file__).resolve().parent.parent.parent
WAITING, MANY, TRIES, FILES_A_PERSON = 400, 1000, 7, 5
PAGES = {
    "the queue": "",
    "what waits for me": "?state=unread",
    "stalled": "?age=stalled",
    "due soon": "?due=soon",
    "decided, the newest": "?state=decided",
    "decided, the middle": "?state=decided&apres={middle}",
    "a whole number": "?reference={reference}",
    "a piece of a number": "?reference={piece}",
}


def make_fund() -> tuple[AidRequest, User]:
    """A whole file, and the member who reads."""
    Foundation.objects.create(
        legal_name="Essai", short_name="Essai", siren="732829320", street="1 rue", postcode="75001",
        town="Paris", iban="FR1420041010050500013M02606", bic="PSSTFRPPPAR", contact_email="a@fondation.example",
    )  # fmt: skip
    Pocket.objects.get_or_create(code="general", defaults={"name": "Général"})
    school = School.objects.create(code="nord", name="Nord", city="Lille", email_domains=["nord.example"])
    administrator, member, referent = (make_user(name) for name in ("administrator", "member", "referent"))
    grant(member, Role.MEMBER, by=administrator)
    return make_file(open_scheme(), make_applicant(school), referent), member


def copies(pattern: M, **values: object) -> M:
    row = type(pattern)(
        **{field.attname: getattr(pattern, field.attname) for field in pattern._meta.concrete_fields}
    )
    row.pk = None
    for name, value in values.items():
        setattr(row, name, value)
    return row


def applicants_like(pattern: Applicant, first: int, count: int) -> list[Applicant]:
    """As many more people."""
    users = User.objects.bulk_create(
        [User(email=f"s{first}-{number}@nord.example", password="!") for number in range(count)],
        batch_size=500,
    )
    keys = SubjectKey.objects.bulk_create(
        [SubjectKey(kind="applicant", wrapped_key=pattern.subject_key.wrapped_key) for _user in users],
        batch_size=500,
    )
    bare = {"school_email_sealed": "", "school_email_fingerprint": ""}
    return Applicant.objects.bulk_create(
        [
            copies(pattern, user_id=user.pk, subject_key_id=key.pk, **bare)
            for user, key in zip(users, keys, strict=True)
        ],
        batch_size=500,
    )


def add_files(pattern: AidRequest, first: int, count: int, *, waiting: bool) -> None:
    """`count` more files like the pattern, decided one a minute or before the committee, as their acts leave them."""
    began = clock.moment() - timedelta(days=300)
    people = applicants_like(pattern.applicant, first, count // FILES_A_PERSON + 1)
    rows = []
    for number in range(first, first + count):
        decided = None if waiting else began + timedelta(minutes=number)
        state = RequestState.IN_REVIEW if waiting else RequestState.REFUSED
        values = {
            "applicant_id": people[(number - first) // FILES_A_PERSON].pk,
            "token": uuid.uuid4(),
            "reference": f"U-2020-{number:07d}",
            "state": state,
            "decided_at": decided,
        }
        rows.append(copies(pattern, **values))
    files = AidRequest.objects.bulk_create(rows, batch_size=500)
    logs = [
        TransitionLog(object_kind="aid_requests.aidrequest", object_id=str(file.pk), name="certify",
                      from_state="submitted", to_state=file.state, at=began + timedelta(minutes=number))
        for number, file in enumerate(files)
    ]  # fmt: skip
    TransitionLog.objects.bulk_create(logs, batch_size=500)
    events = [
        AuditEvent(at=began, action="request.certified", object_kind="aid_requests.aidrequest",
                   object_id=str(file.pk), details={"round": 1}, row_hash="0" * 64)
        for file in files
    ]  # fmt: skip
    AuditEvent.objects.bulk_create(events, batch_size=500)
    if waiting:
        signed, certified = (
            Declaration.objects.get(request=pattern),
            EnrolmentCertificate.objects.get(request=pattern),
        )
        Declaration.objects.bulk_create([copies(signed, request_id=file.pk) for file in files])
        EnrolmentCertificate.objects.bulk_create([copies(certified, request_id=file.pk) for file in files])


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


class Spent(NamedTuple):
    """Milliseconds on the wall and of this process's processor, which on SQLite is the database's too."""

    wall: float
    processor: float


def shortest(act: Callable[[], object]) -> Spent:
    spent = []
    for _try in range(TRIES):
        begun, busy = time.perf_counter(), time.process_time()
        act()
        spent.append((1000 * (time.perf_counter() - begun), 1000 * (time.process_time() - busy)))
    walls, processors = zip(*spent, strict=True)
    return Spent(min(walls), min(processors))


def ask(client: Client, query: str) -> int:
    """One page; how many statements it took."""
    reset_queries()  # a full log counts nothing
    with CaptureQueriesContext(connection) as asked:
        response = client.get(reverse("request_queue") + query)
    assert response.status_code == 200, response.status_code
    return len(asked)


def measure_pages(client: Client) -> dict[str, tuple[Spent, int]]:
    decided = AidRequest.objects.filter(state=RequestState.REFUSED).order_by("-decided_at", "-pk")
    middle = decided[decided.count() // 2] if decided.exists() else AidRequest.objects.first()
    at = (middle.decided_at or clock.moment()).isoformat().replace("+", "%2B")
    told = {"middle": f"{at}~{middle.pk}", "reference": middle.reference, "piece": middle.reference[-6:]}
    found = {}
    for name, query in PAGES.items():
        address = query.format(**told)
        ask(client, address)
        found[name] = (shortest(partial(ask, client, address)), ask(client, address))
    return found


def measure(sizes: list[int], *, all_waiting: bool) -> None:
    """Everything, on the empty and migrated database of the environment."""
    setup_test_environment()
    with clock.at(clock.DEMO_START):
        pattern, member = make_fund()
        client = Client()
        client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
        prove(client, member)
        add_files(pattern, 1_000_000, WAITING - 1, waiting=True)
        made, results = WAITING, []
        for size in sizes:
            begun = time.perf_counter()
            for first in range(made, size, 20_000):
                add_files(pattern, first, min(20_000, size - first), waiting=all_waiting)
            made = size
            analyse()
            print(f"{size:,} files ({time.perf_counter() - begun:.0f} s to make the new ones)", flush=True)
            results.append(measure_pages(client))
        few, many = results[0], results[-1]
        for name in PAGES:
            (one, asked), (other, again) = few[name], many[name]
            ratio = f"ratio {other.wall / one.wall:5.2f}, processor {other.processor / one.processor:5.2f}"
            line = f"{name:22} {one.wall:7.1f} ms → {other.wall:7.1f} ms, {ratio}"
            print(f"{line}, {asked} → {again} statements", flush=True)
        measure_votes(pattern, member, client)


def measure_votes(pattern: AidRequest, member: User, client: Client) -> None:
    """The same vote on MANY files."""
    add_files(pattern, 2_000_000, MANY, waiting=True)
    files = list(AidRequest.objects.filter(reference__gte="U-2020-2000000").order_by("pk")[:MANY])
    for number in (10, MANY):
        ticked = {"files": [str(file.token) for file in files[:number]]} if number <= 50 else {"all": "1"}
        sent = {**ticked, "choice": "grant"}
        begun = time.perf_counter()
        reset_queries()  # a full log counts nothing
        with CaptureQueriesContext(connection) as asked:
            assert client.post(reverse("list_votes"), sent).status_code == 200
        spent = (time.perf_counter() - begun) * 1000
        print(f"list of {number:5} files: {len(asked)} statements, {spent:.0f} ms", flush=True)
    batch = open_batch(
        by=member, listed=listed_of(files), choice="grant", reason_code="", form_token=uuid.uuid4()
    )
    costs = set()
    for _file in range(20):
        reset_queries()  # a full log counts nothing
        with CaptureQueriesContext(connection) as asked:
            vote_batches.take_item(batch.pk)
        costs.add(len(asked))
    begun = time.perf_counter()
    while not vote_batches.take_item(batch.pk):
        pass
    rate = (MANY - 20) / (time.perf_counter() - begun)
    assert Vote.objects.filter(member=member).count() == MANY
    print(f"votes: {rate:.0f} a second, {sorted(costs)} statements a file", flush=True)


def run_on(url: str, arguments: list[str]) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    for command in (
        ["manage.py", "migrate", "-v0"],
        ["manage.py", "createcachetable"],
        ["-m", "tests.benchmarks.queue", "--here", *arguments],
    ):
        subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="The committee's queue, few files against many.")
    parser.add_argument("--sizes", type=int, nargs=2, default=[2_000, 200_000])
    parser.add_argument("--all-waiting", action="store_true", help="every file before the committee")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    parser.add_argument("--here", action="store_true", help="measure on the database of DATABASE_URL")
    options = parser.parse_args()
    if options.here:
        measure(options.sizes, all_waiting=options.all_waiting)
        return
    told = ["--sizes", *map(str, options.sizes), *(["--all-waiting"] if options.all_waiting else [])]
    if options.engine != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            print("SQLite", flush=True)
            run_on(f"sqlite:///{folder}/bench.sqlite3", told)
    if options.engine != "sqlite":
        with durable_cluster() as url:
            print("PostgreSQL", flush=True)
            run_on(url, told)


if __name__ == "__main__":
    main()
