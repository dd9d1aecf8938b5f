"""The long work on a school's list, in the worker: compared line by line, then applied, a batch at a time.

How far an import is stands on its row, written in the transaction of the lines it tells of, under its lock. So a
worker that dies loses and repeats nothing, and two at once do no line twice: the second finds that the first went on.
After SLICE_SECONDS the worker looks at its other work; the next slice reads the file up to where the last one was.
"""

import itertools
import math
import time
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django_tasks import task

from aid_requests.actions.register_certificates import certify_waiting
from aid_requests.actions.register_lines import judge_batch
from aid_requests.models import RegisterEntry, RegisterImport, RegisterLine
from aid_requests.models.register import ENDED_STATES, ImportState, LineOutcome
from aid_requests.register.files import Layout, records, remove_file
from aid_requests.register.reasons import FileFault
from aid_requests.register.values import with_values
from aid_requests.workflow import REGISTER_IMPORT
from fund import audit, clock, workflow
from fund.models import School

LINES_AT_ONCE = 1000
SLICE_SECONDS = 5.0
WRITTEN = (LineOutcome.NEW, LineOutcome.CHANGED, LineOutcome.BACK)
KEPT = (LineOutcome.REFUSED, LineOutcome.PARKED)
_FACTS = ("email_fingerprint", "identity_fingerprint", "facts_fingerprint", "facts_sealed")


class Overtaken(Exception):
    """Another worker went on with this import, or a person ended it."""


def in_force(row: RegisterImport) -> RegisterImport | None:
    """The import that is the school's list of that year now."""
    return RegisterImport.objects.filter(
        school=row.school_id, university_year=row.university_year, state=ImportState.APPLIED
    ).first()


@task()
def carry_on(import_id: int) -> str:
    """A slice of the comparison or of the application, then the next slice behind whatever else waits."""
    if not work_until(import_id, time.monotonic() + SLICE_SECONDS):
        carry_on.enqueue(import_id)
        return "to be continued"
    return "finished"


def work_until(import_id: int, deadline: float) -> bool:
    """True when nothing is left to do on this import before a person acts; at least one batch is done."""
    row = RegisterImport.objects.get(pk=import_id)
    try:
        if row.state == ImportState.COMPARING:
            return _compare_until(row, deadline)
        if row.state == ImportState.APPLYING:
            return _apply_until(row, deadline)
    except Overtaken:
        pass
    return True


def work_to_the_end(row: RegisterImport) -> RegisterImport:
    """Works on the import until a person has to act; whatever else works on it at the same time is let by."""
    while not work_until(row.pk, math.inf):
        pass
    return RegisterImport.objects.get(pk=row.pk)


def _compare_until(row: RegisterImport, deadline: float) -> bool:
    layout = Layout(row.storage_name, row.encoding, row.delimiter)
    try:
        found = records(layout)
        titles = next(found, (0, []))[1]
        found = itertools.islice(found, row.lines_done, None)
        done = row.lines_done
        while batch := list(itertools.islice(found, LINES_AT_ONCE)):
            compare_batch(row.pk, done, batch, len(titles))
            done += len(batch)
            if time.monotonic() > deadline:
                return False
    except FileFault as fault:
        _note_unreadable(row.pk, fault)
        return True
    finish_comparison(row.pk, done)
    return True


def compare_batch(import_id: int, done: int, batch: list[tuple[int, list[str]]], width: int) -> None:
    """Writes what these lines are. `done` is how many came before. Raises Overtaken."""
    with transaction.atomic():
        row = _lock_at(import_id, ImportState.COMPARING, done)
        lines, values = judge_batch(row, batch, width)
        RegisterLine.objects.bulk_create(lines)
        row.lines_done = done + len(batch)
        row.values_sealed = with_values(row, values)
        row.save(update_fields=["lines_done", "values_sealed"])


def finish_comparison(import_id: int, done: int) -> None:
    """Parks the lines of a number that stands on several, counts, and hands the import to a person."""
    with transaction.atomic():
        row = _lock_at(import_id, ImportState.COMPARING, done)
        lines = RegisterLine.objects.filter(register_import=row)
        known = lines.exclude(number_fingerprint="").order_by()
        twice = known.values("number_fingerprint").annotate(times=Count("pk")).filter(times__gt=1)
        lines.filter(number_fingerprint__in=twice.values("number_fingerprint")).update(
            outcome=LineOutcome.PARKED,
            reason="same_number",
            changed="",
            email_fingerprint="",
            identity_fingerprint="",
            facts_fingerprint="",
            facts_sealed="",
        )
        counts = Counter(
            dict(
                lines.order_by()
                .values_list("outcome")
                .annotate(times=Count("pk"))
                .values_list("outcome", "times")
            )
        )
        found = {**counts, "gone": gone_from(row).count(), "listed": live_entries(row).count()}
        workflow.move(REGISTER_IMPORT, row, "note_compared", by=None, fields={"found": found, "lines": done})


def live_entries(row: RegisterImport) -> QuerySet[RegisterEntry]:
    return RegisterEntry.objects.filter(
        school=row.school_id, university_year=row.university_year, left_at=None
    )


def gone_from(row: RegisterImport) -> QuerySet[RegisterEntry]:
    """The people in the list whose number stands on no line of the file, not even on one that was refused."""
    same = RegisterLine.objects.filter(register_import=row, number_fingerprint=OuterRef("number_fingerprint"))
    return live_entries(row).filter(~Exists(same))


def _note_unreadable(import_id: int, fault: FileFault) -> None:
    with transaction.atomic():
        row = _lock_in(import_id, ImportState.COMPARING)
        RegisterLine.objects.filter(register_import=row).delete()
        fields: dict[str, Any] = {"fault": fault.code, "fault_line": fault.line, "found": {}, "lines_done": 0}
        workflow.move(REGISTER_IMPORT, row, "note_unreadable", by=None, fields=fields)


# Applying ------------------------------------------------------------------------------------------------------------


def _apply_until(row: RegisterImport, deadline: float) -> bool:
    after = row.applied_line
    while (last := apply_batch(row.pk, after)) is not None:
        after = last
        if time.monotonic() > deadline:
            return False
    while take_leave(row.pk):
        if time.monotonic() > deadline:
            return False
    finish_application(row.pk)
    return True


def apply_batch(import_id: int, after: int) -> int | None:
    """Writes the entries of the next lines; the id of the last one, or None when none is left. Raises Overtaken."""
    with transaction.atomic():
        row = _lock_in(import_id, ImportState.APPLYING)
        if row.applied_line != after:
            raise Overtaken
        lines = RegisterLine.objects.filter(register_import=row, outcome__in=WRITTEN, pk__gt=after)
        batch = list(lines.order_by("pk")[:LINES_AT_ONCE])
        if not batch:
            return None
        RegisterEntry.objects.bulk_create(
            [_entry_of(row, line) for line in batch],
            update_conflicts=True,
            unique_fields=["school", "university_year", "number_fingerprint"],
            update_fields=[*_FACTS, "source", "left_in", "left_at"],
        )
        row.applied_line = batch[-1].pk
        row.save(update_fields=["applied_line"])
        return row.applied_line


def _entry_of(row: RegisterImport, line: RegisterLine) -> RegisterEntry:
    return RegisterEntry(
        school_id=row.school_id,
        university_year=row.university_year,
        number_fingerprint=line.number_fingerprint,
        source=row,
        **{name: getattr(line, name) for name in _FACTS},
    )


def take_leave(import_id: int) -> int:
    """Notes that the next people missing from the file have left; how many. Nobody is deleted. Raises Overtaken."""
    with transaction.atomic():
        row = _lock_in(import_id, ImportState.APPLYING)
        gone = list(gone_from(row).order_by("pk").values_list("pk", flat=True)[:LINES_AT_ONCE])
        RegisterEntry.objects.filter(pk__in=gone).update(left_in=row, left_at=clock.moment())
    return len(gone)


def finish_application(import_id: int) -> None:
    """Puts the list in force in place of the former one; what its lines said goes, and then its file."""
    with transaction.atomic():
        school = RegisterImport.objects.values_list("school", flat=True).get(pk=import_id)
        workflow.lock(School, school)
        row = _lock_in(import_id, ImportState.APPLYING)
        former = in_force(row)
        if former is not None:
            workflow.move(REGISTER_IMPORT, workflow.lock(RegisterImport, former.pk), "replace", by=None)
        workflow.move(
            REGISTER_IMPORT, row, "note_applied", by=row.applied_by, fields={"applied_at": clock.moment()}
        )
        lines = RegisterLine.objects.filter(register_import=row)
        lines.exclude(outcome__in=KEPT).delete()
        lines.update(number_fingerprint="")
        audit.record("register.applied", row, by=row.applied_by, found=row.found, year=row.university_year)
        certify_waiting.enqueue(row.pk)
    clear_file(row)


def clear_file(row: RegisterImport) -> None:
    """Takes the ciphertext of an ended import away: the storage first, then the note that it is gone."""
    if row.state not in ENDED_STATES or row.file_removed_at is not None:
        return
    remove_file(row.storage_name)
    row.file_removed_at = clock.moment()
    row.save(update_fields=["file_removed_at"])


def _lock_in(import_id: int, state: ImportState) -> RegisterImport:
    row = workflow.lock(RegisterImport, import_id)
    if row.state != state:
        raise Overtaken
    return row


def _lock_at(import_id: int, state: ImportState, done: int) -> RegisterImport:
    row = _lock_in(import_id, state)
    if row.lines_done != done:
        raise Overtaken
    return row
