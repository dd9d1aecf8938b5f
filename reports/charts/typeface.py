"""The typeface of papers and the measure of words: DejaVu is wider than the system's faces, so what fits it fits."""

from pathlib import Path

from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

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


ready()
