"""A database that other processes can open, and processes that can be killed: what no thread of a test shows.

On PostgreSQL it is a second database of the cluster under test; on SQLite a file.
"""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from django.db import connection

from tests.both_engines import environment

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 300  # a bound, not a wait
SET_UP = "import django; django.setup()\n"


class OtherDatabase:
    """Runs Python and commands in processes of their own, all on one database."""

    def __init__(self, url: str) -> None:
        self._environment = environment(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="config.settings.test")

    @property
    def environment(self) -> dict[str, str]:
        """For other programs on this database."""
        return dict(self._environment)

    def run(self, code: str) -> str:
        """What this code printed, without the line's end."""
        return self._finish([sys.executable, "-c", SET_UP + code])

    def manage(self, *arguments: str) -> str:
        return self._finish([sys.executable, "manage.py", *arguments])

    def _finish(self, command: list[str]) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    @contextmanager
    def running(self, code: str) -> Iterator["subprocess.Popen[str]"]:
        """A process that prints what it is at, and is killed at the latest when the block ends."""
        with self._start([sys.executable, "-u", "-c", SET_UP + code]) as process:
            yield process

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[str]"]:
        """The real worker, as `manage.py work` starts it."""
        with self._start([sys.executable, "-u", "manage.py", "work", "--interval", "0.05"]) as process:
            yield process

    @contextmanager
    def _start(self, command: list[str]) -> Iterator["subprocess.Popen[str]"]:
        process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        with closing(process.stdout):
            try:
                yield process
            finally:
                kill(process)


def kill(process: "subprocess.Popen[str]") -> None:
    """As an operating system short of memory does it: no signal handler, no clean-up."""
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=PATIENCE_SECONDS)


@contextmanager
def other_database(folder: Path) -> Iterator[OtherDatabase]:
    """A copy of the test's own database as it is now; the caller stands in no transaction."""
    if connection.vendor != "postgresql":
        with closing(sqlite3.connect(folder / "other.sqlite3")) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)
        yield OtherDatabase(f"sqlite:///{folder}/other.sqlite3")
        return
    name = f"other_{uuid4().hex[:12]}"
    settings = connection.settings_dict
    server = f"host={quote(settings['OPTIONS'].get('host') or settings['HOST'], safe='/')}"
    connection.close()  # a database that somebody is connected to is no template
    _on_the_server(f'CREATE DATABASE "{name}" TEMPLATE "{settings["NAME"]}"')
    try:
        yield OtherDatabase(f"postgres://{settings['USER']}@/{name}?{server}")
    finally:
        _on_the_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_the_server(sql: str) -> None:
    """Outside any transaction: databases are made and dropped there only."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql)
