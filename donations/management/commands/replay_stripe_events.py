"""`replay_stripe_events`: fetches what Stripe could not deliver and takes it. Exit status 1: parked or unreachable."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from donations.actions import replaying
from donations.actions.replaying import Listing


class Command(BaseCommand):
    help = (
        "Lists the events that Stripe could not deliver and takes each of them, once; --dry-run only lists."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since-days", type=int, default=replaying.LISTED_DAYS, metavar="N", help="30 by default"
        )
        parser.add_argument("--dry-run", action="store_true", help="says what would be taken, takes nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["since_days"]
        if days < 1:
            raise CommandError("--since-days must be at least 1.")
        listing = replaying.list_missed(since_days=days)
        states = [] if options["dry_run"] else _take(listing)
        report = {
            "ok": listing.is_whole and "parked" not in states,
            "reached": listing.is_whole,
            "cut": days > replaying.LISTED_DAYS,
            "listed": len(listing.missed),
            "known": dict(Counter(one.known for one in listing.missed)),
            "outcomes": dict(Counter(states)),
            "events": [
                {"id": one.event_id, "type": one.event_type, "known": one.known} for one in listing.missed
            ],
        }
        self.stdout.write(json.dumps(report) if options["json"] else _as_lines(report))
        if not report["ok"]:
            sys.exit(1)


def _take(listing: Listing) -> list[str]:
    """The state of each event after all were taken: one may have waited for another."""
    rows = [replaying.replay(one) for one in listing.missed]
    return ["acted" if replaying.is_settled(row) else "parked" for row in rows]


def _as_lines(report: dict[str, Any]) -> str:
    lines = [f"{one['id']} {one['type']}: {one['known']}" for one in report["events"]]
    lines.append(f"{report['listed']} not delivered; {_counts(report['known'])}")
    if report["outcomes"]:
        lines.append(f"taken: {_counts(report['outcomes'])}")
    if report["cut"]:
        lines.append("Stripe lists thirty days only: compare_with_stripe looks for what is older.")
    if not report["reached"]:
        lines.append("Stripe stopped answering: there may be more.")
    return "\n".join(lines)


def _counts(counted: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counted.items())) or "nothing"
