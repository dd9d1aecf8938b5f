"""Whether the English catalogue says everything that the French source says: the translations step of the checks.

`python -m tests.translations` tells its faults; with `--refresh` it first rewrites the catalogue: today's French texts,
in order, with the English they have. Two refreshes of the same source give the same bytes.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")
NOT_COPIED = (".git", ".venv", "var", "locale", "tests", "docs", "__pycache__", ".*_cache", "*.mo")
SHOWN = 10
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|(?<!%)%[sd]")
HEADER = r"""# English texts. French, in the source, is the reference version.
# Refreshed by `python -m tests.translations --refresh`.
msgid ""
msgstr ""
"Project-Id-Version: solidarity fund\n"
"POT-Creation-Date: 2020-04-03 12:00+0200\n"
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""


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


def forms(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """The one or two forms of a text, French or English."""
    return [text] if isinstance(text, str) else list(text or [""])


def lopsided(message: Message) -> list[str]:
    """The placeholders that the French has and the English lacks, or the other way round (of all plural forms)."""
    sides = [
        {name for text in forms(side) for name in PLACEHOLDER.findall(text)}
        for side in (message.id, message.string)
    ]
    return sorted(sides[0] ^ sides[1])


def faults_of_entries(path: Path) -> list[str]:
    """One sentence per entry that is untranslated, fuzzy, obsolete, or loses a placeholder of its French text."""
    catalogue, faults = load(path), []
    for message in texts(catalogue).values():
        if not all(forms(message.string)):
            faults.append(f"not translated: {singular(message)!r}")
        elif message.fuzzy:
            faults.append(f"marked fuzzy: {singular(message)!r}")
        else:
            faults += [
                f"placeholder {name} on one side only: {singular(message)!r}" for name in lopsided(message)
            ]
    return faults + [f"marked obsolete: {singular(message)!r}" for message in catalogue.obsolete.values()]


def collected_from(root: Path) -> Catalog:
    """The catalogue that Django's makemessages makes today, in a copy: the tree itself stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*NOT_COPIED))
        (copy / "locale").mkdir()
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


def written(catalogue: Catalog) -> str:
    """The catalogue as its file says it: sorted, with nothing that depends on the day, the machine or the person."""
    body = io.BytesIO()
    write_po(body, catalogue, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return HEADER + body.getvalue().decode().strip() + "\n"


def refresh(root: Path) -> None:
    """Rewrites the catalogue of `root`: today's French texts, each with its English if it has one. Needs xgettext."""
    path = root / CATALOGUE
    known, source = texts(load(path)) if path.exists() else {}, collected_from(root)
    for place, message in texts(source).items():
        message.flags.discard("fuzzy")
        if place in known and len(forms(known[place].string)) == len(forms(message.id)):
            message.string = known[place].string
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written(source), encoding="utf-8")


def main() -> int:
    """Prints the faults; 1 when there are any."""
    if sys.argv[1:] == ["--refresh"]:
        refresh(ROOT)
    faults = faults_of(ROOT)
    print("\n".join(faults) or "The English catalogue is complete.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
