"""`import_register FILE --school CODE [--year Y] [--apply] [--json]`: a school's list read, compared and applied.

Without --apply it is a dry run that stays on the school's page, to be applied there. Columns are those that the school
confirmed last time, or guessed from the titles. Exit status 1 when the file is not taken, 2 when --apply would let a
fifth of the list go and --let-go does not say so.
"""

import json
import sys
import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aid_requests.actions import register, register_runs
from aid_requests.models import RegisterImport
from aid_requests.models.register import ImportState
from aid_requests.register import columns, queries
from aid_requests.register.files import seal_path
from aid_requests.register.reasons import FileFault
from aid_requests.university_years import university_year
from fund import clock
from fund.models import School
from fund.roles import Refused
from fund.workflow import WrongState


class Command(BaseCommand):
    help = "Reads a school's list of enrolled students, and applies it when asked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--school", required=True, help="the school's code")
        parser.add_argument("--year", default="", help="2019-2020; the present university year unless told")
        parser.add_argument("--apply", action="store_true")
        parser.add_argument(
            "--let-go", action="store_true", help="also when a fifth of the list would leave it"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        school = School.objects.filter(code=options["school"]).first()
        if school is None:
            raise CommandError("There is no school of this code.")
        try:
            row = _compared(school, options["year"] or university_year(clock.today()), options["file"])
            is_held = options["apply"] and queries.lets_many_go(row) and not options["let_go"]
            if options["apply"] and not is_held and row.state == ImportState.COMPARED:
                register.apply_import(by=None, row=row)
                row = register_runs.work_to_the_end(row)
        except FileFault as fault:
            self._end(options, {"ok": False, "error": fault.code, "line": fault.line}, fault.message)
        except (Refused, WrongState, OSError) as error:
            self._end(options, {"ok": False, "error": type(error).__name__}, str(error))
        told = {"ok": not is_held, "import": row.pk, "state": row.state, "found": row.found}
        self._tell(options, told)
        if is_held:
            self.stderr.write("A fifth of the list would leave it: say --let-go if that is right.")
            sys.exit(2)

    def _end(self, options: dict[str, Any], told: dict[str, Any], sentence: str) -> None:
        self._tell(options, told)
        self.stderr.write(sentence)
        sys.exit(1)

    def _tell(self, options: dict[str, Any], told: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        for name, value in told.items():
            self.stdout.write(f"{name}: {value}")


def _compared(school: School, year: str, path: Path) -> RegisterImport:
    """The import of this file, compared; one that is further already is left as it is. Raises FileFault."""
    row = register.upload_register(
        by=None,
        school=school,
        university_year=year,
        file=seal_path(path, settings.REGISTER_MAX_BYTES),
        form_token=uuid.uuid4(),
    )
    if row.state == ImportState.UPLOADED:
        layout = register.layout_of(row)
        titles = register.titles_of(layout)
        guessed = columns.guess(titles, register.remembered_titles(school))
        row = register.choose_columns(by=None, row=row, columns=guessed, layout=layout)
    row = register_runs.work_to_the_end(row)
    if row.fault:
        raise FileFault(row.fault, row.fault_line)
    return row
