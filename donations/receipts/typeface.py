"""The typeface of receipts: DejaVu without its hinting, and each subset of it made once.

A PDF carries the signs it shows. Cutting them out of the typeface takes longer than drawing the page, and most
receipts show the same ones: every page begins with the signs of `_USUAL`, so that the cut is nearly always the same
and is kept. Instructions for coarse screens are left out: half the bytes, and nothing that paper shows.
"""

import threading
import zlib
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import FF_NONSYMBOLIC, FF_SYMBOLIC, TTFont, TTFontFace

from fund.plain_text import is_right_to_left

PLAIN, BOLD = "ReceiptSans", "ReceiptSans-Bold"
_FOLDER = Path(settings.BASE_DIR) / "fund" / "fonts"
_FILES = {PLAIN: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
_LEFT_OUT = ("cvt ", "fpgm", "prep", "name")
_USUAL = {
    PLAIN: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;'’«»()*/-–_°&@àâçèéêëîïôùûüÀÇÈÉÊœŒ€☐☒",
    BOLD: "ABCDEFGHIJLMNOPQRSTUVXZabcdefghijlmnopqrstuvxyz0123456789.,'’*-°éèàÉ€",
}
_KEPT = 64
_HAS_INSTRUCTIONS = 0x0100


class SlimFace(TTFontFace):
    """A face whose glyphs have no instructions, and that remembers its last subsets."""

    glyphPos: list[int]
    _ttf_data: bytes

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(str(path))
        self.name = name.encode()  # the library takes two faces of one name for the same
        self._subsets: OrderedDict[tuple[int, ...], tuple[int, bytes]] = OrderedDict()
        self._one_at_a_time = threading.Lock()  # the parser reads by a position of its own
        self._drop_instructions()

    def _drop_instructions(self) -> None:
        """Puts a leaner « glyf » table behind the others and points at it."""
        data, places, position = self.get_table("glyf"), [], 0
        glyphs = []
        for start, end in zip(self.glyphPos, self.glyphPos[1:], strict=False):
            glyph = _without_instructions(data[start:end])
            glyph += b"\0" * (-len(glyph) % 4)
            places.append(position)
            position += len(glyph)
            glyphs.append(glyph)
        self.table["glyf"] = {**self.table["glyf"], "offset": len(self._ttf_data), "length": position}
        self._ttf_data = self._ttf_data + b"".join(glyphs)
        self.glyphPos = [*places, position]

    def get_table(self, tag: str) -> bytes:
        if tag in _LEFT_OUT:
            raise KeyError(tag)
        found: bytes = super().get_table(tag)
        return found

    def addSubsetObjects(self, doc: Any, fontname: str, subset: list[int]) -> Any:
        """The descriptor of these signs' font file, as the library makes it but for the file, which is kept."""
        length, packed = self._packed_subset(tuple(subset))
        file = pdfdoc.PDFStream()
        file.content, file.filters = packed, None
        file.dictionary["Length1"] = length
        file.dictionary["Filter"] = pdfdoc.PDFName("FlateDecode")
        descriptor = pdfdoc.PDFDictionary(
            {
                "Type": "/FontDescriptor",
                "Ascent": self.ascent,
                "CapHeight": self.capHeight,
                "Descent": self.descent,
                "Flags": self.flags & ~FF_NONSYMBOLIC | FF_SYMBOLIC,
                "FontBBox": pdfdoc.PDFArray(self.bbox),
                "FontName": pdfdoc.PDFName(fontname),
                "ItalicAngle": self.italicAngle,
                "StemV": self.stemV,
                "FontFile2": doc.Reference(file, f"fontFile:{self.filename}({fontname})"),
                "MissingWidth": self.defaultWidth,
            }
        )
        return doc.Reference(descriptor, f"fontDescriptor:{fontname}")

    def _packed_subset(self, wanted: tuple[int, ...]) -> tuple[int, bytes]:
        """The length of the font file of these signs, and the file compressed: the same for the same signs."""
        with self._one_at_a_time:
            known = self._subsets.get(wanted)
            if known is None:
                whole = self.makeSubset(list(wanted))
                known = self._subsets[wanted] = (len(whole), zlib.compress(whole, 9))
                if len(self._subsets) > _KEPT:
                    self._subsets.popitem(last=False)
            return known


def _without_instructions(glyph: bytes) -> bytes:
    """One entry of the « glyf » table without its bytecode."""
    if len(glyph) < 12:
        return glyph
    contours = int.from_bytes(glyph[:2], "big", signed=True)
    if contours >= 0:
        at = 10 + 2 * contours
        length = int.from_bytes(glyph[at : at + 2], "big")
        return glyph[:at] + b"\0\0" + glyph[at + 2 + length :]
    return _composite_without_instructions(glyph)


def _composite_without_instructions(glyph: bytes) -> bytes:
    """A glyph made of others: its parts' flags no longer promise bytecode, and it ends after the last part."""
    lean, at = bytearray(glyph), 10
    while True:
        flags = int.from_bytes(glyph[at : at + 2], "big")
        lean[at : at + 2] = (flags & ~_HAS_INSTRUCTIONS).to_bytes(2, "big")
        at += 8 if flags & 0x0001 else 6
        at += 2 if flags & 0x0008 else 4 if flags & 0x0040 else 8 if flags & 0x0080 else 0
        if not flags & 0x0020:
            return bytes(lean[:at])


@lru_cache(maxsize=2)
def _font(name: str) -> TTFont:
    """Read from its file when the first receipt is drawn."""
    font = TTFont(name, str(_FOLDER / _FILES[name]), asciiReadable=0)
    font.face = SlimFace(_FOLDER / _FILES[name], name)
    pdfmetrics.registerFont(font)
    return font


def register() -> None:
    """Makes both faces known to the library; before a page is begun."""
    for name in _FILES:
        _font(name)


def begin(document: Any) -> None:
    """Lets a new document begin with the usual signs (they cost it nothing to draw)."""
    for name, signs in _USUAL.items():
        _font(name).splitString(signs, document)


def width_of(text: str, size: float, name: str = PLAIN) -> float:
    """Points that the text takes on one line."""
    widths = _widths(name)
    return size * sum(map(widths.__getitem__, text)) / 1000


class _Widths(dict[str, float]):
    """Of each sign, in thousandths of its size; read from the face once."""

    def __init__(self, face: TTFontFace) -> None:
        super().__init__()
        self._face = face

    def __missing__(self, sign: str) -> float:
        width = self[sign] = float(self._face.charWidths.get(ord(sign), self._face.defaultWidth))
        return width


@lru_cache(maxsize=2)
def _widths(name: str) -> _Widths:
    return _Widths(_font(name).face)


def can_write(text: str) -> bool:
    """Whether both faces have every sign, read from left to right: a receipt with a hole in a name is none."""
    faces = [_font(name).face.charToGlyph for name in _FILES]
    return all(
        sign.isspace() or (not is_right_to_left(sign) and all(ord(sign) in face for face in faces))
        for sign in text
    )
