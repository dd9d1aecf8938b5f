"""A certificate of enrolment: sent by its owner, opened by the referent who confirms without asking the school."""

import uuid
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from aid_requests import actions, permissions
from aid_requests.documents import ENROLMENT_PROOF, DocumentError
from aid_requests.forms.certification import ProofForm
from aid_requests.forms.steps import ACCEPTED_FILES
from aid_requests.views.actor import actor
from aid_requests.views.applicant import own_request
from aid_requests.views.documents import CappedUploadHandler, onward, sent_file
from aid_requests.views.files import paper_download
from fund import audit
from fund.models.people import Role
from fund.roles import Refused, for_applicants, for_roles
from fund.workflow import AlreadyDone

FILE = "proof"


@csrf_exempt
def request_enrolment_proof(request: HttpRequest, token: UUID) -> HttpResponse:
    """Puts the capped handler in place before anything reads the body; the token is checked right after."""
    request.upload_handlers = [CappedUploadHandler(request)]
    return _proof_page(request, token)


@csrf_protect
@for_applicants
@require_http_methods(["GET", "POST"])
def _proof_page(request: HttpRequest, token: UUID) -> HttpResponse:
    aid_request = own_request(request, token)
    refusal = actions.can_send_proof(actor(request), aid_request)
    if refusal is not None:
        messages.warning(request, str(refusal.sentence))
        return redirect("request_page", token=token)
    form = ProofForm(request.POST if request.method == "POST" else None, initial={"form_token": uuid.uuid4()})
    upload, fault = sent_file(request, FILE) if form.is_bound else (None, "")
    if upload is not None and form.is_valid():
        try:
            actions.send_enrolment_proof(
                by=actor(request), request=aid_request, upload=upload, **form.cleaned_data
            )
        except AlreadyDone as done:
            messages.info(request, done.sentence)
            return onward(request, "request_page", token)
        except DocumentError as error:
            fault = error.message
        except Refused as refused:
            fault = str(refused.refusal.sentence)
        else:
            messages.success(request, _("Votre certificat est reçu. Une personne référente le lit."))
            return onward(request, "request_page", token)
    context = {"aid_request": aid_request, "form": form, "fault": fault, "accept": ACCEPTED_FILES}
    return render(request, "aid_requests/request_enrolment_proof.html", context, status=422 if fault else 200)


@for_roles(Role.REFERENT)
@require_POST
def enrolment_proof_file(request: HttpRequest, token: UUID, document: UUID) -> HttpResponse:
    """For whoever may confirm this enrolment: a download that leaves an audit event."""
    file = get_object_or_404(permissions.certifiable_requests(actor(request)), token=token)
    papers = file.documents.filter(removed_at=None, kind=ENROLMENT_PROOF)
    paper = get_object_or_404(papers.select_related("request__applicant__subject_key"), token=document)
    audit.record("document.read", paper, by=actor(request), request=file.pk, sha256=paper.sha256)
    return paper_download(paper)
