"""PDF pages of the fund: one look, embedded fonts with the narrow no-break space, the same bytes for the same text."""

from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, ListFlowable, ListItem, Paragraph, SimpleDocTemplate, Spacer

PLAIN, BOLD = "FundSans", "FundSans-Bold"
_INK, _SOFT = HexColor("#13282b"), HexColor("#475a5b")
_FONTS = Path(settings.BASE_DIR) / "fund" / "fonts"
# A paragraph looks its font up when it is made, so both are there from the start.
pdfmetrics.registerFont(TTFont(PLAIN, str(_FONTS / "DejaVuSans.ttf")))
pdfmetrics.registerFont(TTFont(BOLD, str(_FONTS / "DejaVuSans-Bold.ttf")))


def _style(
    name: str, size: float, *, font: str = PLAIN, after: float = 6, color: HexColor = _INK
) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=size * 1.45,
        spaceAfter=after,
        textColor=color,
        alignment=TA_LEFT,
    )


TITLE = _style("title", 17, font=BOLD, after=10)
HEADING = _style("heading", 11, font=BOLD, after=4)
TEXT = _style("text", 10)
SMALL = _style("small", 8, color=_SOFT)


def text(words: str, style: ParagraphStyle = TEXT) -> Flowable:
    """A paragraph of plain words: whatever a person typed stays text, never markup."""
    return Paragraph(escape(words).replace("\n", "<br/>"), style)


def points(sentences: list[str]) -> Flowable:
    """A list, one sentence a point."""
    items = [ListItem(text(sentence), leftIndent=14) for sentence in sentences]
    return ListFlowable(
        items, bulletType="bullet", bulletFontName=PLAIN, bulletFontSize=8, start="•", leftIndent=14
    )


def space(points_high: float) -> Flowable:
    return Spacer(1, points_high)


def make_pdf(content: list[Flowable], *, title: str, foot: str) -> bytes:
    """The pages as bytes. `title` and `foot` name the paper by its reference, never the person.

    `invariant=1` leaves dates and ids out of the file, so that the SHA-256 of one content never changes.
    """
    buffer = BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=22 * mm,
        rightMargin=22 * mm,
        topMargin=20 * mm,
        bottomMargin=22 * mm,
        title=title,
        author="",
        lang="fr-FR",
        invariant=1,
    )

    def draw_foot(canvas: Canvas, _document: SimpleDocTemplate) -> None:
        canvas.setFont(PLAIN, 8)
        canvas.setFillColor(_SOFT)
        canvas.drawString(22 * mm, 12 * mm, foot)
        canvas.drawRightString(A4[0] - 22 * mm, 12 * mm, f"page {canvas.getPageNumber()}")

    document.build(content, onFirstPage=draw_foot, onLaterPages=draw_foot)
    return buffer.getvalue()
