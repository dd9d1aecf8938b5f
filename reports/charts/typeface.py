"""The typeface of papers and the measure of words: DejaVu is wider than the system's faces, so what fits it fits."""

from pathlib import Path

from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from fund.plain_text import is_right_to_left

PLAIN, BOLD = "FundSans", "FundSans-Bold"
_FONTS = Path(settings.BASE_DIR) / "fund" / "fonts"


def ready() -> None:
    """Register both fonts, once: a paragraph looks its font up when it is made."""
    known = pdfmetrics.getRegisteredFontNames()
    for name, file in ((PLAIN, "DejaVuSans.ttf"), (BOLD, "DejaVuSans-Bold.ttf")):
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, str(_FONTS / file)))


def width_of(text: str, size: float, font: str = PLAIN) -> float:
    """Points that the text takes on one line."""
    return float(pdfmetrics.stringWidth(text, font, size))


def undrawable(text: str) -> list[str]:
    """The signs of a text that papers cannot show as pages do, each once, in their order.

    Both faces must have a sign, and it must be read from left to right: lines are drawn as they are typed.
    """
    faces = [pdfmetrics.getFont(name).face.charToGlyph for name in (PLAIN, BOLD)]
    seen = dict.fromkeys(sign for sign in text if not sign.isspace())
    return [
        sign for sign in seen if is_right_to_left(sign) or not all(ord(sign) in glyphs for glyphs in faces)
    ]


ready()
