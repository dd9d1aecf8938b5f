"""All tests on SQLite, then on PostgreSQL: `python -m tests.both_engines [pytest's arguments]`.

SQLite takes the browser tests (it is the engine that the start command uses), those that load the demo into embedded
databases of their own, and long walks through pages, all of which would only prove the same again; PostgreSQL takes
those that need its locks; everything else runs on both. A browser waits more than it works: it walks while both halves
run, and its words come after. What the machine lacks is said loudly with the line that brings it, and is
a failure when REQUIRE_ALL=1.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from tests.postgres import OLDEST, ClusterError, find_programs, line_that_brings_it, throwaway_cluster

ROOT = Path(__file__).resolve().parent.parent
# What the test settings decide by themselves, whatever the caller's environment says.
DOORS = ("DATABASE_URL", "SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "DEMO", "PORT")
SECRET_DOORS = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "EMAIL_URL", "DJANGO_SETTINGS_MODULE")
# Every process that a test starts would compile the whole program anew.
BRAKES = ("PYTHONDONTWRITEBYTECODE",)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NOTHING_COLLECTED = 5  # pytest's status when the arguments leave no test


def environment(**values: str) -> dict[str, str]:
    """The caller's environment without what the test settings decide, plus `values`."""
    left_out = DOORS + SECRET_DOORS + BRAKES
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, **values}


def say_loudly(text: str) -> None:
    """One framed line that nobody overlooks between two runs of pytest."""
    print(f"\n{'=' * 100}\n{text}\n{'=' * 100}", flush=True)


def require_all() -> bool:
    """Whether what is missing or skipped must make the whole run fail (`.ci/run` asks for it)."""
    return os.environ.get("REQUIRE_ALL") == "1"


@contextlib.contextmanager
def child(
    command: list[str], words: IO[str] | None = None, **values: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that never outlives the block; `words`: the file that takes what it says."""
    errors = None if words is None else subprocess.STDOUT
    process = subprocess.Popen(command, cwd=ROOT, env=environment(**values), stdout=words, stderr=errors)
    try:
        yield process
    finally:
        if process.poll() is None:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)  # being stopped twice must still tidy up
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.kill()


def run_child(command: list[str], **values: str) -> int:
    """The exit status of the command, which never outlives us."""
    with child(command, **values) as process:
        return process.wait()


def pytest_on(marks: str, arguments: list[str]) -> list[str]:
    """The command; `-m` of the caller comes after, so it wins."""
    return [sys.executable, "-m", "pytest", "-m", marks, *arguments]


def run_pytest(marks: str, arguments: list[str], **values: str) -> int:
    """pytest's exit status for the tests with these marks."""
    return run_child(pytest_on(marks, arguments), **values)


@contextlib.contextmanager
def beside(command: list[str]) -> Iterator[Callable[[], int]]:
    """Runs the command while the block does something else. What is yielded waits for it, says its words as a whole
    and returns its status; a block that ends earlier stops it."""
    with tempfile.TemporaryFile("w+", errors="replace") as words, child(command, words) as process:

        def finish() -> int:
            status = process.wait()
            words.seek(0)
            shutil.copyfileobj(words, sys.stdout)
            return status

        yield finish


def is_shared_out(arguments: list[str]) -> bool:
    """Whether several processes may run at once: the caller says neither how many (`-n 0`: one) nor that he debugs."""
    return not any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments)


def shared_out(arguments: list[str]) -> list[str]:
    """The arguments, with the files shared out to two processes in the order that tests/conftest.py gives them."""
    if not is_shared_out(arguments):
        return arguments
    return ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", *arguments]


def run_all(arguments: list[str]) -> dict[str, int]:
    """The statuses of both halves, and of the walks in a browser, which take longer than either half alone."""
    title = "In a browser: SQLite, as the start command runs it"
    if not is_shared_out(arguments):
        status = run_on_sqlite(arguments)
        say_loudly(title)
        browser = run_pytest("browser", arguments)
        return {"SQLite": status, "browser": browser, "PostgreSQL": run_on_postgres(arguments)}
    with beside(pytest_on("browser", arguments)) as finish:
        statuses = {"SQLite": run_on_sqlite(arguments), "PostgreSQL": run_on_postgres(arguments)}
        say_loudly(title)
        return {**statuses, "browser": finish()}


def run_on_sqlite(arguments: list[str]) -> int:
    """The first half, without a browser."""
    say_loudly("First half: SQLite. The walks in a browser say their words at the end")
    return run_half("not postgres and not browser", arguments)


def run_half(marks: str, arguments: list[str], **values: str) -> int:
    """pytest's exit status for the tests with these marks. A person at a screen is served before what only computes."""
    return run_child(["nice", "-n", "5", *pytest_on(marks, shared_out(arguments))], **values)


def run_on_postgres(arguments: list[str]) -> int:
    """The second half; status 0 with a loud line where PostgreSQL is missing and may be."""
    programs = find_programs()
    if programs is None:
        say_loudly(
            f"PostgreSQL {OLDEST} or newer is missing: the half of the tests that needs it was SKIPPED.\n"
            f"This line brings it: {line_that_brings_it()}"
        )
        return 1 if require_all() else 0
    try:
        with throwaway_cluster(programs) as url:
            say_loudly("Second half: PostgreSQL")
            return run_half("not browser and not embedded and not pages", arguments, DATABASE_URL=url)
    except ClusterError as error:
        say_loudly(f"PostgreSQL is here ({programs}) but did not start:\n{error}")
        return 1


def main(arguments: list[str]) -> int:
    """0 when both halves passed; a half that the arguments leave empty counts as passed if the other was not."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not any(shutil.which(name) for name in BROWSERS):
        say_loudly(
            "Chromium was not found on PATH: the browser tests will say that they are skipped.\n"
            "This line brings it: sudo apt install chromium"
        )
    built = run_child(
        [sys.executable, "manage.py", "build_texts"], DJANGO_SETTINGS_MODULE="config.settings.test"
    )
    if built:
        return built
    runs = run_all(arguments)
    names = {0: "passed", NOTHING_COLLECTED: "no test"}
    print("\n" + " - ".join(f"{title}: {names.get(status, 'FAILED')}" for title, status in runs.items()))
    statuses = set(runs.values())
    return 0 if 0 in statuses and statuses <= {0, NOTHING_COLLECTED} else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
