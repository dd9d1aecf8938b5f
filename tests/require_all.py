"""With REQUIRE_ALL=1 a skipped test is a failure: a pytest plugin, loaded by tests/conftest.py.

One reason is accepted: that the material which may stand beside the repository (the folder `shared`) is absent, when
it truly is; a repository alone must pass too. Such a skip has the word `shared` in its reason.
"""

import os
import re
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def is_accepted(reason: str, *, shared: Path = SHARED) -> bool:
    """Whether a test may be skipped for this reason although everything is required."""
    return re.search(r"\bshared\b", reason) is not None and not shared.is_dir()


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The words given to `skip`; where pytest keeps no words, the report as text."""
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


class RequireAll:
    """Collects the skips (in the first process when several run) and turns a good end into a failure."""

    def __init__(self) -> None:
        self.skips: list[str] = []

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        # An expected failure is reported as skipped too, but it did run.
        if report.skipped and not hasattr(report, "wasxfail") and not is_accepted(reason_of(report)):
            self.skips.append(f"{report.nodeid}: {reason_of(report)}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.note(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skips and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.skips:
            terminalreporter.section("REQUIRE_ALL=1: these tests were skipped, so the run fails", red=True)
            for line in self.skips:
                terminalreporter.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    """Joins the run only when everything is required, and only where the reports of all processes arrive."""
    if os.environ.get("REQUIRE_ALL") == "1" and not hasattr(config, "workerinput"):
        config.pluginmanager.register(RequireAll(), "require-all")
