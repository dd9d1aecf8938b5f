"""Words that stand for what says who somebody is, and the places where they must not be found.

A mark is found as it was typed, whatever the case; digits also in the groups in which people write them. PDF streams
are opened: a name in a compressed page is a name all the same.
"""

import json
import logging
import re
import zlib
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.core.files.storage import Storage
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import connection
from django.utils.module_loading import import_string

MARKS = {
    "first_name": "Ildemarque",
    "last_name": "Ostromarque",
    "chosen_name": "Zephimarque",
    "birth_place": "Villemarque",
    "street": "Ruellemarque",
    "holder": "Titulmarque",
    "email": "courrielmarque",
    "story": "Recitmarque",
    "file_name": "Fichiermarque",
    "exif": "Appareilmarque",
    "to_school": "Questionmarque",
    "to_committee": "Precisionmarque",
    "from_school": "Reponsemarque",
    "caller": "Appelmarque",
    "phone": "612345987",
    "caller_words": "Motifmarque",
    "call_note": "Notemarque",
    "register_name": "Inscritmarque",
    "register_email": "listemarque",
    "register_number": "21879913",
    "guardian": "Tutelmarque",
    "guardian_email": "garantmarque",
    "correction": "Corrigemarque",
    "correction_of_committee": "Reprismarque",
    "unfinished": "Brouillonmarque",
    "not_through_school": "Ailleursmarque",
    "typed": "Dictemarque",
    "vote_note": "Avismarque",
    "iban": "30006000011234567890189",
}
OWN_APPS = ("fund", "donations", "aid_requests", "reports")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_GAPS = re.compile(r"(?<=\d)[ \u00a0\u202f.]+(?=\d)")


def marks_in(content: str | bytes) -> set[str]:
    """The kinds of marks that stand in it."""
    text = _readable(content) if isinstance(content, bytes) else content
    text = text.casefold()
    joined = _GAPS.sub("", text)
    return {kind for kind, mark in MARKS.items() if mark.casefold() in text or mark.casefold() in joined}


def _readable(content: bytes) -> str:
    """Bytes as text; the compressed streams of a PDF are unfolded after them."""
    parts = [content]
    if content.startswith(b"%PDF-"):
        for found in _STREAM.finditer(content):
            try:
                parts.append(zlib.decompressobj().decompress(found[1]))
            except zlib.error:
                continue
    return b"\n".join(parts).decode("utf-8", "replace")


def readable_columns() -> set[tuple[str, str]]:
    """(table, column) of what is classified as naming a person in clear."""
    found: set[tuple[str, str]] = set()
    for label in OWN_APPS:
        declared = import_string(f"{label}.personal_data.PERSONAL_DATA")
        for model in apps.get_app_config(label).get_models():
            columns = declared[model._meta.model_name].identity.split()
            found |= {(model._meta.db_table, str(model._meta.get_field(name).column)) for name in columns}
    return found


def in_database() -> set[tuple[str, str, str]]:
    """(table, column, kind) of every mark that stands in clear in any table, third parties' and framework's too."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of our own tables
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(names, row, strict=True):
                    found |= {(table, column, kind) for kind in marks_in(_text_of(value))}
    return found


def _text_of(value: object) -> str | bytes:
    if isinstance(value, str | bytes):
        return value
    if isinstance(value, memoryview):
        return bytes(value)
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else ""


def in_storage(storage: Storage) -> set[str]:
    """The marks in the names and bytes of all that is stored."""
    return {kind for name in _files(storage) for kind in marks_in(name) | marks_in(_bytes_of(storage, name))}


def _files(storage: Storage, folder: str = "") -> Iterator[str]:
    folders, files = storage.listdir(folder)
    yield from (f"{folder}/{name}".strip("/") for name in files)
    for name in folders:
        yield from _files(storage, f"{folder}/{name}".strip("/"))


def _bytes_of(storage: Storage, name: str) -> bytes:
    with storage.open(name) as file:
        return file.read()


def in_mails(letters: Iterable[EmailMessage]) -> set[str]:
    """The marks in subjects, bodies, attachments and every header but the one that says whom it is for."""
    found: set[str] = set()
    for letter in letters:
        message = letter.message()
        headers = [f"{name}: {value}" for name, value in message.items() if name != "To"]
        texts = [letter.subject, str(letter.body), *headers]
        if isinstance(letter, EmailMultiAlternatives):
            texts += [str(one[0]) for one in letter.alternatives]
        assert not letter.attachments
        found |= {kind for text in texts for kind in marks_in(text)}
    return found


class LogBook(logging.Handler):
    """Every line that any logger writes while it is open, at the levels of the settings, as the log would show it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)  # the traceback too
        self.lines.append(f"{record.name} {line}")

    def __enter__(self) -> "LogBook":
        named = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
        self.loggers = [logging.root, *(one for one in named if not one.propagate)]
        for one in self.loggers:
            one.addHandler(self)
        return self

    def __exit__(self, *_error: object) -> None:
        for one in self.loggers:
            one.removeHandler(self)

    def marks(self) -> set[str]:
        return {kind for line in self.lines for kind in marks_in(line)}
