"""Compiles the translations in Python: no gettext program is needed on the machine that runs the site."""

import io
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


def compile_catalogue(source: Path) -> bytes:
    """The compiled form of one catalogue; entries marked fuzzy are left out, so their French stays.

    Raises CommandError naming the file and the line when the catalogue cannot be read.
    """
    try:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None)  # counted from 0 by babel; an encoding error has none
        place = source if line is None else f"{source}, line {line + 1}"
        raise CommandError(f"{place}: {error}") from error
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


class Command(BaseCommand):
    help = "Compiles locale/*/LC_MESSAGES/*.po into the .mo files that Django reads."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        folders = [Path(folder) for folder in settings.LOCALE_PATHS]
        sources = sorted(path for folder in folders for path in folder.glob("*/LC_MESSAGES/*.po"))
        for source in sources:
            compiled, made = compile_catalogue(source), source.with_suffix(".mo")
            draft = made.with_suffix(".mo.new")
            draft.write_bytes(compiled)
            draft.replace(
                made
            )  # a server that reads at this moment finds the old file or the new, never half
        self.stdout.write(f"Translations compiled: {len(sources)}.")
