"""The papers that a grant waits for, as the student sends them one by one."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from aid_requests.committee import actions, papers
from aid_requests.documents import DocumentError, Upload
from aid_requests.forms.steps import ACCEPTED_FILES
from aid_requests.models import AidRequest
from aid_requests.views.actor import actor
from aid_requests.views.applicant import own_request
from aid_requests.views.documents import CappedUploadHandler, onward, sent_file
from aid_requests.views.files import download
from fund import vault
from fund.roles import Refused, for_applicants

FILE = "paper"


@csrf_exempt
def request_papers(request: HttpRequest, token: UUID) -> HttpResponse:
    """Puts the capped handler in place before anything reads the body; the token is checked right after."""
    request.upload_handlers = [CappedUploadHandler(request)]
    return _papers_page(request, token)


@csrf_protect
@for_applicants
@require_http_methods(["GET", "POST"])
def _papers_page(request: HttpRequest, token: UUID) -> HttpResponse:
    aid_request = own_request(request, token)
    if papers.awaited_decision(aid_request) is None:
        messages.info(request, _("Plus aucune pièce n’est attendue pour cette demande."))
        return redirect("request_page", token=token)
    if request.method == "GET":
        return _show(request, aid_request)
    upload, fault = sent_file(request, FILE)
    if upload is not None:
        fault = _bring(request, aid_request, upload)
    if fault:
        return _show(request, aid_request, fault=fault)
    messages.success(request, _("Votre pièce est reçue. Une personne la regarde."))
    return onward(request, "request_page", token)


def _bring(request: HttpRequest, aid_request: AidRequest, upload: Upload) -> str:
    """Why it could not be kept, or ""."""
    code = request.POST.get("code", "")
    try:
        actions.bring_paper(by=actor(request), request=aid_request, code=code, upload=upload)
    except DocumentError as error:
        return error.message
    except Refused as refused:
        return str(refused.refusal.sentence)
    return ""


def _show(request: HttpRequest, aid_request: AidRequest, *, fault: str = "") -> HttpResponse:
    decision = papers.awaited_decision(aid_request)
    asked = papers.asked_papers(decision, get_language() or "fr") if decision else []
    wanted = [one for one in asked if one.can_be_brought]
    code = request.POST.get("code", "")
    if fault and code not in {one.code for one in wanted}:
        messages.error(request, fault)
    context = {
        "aid_request": aid_request,
        "wanted": wanted,
        "until": papers.last_day(decision) if decision else None,
        "fault": fault,
        "code": code,
        "accept": ACCEPTED_FILES,
        "max_megabytes": settings.DOCUMENT_MAX_BYTES // (1024 * 1024),
    }
    return render(request, "aid_requests/request_papers.html", context, status=422 if fault else 200)


@for_applicants
@require_GET
def adjournment_file(request: HttpRequest, token: UUID, number: int) -> HttpResponse:
    """The letter that told of an adjournment, as it was frozen."""
    aid_request = own_request(request, token)
    row = get_object_or_404(aid_request.adjournments, pk=number)
    data = vault.open_for(aid_request.applicant.subject_key, row.letter_sealed)
    return download(data, name=f"ajournement-{aid_request.reference}.pdf", content_type="application/pdf")
