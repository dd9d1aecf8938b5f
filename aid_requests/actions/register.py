"""A school's list from its upload to its application: each act moves the import, the worker does the long work.

Acts of one school queue on its row, so that two lists of one year never cross.
"""

import itertools
import json
import uuid
from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests.actions import register_runs
from aid_requests.models import RegisterColumns, RegisterImport, RegisterLine
from aid_requests.models.register import ImportState
from aid_requests.register import columns as titles
from aid_requests.register.files import FOLDER, Layout, SealedFile, records
from aid_requests.register.permissions import can_bring
from aid_requests.register.reasons import FileFault
from aid_requests.workflow import REGISTER_IMPORT
from fund import audit, clock, vault, workflow
from fund.models import School, User
from fund.roles import Refusal, Refused, demand
from fund.workflow import AlreadyDone, WrongState

STANDING = (
    ImportState.UPLOADED,
    ImportState.COMPARING,
    ImportState.COMPARED,
    ImportState.APPLYING,
    ImportState.APPLIED,
)


def upload_register(
    *, by: User | None, school: School, university_year: str, file: SealedFile, form_token: UUID
) -> RegisterImport:
    """The import of this file, made now; the same file for the same year is the import that it already is.

    `by` is None for the command. Raises FileFault for a file too big, Refused to who brings no list of this school.
    """
    if file.size > settings.REGISTER_MAX_BYTES:
        raise FileFault("too_big")
    with transaction.atomic():
        school = workflow.lock(School, school.pk)
        if by is not None:
            demand(can_bring(by, school))
        fingerprint = vault.blind_index("register-file", file.digest)
        same = RegisterImport.objects.filter(
            school=school, university_year=university_year, file_fingerprint=fingerprint, state__in=STANDING
        )
        known = RegisterImport.objects.filter(form_token=form_token).first() or same.first()
        if known is not None:
            return known
        row = RegisterImport.objects.create(
            school=school,
            university_year=university_year,
            form_token=form_token,
            file_fingerprint=fingerprint,
            storage_name=f"{FOLDER}/{uuid.uuid4().hex}",
            size=file.size,
            lines=max(0, file.lines - 1),
            encoding=file.encoding,
            delimiter=file.delimiter,
            uploaded_by=by,
            uploaded_at=clock.moment(),
        )
        audit.record("register.uploaded", row, by=by, school=school.pk, year=university_year, bytes=file.size)
    # After its row: a crash in between leaves an import whose page says that its file is lost.
    file.keep(row.storage_name)
    return row


def remembered_titles(school: School) -> dict[str, str]:
    """{field: title} as this school's last list was read."""
    row = RegisterColumns.objects.filter(school=school).first()
    return dict(json.loads(vault.open_text(row.headers_sealed))) if row else {}


def layout_of(row: RegisterImport) -> Layout:
    return Layout(row.storage_name, row.encoding, row.delimiter)


def titles_of(layout: Layout) -> list[str]:
    """The titles of a file that has a line besides them. Raises FileFault."""
    head = [cells for _number, cells in itertools.islice(records(layout), 2)]
    if len(head) < 2:
        raise FileFault("no_lines")
    return head[0]


def choose_columns(
    *, by: User | None, row: RegisterImport, columns: Mapping[str, int], layout: Layout
) -> RegisterImport:
    """Begins the comparison with these columns; a comparison that was made is made anew.

    Raises FileFault where the titles cannot be read, Refused, AlreadyDone while it runs, WrongState once applied.
    """
    found = titles_of(layout)
    with transaction.atomic():
        row = _lock(by, row)
        _demand_columns(columns, len(found))
        workflow.move(
            REGISTER_IMPORT,
            row,
            "compare",
            by=by,
            fields={
                "columns": dict(columns),
                "encoding": layout.encoding,
                "delimiter": layout.delimiter,
                "lines_done": 0,
                "found": {},
                "values_sealed": "",
                "fault": "",
                "fault_line": None,
                "base": register_runs.in_force(row),
            },
        )
        RegisterLine.objects.filter(register_import=row).delete()
        sealed = vault.seal_text(json.dumps({field: found[place] for field, place in columns.items()}))
        RegisterColumns.objects.update_or_create(
            school=row.school, defaults={"headers_sealed": sealed, "saved_at": clock.moment()}
        )
        audit.record("register.compared", row, by=by, columns=sorted(columns))
        register_runs.carry_on.enqueue(row.pk)
    return row


def _demand_columns(columns: Mapping[str, int], width: int) -> None:
    """Every needed field has a column, no column has two fields."""
    places = list(columns.values())
    if not set(titles.REQUIRED) <= set(columns) <= set(titles.LABELS):
        raise Refused(
            Refusal("columns_missing", _("Dites où sont le numéro, le nom, le prénom et l’adresse."))
        )
    if len(set(places)) != len(places) or not all(0 <= place < width for place in places):
        raise Refused(Refusal("columns_twice", _("Une colonne ne sert qu’une fois.")))


def apply_import(*, by: User | None, row: RegisterImport) -> RegisterImport:
    """Begins to write the list as it was compared.

    Raises AlreadyDone, WrongState when another list of this year was applied since the comparison or is being applied.
    """
    with transaction.atomic():
        row = _lock(by, row)
        if row.state == ImportState.APPLIED:
            raise AlreadyDone(_("Cette liste est déjà en vigueur."))
        rivals = RegisterImport.objects.filter(
            school=row.school_id, university_year=row.university_year, state=ImportState.APPLYING
        )
        if rivals.exclude(pk=row.pk).exists():
            raise WrongState(
                _("Une autre liste de cette année est en cours d’application : attendez sa fin.")
            )
        force = register_runs.in_force(row)
        if row.state == ImportState.COMPARED and (force and force.pk) != row.base_id:
            sentence = _("Une autre liste a été appliquée depuis cette lecture : comparez de nouveau.")
            raise WrongState(sentence)
        workflow.move(REGISTER_IMPORT, row, "apply", by=by, fields={"applied_by": by, "applied_line": 0})
        audit.record("register.applying", row, by=by, found=row.found)
        register_runs.carry_on.enqueue(row.pk)
    return row


def drop_import(*, by: User | None, row: RegisterImport) -> RegisterImport:
    """Ends an import that was not applied; its file and its lines go."""
    with transaction.atomic():
        row = _lock(by, row)
        workflow.move(REGISTER_IMPORT, row, "drop", by=by, fields={"fault": "", "fault_line": None})
        RegisterLine.objects.filter(register_import=row).delete()
        audit.record("register.dropped", row, by=by)
    register_runs.clear_file(row)
    return row


def _lock(by: User | None, row: RegisterImport) -> RegisterImport:
    """The school first, then its import. Raises Refused."""
    school = workflow.lock(School, row.school_id)
    if by is not None:
        demand(can_bring(by, school))
    return workflow.lock(RegisterImport, row.pk)
