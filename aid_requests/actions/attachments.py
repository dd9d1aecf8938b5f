"""Papers added and taken away; the row first, then the file, and a sweep for what a crash left behind."""

import logging
import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aid_requests import documents, permissions, progress
from aid_requests.actions.drafts import lock_draft
from aid_requests.correspondence import corrections
from aid_requests.documents import FOLDER, DocumentError, Upload
from aid_requests.models import AidRequest, Document
from fund import audit, clock, vault
from fund.models import User
from fund.roles import Refusal, Refused, demand

logger = logging.getLogger(__name__)
# A file without a row may be a transaction that has not committed yet: it is left alone for a day.
_GRACE = timedelta(days=1)


def add_document(*, by: User, request: AidRequest, kind: str, upload: Upload) -> Document:
    """Keeps a checked file as the paper `kind` of the present award, written under the applicant's key.

    The same file sent twice for one kind is one paper. An identity paper is kept with a watermark only. Raises
    Refused for a kind the answers do not ask for, and DocumentError when the request already holds as many papers
    as it may.
    """
    upload = _with_watermark(request, kind, upload)  # takes a moment: before anything is locked
    with transaction.atomic():
        request = lock_draft(by, request)
        if kind not in {asked.code for asked in progress.asked_documents(request)}:
            raise Refused(Refusal("not_asked", _("Cette pièce n’est pas demandée.")))
        demand(corrections.paper_refusal(request, kind))
        present = request.documents.filter(removed_at=None)
        fingerprint = fingerprint_of(upload)
        known = present.filter(kind=kind, fingerprint=fingerprint).first()
        if known is not None:
            return known
        if present.count() >= documents.MAX_DOCUMENTS:
            raise DocumentError("too_many")
        return keep_document(by, request, kind, upload)


def _with_watermark(request: AidRequest, kind: str, upload: Upload) -> Upload:
    if not any(asked.watermark for asked in progress.asked_documents(request) if asked.code == kind):
        return upload
    return documents.marked(upload, documents.mark_words(request.reference, clock.today()))


def fingerprint_of(upload: Upload) -> str:
    """By which the same file is recognised, here and in another request: that of the file as it was sent."""
    return vault.blind_index("document", upload.sent_sha256)


def keep_document(by: User, request: AidRequest, kind: str, upload: Upload) -> Document:
    """The row, then the file, inside the transaction of an act that has checked both."""
    document = Document.objects.create(
        request=request,
        kind=kind,
        title_sealed=vault.seal_text_for(request.applicant.subject_key, upload.title or "?"),
        content_type=upload.content_type,
        size=len(upload.data),
        sha256=upload.sha256,
        fingerprint=fingerprint_of(upload),
        storage_name=f"{FOLDER}/{uuid.uuid4().hex}",
        created_at=clock.moment(),
    )
    documents.write_file(document, upload.data)
    audit.record("document.added", document, by=by, request=request.pk, kind=kind, size=document.size)
    return document


def remove_document(*, by: User, document: Document) -> None:
    """Takes a paper out of the draft. Its file goes too, unless a signed declaration names it: that one is proof."""
    with transaction.atomic():
        request = lock_draft(by, document.request)
        demand(permissions.can_act_on(by, request))
        demand(corrections.paper_refusal(request, document.kind))
        document = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        if document.removed_at is not None:
            return
        document.removed_at = clock.moment()
        document.save(update_fields=["removed_at"])
        audit.record("document.removed", document, by=by, request=request.pk)
        if not request.declarations.exists():
            name = document.storage_name
            transaction.on_commit(lambda: documents.private_storage().delete(name))


def sweep_documents() -> str:
    """Timed work: deletes files that no paper needs any more, and tells of papers whose file is missing."""
    storage = documents.private_storage()
    names = set(storage.listdir(FOLDER)[1]) if storage.exists(FOLDER) else set()
    needed, missing = set(), []
    rows = Document.objects.select_related("request").order_by("pk")
    for document in rows.iterator(chunk_size=1000):
        name = document.storage_name.removeprefix(f"{FOLDER}/")
        if document.removed_at is None or document.request.declarations.exists():
            needed.add(name)
            if name not in names:
                missing.append(document.pk)
    orphans = [name for name in sorted(names - needed) if _is_old(f"{FOLDER}/{name}")]
    for name in orphans:
        storage.delete(f"{FOLDER}/{name}")
    if missing:
        logger.error("documents without their file: %s", missing)
    return f"{len(orphans)} files removed, {len(missing)} documents without file"


def _is_old(name: str) -> bool:
    return timezone.now() - documents.private_storage().get_modified_time(name) > _GRACE
