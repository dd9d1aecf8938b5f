"""Compiles the translations in Python: no gettext program is needed on the machine that runs the site.

French is in the source and needs no catalogue but for one thing: where Django finds none, it counts as in English, and
nought takes the plural. So each French text with two forms is compiled to itself, under the French rule.
"""

import io
import re
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

NUMBER = re.compile(r"%\(\w+\)[a-z]")


def read_catalogue(source: Path) -> Catalog:
    """Raises CommandError naming the file and the line when the catalogue cannot be read."""
    try:
        with source.open("rb") as file:
            return read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None)  # counted from 0 by babel; an encoding error has none
        place = source if line is None else f"{source}, line {line + 1}"
        raise CommandError(f"{place}: {error}") from error


def compile_catalogue(source: Path) -> bytes:
    """The compiled form of one catalogue; entries marked fuzzy are left out, so their French stays.

    Raises CommandError as `read_catalogue`.
    """
    return _compiled(read_catalogue(source))


def compile_counts(sources: list[Path]) -> bytes:
    """The source's own texts of two forms, found in the catalogues of the other languages, under its own rule.

    A singular that spells its one (« une personne ») speaks of one only and is left out: nought keeps the plural there.
    Raises CommandError as `read_catalogue`.
    """
    counts = Catalog(locale=settings.LANGUAGE_CODE)
    for source in sources:
        for message in read_catalogue(source):
            if message.pluralizable and _counts_alike(*message.id):
                counts.add(message.id, message.id, context=message.context)
    return _compiled(counts)


def _counts_alike(one: str, many: str) -> bool:
    return set(NUMBER.findall(one)) == set(NUMBER.findall(many))


def _compiled(catalogue: Catalog) -> bytes:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


class Command(BaseCommand):
    help = "Compiles locale/*/LC_MESSAGES/*.po into the .mo files that Django reads, and the source's own plurals."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        for folder in map(Path, settings.LOCALE_PATHS):
            sources = sorted(folder.glob("*/LC_MESSAGES/*.po"))
            for source in sources:
                _put(source.with_suffix(".mo"), compile_catalogue(source))
            _put(folder / settings.LANGUAGE_CODE / "LC_MESSAGES" / "django.mo", compile_counts(sources))
            total += len(sources)
        self.stdout.write(f"Translations compiled: {total}.")


def _put(made: Path, compiled: bytes) -> None:
    """A server that reads at this moment finds the old file or the new, never half."""
    made.parent.mkdir(parents=True, exist_ok=True)
    draft = made.with_suffix(".mo.new")
    draft.write_bytes(compiled)
    draft.replace(made)
