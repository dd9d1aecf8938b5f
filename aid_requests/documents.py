"""Papers: what a file really is, and where its ciphertext lies.

A file is judged by its content, never by its name. It is written under the applicant's key into the private storage,
under a random name; plain bytes never touch a disk.
"""

import hashlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext_lazy as _
from PIL import Image

from aid_requests.models import Document
from fund import vault

FOLDER: Final = "documents"
MAX_DOCUMENTS: Final = 12
MAX_PIXELS: Final = 120_000_000
PDF, JPEG, PNG, WEBP, HEIC = "application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic"
EXTENSIONS: Final = {PDF: "pdf", JPEG: "jpg", PNG: "png", WEBP: "webp", HEIC: "heic"}
_PILLOW_NAMES: Final = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_TAIL: Final = 1024

MESSAGES: Final = {
    "empty": _("Ce fichier est vide : choisissez-le de nouveau."),
    "too_big": _("Ce fichier dépasse 8 Mo : une photo nette ou un PDF de quelques pages suffit."),
    "not_a_pdf": _("Ce fichier n’est pas un PDF lisible. Une photo nette suffit."),
    "not_an_image": _("Cette image ne peut pas être lue. Reprenez la photo, ou envoyez une capture d’écran."),
    "unknown": _(
        "Ce fichier n’est ni un PDF ni une photo. Envoyez un PDF, une photo ou une capture d’écran."
    ),
    "missing": _("Choisissez un fichier à envoyer."),
    "too_many": _("Douze pièces au plus par demande : retirez-en une pour en ajouter une autre."),
}


class DocumentError(ValueError):
    """The file cannot be taken; `code` is a key of MESSAGES. Neither text holds the file's name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def message(self) -> str:
        return str(MESSAGES[self.code])


@dataclass(frozen=True)
class Upload:
    """A checked file: its bytes, the kind its content has, and the name the person gave it (sealed when kept)."""

    content_type: str
    data: bytes = field(repr=False)
    title: str = field(repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def check_upload(title: str, data: bytes) -> Upload:
    """The file as its content says it is. Raises DocumentError."""
    if not data:
        raise DocumentError("empty")
    if len(data) > settings.DOCUMENT_MAX_BYTES:
        raise DocumentError("too_big")
    return Upload(_content_type(title, data), data, title[-120:])


def _content_type(title: str, data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        if b"%%EOF" not in data[-_TAIL:]:
            raise DocumentError("not_a_pdf")
        return PDF
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return HEIC  # Pillow reads no HEIC: its brand is all that is looked at
    kind = _image_type(data)
    if kind is None:
        raise DocumentError("not_a_pdf" if title.lower().endswith(".pdf") else "unknown")
    _check_image(data, kind)
    return kind


def _image_type(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    return WEBP if data.startswith(b"RIFF") and data[8:12] == b"WEBP" else None


def _check_image(data: bytes, kind: str) -> None:
    """Opens the picture without unfolding it in memory: a small file may claim a huge canvas."""
    try:
        picture = Image.open(BytesIO(data), formats=[_PILLOW_NAMES[kind]])
        if picture.width * picture.height > MAX_PIXELS:
            raise DocumentError("not_an_image")
        if kind == JPEG:
            picture.draft("L", (64, 64))  # decodes an eighth of it: enough to see that it was cut
            picture.load()
        else:
            picture.verify()
    except DocumentError:
        raise
    except (
        Exception
    ) as error:  # a broken picture makes Pillow raise almost anything, warnings of bombs among them
        raise DocumentError("not_an_image") from error


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
