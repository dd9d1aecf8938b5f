"""A malformed environment: one sentence that names the variable, never a traceback, never the value."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from config import starting

KEY = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="
COMMAND = ("manage.py", "check_ledger")


def run(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """(exit status, standard error) of a fresh process with production settings and an empty database."""
    values = {
        "PATH": os.environ["PATH"],
        "PYTHONIOENCODING": "utf-8",
        "PYTHONWARNINGS": "ignore",  # a fresh clone has gathered no static files, and is told so
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3",
        "SECRET_KEY": "x" * 60,
        "FIELD_KEYS": KEY,
        "BLIND_INDEX_KEY": KEY,
        **environment,
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        env=values,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("EMAIL_URL", "bogus"),
        ("EMAIL_URL", "smtp://sender:hunter2@host:port"),
        ("DATABASE_URL", "bogus://sender:hunter2@host"),
        ("DATABASE_URL", "//sender:hunter2@host/x"),
        ("DATABASE_URL", "postgres://sender:hunter2@host:port/x"),
        ("DATABASE_URL", "postgres://sender:hunter2@127.0.0.1:1/x"),
        ("FIELD_KEYS", "hunter2"),
        ("BLIND_INDEX_KEY", "hunter2"),
        ("SECRET_KEY", ""),
        ("DJANGO_SETTINGS_MODULE", "hunter2.settings"),
    ],
)
def test_a_command_names_the_variable_it_cannot_use_and_not_its_value(tmp_path, name, value):
    status, told = run(tmp_path, *COMMAND, **{name: value})
    assert status == 1
    assert name in told and len(told.splitlines()) == 1
    assert "hunter2" not in told


def test_a_command_that_needs_tables_says_how_to_make_them(tmp_path):
    status, told = run(tmp_path, *COMMAND)
    assert (status, told) == (1, "The database is not up to date. Run: python manage.py migrate\n")


@pytest.mark.parametrize(("name", "value"), [("PORT", "abc"), ("FIELD_KEYS", "hunter2")])
def test_the_web_process_ends_with_the_same_sentence_and_is_not_started_again(tmp_path, name, value):
    status, told = run(tmp_path, "-c", "import config.wsgi", **{name: value})
    assert status == starting.WEB_REFUSED == 3, "the status that makes gunicorn stop"
    assert told.startswith(name) and len(told.splitlines()) == 1


def test_a_web_process_does_not_start_without_its_database(tmp_path):
    status, told = run(tmp_path, "-c", "import config.wsgi", DATABASE_URL="postgres://x@127.0.0.1:1/x")
    assert status == starting.WEB_REFUSED and "DATABASE_URL" in told


def test_a_key_file_that_is_not_text_is_named(tmp_path):
    (tmp_path / "keys.env").write_bytes(b"\xff\xfeSECRET_KEY=x")
    line = (
        "import environ; from config import starting\n"
        f"with starting.told_in_a_sentence(1): environ.Env.read_env({str(tmp_path / 'keys.env')!r})"
    )
    status, told = run(tmp_path, "-c", line)
    assert status == 1 and told.startswith("var/keys.env cannot be read")


def test_lines_of_a_key_file_that_are_none_are_not_repeated(tmp_path):
    (tmp_path / "keys.env").write_text("hunter2 without an equals sign\n")
    line = (
        "import environ; from config import starting\n"
        f"with starting.told_in_a_sentence(1): environ.Env.read_env({str(tmp_path / 'keys.env')!r})"
    )
    assert run(tmp_path, "-c", line) == (0, "")


def test_a_fault_of_the_program_keeps_its_traceback():
    with pytest.raises(ValueError, match="ours"), starting.told_in_a_sentence(1):
        raise ValueError("ours")


def test_a_database_error_of_the_program_keeps_its_traceback(db, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)  # a test's database lives in this connection
    with pytest.raises(OperationalError), starting.told_in_a_sentence(1):
        raise OperationalError("ours: the database is there and up to date")
