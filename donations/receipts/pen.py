"""An A4 page drawn from the top down: plain words, wrapped lines, boxes and rules. No layout engine: one pass.

Sizes are points. What a person typed is drawn as it is; lines are broken at spaces, an endless word where it must.
"""

from io import BytesIO
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfdoc import PDFStream, PDFZCompress
from reportlab.pdfgen.canvas import Canvas

from donations.receipts import qr, typeface
from donations.receipts.typeface import BOLD, PLAIN

SIDE = 20 * mm
RIGHT = A4[0] - SIDE
WIDTH = RIGHT - SIDE
TOP = A4[1] - 18 * mm
BOTTOM = 24 * mm
INK, SOFT, LINE = HexColor("#1d2a30"), HexColor("#4a5a61"), HexColor("#b9c4c8")
WARNING = Color(0.72, 0.11, 0.11, alpha=0.32)


class Page:
    """The pen: `y` is the baseline that was drawn last."""

    def __init__(self, *, title: str, author: str, subject: str, stamp: str = "") -> None:
        typeface.register()
        self._file = BytesIO()
        self.canvas = Canvas(
            self._file, pagesize=A4, invariant=1, pageCompression=1, lang="fr-FR", initialFontName=PLAIN
        )
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setSubject(subject)
        self.canvas.setCreator(author)
        self.canvas.setProducer(author)
        self.canvas.setViewerPreference("DisplayDocTitle", "true")
        typeface.begin(self.canvas._doc)
        self._stamp = stamp
        self._colour: Any = None
        self.y = TOP
        self._begin_page()

    def _begin_page(self) -> None:
        self.y, self._colour = TOP, None
        if self._stamp:
            self._draw_stamp()

    def _draw_stamp(self) -> None:
        """Across the page, under the words: they stay readable."""
        self.canvas.saveState()
        self.canvas.setFillColor(WARNING)
        self.canvas.setFont(BOLD, 92)
        self.canvas.translate(A4[0] / 2, A4[1] / 2)
        self.canvas.rotate(52)
        self.canvas.drawCentredString(0, -30, self._stamp)
        self.canvas.restoreState()

    def next_page(self) -> None:
        self._end_page()
        self._begin_page()

    def finish(self) -> bytes:
        """The document; the same strokes give the same bytes."""
        self._end_page()
        self.canvas.save()
        return self._file.getvalue()

    def _end_page(self) -> None:
        """Compresses the page's strokes ourselves: the library would write them as letters, slower and larger."""
        name = f"Page{self.canvas.getPageNumber()}"
        self.canvas.showPage()
        page = self.canvas._doc.idToObject[name]
        page.Contents = PDFStream(content=page.stream, filters=[PDFZCompress])

    def at(self, x: float, text: str, *, size: float = 9, font: str = PLAIN, colour: Any = INK) -> None:
        """Words on the present line, from `x`."""
        self._set(font, size, colour)
        self.canvas.drawString(x, self.y, text)

    def at_right(self, text: str, *, size: float = 9, font: str = PLAIN, colour: Any = INK) -> None:
        """Words that end at the right edge of the present line."""
        self._set(font, size, colour)
        self.canvas.drawString(RIGHT - typeface.width_of(text, size, font), self.y, text)

    def down(self, points: float) -> None:
        self.y -= points

    def line(
        self, text: str, *, size: float = 9, font: str = PLAIN, colour: Any = INK, x: float = SIDE
    ) -> None:
        """The text below what was drawn, on as many lines as it needs."""
        for part in wrapped(text, RIGHT - x, size, font):
            self.y -= size * 1.38
            self.at(x, part, size=size, font=font, colour=colour)

    def pair(self, label: str, text: str, *, font: str = PLAIN, label_width: float = 92) -> None:
        """A label and what it names, wrapped beside it."""
        for number, part in enumerate(wrapped(text, WIDTH - label_width, 9.5, font)):
            self.y -= 13
            if not number:
                self.at(SIDE, label, size=8, colour=SOFT)
            self.at(SIDE + label_width, part, size=9.5, font=font)

    def heading(self, text: str) -> None:
        """The name of a section over a rule."""
        self.y -= 22
        self.at(SIDE, text, size=10.5, font=BOLD)
        self.rule(4)

    def rule(self, below: float) -> None:
        self.y -= below
        self.canvas.setStrokeColor(LINE)
        self.canvas.setLineWidth(0.6)
        self.canvas.line(SIDE, self.y, RIGHT, self.y)

    def boxes(self, label: str, choices: tuple[tuple[str, bool], ...]) -> None:
        """« label : ☒ this ☐ that », broken between two choices."""
        told = [f"{'☒' if ticked else '☐'}\u00a0{text}" for text, ticked in choices]
        kept = [text.replace(" ", "\u00a0") if len(text) < 60 else text for text in told]
        self.pair(label, "\u00a0\u00a0 ".join(kept))

    def code(self, text: str, *, x: float, y: float, side: float) -> None:
        """The QR code of `text`, its lower left corner at (x, y), `side` points wide."""
        modules, rectangles = qr.rectangles(text)
        self.canvas.saveState()
        self.canvas.translate(x, y)
        self.canvas.scale(side / modules, side / modules)
        self.canvas.setFillColor(INK)
        self.canvas._code.append(f"{rectangles}\nf")
        self.canvas.restoreState()
        self._colour = None

    def _set(self, font: str, size: float, colour: Any) -> None:
        self.canvas.setFont(font, size)
        if colour is not self._colour:
            self.canvas.setFillColor(colour)
            self._colour = colour


def wrapped(text: str, width: float, size: float, font: str = PLAIN) -> list[str]:
    """The lines of a text; none is wider than `width`."""
    if typeface.width_of(text, size, font) <= width:
        return [text] if text else []
    lines, current = [], ""
    for word in text.split(" "):
        longer = f"{current} {word}" if current else word
        if typeface.width_of(longer, size, font) <= width:
            current = longer
            continue
        if current:
            lines.append(current)
        *full, current = _cut(word, width, size, font)
        lines += full
    return [*lines, current] if current else lines


def _cut(word: str, width: float, size: float, font: str) -> list[str]:
    """A word in pieces that fit; most words are one."""
    pieces, piece = [], ""
    for sign in word:
        if piece and typeface.width_of(piece + sign, size, font) > width:
            pieces.append(piece)
            piece = ""
        piece += sign
    return [*pieces, piece]
