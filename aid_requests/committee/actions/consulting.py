"""Written consultations come to their end date: each file is counted once, then the consultation is closed."""

from django.db import transaction

from aid_requests.committee.actions import ending, funding, presiding
from aid_requests.models import AgendaItem, AidRequest, Sitting
from aid_requests.models.sittings import Adjourned, SittingKind, SittingState
from fund import clock, workflow
from fund.roles import Refused


def end_consultations() -> str:
    """Timed work: counts the files of consultations whose end date is past, and closes those whose files have all
    ended. May run twice, or twice at once: each file is decided once."""
    open_ones = Sitting.objects.filter(kind=SittingKind.CONSULTATION, state=SittingState.OPEN)
    counted = closed = 0
    for sitting in list(open_ones.order_by("pk")):
        if sitting.ends_at is not None and sitting.ends_at <= clock.moment():
            counted += sum(_end_item(item) for item in sitting.items.filter(ended_at=None).order_by("number"))
        closed += _close(sitting)
    return f"{counted} counted, {closed} closed"


def _end_item(item: AgendaItem) -> bool:
    """One transaction a file. A grant that cannot be made puts the file off: nobody is there to be told."""
    with transaction.atomic():
        request = workflow.lock(AidRequest, item.request_id)
        item = workflow.lock(AgendaItem, item.pk)
        if item.ended_at is not None:
            return False
        try:
            with transaction.atomic():
                presiding.conclude(item, request, by=None)
        except Refused as refused:
            item.refresh_from_db()
            is_money = refused.refusal.code in funding.NO_MONEY
            ending.adjourn(item, Adjourned.NO_MONEY if is_money else Adjourned.BLOCKED, by=None)
    return True


def _close(sitting: Sitting) -> bool:
    with transaction.atomic():
        sitting = workflow.lock(Sitting, sitting.pk)
        if sitting.state != SittingState.OPEN or sitting.items.filter(ended_at=None).exists():
            return False
        presiding.end_sitting(sitting, by=None)
    return True
