"""start.py's own decisions, without network, packages or servers."""

import ast
import base64
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import start


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """An empty checkout: requirement files, no .venv, an empty var, and no word in the environment."""
    for name in ("DATABASE_URL", "SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DEMO", "1")
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "VAR", tmp_path / "var")
    monkeypatch.setattr(start, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(start, "STAMP", tmp_path / ".venv" / "start.stamp")
    monkeypatch.setattr(start, "PYTHON", str(tmp_path / ".venv" / "bin" / "python"))
    (tmp_path / "requirements.txt").write_text("django==5.2.19\n")
    (tmp_path / "requirements-dev.txt").write_text("pytest==9.2.0\n")
    (tmp_path / "var").mkdir(mode=0o700)
    return tmp_path


@pytest.fixture
def steps(monkeypatch):
    """Records the long steps instead of running them; making an environment makes its Python's file."""
    titles = []

    def record(title, command, **_values):
        titles.append(title)
        if "venv" in command:
            Path(start.PYTHON).parent.mkdir(parents=True, exist_ok=True)
            Path(start.PYTHON).touch()
        return "done\n"

    monkeypatch.setattr(start, "step", record)
    return titles


MAKING, INSTALLING = "Making the environment .venv", "Installing the packages"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


# The Python that runs it --------------------------------------------------------------------------------------


def test_its_syntax_is_readable_by_a_python_that_is_too_old():
    ast.parse(Path(start.__file__).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_it_is_written_in_ascii_for_terminals_that_know_nothing_else():
    assert Path(start.__file__).read_text(encoding="utf-8").isascii()


def test_an_old_python_is_told_which_line_to_run(monkeypatch, tmp_path):
    for name, body in (("python3.14", "exit 1"), ("python3.12", "exit 0")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(start.Refusal, match=rf"not 3\.9\. Run: {tmp_path}/python3\.12 start\.py"):
        start.check_machine()


def test_a_python_without_venv_names_the_exact_line(machine, steps, monkeypatch):
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None)
    line = f"sudo apt install python3.{sys.version_info[1]}-venv"
    with pytest.raises(start.Refusal) as refusal:
        start.ensure_packages("requirements.txt")
    assert line in str(refusal.value).splitlines()[-1]
    assert not (machine / ".venv").exists()


def test_the_callers_python_settings_do_not_leak_in(monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "other.settings")
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "7")
    environment = start.clean_environment(PORT="8010")
    assert "PYTHONHOME" not in environment and "DJANGO_SETTINGS_MODULE" not in environment
    assert (environment["PIP_DEFAULT_TIMEOUT"], environment["PORT"]) == ("7", "8010")


def test_an_unknown_word_shows_the_help_and_does_nothing(capsys, machine, steps):
    assert start.main(["strat"]) == 2
    assert "python3 start.py test" in capsys.readouterr().out
    assert steps == []


# The environment ----------------------------------------------------------------------------------------------


def test_the_second_start_installs_nothing(machine, steps):
    start.ensure_packages("requirements.txt")
    assert steps == [MAKING, INSTALLING]
    start.ensure_packages("requirements.txt")
    assert steps == [MAKING, INSTALLING]


def test_a_start_after_the_tests_installs_nothing(machine, steps):
    start.ensure_packages("requirements.txt", "requirements-dev.txt")
    start.ensure_packages("requirements.txt")
    assert steps == [MAKING, INSTALLING]


def test_the_tests_after_a_start_only_add_their_packages(machine, steps):
    start.ensure_packages("requirements.txt")
    start.ensure_packages("requirements.txt", "requirements-dev.txt")
    assert steps == [MAKING, INSTALLING, INSTALLING]


def test_changed_requirements_are_installed_into_the_same_environment(machine, steps):
    start.ensure_packages("requirements.txt")
    (machine / "requirements.txt").write_text("django==5.2.20\n")
    start.ensure_packages("requirements.txt")
    assert steps == [MAKING, INSTALLING, INSTALLING]


def test_an_environment_left_half_made_by_a_killed_start_is_made_anew(machine, monkeypatch):
    def killed(title, command, **_values):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(start, "step", killed)
        with pytest.raises(KeyboardInterrupt):
            start.ensure_packages("requirements.txt")
    (machine / ".venv" / "half").touch()
    assert start.STAMP.read_text() == start.UNFINISHED

    steps = []
    monkeypatch.setattr(start, "step", lambda title, command, **values: steps.append(title))
    start.ensure_packages("requirements.txt")
    assert steps == [MAKING, INSTALLING]
    assert not (machine / ".venv" / "half").exists()


def test_an_installation_that_was_killed_is_made_anew(machine, steps, monkeypatch):
    start.ensure_packages("requirements.txt")
    start.STAMP.write_text(start.UNFINISHED)
    start.ensure_packages("requirements.txt")
    assert steps == [MAKING, INSTALLING] * 2


def test_another_python_makes_its_own_environment(machine, steps):
    start.ensure_packages("requirements.txt")
    start.STAMP.write_text(start.STAMP.read_text().replace("3.", "2.", 2))
    start.ensure_packages("requirements.txt")
    assert steps == [MAKING, INSTALLING] * 2


def test_an_environment_that_somebody_made_is_completed_and_never_deleted(machine, steps):
    (machine / ".venv" / "bin").mkdir(parents=True)
    Path(start.PYTHON).touch()
    (machine / ".venv" / "mine").touch()
    start.ensure_packages("requirements.txt")
    assert steps == [INSTALLING]
    assert (machine / ".venv" / "mine").exists()


# Keys ---------------------------------------------------------------------------------------------------------


def test_keys_are_made_once_and_readable_by_their_owner_only(machine):
    start.ensure_keys(start.VAR)
    path = start.VAR / "keys.env"
    first = path.read_bytes()
    assert mode(path) == 0o600
    keys = dict(line.split("=", 1) for line in first.decode().splitlines())
    assert {len(base64.urlsafe_b64decode(keys[name])) for name in ("FIELD_KEYS", "BLIND_INDEX_KEY")} == {32}
    assert len(keys["SECRET_KEY"]) >= 44 and keys["STRIPE_WEBHOOK_SECRET"].startswith("whsec_")
    path.chmod(0o644)
    start.ensure_keys(start.VAR)
    assert path.read_bytes() == first
    assert mode(path) == 0o600
    assert [found.name for found in start.VAR.iterdir()] == ["keys.env"]


def test_keys_that_appear_meanwhile_are_not_overwritten(machine, monkeypatch):
    path = start.VAR / "keys.env"
    monkeypatch.setattr(start.os, "fsync", lambda _file: path.write_text("SECRET_KEY=theirs\n"))
    with pytest.raises(FileExistsError):
        start.ensure_keys(start.VAR)
    assert path.read_text() == "SECRET_KEY=theirs\n"


def test_a_database_whose_keys_are_gone_gets_no_new_ones(machine):
    (start.VAR / "fund.sqlite3").touch()
    with pytest.raises(start.Refusal, match="cannot be read without it"):
        start.ensure_keys(start.VAR)
    assert not (start.VAR / "keys.env").exists()


def test_keys_given_by_the_environment_need_no_file(machine, monkeypatch):
    (start.VAR / "fund.sqlite3").touch()
    for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY"):
        monkeypatch.setenv(name, "from the environment")
    start.ensure_keys(start.VAR)
    assert not (start.VAR / "keys.env").exists()


@pytest.mark.parametrize(
    ("content", "lacking"),
    [
        ("", "SECRET_KEY, FIELD_KEYS, BLIND_INDEX_KEY"),
        ("garbage\n=\n\xff", "SECRET_KEY, FIELD_KEYS, BLIND_INDEX_KEY"),
        ("SECRET_KEY=a\nexport FIELD_KEYS=b\nBLIND_INDEX_KEY=''\n", "BLIND_INDEX_KEY"),
        ("SECRET_KEY=a\n#FIELD_KEYS=b\nBLIND_INDEX_KEY=c\n", "FIELD_KEYS"),
    ],
)
def test_a_key_file_that_lost_a_key_is_refused_with_its_name(machine, content, lacking):
    (start.VAR / "keys.env").write_text(content, encoding="latin-1")
    with pytest.raises(start.Refusal, match=f"keys.env lacks {lacking}: put the file back"):
        start.ensure_keys(start.VAR)
    assert (start.VAR / "keys.env").read_text(encoding="latin-1") == content


def test_a_key_that_the_file_lacks_may_come_from_the_environment(machine, monkeypatch):
    (start.VAR / "keys.env").write_text("SECRET_KEY=a\nBLIND_INDEX_KEY=c\n")
    monkeypatch.setenv("FIELD_KEYS", "b")
    start.ensure_keys(start.VAR)
    assert mode(start.VAR / "keys.env") == 0o600


# Ports and the one start --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["abc", "0", "80", "65535", "-1", "8000.5", "²"])
def test_what_cannot_be_a_port_is_refused_with_an_example(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(start.Refusal, match=r"PORT=8010 python3 start\.py"):
        start.chosen_port()


def test_the_port_is_8000_or_the_one_of_the_environment(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    assert start.chosen_port() == 8000
    monkeypatch.setenv("PORT", "8010")
    assert start.chosen_port() == 8010


def test_a_taken_port_is_refused_and_a_port_just_left_is_not():
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        with pytest.raises(start.Refusal, match=f"Port {port} is used by another program"):
            start.check_port_is_free(port)
        with socket.create_connection(("127.0.0.1", port)):
            server.accept()[0].close()  # closed first on our side: this end stays in TIME_WAIT
    start.check_port_is_free(port)


def test_the_second_of_two_starts_says_that_it_is_running(machine):
    said = rf"already running \(process {os.getpid()}, port 8000\)"
    with start.only_start(), pytest.raises(start.Refusal, match=said), start.only_start():
        pass
    with start.only_start():
        assert (start.VAR / "start.lock").exists()


def test_everything_listens_on_this_machine_only_and_the_pay_page_is_the_demos(machine, monkeypatch):
    commands = start.parts(8000)
    assert set(commands) == {"web", "pay", "worker"}
    bound = [part for command in commands.values() for part in command if ":8" in part]
    assert bound == ["127.0.0.1:8000", "127.0.0.1:8001"]
    monkeypatch.setenv("DEMO", "0")
    assert set(start.parts(8000)) == {"web", "worker"}


# Steps and parts ----------------------------------------------------------------------------------------------


def test_a_step_that_fails_shows_its_last_words():
    command = [sys.executable, "-c", "print('the disk is full'); raise SystemExit(3)"]
    with pytest.raises(start.Refusal, match=r"(?s)the disk is full.*Copying: failed"):
        start.step("Copying", command)


def test_a_step_that_succeeds_returns_its_words_under_one_line(capsys):
    assert start.step("Copying", [sys.executable, "-c", "print('copied')"]) == "copied\n"
    assert capsys.readouterr().out.startswith("Copying... ")


def test_a_child_does_not_outlive_its_block(monkeypatch):
    monkeypatch.setattr(start.signal, "signal", lambda *_arguments: None)
    with start.child(["sleep", "60"], start.clean_environment()) as process:
        assert process.poll() is None
    assert process.wait(timeout=5) == -15


def test_a_part_that_ends_is_named_with_its_last_words(machine):
    command = [sys.executable, "-c", "print('cannot bind'); raise SystemExit(4)"]
    with start.launched("web", command) as process:
        process.wait(timeout=10)
        with pytest.raises(start.Refusal, match=r"(?s)cannot bind.*'web' ended \(4\)"):
            start.check_alive({"web": process})


def test_a_log_that_has_grown_big_is_put_aside_at_the_next_start(machine):
    log = start.log_path("worker")
    log.parent.mkdir()
    log.write_bytes(b"x" * (start.LOG_BYTES + 1))
    with start.launched("worker", [sys.executable, "-c", "print('new')"]) as process:
        process.wait(timeout=10)
    assert log.read_text() == "new\n"
    assert log.with_suffix(".log.1").stat().st_size == start.LOG_BYTES + 1


# demo-reset ---------------------------------------------------------------------------------------------------


@pytest.fixture
def demo(machine, steps):
    """A checkout where the demo has been loaded."""
    (start.VAR / "private").mkdir()
    for name in ("fund.sqlite3", "fund.sqlite3-wal", "private/paper.pdf"):
        (start.VAR / name).write_text("content")
    (start.VAR / "keys.env").write_text("SECRET_KEY=a\nFIELD_KEYS=b\nBLIND_INDEX_KEY=c\n")
    return start.VAR


def test_a_reset_throws_away_the_demo_and_keeps_the_keys(demo, steps):
    assert start.demo_reset() == 0
    left = {path.name for path in demo.iterdir()}
    assert "keys.env" in left
    assert not {"fund.sqlite3", "fund.sqlite3-wal", "private"} & left
    asked, loaded = steps.index("Making sure that it is a demo"), steps.index("Loading the demo")
    assert asked < loaded


def test_a_reset_touches_nothing_when_it_is_no_demo(demo, monkeypatch):
    def no_demo(title, *arguments):
        raise start.Refusal(title)

    monkeypatch.setattr(start, "manage", no_demo)
    with pytest.raises(start.Refusal, match="Making sure that it is a demo"):
        start.demo_reset()
    assert (demo / "fund.sqlite3").exists() and (demo / "private" / "paper.pdf").exists()


def test_a_reset_is_refused_while_the_demo_runs(demo):
    with start.only_start(), pytest.raises(start.Refusal, match="already running"):
        start.demo_reset()
    assert (demo / "fund.sqlite3").exists()


@pytest.mark.parametrize(("name", "value"), [("DATABASE_URL", "postgres://fund@/fund"), ("DEMO", "0")])
def test_a_reset_is_refused_away_from_the_embedded_demo(demo, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(start.Refusal, match=r"demo-reset is for var/fund\.sqlite3 only"):
        start.demo_reset()
    assert (demo / "fund.sqlite3").exists()


def test_the_makefile_calls_the_same_code():
    lines = (Path(start.__file__).parent / "Makefile").read_text().splitlines()
    called = [line.split("start.py")[1].strip() for line in lines if "$(PYTHON) start.py" in line]
    assert called == ["", "test", "check", "demo-reset", "help"]
    help_text = subprocess.run(
        [sys.executable, start.__file__, "help"], capture_output=True, text=True, check=True
    )
    assert "demo-reset" in help_text.stdout
