"""`manage.py simulate_scheme SLUG --answers FILE.json [--json]`: what answers are worth under the open version."""

import dataclasses
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aid_requests import schemes, sealed
from aid_requests.models import SchemeVersion
from aid_requests.models.schemes import VersionState
from aid_requests.schemes import Award, Incomplete, NotEligible, Outcome, Scheme, Value, ValueFault
from aid_requests.schemes.grammar import KNOWN_KINDS, Source
from aid_requests.schemes.rows import write_rows
from aid_requests.schemes.values import read_value
from fund import clock, money

AWARD, REFUSAL, BAD_INPUT = 0, 2, 1
_REGISTER = {f"{Source.REGISTER}.{name}": kind for name, kind in KNOWN_KINDS[Source.REGISTER].items()}


class Command(BaseCommand):
    """Exit status 0 for an award, 2 for a refusal, 1 for bad input. Nothing is written.

    The answers are one JSON object, question id → text as typed, true/false, or a number; of a group, a list of such
    objects. What the school's register says goes by its own name: "register.level".
    """

    help = "Tells what answers are worth under the open version of a scheme."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--answers", type=Path, required=True)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        self._json = options["json"]
        scheme = self._scheme(options["slug"])
        raw = self._raw_answers(options["answers"])
        facts = {name: raw.pop(name) for name in sorted(set(raw) & set(_REGISTER))}
        unknown = sorted(set(raw) - {question.id for question in scheme.questions})
        known: dict[str, Value] = {"date.requested_on": clock.today(), **self._register(facts)}
        answers, errors = schemes.clean_answers(scheme, raw, known)
        faults = dict.fromkeys(unknown, "Cette question n’existe pas dans ce dispositif.")
        faults |= {name: error for name, error in errors.items() if raw.get(name, "").strip()}
        if faults:
            self._fail([f"{name}\u00a0: {fault}" for name, fault in faults.items()], faults)
        self._tell(scheme, answers, schemes.evaluate(scheme, answers, known))

    def _scheme(self, slug: str) -> Scheme:
        if not slug.isprintable():  # an argument that is not UTF-8 comes with lone surrogates
            self._fail(["Le nom du dispositif n’est pas du texte lisible."], {})
        version = SchemeVersion.objects.filter(scheme__slug=slug, state=VersionState.OPEN).first()
        if version is None:
            self._fail([f"Aucun dispositif ouvert ne s’appelle «\u00a0{slug}\u00a0»."], {})
            raise AssertionError  # _fail never returns
        return sealed.scheme_of(version)

    def _raw_answers(self, path: Path) -> dict[str, str]:
        """Numbers stay as they are written: 612.00 must not pass through a float."""
        try:
            raw = json.loads(path.read_text(encoding="utf-8"), parse_float=str, parse_int=str)
        except (OSError, ValueError, RecursionError) as error:  # ValueError: not UTF-8, or not JSON
            self._fail([f"Les réponses ne peuvent pas être lues\u00a0: {type(error).__name__}."], {})
        if not isinstance(raw, dict) or not all(_is_typed(value) for value in raw.values()):
            self._fail(
                ["Les réponses sont un objet JSON\u00a0: question → texte, nombre, true ou false."], {}
            )
        if not all(key.isprintable() for key in raw):  # a lone surrogate could not even be told
            self._fail(["Le nom d’une question n’est pas du texte lisible."], {})
        return {key: _text(value) for key, value in raw.items()}

    def _register(self, facts: dict[str, str]) -> dict[str, Value]:
        known: dict[str, Value] = {}
        for name, text in facts.items():
            try:
                known[name] = read_value(_REGISTER[name], text)
            except ValueFault as fault:
                self._fail([f"{name}\u00a0: {fault}"], {name: str(fault)})
        return known

    def _tell(self, scheme: Scheme, answers: dict[str, Any], outcome: Outcome) -> None:
        if isinstance(outcome, Award):
            self._write(
                _award(scheme, answers, outcome),
                f"Éligible\u00a0: {money.format_euros(outcome.amount_cents)}",
            )
        elif isinstance(outcome, NotEligible):
            doors = ", ".join(door.label.fr for door in outcome.orientation)
            found = {
                "eligible": False,
                "refusal": outcome.reason.fr,
                "code": outcome.code,
                "orientation": doors,
            }
            self._write(found, f"Non éligible\u00a0: {outcome.reason.fr} ({doors})")
            raise SystemExit(REFUSAL)
        elif isinstance(outcome, Incomplete):
            missing = [*outcome.missing, *outcome.awaited]
            self._fail(
                [f"Il manque\u00a0: {', '.join(missing)}."],
                dict.fromkeys(missing, "Il manque cette réponse."),
            )
        else:
            codes = ", ".join(outcome.case_codes)
            self._fail([f"Plusieurs cas conviennent\u00a0: {codes}. Le barème est à corriger."], {})

    def _write(self, found: dict[str, Any], sentence: str) -> None:
        self.stdout.write(json.dumps(found, ensure_ascii=False) if self._json else sentence)

    def _fail(self, sentences: list[str], faults: dict[str, str]) -> None:
        if self._json:
            self.stdout.write(
                json.dumps({"error": " ".join(sentences), "problems": faults}, ensure_ascii=False)
            )
        raise CommandError("\n".join(sentences), returncode=BAD_INPUT)


def _is_typed(value: Any) -> bool:
    """A text, true, false or a number (read as its text); or the rows of a group, made of these."""
    if isinstance(value, list):
        return all(
            isinstance(row, dict) and all(isinstance(one, str | bool) for one in row.values())
            for row in value
        )
    return isinstance(value, str | bool)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return write_rows({name: _text(one) for name, one in row.items()} for row in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _award(scheme: Scheme, answers: dict[str, Any], award: Award) -> dict[str, Any]:
    return {
        "eligible": True,
        "case": award.case_code,
        "amount_cents": award.amount_cents,
        "documents": [
            {"code": document.code, "label": document.label.fr, "required": str(document.required)}
            for document in award.documents
        ],
        "facts": _facts(scheme, answers, award),
    }


def _facts(scheme: Scheme, answers: dict[str, Any], award: Award) -> list[dict[str, str]]:
    """Each fact to declare; one that names an answer not given keeps its placeholder, as the schedule writes it."""
    found = []
    for fact in award.facts:
        try:
            [(code, text)] = schemes.fact_texts(
                scheme, dataclasses.replace(award, facts=(fact,)), answers, "fr"
            )
        except schemes.MissingAnswer:
            code, text = fact.code, fact.text.fr
        found.append({"code": code, "text": text})
    return found
