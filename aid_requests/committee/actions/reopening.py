"""An opinion that nobody may sign any more: it falls, and the committee takes the file up anew and decides as ever.

Nothing is told to the student: an opinion was not. Opinion and votes stay written, and stand in their turn alone.
"""

from django.db import transaction

from aid_requests.committee import modes, permissions
from aid_requests.models import AidRequest
from aid_requests.models.requests import RequestState
from aid_requests.workflow import REQUEST
from fund import audit, workflow
from fund.models import User


def reopen_unsigned() -> str:
    """Timed work: takes up anew the files whose signer left or lost the role. May run twice, or twice at once."""
    reopened = 0
    for pk in list(modes.with_opinion(AidRequest.objects.order_by("pk")).values_list("pk", flat=True)):
        with transaction.atomic():
            reopened += reopen_if_unsigned(workflow.lock(AidRequest, pk), by=None)
    return f"{reopened} reopened"


def reopen_if_unsigned(request: AidRequest, *, by: User | None) -> bool:
    """The next turn, where an opinion waits for a signature that nobody may give. The request is locked."""
    if request.state != RequestState.IN_REVIEW or not permissions.lacks_signer(request):
        return False
    ended = request.turn
    workflow.move(REQUEST, request, "drop_opinion", by=by, fields={"turn": ended + 1})
    audit.record(
        "opinion.dropped", request, by=by, revision=request.revision, round=request.round, turn=ended
    )
    return True
