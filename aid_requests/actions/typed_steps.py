"""Drafts saved as one types: the last state of a step, good or not, until the person continues."""

from django.db import transaction

from aid_requests import unfinished
from aid_requests.actions import seen as marks
from aid_requests.actions.drafts import lock_draft
from aid_requests.models import AidRequest, UnfinishedStep
from aid_requests.unfinished import Typed
from fund import clock
from fund.models import User

_KEPT_MARKS = {
    unfinished.YOU: marks.kept_identity_mark,
    unfinished.SITUATION: marks.kept_answers_mark,
    unfinished.ACCOUNT: marks.kept_account_mark,
}


def keep_typed(*, by: User, request: AidRequest, step: str, page: str, typed: Typed, seen: str) -> None:
    """Keeps what `page`, which showed the state `seen`, has typed in this step; the same again changes nothing.

    Raises AlreadyDone once the draft is signed, Refused when another page changed the step in between: nothing of
    the other is overwritten.
    """
    with transaction.atomic():
        request = lock_draft(by, request)
        _demand_own(request, step, page=page, typed=typed, seen=seen)
        values = {
            "page": page,
            "typed_sealed": unfinished.seal_typed(request, typed),
            "saved_at": clock.moment(),
        }
        UnfinishedStep.objects.update_or_create(request=request, step=step, defaults=values)


def forget_typed(*, by: User, request: AidRequest, step: str, page: str, typed: Typed, seen: str) -> None:
    """The page shows again what is kept: nothing is unfinished any more. Raises as `keep_typed`."""
    with transaction.atomic():
        request = lock_draft(by, request)
        _demand_own(request, step, page=page, typed=typed, seen=seen)
        unfinished.forget(request, step)


def _demand_own(request: AidRequest, step: str, *, page: str, typed: Typed, seen: str) -> None:
    row = unfinished.row_of(request, step)
    if row is not None and (row.page == page or unfinished.open_typed(request, row) == typed):
        return
    marks.demand_seen(seen or "nothing", now=_KEPT_MARKS[step](request), wanted="")
