"""The person's own files: given as downloads under neutral names, never kept by a cache, never shown inline."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from aid_requests import documents
from aid_requests.models import Document
from aid_requests.views.applicant import own_request
from fund import vault
from fund.roles import for_applicants


def download(data: bytes, *, name: str, content_type: str) -> HttpResponse:
    """`name` holds a reference or a number, never a person's words."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    # Should a browser show it all the same: no script, no form, no origin of ours.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def paper_download(paper: Document) -> HttpResponse:
    """Raises Http404 when its file is gone."""
    try:
        data = documents.read_file(paper)
    except FileNotFoundError as error:
        raise Http404 from error
    return download(data, name=documents.neutral_name(paper), content_type=paper.content_type)


@for_applicants
@require_GET
def document_file(request: HttpRequest, token: UUID, document: UUID) -> HttpResponse:
    """A paper that the person sent."""
    rows = own_request(request, token).documents.select_related("request__applicant__subject_key")
    row = get_object_or_404(rows.filter(removed_at=None), token=document)
    return paper_download(row)


@for_applicants
@require_GET
def declaration_file(request: HttpRequest, token: UUID, number: int) -> HttpResponse:
    """A signed declaration, as it was frozen."""
    aid_request = own_request(request, token)
    row = get_object_or_404(aid_request.declarations, pk=number)
    data = vault.open_for(aid_request.applicant.subject_key, row.pdf_sealed)
    return download(
        data, name=f"declaration-{aid_request.reference}-{row.revision}.pdf", content_type="application/pdf"
    )


@for_applicants
@require_GET
def decision_file(request: HttpRequest, token: UUID, number: int) -> HttpResponse:
    """The decision letter, as it was frozen."""
    aid_request = own_request(request, token)
    row = get_object_or_404(aid_request.decisions, pk=number)
    data = vault.open_for(aid_request.applicant.subject_key, row.letter_sealed)
    return download(data, name=f"decision-{aid_request.reference}.pdf", content_type="application/pdf")
