"""The head of a published page: the two halves of the sign, gold for what comes in, petrol for what goes out."""

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from reports.charts.palette import TOKENS
from reports.charts.typeface import BOLD, PLAIN

HEIGHT = 32 * mm  # what the head takes from the top of the page
_RADIUS = 4 * mm
# The sign's outline, in its own units: a circle of 15, cut by a step. (from°, extent°, corners left of the cut)
_HALVES = (("gift", 82.3, 172.2, ((-4, 1), (2, 1))), ("aid", 74.5, -172.2, ((-2, -1), (4, -1))))


def draw_letterhead(canvas: Canvas, *, side: float, name: str, about: str) -> None:
    """Draws it on the canvas' present page: `name` beside the sign, `about` at the right edge."""
    middle = A4[1] - 17 * mm
    x, unit = side + _RADIUS, _RADIUS / 15
    for colour, begin, extent, corners in _HALVES:
        path = canvas.beginPath()
        path.arc(x - _RADIUS, middle - _RADIUS, x + _RADIUS, middle + _RADIUS, begin, extent)
        for across, up in corners:
            path.lineTo(x + across * unit, middle + up * unit)
        path.close()
        canvas.setFillColor(HexColor(TOKENS["light"][colour]))
        canvas.drawPath(path, stroke=0, fill=1)
    canvas.setFillColor(HexColor(TOKENS["light"]["ink"]))
    canvas.setFont(BOLD, 11)
    canvas.drawString(side + 2 * _RADIUS + 3 * mm, middle - 4, name)
    canvas.setFont(PLAIN, 8)
    canvas.setFillColor(HexColor(TOKENS["light"]["ink-2"]))
    canvas.drawRightString(A4[0] - side, middle - 3, about)
    canvas.setStrokeColor(HexColor(TOKENS["light"]["line"]))
    canvas.setLineWidth(0.6)
    canvas.line(side, middle - 7 * mm, A4[0] - side, middle - 7 * mm)
