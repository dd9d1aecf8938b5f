"""`load_demo`: loads the demo into an empty database; does nothing when it is there; `--is-demo` only asks."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from config.demo import loading
from fund import guards
from fund.models import Installation


class Command(BaseCommand):
    help = "Loads the demo, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--is-demo", action="store_true", help="exit status 0 when this database is a demo"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        row = Installation.objects.first()
        if options["is_demo"]:
            sys.exit(0 if row is not None and row.is_demo else 1)
        if loading.is_loaded():
            self.stdout.write("The demo is there already.")
            return
        if row is not None:
            self._clear_half_loaded()
        began = time.monotonic()
        loading.load(tell=self._tell)
        self.stdout.write(f"The demo is loaded ({time.monotonic() - began:.1f} s).")

    def _tell(self, line: str) -> None:
        """One line for each day of the season: progress for who watches; the last line is the result."""
        self.stdout.write(line)
        self.stdout.flush()

    def _clear_half_loaded(self) -> None:
        """A loading that was killed midway left rows nobody has seen: away with them, and again from the start."""
        guards.remove(connection)
        call_command("flush", interactive=False, verbosity=0)
