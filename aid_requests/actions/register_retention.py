"""What is not kept of lists and invitations: people of years long ended, files that went nowhere, old addresses."""

from datetime import date, timedelta
from typing import Final

from django.db import transaction

from aid_requests.actions.register import drop_import
from aid_requests.actions.register_runs import LINES_AT_ONCE, clear_file
from aid_requests.models import Invitation, InvitationList, RegisterEntry, RegisterImport, RegisterLine
from aid_requests.models.register import ENDED_STATES, ImportState
from aid_requests.university_years import university_year
from fund import audit, clock

UNDECIDED_FOR: Final = timedelta(days=30)


def oldest_year_kept(today: date) -> str:
    """The last university year before that of this Paris date: any before it ended more than a year ago."""
    first = int(university_year(today).split("-")[0]) - 1
    return f"{first}-{first + 1}"


def forget_old_registers() -> str:
    """Timed work: deletes the entries of university years that ended more than a year ago, a batch a transaction."""
    oldest, forgotten = oldest_year_kept(clock.today()), 0
    for row in RegisterImport.objects.filter(university_year__lt=oldest).order_by("pk"):
        count = 0
        while deleted := _forget_some(row):
            count += deleted
        forgotten += count
    return f"{forgotten} forgotten"


def _forget_some(row: RegisterImport) -> int:
    with transaction.atomic():
        entries = RegisterEntry.objects.filter(source=row).order_by("pk")
        pks = list(entries.values_list("pk", flat=True)[:LINES_AT_ONCE])
        if not pks and not RegisterLine.objects.filter(register_import=row).exists():
            return 0
        RegisterEntry.objects.filter(pk__in=pks).delete()
        RegisterLine.objects.filter(register_import=row).delete()
        audit.record("register.forgotten", row, by=None, year=row.university_year, entries=len(pks))
        return len(pks)


def drop_undecided_imports() -> str:
    """Timed work: drops what nobody applied for a month, and takes away files that a crash left behind."""
    old = clock.moment() - UNDECIDED_FOR
    waiting = (ImportState.UPLOADED, ImportState.COMPARED, ImportState.UNREADABLE)
    undecided = RegisterImport.objects.filter(state__in=waiting, uploaded_at__lt=old).order_by("pk")
    dropped = [drop_import(by=None, row=row) for row in undecided]
    for row in RegisterImport.objects.filter(state__in=ENDED_STATES, file_removed_at=None).order_by("pk"):
        clear_file(row)
    return f"{len(dropped)} dropped"


def forget_old_invitations() -> str:
    """Timed work: empties addresses a month after the last day of their links, and deletes the links of years long
    ended. A list keeps its own row; what was begun from a link is a request like any other.
    """
    today = clock.today()
    with transaction.atomic():
        late = Invitation.objects.filter(invitation_list__expires_on__lt=today - UNDECIDED_FOR)
        emptied = late.exclude(email_sealed="").update(email_sealed="")
    oldest, deleted = oldest_year_kept(today), 0
    for row in InvitationList.objects.filter(university_year__lt=oldest).order_by("pk"):
        with transaction.atomic():
            count, _by_model = Invitation.objects.filter(invitation_list=row).delete()
            if count:
                audit.record("invitations.forgotten", row, by=None, people=count)
        deleted += count
    return f"{emptied} emptied, {deleted} deleted"
