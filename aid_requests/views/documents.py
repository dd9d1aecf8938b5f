"""The third step: papers, sent one at a time. A file too big is dropped while it arrives, and never kept."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from aid_requests import actions, documents, progress
from aid_requests.documents import DocumentError, check_upload, title_of
from aid_requests.forms.steps import UploadForm
from aid_requests.models import AidRequest
from aid_requests.progress import Step
from aid_requests.schemes.grammar import Requirement
from aid_requests.views.actor import actor
from aid_requests.views.steps import own_draft, step_page
from fund.roles import for_applicants

# Past this the connection is cut: a sentence would cost the person minutes of upload for nothing.
_HOPELESS_BYTES = 64 * 1024 * 1024


class CappedUploadHandler(FileUploadHandler):
    """Keeps a file in memory up to DOCUMENT_MAX_BYTES, drops the rest; plain bytes never touch the disk."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.too_big = False
        self._buffer = BytesIO()

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > _HOPELESS_BYTES:
            self.too_big = True

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._buffer = BytesIO()
        if self.too_big:
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > settings.DOCUMENT_MAX_BYTES:
            self.too_big = True
            self._buffer = BytesIO()
            raise SkipFile
        self._buffer.write(raw_data)

    def file_complete(self, file_size: int) -> SimpleUploadedFile:
        name, data = self.file_name or "", self._buffer.getvalue()
        return SimpleUploadedFile(name, data, self.content_type or "application/octet-stream")


@csrf_exempt
def request_documents(request: HttpRequest, token: UUID) -> HttpResponse:
    """Puts the capped handler in place before anything reads the body; the token is checked right after."""
    request.upload_handlers = [CappedUploadHandler(request)]
    return _documents_page(request, token)


@csrf_protect
@for_applicants
@require_http_methods(["GET", "POST"])
def _documents_page(request: HttpRequest, token: UUID) -> HttpResponse:
    aid_request = own_draft(request, token)
    if request.method == "GET":
        return _page(request, aid_request)
    if request.POST.get("act") == "remove":
        rows = aid_request.documents.filter(removed_at=None)
        document = get_object_or_404(rows, token=_token(request.POST.get("document", "")))
        actions.remove_document(by=actor(request), document=document)
        messages.success(request, _("La pièce est retirée."))
        return redirect("request_documents", token=token)
    kind = request.POST.get("kind", "")
    try:
        _add(request, aid_request, kind)
    except DocumentError as error:
        return _page(request, aid_request, wrong=kind, sentence=error.message)
    messages.success(request, _("La pièce est reçue."))
    return redirect("request_documents", token=token)


def _token(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _add(request: HttpRequest, aid_request: AidRequest, kind: str) -> None:
    """Raises DocumentError with the sentence to show beside the field."""
    form = UploadForm(request.POST)
    handler = request.upload_handlers[0]
    if isinstance(handler, CappedUploadHandler) and handler.too_big:
        raise DocumentError("too_big")
    file = request.FILES.get("file")
    if not form.is_valid() or file is None:
        raise DocumentError("missing")
    upload = check_upload(file.name or "", file.read())
    actions.add_document(by=actor(request), request=aid_request, kind=kind, upload=upload)


def _page(
    request: HttpRequest, aid_request: AidRequest, *, wrong: str = "", sentence: str = ""
) -> HttpResponse:
    """One group per paper that the answers ask for, with the files given for it."""
    language = request.LANGUAGE_CODE
    given = list(aid_request.documents.filter(removed_at=None).order_by("pk"))
    asked = progress.asked_documents(aid_request)
    groups = [
        {
            "code": one.code,
            "label": one.label.in_language(language),
            "hint": one.hint.in_language(language) if one.hint else "",
            "is_required": one.required is Requirement.ALWAYS,
            "files": [(document, title_of(document)) for document in given if document.kind == one.code],
            "error": sentence if one.code == wrong else "",
        }
        for one in asked
    ]
    codes = {one.code for one in asked}
    others = [(document, title_of(document)) for document in given if document.kind not in codes]
    return step_page(
        request,
        aid_request,
        Step.DOCUMENTS,
        groups=groups,
        others=others,
        accept=UploadForm.base_fields["file"].widget.attrs["accept"],
        max_megabytes=settings.DOCUMENT_MAX_BYTES // (1024 * 1024),
        too_many=documents.MAX_DOCUMENTS,
        general_error=sentence if wrong not in codes else "",
    )
