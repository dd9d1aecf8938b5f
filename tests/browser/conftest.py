"""The real start command on a copy of the tree, its own database, and a browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

from tests.both_engines import BROWSERS

LEFT_OUT = {
    ".venv",
    ".git",
    "var",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    "__pycache__",
}
START_SECONDS = 240


@dataclass(frozen=True)
class Site:
    """A running copy: its address and its folder."""

    address: str
    folder: Path

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A management command of the copy, on its own data."""
        return subprocess.run(
            [str(self.folder / ".venv/bin/python"), "manage.py", *arguments],
            cwd=self.folder,
            env={**_environment(), "DEMO": "1", "DJANGO_SETTINGS_MODULE": "config.settings.dev"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def _environment() -> dict[str, str]:
    ours = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "DEMO", "TEST_DEMO", "PORT", "SECRET_KEY")
    return {name: value for name, value in os.environ.items() if name not in ours}


def _free_pair() -> int:
    """A port whose next one is free too (the demo's pay page takes it)."""
    for _attempt in range(50):
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        with socket.socket() as two:
            if port < 65000 and two.connect_ex(("127.0.0.1", port + 1)) != 0:
                return port
    raise RuntimeError("no two free ports side by side")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`python3 start.py` in a copy whose path has a space and an accent; stopped when the browser is done."""
    folder = tmp_path_factory.mktemp("copie é") / "cagnotte"
    shutil.copytree(settings.BASE_DIR, folder, ignore=lambda _path, names: LEFT_OUT & set(names))
    (folder / ".venv").symlink_to(Path(sys.prefix))
    port = _free_pair()
    log = (folder / "start.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "start.py"],
        cwd=folder,
        env={**_environment(), "PORT": str(port)},
        stdout=log,
        stderr=log,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(f"{address}/healthz", process, folder / "start.log")
        yield Site(address, folder)
    finally:
        # Not SIGINT: a shell that runs this in the background lets its children ignore it.
        process.terminate()
        try:
            process.wait(timeout=60)
        finally:
            process.kill()
            log.close()


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if process.poll() is not None:
            pytest.fail(f"start.py ended:\n{log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"start.py did not answer:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        None,
    )
    if program is None:
        pytest.skip("Chromium is missing; this line brings it: sudo apt install chromium")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def own_browser(live_server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A browser for one test only, begun after the database and ended before it.

    Playwright runs a loop in this thread, which Django takes for a reason to refuse every query: a browser that
    stayed open would stop the tests that follow.
    """
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("Chromium is missing; this line brings it: sudo apt install chromium")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """What was counted is shown at the end, passed or not."""
    lines: list[str] = []
    yield lines
    with capsys.disabled():
        print("\n" + "\n".join(lines))
