"""A PostgreSQL cluster that lives only as long as what it is for, in a temporary folder, on a socket of its own.

Standard library only. As root the cluster runs as `postgres`, else `nobody`: PostgreSQL refuses to run as root.
"""

import contextlib
import glob
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

OLDEST = 15
OWNER = "fund"  # the cluster's first role, whatever the account it runs as
# Where packagers put the programs when they leave them out of PATH.
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
# Nothing of this cluster is worth a disk write that waits.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


class ClusterError(Exception):
    """The cluster could not be made or started; the text is what PostgreSQL said."""


def version_of(folder: Path) -> int:
    """The major version of the PostgreSQL in this folder; 0 when there is none that runs."""
    try:
        answer = subprocess.run(
            [str(folder / "initdb"), "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\d+", answer.stdout)
    return int(found.group()) if found and (folder / "pg_ctl").exists() else 0


def find_programs() -> Path | None:
    """The folder of the newest PostgreSQL here, on PATH first; None when there is none of version 15 or newer."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    folders += [Path(folder) for pattern in FOLDERS for folder in glob.glob(pattern)]
    versions = {folder: version_of(folder) for folder in folders}
    newest = max(versions, key=lambda folder: versions[folder], default=None)
    return newest if newest and versions[newest] >= OLDEST else None


def line_that_brings_it() -> str:
    """The command that installs PostgreSQL on this machine."""
    lines = {
        "apt-get": "sudo apt install postgresql",
        "dnf": "sudo dnf install postgresql-server",
        "brew": "brew install postgresql@17",
    }
    return next((line for program, line in lines.items() if shutil.which(program)), lines["apt-get"])


def account() -> dict[str, Any]:
    """What subprocess needs to run PostgreSQL as somebody who is not root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    owner = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def run(command: list[str], **options: Any) -> None:
    """Runs one of PostgreSQL's programs; raises ClusterError with its words when it fails."""
    # A file, not a pipe: the server inherits it and would keep a pipe open for ever.
    with tempfile.TemporaryFile() as words:
        status = subprocess.call(command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, **options)
        words.seek(0)
        if status:
            raise ClusterError(words.read().decode(errors="replace"))


@contextlib.contextmanager
def throwaway_cluster(programs: Path, options_of_server: tuple[str, ...] = FAST) -> Iterator[str]:
    """Starts an empty cluster and yields its DATABASE_URL; always stopped and removed afterwards."""
    folder = tempfile.mkdtemp(prefix="pg-")
    identity = account()
    options = {**identity, "cwd": folder}
    data = f"{folder}/data"
    locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
    try:
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        make = [str(programs / "initdb"), "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        run([*make, "--locale", locale], **options)
        settings = " ".join(f"-c {setting}" for setting in options_of_server)
        server = [str(programs / "pg_ctl"), "-D", data, "-w", "-l", f"{folder}/log"]
        # The empty host name: no TCP port at all, only the socket in our folder.
        run([*server, "-o", f"-k '{folder}' -h '' {settings}", "-t", "60", "start"], **options)
        yield f"postgres://{OWNER}@/postgres?host={quote(folder, safe='/')}"
    finally:
        with contextlib.suppress(ClusterError):
            run([str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop"], **options)
        shutil.rmtree(folder, ignore_errors=True)
