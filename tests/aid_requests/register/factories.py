"""Lists of a school, as bytes and as imports brought through the acts themselves."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from aid_requests.actions import invitations, register
from aid_requests.models import InvitationList, RegisterImport, SchemeVersion
from aid_requests.register import columns
from aid_requests.register.files import SealedFile, SealingWriter
from fund.models import School, User
from tests.aid_requests.factories import FIRST_NAME, LAST_NAME

YEAR = "2019-2020"
APOGEE = "COD_ETU;LIB_NOM_PAT_IND;LIB_PR1_IND;DATE_NAI_IND;ADR_MAIL;NIVEAU;ANNEE_ETUDES;COD_ETP;BOURSIER"
STUDENT = f"21800001;{LAST_NAME};{FIRST_NAME};09/09/1999;student@nord.example;M1;4;GEN4;oui"
OTHER = "21800002;Nguyễn;Thị Hoa;01/02/2000;hoa@nord.example;L3;3;INF3;non"
THIRD = "21800003;O’Example-Essai;Иван;3/4/2001;ivan@nord.example;L3;3;INF3;"


def sealed(content: bytes) -> SealedFile:
    writer = SealingWriter()
    writer.write(content)
    return writer.finish()


def text(*lines: str, titles: str = APOGEE) -> bytes:
    return "\r\n".join([titles, *lines, ""]).encode()


def upload(
    by: User | None, school: School, content: bytes, *, year: str = YEAR, token: uuid.UUID | None = None
) -> RegisterImport:
    return register.upload_register(
        by=by,
        school=school,
        university_year=year,
        file=sealed(content),
        form_token=token or uuid.uuid4(),
    )


def run_worker() -> list[str]:
    """What the queued tasks of registers and invitations returned, those that they queued included, in turn."""
    said: list[str] = []
    while True:
        ready = DBTaskResult.objects.filter(status="READY").order_by("enqueued_at", "pk")
        ours = [row for row in ready if "register" in row.task_path or "invitation" in row.task_path]
        if not ours:
            return said
        for row in ours:
            DBTaskResult.objects.filter(pk=row.pk).update(status="SUCCESSFUL")
            said.append(import_string(row.task_path).func(*row.args_kwargs["args"]))


def compared(by: User | None, school: School, content: bytes, **values: Any) -> RegisterImport:
    """An import whose lines were compared, with the columns that were guessed."""
    row = upload(by, school, content, **values)
    layout = register.layout_of(row)
    titles = register.titles_of(layout)
    guessed = columns.guess(titles, register.remembered_titles(school))
    register.choose_columns(by=by, row=row, columns=guessed, layout=layout)
    run_worker()
    return fresh(row)


def applied(by: User | None, school: School, lines: Sequence[str] | bytes, **values: Any) -> RegisterImport:
    content = lines if isinstance(lines, bytes) else text(*lines)
    row = compared(by, school, content, **values)
    register.apply_import(by=by, row=row)
    run_worker()
    return fresh(row)


def made(by: User, school: School, addresses: str = "", **values: Any) -> InvitationList:
    """A list of invitations to the only open scheme, or to the emergency aid: of these addresses, or by `filters`."""
    told = {
        "scheme": SchemeVersion.objects.filter(state="open").first().scheme,
        "university_year": YEAR,
        **values,
    }
    told.setdefault("expires_on", date(2020, 6, 1))
    wanted = invitations.Wanted(school=school, addresses=addresses, **told)
    return invitations.make_invitations(by=by, wanted=wanted, form_token=uuid.uuid4())


def fresh(row: RegisterImport) -> RegisterImport:
    return RegisterImport.objects.get(pk=row.pk)
