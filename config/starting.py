"""What stops a process at its start, or a command, becomes one sentence that names its cause.

The texts of libraries are never repeated: a database's or a parser's message may quote a password.
"""

import contextlib
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Iterator
from types import FrameType

from django.conf import ENVIRONMENT_VARIABLE
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as AnyDatabaseError
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

COMMAND_REFUSED = 1
# gunicorn's "failed to boot": after any other status it starts the same worker anew, for ever.
WEB_REFUSED = 3

_EXAMPLES = {
    "DATABASE_URL": "postgres://user:password@host:5432/name",
    "EMAIL_URL": "smtp+tls://user:password@host:587",
    "PORT": "8000",
    "var/keys.env": "lines NAME=value in UTF-8, as the first start writes them",
}
_BAD_DATABASE_URL = f"DATABASE_URL names no database that can be opened. Example: {_EXAMPLES['DATABASE_URL']}"
_UNREACHABLE = (
    "The database cannot be reached (DATABASE_URL, else var/fund.sqlite3): see that it is there and running, "
    "and that address, name and password are right."
)
_NOT_MIGRATED = "The database is not up to date. Run: python manage.py migrate"


@contextlib.contextmanager
def told_in_a_sentence(status: int) -> Iterator[None]:
    """Ends the process with `status` and a sentence on standard error for every cause `sentence_of` knows."""
    # Both would repeat what they could not read: a line of var/keys.env, a whole DATABASE_URL.
    logging.getLogger("environ.environ").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message="Engine not recognized")
    try:
        yield
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        sys.stderr.write(f"{sentence}\n")
        raise SystemExit(status) from None


def sentence_of(error: Exception) -> str | None:
    """The sentence for the operator, or None for what is a fault of the program and must keep its traceback."""
    frames = [frame for frame, _line in traceback.walk_tb(error.__traceback__)]
    variable = _variable_read_in(frames)
    if variable:
        return f"{variable} cannot be read. Example: {_EXAMPLES.get(variable, 'a whole number')}"
    if isinstance(error, KeyError) and error.args == ("ENGINE",):
        return _BAD_DATABASE_URL
    if isinstance(error, ImproperlyConfigured):
        return _of_configuration(error, _module(frames[-1]))
    if isinstance(error, ModuleNotFoundError):
        settings_module = os.environ.get(ENVIRONMENT_VARIABLE, "")
        names_it = error.name and f"{settings_module}.".startswith(f"{error.name}.")
        return f"{ENVIRONMENT_VARIABLE} names a module that is not there." if names_it else None
    if isinstance(error, OperationalError | ProgrammingError):
        return _of_database(frames)
    return None


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _variable_read_in(frames: list[FrameType]) -> str | None:
    """What django-environ was reading when it raised: its own messages do not say."""
    for frame in frames:
        if _module(frame) != "environ.environ":
            continue
        if frame.f_code.co_name == "read_env":
            return "var/keys.env"
        if "var" in frame.f_locals:
            return str(frame.f_locals["var"])
    return None


def _of_configuration(error: ImproperlyConfigured, raised_in: str) -> str | None:
    if raised_in.startswith("django.db."):
        return _BAD_DATABASE_URL
    if raised_in.startswith(("config.", "fund.")) or raised_in == "django.conf":
        return str(error)
    return None


def _of_database(frames: list[FrameType]) -> str | None:
    """None when the database is there and up to date: then the error is ours."""
    try:
        connection.close()
        connection.ensure_connection()
    except AnyDatabaseError:
        return _UNREACHABLE
    if any(_module(frame) == "django.core.management.commands.migrate" for frame in frames):
        return None  # advice to run what has just failed would hide why
    executor = MigrationExecutor(connection)
    return _NOT_MIGRATED if executor.migration_plan(executor.loader.graph.leaf_nodes()) else None
