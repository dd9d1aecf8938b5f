"""Lines per second of a school's list: `python -m tests.benchmarks.register [--lines N] [--engine sqlite|postgresql]`.

The dry run and the application of one file are held against what any program must do at least, measured in the same
run: reading the same bytes with the csv module alone, and inserting as many rows of the same size with one bulk
statement a thousand. Seconds are those on the wall and those of this process's processor. SQLite lies on this disk as
in life (WAL, synchronous=FULL); PostgreSQL is a cluster of its own whose commits reach the disk. Memory is the
process's peak above what it held before the lists, in a process of its own.
"""

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import django

from tests.benchmarks.durable import durable_cluster

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from django.db import transaction  # noqa: E402 - models need the settings first

from aid_requests.actions import register, register_runs  # noqa: E402
from aid_requests.models import RegisterEntry, RegisterImport, RegisterLine  # noqa: E402
from aid_requests.register import columns  # noqa: E402
from aid_requests.register.files import PIECE, SealingWriter  # noqa: E402
from fund import clock  # noqa: E402
from fund.models import School  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
TITLES = "COD_ETU;LIB_NOM_PAT_IND;LIB_PR1_IND;DATE_NAI_IND;ADR_MAIL;NIVEAU;ANNEE_ETUDES;COD_ETP;BOURSIER"
YEAR = "2019-2020"
HASHED = ("number_fingerprint", "email_fingerprint", "identity_fingerprint", "facts_fingerprint")


def list_of(lines: int, seed: int = 7) -> bytes:
    """A list of invented people, in the encoding of most schools."""
    chance = random.Random(seed)
    rows = [TITLES]
    for number in range(lines):
        year = chance.randint(1, 5)
        rows.append(
            f"{21_000_000 + number};NOM-D’ESSAI {number};Prénom{number % 977};"
            f"{chance.randint(1, 28):02d}/{chance.randint(1, 12):02d}/{chance.randint(1995, 2002)};"
            f"p{number}@nord.example;N{year};{year};GEN{year};{chance.choice(['oui', 'non'])}"
        )
    return ("\r\n".join(rows) + "\r\n").encode("cp1252")


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@dataclass(frozen=True)
class Spent:
    """Seconds on the wall, and of this process's processor: on a busy machine the two are far apart."""

    wall: float
    processor: float


def timed(work: Callable[[], object]) -> Spent:
    begun, busy = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - begun, time.process_time() - busy)


def tell(name: str, lines: int, spent: Spent, bound: Spent | None = None) -> None:
    ratio = ""
    if bound is not None:
        busy = spent.processor / bound.processor
        ratio = f", {spent.wall / bound.wall:.1f} times the bound ({busy:.1f} by processor)"
    rate = f"{lines / spent.wall:9,.0f} lines/s"
    print(f"{name:26} {spent.wall:7.2f} s {rate}, processor {spent.processor:6.2f} s{ratio}", flush=True)


def upload(school: School, content: bytes) -> RegisterImport:
    writer = SealingWriter()
    for start in range(0, len(content), PIECE):
        writer.write(content[start : start + PIECE])
    return register.upload_register(
        by=None, school=school, university_year=YEAR, file=writer.finish(), form_token=uuid.uuid4()
    )


def work_on(row: RegisterImport) -> None:
    """As the worker does, slice after slice."""
    while not register_runs.work_until(row.pk, time.monotonic() + register_runs.SLICE_SECONDS):
        pass


def bring(school: School, content: bytes, words: str, bounds: tuple[Spent, Spent]) -> None:
    """One list from its upload to its application; `bounds`: reading and inserting for the dry run, inserting alone."""
    lines = content.count(b"\n") - 1
    row = upload(school, content)
    layout = register.layout_of(row)
    titles = register.titles_of(layout)
    register.choose_columns(by=None, row=row, columns=columns.guess(titles, {}), layout=layout)
    tell(f"dry run, {words}", lines, timed(lambda: work_on(row)), bounds[0])
    register.apply_import(by=None, row=RegisterImport.objects.get(pk=row.pk))
    tell(f"apply, {words}", lines, timed(lambda: work_on(row)), bounds[1])
    row.refresh_from_db()
    assert row.state == "applied", row.state
    print(f"   {row.found}; peak {peak_mb():.0f} MB", flush=True)


def insert_bare(school: School, lines: int) -> Spent:
    """As many rows of the size of a judged line, a thousand a transaction, and nothing else."""
    row = upload(school, b"a;b\nbare;insert\n")
    told = {
        "register_import": row,
        "outcome": "new",
        "facts_sealed": "s" * 380,
        **dict.fromkeys(HASHED, "f" * 64),
    }

    def insert() -> None:
        for start in range(0, lines, 1000):
            numbers = range(start, min(start + 1000, lines))
            with transaction.atomic():
                RegisterLine.objects.bulk_create([RegisterLine(number=number, **told) for number in numbers])

    spent = timed(insert)
    RegisterLine.objects.all().delete()
    return spent


def measure(lines: int) -> None:
    """Everything, on the empty and migrated database of the environment."""
    school = School.objects.create(code="nord", name="Essai", city="Lille", email_domains=["nord.example"])
    content = list_of(lines)
    print(f"{lines:,} lines, {len(content) / 1e6:.1f} MB, {register_runs.LINES_AT_ONCE} lines a transaction")
    text = content.decode("cp1252")
    parse = timed(lambda: sum(1 for _row in csv.reader(StringIO(text), delimiter=";")))
    tell("bound: bare csv parse", lines, parse)
    insert = insert_bare(school, lines)
    tell("bound: bare bulk insert", lines, insert)
    both = Spent(parse.wall + insert.wall, parse.processor + insert.processor)
    before, bounds = peak_mb(), (both, insert)
    with clock.at(clock.DEMO_START):
        bring(school, content, "all new", bounds)
        bring(school, content.replace(b";N1;", b";M1;"), "a fifth changed", bounds)
        most = content[: len(content) * 9 // 10].rpartition(b"\r\n")[0] + b"\r\n"
        bring(school, most, "a tenth gone", bounds)
    assert RegisterEntry.objects.count() == lines
    print(f"peak memory {peak_mb():.0f} MB, {peak_mb() - before:+.0f} MB by the three lists")


def run_on(url: str, lines: int) -> None:
    """In a process of its own, so that one engine's memory is not counted for the other's."""
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    measured = ["-m", "tests.benchmarks.register", "--here", "--lines", str(lines)]
    for command in (["manage.py", "migrate", "-v0"], measured):
        subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Lines per second of a school's list.")
    parser.add_argument("--lines", type=int, default=40_000)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    parser.add_argument("--here", action="store_true", help="measure on the database of DATABASE_URL")
    options = parser.parse_args()
    if options.here:
        measure(options.lines)
        return
    if options.engine != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            print("SQLite", flush=True)
            run_on(f"sqlite:///{folder}/bench.sqlite3", options.lines)
    if options.engine != "sqlite":
        with durable_cluster() as url:
            print("PostgreSQL", flush=True)
            run_on(url, options.lines)


if __name__ == "__main__":
    main()
