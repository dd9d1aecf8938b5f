"""`check_ledger`: re-proves every invariant on the data as it is. Exit status 0 when all hold, 1 otherwise."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from fund import clock, registry


class Command(BaseCommand):
    help = "Re-proves every invariant of the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            broken = {name: list(check()) for name, check in registry.checks().items()}
        ok = not any(broken.values())
        if options["json"]:
            report = {"ok": ok, "at": clock.moment().isoformat(), "checks": len(broken), "broken": broken}
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            for name, sentences in broken.items():
                self.stdout.write(f"{name}: {'ok' if not sentences else 'BROKEN'}")
                for sentence in sentences:
                    self.stdout.write(f"  {sentence}")
        if not ok:
            sys.exit(1)
