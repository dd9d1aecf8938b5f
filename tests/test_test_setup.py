"""The tools that run the tests and checks: what they accept, what they refuse, what they say."""

import contextlib
import gettext
import io
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from django.core.management import CommandError, call_command
from django.utils.translation import ngettext, override
from django.utils.translation.reloader import translation_file_changed

from fund.management.commands.build_texts import compile_catalogue
from tests import both_engines, postgres, translations
from tests.require_all import is_accepted

ROOT = Path(__file__).resolve().parent.parent


# Skips --------------------------------------------------------------------------------------------------------


def run_pytest_on(body: str, folder: Path, **values: str) -> subprocess.CompletedProcess[str]:
    """A pytest of its own on one small file, with the plugin loaded."""
    (folder / "test_small.py").write_text(body)
    command = [sys.executable, "-m", "pytest", "-p", "tests.require_all", "-c", "/dev/null"]
    return subprocess.run(
        [*command, "--rootdir", str(folder), str(folder)],
        cwd=ROOT,
        env=both_engines.environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", **values),
        capture_output=True,
        text=True,
        check=False,
    )


SKIPPING = "import pytest\ndef test_a(): pass\ndef test_b(): pytest.skip('no Chromium here')\n"


def test_a_skipped_test_fails_the_run_when_everything_is_required(tmp_path):
    done = run_pytest_on(SKIPPING, tmp_path, REQUIRE_ALL="1")
    assert done.returncode == 1
    assert "test_small.py::test_b: Skipped: no Chromium here" in done.stdout
    assert "1 passed, 1 skipped" in done.stdout.splitlines()[-1]


def test_a_skipped_test_is_no_failure_otherwise(tmp_path):
    assert run_pytest_on(SKIPPING, tmp_path, REQUIRE_ALL="0").returncode == 0


def test_a_module_skipped_as_a_whole_fails_the_run_too(tmp_path):
    body = "import pytest\npytest.skip('not on this engine', allow_module_level=True)\n"
    done = run_pytest_on(body, tmp_path, REQUIRE_ALL="1")
    assert done.returncode != 0
    assert "not on this engine" in done.stdout


def test_an_expected_failure_is_no_skip(tmp_path):
    body = (
        "import pytest\ndef test_a(): pass\n@pytest.mark.xfail(reason='known')\ndef test_b(): assert False\n"
    )
    assert run_pytest_on(body, tmp_path, REQUIRE_ALL="1").returncode == 0


@pytest.mark.parametrize(
    ("reason", "there", "accepted"),
    [
        ("Skipped: shared data is absent: bank", False, True),
        ("Skipped: the test data (shared/data) does not stand beside the repository", False, True),
        ("Skipped: shared data is absent: bank", True, False),
        ("Skipped: Chromium is missing", False, False),
        ("Skipped: needs unshared memory", False, False),
    ],
)
def test_only_the_true_absence_of_the_shared_folder_excuses_a_skip(tmp_path, reason, there, accepted):
    folder = tmp_path / "shared"
    if there:
        folder.mkdir()
    assert is_accepted(reason, shared=folder) is accepted


# Two engines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sqlite", "postgresql", "status"),
    [(0, 0, 0), (0, 5, 0), (5, 0, 0), (5, 5, 1), (1, 0, 1), (0, 1, 1), (0, 2, 1)],
)
def test_both_halves_must_pass_and_one_may_be_left_empty_by_the_arguments(
    monkeypatch, sqlite, postgresql, status
):
    monkeypatch.setattr(both_engines, "run_child", lambda *_command, **_values: 0)
    statuses = {"SQLite": sqlite, "browser": 5, "PostgreSQL": postgresql}
    monkeypatch.setattr(both_engines, "run_all", lambda _arguments: statuses)
    monkeypatch.setattr(both_engines.signal, "signal", lambda *_arguments: None)
    assert both_engines.main([]) == status


FOR_EVER = "import threading; threading.Event().wait()"


@pytest.mark.parametrize("arguments", [[], ["-n", "0"]])
@pytest.mark.parametrize(("sqlite", "browser"), [(0, 0), (1, 0), (0, 1), (5, 0), (0, 5)])
def test_the_browser_and_both_halves_each_say_their_own_status(
    monkeypatch, capfd, arguments, sqlite, browser
):
    def command(marks: str, _arguments: list[str]) -> list[str]:
        status = browser if marks == "browser" else sqlite
        return [sys.executable, "-c", f"print('the words of: {marks}'); raise SystemExit({status})"]

    monkeypatch.setattr(both_engines, "pytest_on", command)
    monkeypatch.setattr(both_engines, "run_on_postgres", lambda _arguments: 5)
    assert both_engines.run_all(arguments) == {"SQLite": sqlite, "browser": browser, "PostgreSQL": 5}
    said = capfd.readouterr().out
    assert said.index("the words of: not postgres and not browser") < said.index("the words of: browser")


def test_what_runs_beside_is_stopped_with_what_it_ran_beside(monkeypatch):
    monkeypatch.setattr(
        both_engines.signal, "signal", lambda *_arguments: None
    )  # the tests' own stay as they are
    started = []
    child = both_engines.child

    @contextlib.contextmanager
    def watched(*arguments, **values):
        with child(*arguments, **values) as process:
            started.append(process)
            yield process

    monkeypatch.setattr(both_engines, "child", watched)
    with pytest.raises(KeyboardInterrupt), both_engines.beside([sys.executable, "-c", FOR_EVER]):
        raise KeyboardInterrupt
    (process,) = started
    assert process.poll() == -signal.SIGTERM


@pytest.mark.parametrize(("required", "status"), [("0", 0), ("1", 1)])
def test_a_missing_postgresql_is_said_loudly_with_the_line_that_brings_it(
    monkeypatch, capsys, required, status
):
    monkeypatch.setenv("REQUIRE_ALL", required)
    monkeypatch.setattr(both_engines, "find_programs", lambda: None)
    assert both_engines.run_on_postgres([]) == status
    said = capsys.readouterr().out
    assert "SKIPPED" in said and postgres.line_that_brings_it() in said


def test_the_callers_database_and_keys_do_not_reach_the_tests(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://production")
    monkeypatch.setenv("STRIPE_SECRET_KEY", "from the caller")
    environment = both_engines.environment(DATABASE_URL="sqlite://:memory:")
    assert environment["DATABASE_URL"] == "sqlite://:memory:"
    assert "STRIPE_SECRET_KEY" not in environment


def test_what_one_process_of_the_tests_compiles_the_next_one_finds(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in both_engines.environment()


def make_programs(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("initdb", "pg_ctl"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_newest_postgresql_is_chosen_and_an_old_one_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres.shutil, "which", lambda _name: None)
    monkeypatch.setattr(postgres, "FOLDERS", (str(tmp_path / "*" / "bin"),))
    make_programs(tmp_path / "9" / "bin", "9.6")
    assert postgres.find_programs() is None
    make_programs(tmp_path / "15" / "bin", "15.18 (Debian 15.18-0)")
    newest = make_programs(tmp_path / "17" / "bin", "17.2")
    assert postgres.find_programs() == newest


# Translations -------------------------------------------------------------------------------------------------


@pytest.fixture
def catalogue(tmp_path):
    """A catalogue file with one entry of each kind."""
    made = Catalog(locale="en")
    made.add("Bonjour", "Hello")
    made.add("Au revoir")
    made.add("%(count)d don", "a gift", flags=["python-format"])
    made.add("Merci", "Thanks", flags=["fuzzy"])
    path = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, made)
    return path


def test_each_fault_of_a_catalogue_is_named(catalogue):
    faults = translations.faults_of_entries(catalogue)
    assert "not translated: 'Au revoir'" in faults
    assert "marked fuzzy: 'Merci'" in faults
    assert any("'%(count)d don'" in fault for fault in faults)
    assert len(faults) == 3


def test_a_text_of_the_source_that_the_catalogue_lacks_is_named_and_the_other_way_round(
    catalogue, monkeypatch
):
    today = Catalog(locale="en")
    for text in ("Bonjour", "Au revoir", "%(count)d don", "Nouveau"):
        today.add(text)
    monkeypatch.setattr(translations, "collected_from", lambda _root: today)
    assert translations.faults_against_source(catalogue, ROOT) == [
        "in the source, not in the catalogue: 'Nouveau'",
        "in the catalogue, no longer in the source: 'Merci'",
    ]


def test_a_compiled_catalogue_speaks_and_leaves_out_what_is_fuzzy(catalogue):
    english = gettext.GNUTranslations(io.BytesIO(compile_catalogue(catalogue)))
    assert english.gettext("Bonjour") == "Hello"
    assert english.gettext("Merci") == "Merci"


def test_nought_takes_the_singular_in_french_and_the_plural_in_english(tmp_path, settings):
    made = Catalog(locale="en")
    counted, spelt = ("%(n)d chèque", "%(n)d chèques"), ("un chèque", "%(n)d chèques de plus")
    made.add(counted, ("%(n)d cheque", "%(n)d cheques"), flags=["python-format"])
    made.add(spelt, ("a cheque", "%(n)d more cheques"), flags=["python-format"])
    made.add("Bonjour", "Hello")
    source = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    with source.open("wb") as file:
        write_po(file, made)
    settings.LOCALE_PATHS = [tmp_path]
    call_command("build_texts", verbosity=0)
    try:
        translation_file_changed(None, source.with_suffix(".mo"))
        with override("fr"):
            assert [ngettext(*counted, number) for number in (0, 1, 2)] == [
                counted[0],
                counted[0],
                counted[1],
            ]
            assert ngettext(*spelt, 0) == spelt[1], "what spells its one speaks of one only"
            assert ngettext("%(n)d an", "%(n)d ans", 0) == "%(n)d ans", "an unknown text is Django's to count"
        with override("en"):
            assert [ngettext(*counted, number) for number in (0, 1)] == ["%(n)d cheques", "%(n)d cheque"]
    finally:
        settings.LOCALE_PATHS = [ROOT / "locale"]
        translation_file_changed(None, source.with_suffix(".mo"))


def test_a_broken_catalogue_is_refused_with_its_place(catalogue):
    catalogue.write_text('msgid "Bonjour"\nmsgstring "Hello"\n')
    with pytest.raises(CommandError, match=r"django\.po, line 2: "):
        compile_catalogue(catalogue)
