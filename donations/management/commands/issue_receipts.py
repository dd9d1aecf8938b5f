"""`issue_receipts YEAR`: the receipts of a year, as the treasurer's run makes them. Exit status 1 when it cannot begin.

A run that is under way is carried on. Interrupting it loses nothing: the same line goes on where it was.
"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from donations.receipts import runs
from fund.roles import Refused


class Command(BaseCommand):
    help = "Issues one receipt a donor for the gifts encashed in a year that have none yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int, help="the Paris year in which the gifts were encashed")
        parser.add_argument("--dry-run", action="store_true", help="only counts what a run would do now")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = _forecast(options["year"]) if options["dry_run"] else _run(options["year"])
        except Refused as refused:
            told = {"ok": False, "year": options["year"], "error": refused.refusal.code}
            self.stderr.write(str(refused.refusal))
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            for code, count in told.get("outcomes", {}).items():
                self.stdout.write(f"{code}: {count}")
        if not told["ok"]:
            sys.exit(1)


def _forecast(year: int) -> dict[str, Any]:
    outcomes = dict(sorted(runs.forecast(year).items()))
    return {"ok": True, "year": year, "finished": False, "outcomes": outcomes}


def _run(year: int) -> dict[str, Any]:
    run = runs.open_run(by=None, year=year)
    while not runs.take_donors(run.pk):
        pass
    run.refresh_from_db()
    return {
        "ok": True,
        "year": year,
        "finished": True,
        "run": run.pk,
        "donors": run.donors_done,
        "outcomes": dict(sorted(run.outcomes.items())),
    }
