"""PDF papers: judged by their structure, then written anew with their pages alone.

Read with pypdf, in Python and with bounded streams: a hostile file costs a sentence. Writing anew leaves out what no
page needs: metadata (author, title, producer, XMP), forms, links, named places, labels, names of layers, earlier
states, and whatever stood before or behind. Of a note or a filled field only what it draws is left.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import FileNotDecryptedError, WrongPasswordError
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from reportlab.pdfgen.canvas import Canvas

from aid_requests.documents.faults import DocumentError
from aid_requests.documents.jpeg_marks import without_metadata
from aid_requests.paper import PLAIN

MAX_PAGES: Final = 100
MAX_OBJECTS: Final = 60_000
_TAIL: Final = 1024
# What runs, or carries another file: by the key that holds it, or by the kind of an action or annotation.
_ACTIVE_KEYS: Final = frozenset(
    {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/AF", "/RichMediaContent", "/XFA"}
)
_ACTIVE_ACTIONS: Final = frozenset(
    {
        "/JavaScript", "/Launch", "/GoToE", "/GoToR", "/SubmitForm", "/ImportData", "/Rendition", "/Movie",
        "/Sound", "/RichMediaExecute",
    }
)  # fmt: skip
_ACTIVE_ANNOTATIONS: Final = frozenset(
    {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
)
# Who made it and when: nothing of a page's look.
_TELLTALE_KEYS: Final = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/AA")
# All that a page is drawn with; any other key could say anything.
_PAGE_KEYS: Final = frozenset(
    {
        "/Type", "/Parent", "/Resources", "/Contents", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox",
        "/Rotate", "/Group", "/UserUnit", "/Annots",
    }
)  # fmt: skip
_DRAWN_NEVER: Final = frozenset({"/Link", "/Popup"})
_HIDDEN: Final = 0b100010  # bits 2 and 6 of an annotation's flags: hidden, not viewed
_LAYER_KEYS: Final = frozenset({"/BaseState", "/ON", "/OFF"})
_MARK: Final = "/FundMark"


def clean_pdf(data: bytes, words: str = "") -> bytes:
    """The same pages and nothing else, with `words` across each when there are some. Raises DocumentError."""
    if b"%%EOF" not in data[-_TAIL:]:
        raise DocumentError("not_a_pdf")
    try:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("locked_pdf")
        _check(reader)
        return _written(reader, words)
    except DocumentError:
        raise
    except (FileNotDecryptedError, WrongPasswordError) as error:
        raise DocumentError("locked_pdf") from error
    except (
        Exception
    ) as error:  # a broken file makes a reader raise almost anything, RecursionError among them
        raise DocumentError("not_a_pdf") from error


def _check(reader: PdfReader) -> None:
    """Refuses what runs or hides a file, wherever it stands. Raises DocumentError."""
    for found in _objects(reader):
        if _ACTIVE_KEYS & found.keys():
            raise DocumentError("active_pdf")
        if found.get("/S") in _ACTIVE_ACTIONS or found.get("/Subtype") in _ACTIVE_ANNOTATIONS:
            raise DocumentError("active_pdf")
    pages = len(reader.pages)
    if pages > MAX_PAGES:
        raise DocumentError("long_pdf")
    if not pages:
        raise DocumentError("not_a_pdf")


def _objects(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary and stream that can be reached. Raises DocumentError past MAX_OBJECTS."""
    waiting: list[Any] = [reader.trailer["/Root"]]
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            place = (found.idnum, found.generation)
            if place in seen:
                continue
            seen.add(place)
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            count += 1
            if count > MAX_OBJECTS:
                raise DocumentError("not_a_pdf")
            yield found
            waiting.extend(found.raw_get(key) for key in found)
        elif isinstance(found, ArrayObject):
            waiting.extend(found.data if hasattr(found, "data") else list.__iter__(found))


def _written(reader: PdfReader, words: str) -> bytes:
    writer = PdfWriter()
    writer.metadata = None
    marker = _Marker(writer, words)
    for page in reader.pages:
        _keep_look(page)  # before it is taken over: what it led to would be written too
        kept = writer.add_page(page)
        if words:
            marker.mark(kept)
    layers = reader.root_object.get("/OCProperties")
    if layers is not None:  # which layers are shown is part of a page's look
        writer.root_object[NameObject("/OCProperties")] = _layers(layers.get_object()).clone(writer)
    for found in _objects_of(writer):
        for key in _TELLTALE_KEYS:
            found.pop(NameObject(key), None)
        if _value(found, "/Type") == "/OCG":
            found.pop(NameObject("/Usage"), None)
            found[NameObject("/Name")] = TextStringObject("-")
        _strip_photo(found)
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _keep_look(page: PageObject) -> None:
    """Takes everything off a page but what it is drawn with."""
    for key in [key for key in page if key not in _PAGE_KEYS]:
        del page[key]
    notes = page.pop(NameObject("/Annots"), ArrayObject()).get_object()
    drawn = [_drawing(note.get_object()) for note in list.__iter__(notes)]
    if any(drawn):
        page[NameObject("/Annots")] = ArrayObject(one for one in drawn if one is not None)


def _drawing(note: Any) -> DictionaryObject | None:
    """A stamp with the look of an annotation and nothing else of it: no words, no address, no name of a field."""
    if not isinstance(note, DictionaryObject) or _value(note, "/Subtype") in _DRAWN_NEVER:
        return None
    holder, key = _value(note, "/AP"), "/N"
    look = _value(holder, key)
    if isinstance(look, DictionaryObject) and not isinstance(look, StreamObject):  # one look for each state
        holder, key = look, _value(note, "/AS")
        look = _value(holder, key)
    flags = int(_value(note, "/F") or 0)
    if not isinstance(look, StreamObject) or "/Rect" not in note or flags & _HIDDEN:
        return None
    look.pop(NameObject("/Name"), None)
    kept = {
        "/Type": NameObject("/Annot"),
        "/Subtype": NameObject("/Stamp"),
        "/Rect": note["/Rect"],
        "/F": NumberObject(flags),
        "/AP": DictionaryObject({NameObject("/N"): holder.raw_get(key)}),
    }
    if "/OC" in note:
        kept["/OC"] = note.raw_get("/OC")
    return DictionaryObject({NameObject(name): value for name, value in kept.items()})


def _value(found: Any, key: Any) -> Any:
    """What stands under a key, wherever it is kept: `get` gives a reference where it is kept apart."""
    return found[key] if isinstance(found, DictionaryObject) and key in found else None


def _layers(told: DictionaryObject) -> DictionaryObject:
    """Which layers there are and which are shown, without what the menus of a reader call them."""
    shown = _value(told, "/D") or DictionaryObject()
    kept = DictionaryObject({NameObject(key): shown.raw_get(key) for key in shown if key in _LAYER_KEYS})
    return DictionaryObject(
        {
            NameObject("/OCGs"): told.raw_get("/OCGs") if "/OCGs" in told else ArrayObject(),
            NameObject("/D"): kept,
        }
    )


def _objects_of(writer: PdfWriter) -> Iterator[DictionaryObject]:
    """What the new file will hold, objects inside objects included."""
    waiting: list[Any] = [found for found in writer._objects if found is not None]
    while waiting:
        found = waiting.pop()
        if isinstance(found, DictionaryObject):
            yield found
            waiting.extend(found.raw_get(key) for key in found)
        elif isinstance(found, ArrayObject):
            waiting.extend(list.__iter__(found))


def _strip_photo(found: DictionaryObject) -> None:
    """A photo inside a page carries its own metadata, the place among it."""
    if isinstance(found, StreamObject) and found.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
        found._data = without_metadata(found._data)


class _Marker:
    """Draws the words over pages, whatever they drew: a page's own drawing is closed in before."""

    def __init__(self, writer: PdfWriter, words: str) -> None:
        self.writer, self.words = writer, words
        self._stamps: dict[tuple[float, float], IndirectObject] = {}  # by the size of the page

    def mark(self, page: PageObject) -> None:
        box = page.mediabox
        place = DecodedStreamObject()
        place.set_data(f"\nQ\nq 1 0 0 1 {box.left} {box.bottom} cm {_MARK} Do Q\n".encode())
        opening = DecodedStreamObject()
        opening.set_data(b"q\n")
        drawn = page.get("/Contents")
        if isinstance(drawn, ArrayObject):
            inner = list(list.__iter__(drawn))
        else:
            inner = [] if drawn is None else [page.raw_get("/Contents")]
        page[NameObject("/Contents")] = ArrayObject(
            [self.writer._add_object(opening), *inner, self.writer._add_object(place)]
        )
        resources = page.get("/Resources", DictionaryObject()).get_object()
        forms = resources.get("/XObject", DictionaryObject()).get_object()
        # The page's own lists, not the ones that pages of another size share.
        own_forms = DictionaryObject({name: forms.raw_get(name) for name in forms})
        own_forms[NameObject(_MARK)] = self._stamp_for(float(box.width), float(box.height))
        own = DictionaryObject({name: resources.raw_get(name) for name in resources})
        own[NameObject("/XObject")] = own_forms
        page[NameObject("/Resources")] = own

    def _stamp_for(self, width: float, height: float) -> IndirectObject:
        size = (width, height)
        if size not in self._stamps:
            self._stamps[size] = self.writer._add_object(_stamp(width, height, self.words, self.writer))
        return self._stamps[size]


def _stamp(width: float, height: float, words: str, writer: PdfWriter) -> StreamObject:
    """The words in grey, slanted, row under row, as a drawing of the page's size."""
    buffer = BytesIO()
    sheet = Canvas(buffer, pagesize=(width, height), invariant=1)
    letters = max(7.0, min(width, height) / 26)
    sheet.setFillGray(0.35, alpha=0.4)
    sheet.setFont(PLAIN, letters)
    sheet.translate(width / 2, height / 2)
    sheet.rotate(30)
    reach = (width**2 + height**2) ** 0.5 / 2
    length = sheet.stringWidth(f"{words}   ", PLAIN, letters)
    for row in range(-int(reach / (letters * 5)), int(reach / (letters * 5)) + 1):
        left = -reach - (row % 2) * length / 2
        while left < reach:
            sheet.drawString(left, row * letters * 5, words)
            left += length
    sheet.save()
    page = PdfReader(buffer).pages[0]
    form = DecodedStreamObject()
    contents = page.get_contents()
    form.set_data(b"" if contents is None else contents.get_data())
    form[NameObject("/Type")] = NameObject("/XObject")
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/BBox")] = ArrayObject(FloatObject(number) for number in (0, 0, width, height))
    form[NameObject("/Resources")] = page["/Resources"].clone(writer)
    return form
