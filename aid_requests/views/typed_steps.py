"""A step saved while it is typed: answers nothing when it is kept, a sentence when it is not."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aid_requests import actions, unfinished
from aid_requests.forms.typed import typed_in
from aid_requests.models import AidRequest
from aid_requests.unfinished import Typed
from aid_requests.views.actor import actor
from aid_requests.views.applicant import own_request
from aid_requests.views.steps import PAGE_LENGTH
from fund.roles import Refused, for_applicants
from fund.workflow import WrongState

AS_SHOWN = "as_shown"  # the script says so when nothing differs from what the page showed at first


@for_applicants
@require_POST
def keep_step(request: HttpRequest, token: UUID, step: str) -> HttpResponse:
    """204 when kept; 409 with a sentence when another page came first or the draft is signed; 413 for too much."""
    aid_request = own_request(request, token)
    if step not in unfinished.STEPS:
        raise Http404
    typed, page = typed_in(step, request.POST), request.POST.get("page", "")
    if typed is None or not 0 < len(page) <= PAGE_LENGTH:
        return _sentence(_("C’est trop long pour être enregistré : raccourcissez, puis continuez."), 413)
    try:
        _keep(request, aid_request, step, page, typed)
    except Refused as refused:
        return _sentence(str(refused.refusal.sentence), 409)
    except WrongState as late:
        return _sentence(late.sentence, 409)
    return HttpResponse(status=204)


def _keep(request: HttpRequest, aid_request: AidRequest, step: str, page: str, typed: Typed) -> None:
    act = actions.forget_typed if AS_SHOWN in request.POST else actions.keep_typed
    seen = request.POST.get("seen", "")
    act(by=actor(request), request=aid_request, step=step, page=page, typed=typed, seen=seen)


def _sentence(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
