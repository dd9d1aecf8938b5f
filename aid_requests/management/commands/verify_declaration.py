"""`manage.py verify_declaration FILE.pdf [--json]`: whether a PDF is a declaration signed here, and what proves it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aid_requests.verification import Verdict, verify

NOT_AUTHENTIC, BAD_INPUT = 1, 2
MAX_BYTES = 20 * 1024 * 1024  # a declaration has a hundredth of it: nothing bigger is one


class Command(BaseCommand):
    """Exit status 0 only when every link of the proof holds, 1 when one does not, 2 when the file cannot be read."""

    help = (
        "Says in sentences whether a PDF is a declaration that was signed here. Writes nothing, names nobody."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify(self._read(options))
        self.stdout.write(_as_json(verdict) if options["json"] else _as_sentences(verdict))
        if not verdict.is_authentic:
            raise SystemExit(NOT_AUTHENTIC)

    def _read(self, options: dict[str, Any]) -> bytes:
        try:
            with options["file"].open("rb") as file:
                data: bytes = file.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:  # ValueError: a null character in the name
            self._fail(options, f"Ce fichier ne peut pas être lu\u00a0: {type(error).__name__}.")
        if len(data) > MAX_BYTES:
            self._fail(options, "Ce fichier est trop gros pour être une déclaration.")
        return data

    def _fail(self, options: dict[str, Any], sentence: str) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({"authentic": False, "error": sentence}, ensure_ascii=False))
        raise CommandError(sentence, returncode=BAD_INPUT)


def _as_sentences(verdict: Verdict) -> str:
    lines = [f"{'✓' if one.holds else '✗'} {one.sentence}" for one in verdict.findings]
    lines.append("Déclaration authentique." if verdict.is_authentic else "Rien ne prouve cette déclaration.")
    return "\n".join(lines)


def _as_json(verdict: Verdict) -> str:
    found = {
        "authentic": verdict.is_authentic,
        "sha256": verdict.sha256,
        "reference": verdict.reference,
        "version": verdict.version,
        "findings": [
            {"code": one.code, "holds": one.holds, "sentence": one.sentence} for one in verdict.findings
        ],
    }
    return json.dumps(found, ensure_ascii=False)
