"""`requeue_stuck_work`: puts back the tasks whose worker died. Exit status 1 when one had to be given up."""

import json
import sys
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fund import stuck


class Command(BaseCommand):
    help = "Puts back the tasks whose worker died; those of slow workers stay where they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument(
            "--retry", type=uuid.UUID, metavar="TASK", help="tries one task again that was given up"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retry"] and not stuck.retry_given_up(str(options["retry"])):
            raise CommandError("No task with this number was given up.")
        outcome = stuck.requeue_stuck_work()
        if options["json"]:
            report = {"requeued": outcome.requeued, "given_up": outcome.given_up}
            self.stdout.write(json.dumps({"ok": not outcome.given_up, **report}))
        else:
            self.stdout.write(str(outcome))
            for task_id in outcome.given_up:
                self.stdout.write(f"  given up: {task_id}")
        if outcome.given_up:
            sys.exit(1)
