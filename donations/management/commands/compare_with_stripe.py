"""`compare_with_stripe`: holds open gifts against Stripe and repairs them. Exit status 1: differing or unreachable."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from donations.actions import comparing


class Command(BaseCommand):
    help = "Holds open gifts against Stripe and repairs what no event told; donors are not written to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        switch = parser.add_mutually_exclusive_group()
        switch.add_argument("--enable", action="store_true", help="lets comparisons run again")
        switch.add_argument("--disable", action="store_true", help="stops them, the hourly one too")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["enable"] or options["disable"]:
            comparing.turn(to="on" if options["enable"] else "off")
            report: dict[str, Any] = {"ok": True, "on": comparing.is_on()}
        elif not comparing.is_on():
            report = {"ok": True, "on": False}
        else:
            run = comparing.compare()
            report = {
                "ok": not run.differing and not run.unreachable,
                "on": True,
                "checked": run.checked,
                "repaired": run.repaired,
                "differing": run.differing,
                "unreachable": run.unreachable,
            }
        self.stdout.write(json.dumps(report) if options["json"] else _as_line(report))
        if not report["ok"]:
            sys.exit(1)


def _as_line(report: dict[str, Any]) -> str:
    if "checked" not in report:
        return "Comparisons are on." if report["on"] else "Comparisons are off: --enable lets them run again."
    names = ("checked", "repaired", "differing", "unreachable")
    return ", ".join(f"{report[name]} {name}" for name in names)
