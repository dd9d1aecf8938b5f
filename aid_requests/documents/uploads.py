"""From a file as it was sent to the paper that is kept: judged by its content, cleaned, marked where it is asked."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date

from django.conf import settings

from aid_requests.documents.faults import DocumentError
from aid_requests.documents.kinds import PDF, kind_of
from aid_requests.documents.pdf_files import clean_pdf
from aid_requests.documents.pictures import clean_picture, mark_picture
from aid_requests.documents.scanner import demand_clean


@dataclass(frozen=True)
class Upload:
    """A checked file: the bytes to keep, their kind, and the name the person gave it (sealed when kept).

    `sent_sha256` is that of the file as it was sent: by it the same file is recognised, whatever is kept of it.
    """

    content_type: str
    data: bytes = field(repr=False)
    title: str = field(repr=False)
    sent_sha256: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def check_upload(title: str, data: bytes) -> Upload:
    """The file as its content says it is, without metadata and whatever it hid. Raises DocumentError.

    May ask the antivirus: call it outside any transaction.
    """
    if not data:
        raise DocumentError("empty")
    if len(data) > settings.DOCUMENT_MAX_BYTES:
        raise DocumentError("too_big")
    kind = kind_of(data)
    if kind is None:
        raise DocumentError("not_a_pdf" if title.lower().endswith(".pdf") else "unknown")
    demand_clean(data)
    kept_as, kept = (PDF, clean_pdf(data)) if kind == PDF else clean_picture(data, kind)
    return Upload(kept_as, kept, title[-120:], hashlib.sha256(data).hexdigest())


def mark_words(reference: str, day: date) -> str:
    """What stands across an identity paper, in French whoever reads: the kept copy is a French paper."""
    return f"Copie réservée à la cagnotte — {reference} — {day:%d/%m/%Y}"


def marked(upload: Upload, words: str) -> Upload:
    """The same paper with `words` across it: what an identity paper may be used for. Raises DocumentError."""
    if upload.content_type == PDF:
        return replace(upload, data=clean_pdf(upload.data, words))
    kept_as, data = mark_picture(upload.data, upload.content_type, words)
    return replace(upload, content_type=kept_as, data=data)
