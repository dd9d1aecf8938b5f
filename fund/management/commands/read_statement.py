"""`read_statement FILE`: what a bank file says; changes nothing without `--import`.

Exit status 0 when the file was read (and imported, when asked), 1 when it was not: the sentence goes to standard error,
or to "error" in the JSON.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from fund.bank.amounts import readable
from fund.bank.reading import read_statements
from fund.bank.statements import Statement, StatementError
from fund.models import User
from fund.roles import Refused
from fund.treasury.statements import ImportResult, import_statement
from fund.workflow import WrongState


class UnknownPerson(Exception):
    """Nobody was named to import, or nobody by this address is here; the message is the sentence to show."""


class Command(BaseCommand):
    help = "Reads a bank statement (camt.052, camt.053, camt.054 or CFONB 120) and tells what it holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the statement file")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument("--import", action="store_true", dest="import_it", help="books it, as --by")
        parser.add_argument("--by", metavar="EMAIL", help="the treasurer who imports")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            by = treasurer_named(options["by"]) if options["import_it"] else None
            data = read_bounded(Path(options["file"]))
            statements = read_statements(data, max_bytes=settings.STATEMENT_MAX_BYTES)
            result = import_statement(by=by, data=data) if by is not None else None
        except (OSError, UnknownPerson, StatementError, Refused, WrongState) as error:
            self._fail(sentence_of(error), as_json=options["json"])
        report: dict[str, Any] = {
            "format": statements[0].format,
            "statements": [describe(one) for one in statements],
        }
        if result is not None:
            report["imported"] = described_import(result)
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._tell(statements, result)

    def _fail(self, sentence: str, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        else:
            self.stderr.write(sentence)
        sys.exit(1)

    def _tell(self, statements: tuple[Statement, ...], result: ImportResult | None) -> None:
        for statement in statements:
            told = describe(statement)
            self.stdout.write(
                f"{statement.format} {statement.statement_id}, {told['account']}, {told['currency']}"
            )
            for name in ("opening_cents", "credits_cents", "debits_cents", "closing_cents"):
                amount = told[name]
                shown = "-" if amount is None else readable(amount, statement.currency)
                self.stdout.write(f"  {name.removesuffix('_cents')}: {shown}")
            self.stdout.write(f"  entries: {told['entries']}, returns: {len(told['returns'])}")
            for problem in statement.problems:
                self.stdout.write(f"  ! {problem}")
        if result is not None:
            self.stdout.write(f"imported: {result.matched} matched, {result.parked} parked")


def treasurer_named(email: str | None) -> User:
    """The person of this address; whether this person may import is asked later. Raises UnknownPerson."""
    wanted = (email or "").strip().lower()
    if not wanted:
        raise UnknownPerson("--import demande --by ADRESSE\u00a0: la trésorière ou le trésorier qui importe.")
    # An argument that is not UTF-8 comes with lone surrogates, which no database can be asked for.
    is_text = wanted.isprintable()
    by = User.objects.filter(email=wanted).first() if is_text else None
    if by is None:
        raise UnknownPerson("Personne ici n’a cette adresse électronique.")
    return by


def read_bounded(path: Path) -> bytes:
    """The file's bytes, one more than allowed at most: a file of any size is refused without filling the memory."""
    with path.open("rb") as file:
        return file.read(settings.STATEMENT_MAX_BYTES + 1)


def sentence_of(error: Exception) -> str:
    """The sentence for the person; an operating system's error keeps its own words."""
    if isinstance(error, StatementError):
        return error.message
    if isinstance(error, Refused):
        return str(error.refusal.sentence)
    if isinstance(error, WrongState):
        return str(error.sentence)
    if isinstance(error, UnknownPerson):
        return str(error)
    return (
        f"Ce fichier ne peut pas être ouvert\u00a0: {getattr(error, 'strerror', '') or type(error).__name__}."
    )


def describe(statement: Statement) -> dict[str, Any]:
    """The keys promised to machines. Amounts in the smallest unit of the currency; `balances` is null if unknown."""
    return {
        "statement_id": statement.statement_id,
        "account": statement.account,
        "currency": statement.currency,
        "opening_cents": statement.opening_cents,
        "closing_cents": statement.closing_cents,
        "entries": len(statement.entries),
        "credits_cents": statement.credits_cents,
        "debits_cents": statement.debits_cents,
        "balances": statement.balances,
        "returns": [
            {
                "end_to_end_id": detail.end_to_end_id,
                "code": detail.return_code,
                "amount_cents": None if detail.amount_cents is None else abs(detail.amount_cents),
            }
            for detail in statement.returns
        ],
        "problems": list(statement.problems),
    }


def described_import(result: ImportResult) -> dict[str, Any]:
    return {
        "statements": [row.statement_id for row in result.statements],
        "already_read": [row.statement_id for row in result.already_read],
        "matched": result.matched,
        "parked": result.parked,
        "rematched": result.rematched,
        "warnings": list(result.warnings),
    }
