"""`check_ledger`: re-proves every invariant on the data as it is. Exit status 0 when all hold, 1 otherwise."""

import contextlib
import json
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from fund import clock, registry, seal_proofs, sealing

TRIES_TO_WRITE = "append_only"  # the one proof that needs the write lock, so it has a transaction of its own


def kept_head(text: str) -> tuple[int, str]:
    """A seal's number and chain hash as a publication prints them: 12:3f9a…"""
    found = re.fullmatch(r"([1-9][0-9]{0,9}):([0-9a-f]{64})", text.strip().lower())
    if found is None:
        raise ArgumentTypeError("A head is a number, a colon and 64 hexadecimal digits.")
    return int(found[1]), found[2]


class Command(BaseCommand):
    help = "Re-proves every invariant of the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument(
            "--expect-head",
            type=kept_head,
            action="append",
            default=[],
            metavar="NUMBER:HASH",
            help="a seal that was published or kept elsewhere and must still be in the chain; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        checks, broken = registry.checks(), {}
        if TRIES_TO_WRITE in checks:
            with transaction.atomic():
                broken[TRIES_TO_WRITE] = list(checks[TRIES_TO_WRITE]())
        with _one_moment():
            broken |= {name: list(check()) for name, check in checks.items() if name not in broken}
            if options["expect_head"]:
                broken["kept_heads"] = [
                    sentence
                    for number, kept_hash in options["expect_head"]
                    for sentence in seal_proofs.head_is_there(number, kept_hash)
                ]
            head = sealing.head()
        ok = not any(broken.values())
        if options["json"]:
            kept = {"number": head.number, "chain_hash": head.chain_hash} if head else None
            report = {"ok": ok, "at": clock.moment().isoformat(), "checks": len(broken), "head": kept}
            self.stdout.write(json.dumps({**report, "broken": broken}, ensure_ascii=False))
        else:
            for name, sentences in broken.items():
                self.stdout.write(f"{name}: {'ok' if not sentences else 'BROKEN'}")
                for sentence in sentences:
                    self.stdout.write(f"  {sentence}")
            self.stdout.write(f"head: {head or 'no seal yet'}")
        if not ok:
            sys.exit(1)


@contextlib.contextmanager
def _one_moment() -> Iterator[None]:
    """All proofs read the data as it was at one moment, while others go on writing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with _reading_only():
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield


@contextlib.contextmanager
def _reading_only() -> Iterator[None]:
    """One look at an SQLite file without its write lock, which our settings take at BEGIN: a long proof would keep
    every writer out."""
    wrapper: Any = connection
    wrapper.ensure_connection()
    usual, wrapper.transaction_mode = wrapper.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic():
            yield
    finally:
        wrapper.transaction_mode = usual
