"""A school's file, written and read in sealed pieces: plain bytes never touch a disk, reading needs little memory.

The ciphertext is one token under the field keys a line, each of at most PIECE bytes of the file.
"""

import codecs
import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO, IncrementalNewlineDecoder
from pathlib import Path
from typing import Final

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from aid_requests.register.reasons import FileFault
from fund import vault

PIECE: Final = 256 * 1024
FOLDER: Final = "registers"
LONGEST_LINE: Final = 100_000  # characters
DELIMITERS: Final = (";", ",", "\t")
ENCODINGS: Final = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "latin-1": "Latin-1", "utf-16": "UTF-16"}
_LOOK_AT: Final = 64 * 1024
_UNUSED_IN_CP1252: Final = frozenset(b"\x81\x8d\x8f\x90\x9d")
_STARTS: Final = {b"%PDF-": "pdf", b"PK\x03\x04": "workbook", b"\xd0\xcf\x11\xe0": "workbook"}
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class SealedFile:
    """A file as ciphertext, in memory until it is kept. `digest` is the SHA-256 of the plain bytes."""

    content: BytesIO = field(repr=False)
    size: int
    digest: str
    lines: int
    encoding: str
    delimiter: str

    def keep(self, name: str) -> None:
        self.content.seek(0)
        if private_storage().save(name, File(self.content)) != name:
            raise RuntimeError("The storage gave a random name away twice.")


class SealingWriter:
    """Takes plain bytes piece by piece, seals them as they come, and learns how they are written."""

    def __init__(self) -> None:
        self._sealed = BytesIO()
        self._waiting = bytearray()
        self._hash = hashlib.sha256()
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._is_utf8, self._is_cp1252, self._has_zero = True, True, False
        self._head = b""
        self.size = 0
        self.lines = 0

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) >= PIECE:
            self._seal(bytes(self._waiting[:PIECE]))
            del self._waiting[:PIECE]

    def _seal(self, piece: bytes) -> None:
        self._hash.update(piece)
        self.size += len(piece)
        self.lines += piece.count(b"\n") or piece.count(b"\r")
        self._head += piece[: max(0, _LOOK_AT - len(self._head))]
        self._has_zero = self._has_zero or b"\0" in piece
        self._is_cp1252 = self._is_cp1252 and not _UNUSED_IN_CP1252.intersection(piece)
        if self._is_utf8:
            try:
                self._utf8.decode(piece)
            except UnicodeDecodeError:
                self._is_utf8 = False
        self._sealed.write(vault.seal_bytes(piece) + b"\n")

    def finish(self) -> SealedFile:
        """Raises FileFault for what is no table of text."""
        if self._waiting:
            self._seal(bytes(self._waiting))
            self._waiting.clear()
        encoding = self._encoding()
        delimiter = _delimiter_of(_decoded(self._head, encoding))
        return SealedFile(self._sealed, self.size, self._hash.hexdigest(), self.lines, encoding, delimiter)

    def _encoding(self) -> str:
        for start, code in _STARTS.items():
            if self._head.startswith(start):
                raise FileFault(code)
        if self._head.startswith(_UTF_16):
            return "utf-16"
        if self._has_zero:
            raise FileFault("binary")
        if not self._head.removeprefix(codecs.BOM_UTF8).strip():
            raise FileFault("empty")
        try:
            self._utf8.decode(b"", final=True)
        except UnicodeDecodeError:
            self._is_utf8 = False
        if self._is_utf8:
            return "utf-8-sig"
        return "cp1252" if self._is_cp1252 else "latin-1"


def _decoded(head: bytes, encoding: str) -> str:
    return head.decode(encoding, errors="replace")


def _delimiter_of(head: str) -> str:
    """The one that cuts the first line into the most columns. Raises FileFault when none cuts it."""
    first = next((line for line in head.splitlines() if line.strip()), "")
    columns = {mark: len(next(csv.reader([first], delimiter=mark), [])) for mark in DELIMITERS}
    best = max(DELIMITERS, key=lambda mark: columns[mark])
    if columns[best] < 2:
        raise FileFault("one_column")
    return best


def private_storage() -> Storage:
    return storages["private"]


def remove_file(storage_name: str) -> None:
    private_storage().delete(storage_name)


def seal_path(path: Path, most: int) -> SealedFile:
    """The file at `path`, sealed. Raises FileFault, or OSError where it cannot be read."""
    writer = SealingWriter()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            writer.write(piece)
            if writer.size > most:
                raise FileFault("too_big")
    return writer.finish()


@dataclass(frozen=True)
class Layout:
    """How the bytes of a file are read as a table."""

    storage_name: str
    encoding: str
    delimiter: str


def records(layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """(number of its last line, its cells) for each record that is not blank, the titles first.

    Raises FileFault: the file is gone, is not written in this encoding, or has no end of line.
    """
    try:
        file = private_storage().open(layout.storage_name)
    except FileNotFoundError as error:
        raise FileFault("lost") from error
    with file:
        reader = csv.reader(_lines(file, layout.encoding), delimiter=layout.delimiter)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise FileFault("long_line", reader.line_num) from error
            except UnicodeDecodeError as error:
                raise FileFault("not_decoded", reader.line_num) from error
            if any(cell.strip() for cell in row):
                yield reader.line_num, row


def _lines(sealed: Iterable[bytes], encoding: str) -> Iterator[str]:
    decoder = IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    rest = ""
    for token in sealed:
        *whole, rest = (rest + decoder.decode(vault.open_bytes(token.rstrip(b"\n")))).split("\n")
        yield from (line + "\n" for line in whole)
        if len(rest) > LONGEST_LINE:
            raise FileFault("long_line")
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest
