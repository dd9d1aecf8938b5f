"""Everything that reads the code without running it: `python -m tests.checks`, called by `start.py check`."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from pathlib import Path

from tests.both_engines import environment, require_all
from tests.translations import faults_of

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, "manage.py"]


def steps() -> dict[str, list[str]]:
    """Title → command, run from the root of the repository with the test settings."""
    return {
        "Lint (ruff)": [sys.executable, "-m", "ruff", "check", "."],
        "Format (ruff)": [sys.executable, "-m", "ruff", "format", "--check", "."],
        "Types (mypy)": [sys.executable, "-m", "mypy"],
        "Import contracts (import-linter)": [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
        ],
        "Templates (djlint)": [sys.executable, "-m", "djlint", ".", "--lint", "--quiet"],
        "No missing migration": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    }


def production_environment(folder: str) -> dict[str, str]:
    """What a production server would have, with keys made for this one check and a database that is empty."""
    return environment(
        DJANGO_SETTINGS_MODULE="config.settings.production",
        DATABASE_URL=f"sqlite:///{folder}/empty.sqlite3",
        SECRET_KEY=secrets.token_urlsafe(50),
        FIELD_KEYS=urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        BLIND_INDEX_KEY=urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        DEMO="0",
        STRIPE_SECRET_KEY="_".join(("sk", "live", secrets.token_hex(12))),
        STRIPE_WEBHOOK_SECRET="whsec_" + secrets.token_hex(32),
        EMAIL_URL="smtp+tls://sender:secret@mail.example.org:587",
        ALLOWED_HOSTS="solidarite.example.org",
        SITE_URL="https://solidarite.example.org",
    )


def run(command: list[str], values: dict[str, str]) -> str | None:
    """None when the command ended well, else what it wrote."""
    done = subprocess.run(
        command, cwd=ROOT, env=values, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return None if done.returncode == 0 else done.stdout + done.stderr


def check_deployment() -> str | None:
    """None when Django's deployment checks find nothing, else what they found."""
    command = [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]
    with tempfile.TemporaryDirectory() as folder:
        return run(command, production_environment(folder))


def check_translations() -> str | None:
    """None when the English catalogue is complete and up to date, else its faults."""
    return "\n".join(faults_of(ROOT)) or None


def report(title: str, began: float, fault: str | None) -> bool:
    """Prints one line (and what was found, if anything); true when the step passed."""
    print(f"{'ok    ' if fault is None else 'FAILED'} {title} ({time.monotonic() - began:.1f} s)", flush=True)
    if fault is not None:
        print("       " + fault.strip().replace("\n", "\n       "), flush=True)
    return fault is None


def main() -> int:
    """Runs every step whatever the others found; 1 when one of them failed."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    values, passed = environment(DJANGO_SETTINGS_MODULE="config.settings.test"), []
    for title, command in steps().items():
        began = time.monotonic()
        passed.append(report(title, began, run(command, values)))
    for title, check in (("Translations", check_translations), ("Deployment", check_deployment)):
        began = time.monotonic()
        passed.append(report(title, began, check()))
    if not shutil.which("xgettext"):
        print(
            "The catalogue was NOT compared with the source: sudo apt install gettext brings what that needs."
        )
        passed.append(not require_all())
    print("All checks passed." if all(passed) else f"{passed.count(False)} of {len(passed)} checks failed.")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
