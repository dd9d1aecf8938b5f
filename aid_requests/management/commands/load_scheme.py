"""`manage.py load_scheme FILE.yaml [--json]`: opens a schedule as the scheme's next version; « - » reads stdin."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aid_requests.actions import load_scheme
from aid_requests.schemes import SchemeError


class Command(BaseCommand):
    """Exit status 0 when it is open (or already was), 1 with every fault of the file and its place."""

    help = "Opens the scheme of a YAML file as its next version; the same definition changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a YAML file, or - for the standard input")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_scheme(by=None, text=_text_of(options["file"]))
        except SchemeError as error:
            found = [
                {"line": one.line, "path": one.path, "message": one.message_fr} for one in error.problems
            ]
            self._fail(options, found, str(error))
        except (OSError, UnicodeDecodeError) as error:
            message = f"Ce fichier ne peut pas être lu\u00a0: {type(error).__name__}."
            self._fail(options, [{"line": 0, "path": "", "message": message}], message)
        else:
            self._tell(options, loaded.version.scheme.slug, loaded.version.number, opened=loaded.opened)

    def _tell(self, options: dict[str, Any], slug: str, number: int, *, opened: bool) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({"ok": True, "slug": slug, "version": number, "opened": opened}))
        elif opened:
            self.stdout.write(f"{slug}\u00a0: la version {number} est ouverte.")
        else:
            self.stdout.write(f"{slug}\u00a0: inchangé, la version {number} reste ouverte.")

    def _fail(self, options: dict[str, Any], problems: list[dict[str, Any]], message: str) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({"ok": False, "problems": problems}, ensure_ascii=False))
        raise CommandError(message, returncode=1)


def _text_of(path: Path) -> str:
    """UTF-8 in both cases, whatever the terminal speaks."""
    if str(path) == "-":
        return sys.stdin.buffer.read().decode("utf-8")
    return path.read_text(encoding="utf-8")
