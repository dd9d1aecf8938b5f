"""Whether the English catalogue says everything that the French source says: the translations step of the checks."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")
NOT_COPIED = (".git", ".venv", "var", "tests", "docs", "__pycache__", ".*_cache", "*.mo")
SHOWN = 10
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|(?<!%)%[sd]")


def load(path: Path) -> Catalog:
    """The catalogue in this file; raises babel's PoFileError when it cannot be read."""
    with path.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def texts(catalogue: Catalog) -> dict[tuple[str, str], Message]:
    """(context, French text) → entry, without the header and without what is marked obsolete."""
    return {(message.context or "", singular(message)): message for message in catalogue if message.id}


def singular(message: Message) -> str:
    """The French text of an entry; of two forms, the first."""
    return message.id if isinstance(message.id, str) else message.id[0]


def lopsided(message: Message) -> list[str]:
    """The placeholders that the French has and the English lacks, or the other way round (of all plural forms)."""
    french = [message.id] if isinstance(message.id, str) else message.id
    english = [message.string] if isinstance(message.string, str) else message.string or []
    sides = [{name for text in texts for name in PLACEHOLDER.findall(text)} for texts in (french, english)]
    return sorted(sides[0] ^ sides[1])


def faults_of_entries(path: Path) -> list[str]:
    """One sentence per entry that is untranslated, fuzzy, or loses a placeholder of its French text."""
    catalogue, faults = load(path), []
    for message in texts(catalogue).values():
        strings = [message.string] if isinstance(message.string, str) else list(message.string or [""])
        if not all(strings):
            faults.append(f"not translated: {singular(message)!r}")
        elif message.fuzzy:
            faults.append(f"marked fuzzy: {singular(message)!r}")
        else:
            faults += [
                f"placeholder {name} on one side only: {singular(message)!r}" for name in lopsided(message)
            ]
    return faults


def collected_from(root: Path) -> Catalog:
    """The catalogue that Django's makemessages makes today, in a copy: the tree itself stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*NOT_COPIED))
        (copy / "locale").mkdir(exist_ok=True)
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "--locale", "en", "--verbosity", "0"],
            cwd=copy,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
            check=True,
            capture_output=True,
        )
        made = copy / CATALOGUE
        return load(made) if made.exists() else Catalog(locale="en")


def faults_against_source(path: Path, root: Path) -> list[str]:
    """One sentence per text that the source has and the catalogue lacks, or the other way round."""
    here = set(texts(load(path))) if path.exists() else set()
    source = set(texts(collected_from(root)))
    faults = [f"in the source, not in the catalogue: {text!r}" for _context, text in sorted(source - here)]
    return faults + [
        f"in the catalogue, no longer in the source: {text!r}" for _context, text in sorted(here - source)
    ]


def faults_of(root: Path) -> list[str]:
    """Every fault of the English catalogue; the comparison with the source needs the program xgettext."""
    path = root / CATALOGUE
    faults = faults_of_entries(path) if path.exists() else [f"{CATALOGUE} is missing."]
    if shutil.which("xgettext"):
        faults += faults_against_source(path, root)
    more = len(faults) - SHOWN
    return faults[:SHOWN] + ([f"and {more} more."] if more > 0 else [])
