"""Papers: what a file really is, what is kept of it, and where its ciphertext lies.

A file is judged by its content, never by its name.
"""

from aid_requests.documents.faults import MESSAGES, DocumentError
from aid_requests.documents.keeping import (
    ENROLMENT_PROOF,
    FOLDER,
    MAX_DOCUMENTS,
    neutral_name,
    private_storage,
    read_file,
    title_of,
    write_file,
)
from aid_requests.documents.kinds import EXTENSIONS, HEIC, JPEG, PDF, PNG, WEBP
from aid_requests.documents.uploads import Upload, check_upload, mark_words, marked

__all__ = [
    "ENROLMENT_PROOF",
    "EXTENSIONS",
    "FOLDER",
    "HEIC",
    "JPEG",
    "MAX_DOCUMENTS",
    "MESSAGES",
    "PDF",
    "PNG",
    "WEBP",
    "DocumentError",
    "Upload",
    "check_upload",
    "mark_words",
    "marked",
    "neutral_name",
    "private_storage",
    "read_file",
    "title_of",
    "write_file",
]
