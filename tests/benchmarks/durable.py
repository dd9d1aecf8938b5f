"""A PostgreSQL of our own on this machine's disk, durable as in life, with the tables of the application in it."""

import contextlib
import os
from collections.abc import Iterator

import django
from django.core.management import call_command

from tests.postgres import find_programs, line_that_brings_it, throwaway_cluster

# What a server of this size would be given; nothing here makes a commit less durable.
DURABLE = (
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=1GB",
    "max_wal_size=8GB",
    "jit=off",
    "max_connections=60",
)


def durable_cluster() -> contextlib.AbstractContextManager[str]:
    """An empty cluster, as its DATABASE_URL; ends the program, saying why, where PostgreSQL is absent."""
    programs = find_programs()
    if programs is None:
        raise SystemExit(f"This benchmark needs PostgreSQL: {line_that_brings_it()}")
    return throwaway_cluster(programs, DURABLE)


@contextlib.contextmanager
def installed_application() -> Iterator[str]:
    """Sets Django up on an empty durable cluster and migrates it; yields the DATABASE_URL."""
    with durable_cluster() as url:
        os.environ["DATABASE_URL"] = url
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
        django.setup()
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        yield url
