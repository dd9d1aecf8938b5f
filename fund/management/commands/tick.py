"""`tick`: the timed work that is due now. Exit status 1 when a job failed."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from fund import ticking


class Command(BaseCommand):
    help = "Runs the timed work that is due; calling it twice in one slot does nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        ran = ticking.tick()
        failed = [run for run in ran if run.outcome.startswith("error:")]
        if options["json"]:
            jobs = [{"job": run.job, "slot": run.slot.isoformat(), "outcome": run.outcome} for run in ran]
            self.stdout.write(json.dumps({"ok": not failed, "ran": jobs}))
        else:
            for run in ran:
                self.stdout.write(f"{run.job}: {run.outcome}")
        if failed:
            sys.exit(1)
