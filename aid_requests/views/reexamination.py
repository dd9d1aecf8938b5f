"""Contesting a refusal: the decision's reasons, what was overlooked, new papers."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from aid_requests import actions, permissions
from aid_requests.actions.reexamination import room_for_papers
from aid_requests.committee import reasons
from aid_requests.deadlines import reexamination_deadline
from aid_requests.documents import DocumentError, Upload, check_upload
from aid_requests.forms.reexamination import ReexaminationForm
from aid_requests.forms.steps import ACCEPTED_FILES
from aid_requests.models import AidRequest
from aid_requests.views.actor import actor
from aid_requests.views.applicant import own_request
from aid_requests.views.documents import CappedUploadHandler, onward
from fund import clock
from fund.roles import Refused, for_applicants
from fund.workflow import AlreadyDone

FILES = "papers"  # the field that takes several files


@csrf_exempt
def request_reexamination(request: HttpRequest, token: UUID) -> HttpResponse:
    """Puts the capped handler in place before anything reads the body; the token is checked right after."""
    request.upload_handlers = [CappedUploadHandler(request)]
    return _reexamination_page(request, token)


@csrf_protect
@for_applicants
@require_http_methods(["GET", "POST"])
def _reexamination_page(request: HttpRequest, token: UUID) -> HttpResponse:
    aid_request = own_request(request, token)
    if request.method == "GET":
        refusal = permissions.can_ask_reexamination(actor(request), aid_request)
        if refusal is not None:
            messages.warning(request, str(refusal.sentence))
            return redirect("request_page", token=token)
        return _page(request, aid_request, ReexaminationForm())
    form = ReexaminationForm(request.POST)
    uploads, fault = _uploads(request)
    if not form.is_valid() or fault:
        return _page(request, aid_request, form, fault=fault, status=422)
    try:
        actions.ask_reexamination(
            by=actor(request), request=aid_request, text=form.cleaned_data["text"], uploads=uploads
        )
    except AlreadyDone as done:
        messages.info(request, done.sentence)
        return onward(request, "request_page", token)
    except Refused as refused:
        form.add_error(None, str(refused.refusal.sentence))
        return _page(request, aid_request, form, status=409)
    messages.success(request, _("Votre demande de réexamen est reçue. D’autres membres relisent tout."))
    return onward(request, "request_page", token)


def _uploads(request: HttpRequest) -> tuple[list[Upload], str]:
    """(the checked files, the sentence about the first one that cannot be taken or "")."""
    handler = request.upload_handlers[0]
    if isinstance(handler, CappedUploadHandler) and (handler.is_hopeless or handler.too_big):
        return [], DocumentError("too_much" if handler.is_hopeless else "too_big").message
    uploads = []
    for file in request.FILES.getlist(FILES):
        try:
            uploads.append(check_upload(file.name or "", file.read()))
        except DocumentError as error:
            return [], error.message
    return uploads, ""


def _page(
    request: HttpRequest,
    aid_request: AidRequest,
    form: ReexaminationForm,
    *,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    """The form; after a fault browsers forget the chosen files, and the page says so."""
    decision = aid_request.decisions.order_by("-round").first()
    context: dict[str, Any] = {
        "aid_request": aid_request,
        "form": form,
        "fault": fault,
        "sent_files": request.method == "POST" and bool(request.FILES),
        "reasons": reasons.sentences(decision.reason_codes) if decision else [],
        "until": reexamination_deadline(clock.paris_date(decision.decided_at)) if decision else None,
        "room": room_for_papers(aid_request),
        "accept": ACCEPTED_FILES,
        "max_megabytes": settings.DOCUMENT_MAX_BYTES // (1024 * 1024),
    }
    return render(request, "aid_requests/reexamination_page.html", context, status=status)
