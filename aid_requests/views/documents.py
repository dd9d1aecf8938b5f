"""The third step: papers, all in one form. A file too big is dropped while it arrives, and never kept."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from aid_requests import actions, documents, progress
from aid_requests.correspondence import corrections
from aid_requests.documents import DocumentError, Upload, check_upload, title_of
from aid_requests.forms.steps import ACCEPTED_FILES
from aid_requests.models import AidRequest
from aid_requests.progress import Step
from aid_requests.schemes.grammar import Requirement
from aid_requests.views.actor import actor
from aid_requests.views.steps import own_draft, step_page
from fund.roles import Refusal, Refused, for_applicants

# Past this the connection is cut: a sentence would cost the person minutes of upload for nothing.
_HOPELESS_BYTES = 64 * 1024 * 1024
FIELD = "file-"  # before the code of the paper


class CappedUploadHandler(FileUploadHandler):
    """Keeps a file in memory up to DOCUMENT_MAX_BYTES, drops the rest; plain bytes never touch the disk."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.too_big: set[str] = set()  # the fields whose file was dropped
        self.is_hopeless = False
        self._buffer = BytesIO()

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.is_hopeless = content_length > _HOPELESS_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._buffer = BytesIO()
        if self.is_hopeless:
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > settings.DOCUMENT_MAX_BYTES:
            self.too_big.add(self.field_name or "")
            self._buffer = BytesIO()
            raise SkipFile
        self._buffer.write(raw_data)

    def file_complete(self, file_size: int) -> SimpleUploadedFile:
        name, data = self.file_name or "", self._buffer.getvalue()
        return SimpleUploadedFile(name, data, self.content_type or "application/octet-stream")


def onward(request: HttpRequest, page: str, token: UUID) -> HttpResponse:
    """The redirect to a page of this request; as 204 with `X-Next` for config/static/photos.js.

    A script cannot stop at a redirect: it would read the next page itself, and the sentence for the person with it.
    """
    response = redirect(page, token=token)
    if request.headers.get("X-Sent-By") == "script":
        return HttpResponse(status=204, headers={"X-Next": response.url})
    return response


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
    has_removed = _remove(request, aid_request)
    received, errors = _receive(request, aid_request)
    asked_to_send = request.POST.get("add", "")
    if asked_to_send and asked_to_send not in {*received, *errors}:
        errors.setdefault(asked_to_send, DocumentError("missing").message)
    continues = request.POST.get("act") == "continue"
    missing = _missing(request, aid_request) if continues else {}
    if errors or missing:
        return _page(request, aid_request, errors=errors, missing=missing)
    if has_removed:
        messages.success(request, _("La pièce est retirée."))
    if received:
        messages.success(
            request, _("La pièce est reçue.") if len(received) == 1 else _("Les pièces sont reçues.")
        )
    following = "request_account" if corrections.named_codes(aid_request) is None else "request_correction"
    return onward(request, following if continues else "request_documents", token)


def _remove(request: HttpRequest, aid_request: AidRequest) -> bool:
    """Whether a paper was taken away. Raises Http404 for one that is not there."""
    if "remove" not in request.POST:
        return False
    rows = aid_request.documents.filter(removed_at=None)
    document = get_object_or_404(rows, token=_token(request.POST["remove"]))
    actions.remove_document(by=actor(request), document=document)
    return True


def _token(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _receive(request: HttpRequest, aid_request: AidRequest) -> tuple[set[str], dict[str, str]]:
    """Keeps every file that was chosen, whichever button was pressed: (codes received, sentences by code).

    The code "" stands for what belongs to no group.
    """
    received: set[str] = set()
    errors = _dropped(request)
    for name, files in request.FILES.lists():
        kind = name.removeprefix(FIELD)
        if kind == name:
            continue
        for file in files:
            fault = _keep(request, aid_request, kind, file)
            if isinstance(fault, Refusal):
                errors[""] = str(fault)
            elif fault is None:
                received.add(kind)
            elif kind not in errors:
                errors[kind] = fault.message if len(files) == 1 else _named(file, fault)
    return received, errors


def _dropped(request: HttpRequest) -> dict[str, str]:
    """What did not even arrive: (sentences by code), "" standing for the whole form."""
    handler = request.upload_handlers[0]
    if not isinstance(handler, CappedUploadHandler):
        return {}
    if handler.is_hopeless:
        return {"": DocumentError("too_much").message}
    return {name.removeprefix(FIELD): DocumentError("too_big").message for name in handler.too_big}


def _keep(
    request: HttpRequest, aid_request: AidRequest, kind: str, file: UploadedFile
) -> DocumentError | Refusal | None:
    """Why this file was not kept, or None."""
    try:
        upload = check_upload(file.name or "", file.read())
        actions.add_document(by=actor(request), request=aid_request, kind=kind, upload=upload)
    except DocumentError as error:
        return error
    except Refused as refused:
        return refused.refusal
    return None


def _named(file: UploadedFile, fault: DocumentError) -> str:
    """Among several files, the one that was not taken; the others were kept."""
    return _("« %(name)s » : %(sentence)s") % {"name": file.name, "sentence": fault.message}


def _missing(request: HttpRequest, aid_request: AidRequest) -> dict[str, str]:
    """The labels, by code, of the papers without which one cannot sign."""
    given = set(aid_request.documents.filter(removed_at=None).values_list("kind", flat=True))
    return {
        one.code: one.label.in_language(request.LANGUAGE_CODE)
        for one in progress.asked_documents(aid_request)
        if one.required is Requirement.ALWAYS and one.code not in given
    }


def _general(errors: dict[str, str], missing: dict[str, str], codes: set[str]) -> list[str]:
    """The sentences above the groups: what no group shows, and every paper that is still missing."""
    sentences = [sentence for code, sentence in errors.items() if code not in codes]
    if missing:
        papers = ", ".join(missing.values())
        sentences.append(_("Pour continuer, il manque : %(papers)s.") % {"papers": papers})
    return sentences


def _page(
    request: HttpRequest,
    aid_request: AidRequest,
    *,
    errors: dict[str, str] | None = None,
    missing: dict[str, str] | None = None,
) -> HttpResponse:
    """One group per paper that the answers ask for, with the files given for it."""
    language, errors, missing = request.LANGUAGE_CODE, errors or {}, missing or {}
    beside = {**dict.fromkeys(missing, _("Choisissez ce fichier pour continuer.")), **errors}
    given = list(aid_request.documents.filter(removed_at=None).order_by("pk"))
    asked = progress.asked_documents(aid_request)
    groups = [
        {
            "code": one.code,
            "label": one.label.in_language(language),
            "hint": one.hint.in_language(language) if one.hint else "",
            "is_required": one.required is Requirement.ALWAYS,
            "is_kept": corrections.paper_refusal(aid_request, one.code) is not None,
            "has_watermark": one.watermark,
            "files": [(document, title_of(document)) for document in given if document.kind == one.code],
            "error": beside.get(one.code, ""),
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
        accept=ACCEPTED_FILES,
        max_megabytes=settings.DOCUMENT_MAX_BYTES // (1024 * 1024),
        too_many=documents.MAX_DOCUMENTS,
        general_errors=_general(errors, missing, codes),
    )


def sent_file(request: HttpRequest, name: str) -> tuple[Upload | None, str]:
    """(the checked file of a page that has one field for it, why it cannot be taken or "")."""
    file, handler = request.FILES.get(name), request.upload_handlers[0]
    if isinstance(handler, CappedUploadHandler) and (handler.is_hopeless or handler.too_big):
        return None, DocumentError("too_much" if handler.is_hopeless else "too_big").message
    if file is None:
        return None, DocumentError("missing").message
    try:
        return check_upload(file.name or "", file.read()), ""
    except DocumentError as error:
        return None, error.message
