"""Where papers lie: ciphertext under the applicant's key and a random name; plain bytes never touch a disk."""

from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from aid_requests.documents.kinds import EXTENSIONS
from aid_requests.models import Document
from fund import vault

FOLDER: Final = "documents"
MAX_DOCUMENTS: Final = 30
# A certificate of enrolment, sent so that nobody of the school is asked. No schedule can use this code (it has a
# hyphen). It names the school and the person: referents alone open it, it is no part of what is signed or decided on.
ENROLMENT_PROOF: Final = "enrolment-proof"


def private_storage() -> Storage:
    return storages["private"]


def write_file(document: Document, data: bytes) -> None:
    """Writes the ciphertext of `data` under the document's name; its row must exist first."""
    sealed = vault.seal_for(document.request.applicant.subject_key, data)
    name = private_storage().save(document.storage_name, ContentFile(sealed))
    if name != document.storage_name:
        raise RuntimeError("The storage gave a random name away twice.")


def read_file(document: Document) -> bytes:
    """The document's bytes. Raises FileNotFoundError, vault.Erased or vault.VaultError."""
    with private_storage().open(document.storage_name) as file:
        return vault.open_for(document.request.applicant.subject_key, file.read())


def title_of(document: Document) -> str:
    """The name the person gave it: for that person's eyes only, it may say anything."""
    return vault.open_text_for(document.request.applicant.subject_key, document.title_sealed)


def neutral_name(document: Document) -> str:
    """« piece-12.pdf »: what a download is called, whoever downloads."""
    return f"piece-{document.pk}.{EXTENSIONS[document.content_type]}"
