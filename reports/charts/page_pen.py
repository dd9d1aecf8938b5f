"""A picture as a drawing for paper: the light colours, the embedded typeface, the same places."""

from functools import singledispatch

from reportlab.graphics.shapes import Drawing, Path, PolyLine, Rect, Shape, String
from reportlab.lib.colors import HexColor

from reports.charts.marks import INKS, LOOKS, Bar, Hatch, Line, Mark, Picture, Words
from reports.charts.palette import TOKENS
from reports.charts.typeface import BOLD, PLAIN

_COLORS = {name: HexColor(value) for name, value in TOKENS["light"].items()}


def write(picture: Picture) -> Drawing:
    """A drawing as large as the picture; paper counts heights from below, so every one is turned over."""
    drawing = Drawing(picture.width, picture.height)
    for mark in picture.marks:
        drawing.add(draw(mark, picture.height))
    return drawing


@singledispatch
def draw(mark: Mark, high: float) -> Shape:
    """One mark as one shape."""
    raise TypeError(f"{type(mark).__name__} cannot be drawn")


@draw.register
def _bar(mark: Bar, high: float) -> Shape:
    return Rect(mark.x, high - mark.y - mark.height, mark.width, mark.height, **_paint(mark.look))


@draw.register
def _line(mark: Line, high: float) -> Shape:
    flat = [number for x, y in mark.points for number in (x, high - y)]
    paint = _paint(mark.look)
    paint.pop("fillColor")
    return PolyLine(flat, strokeLineJoin=1, **paint)


@draw.register
def _hatch(mark: Hatch, high: float) -> Shape:
    path = Path(**_paint(mark.look))
    for (x1, y1), (x2, y2) in mark.strokes:
        path.moveTo(x1, high - y1)
        path.lineTo(x2, high - y2)
    return path


@draw.register
def _words(mark: Words, high: float) -> Shape:
    return String(
        mark.x,
        high - mark.y,
        mark.text,
        fontName=BOLD if mark.ink == "value" else PLAIN,
        fontSize=mark.size,
        fillColor=_COLORS[INKS[mark.ink]],
        textAnchor=mark.anchor,
    )


def _paint(name: str) -> dict[str, object]:
    """Strokes are thinner than on a screen: paper is read closer, at half the size."""
    look = LOOKS[name]
    return {
        "fillColor": _COLORS[look.fill] if look.fill else None,
        "strokeColor": _COLORS[look.stroke] if look.stroke else None,
        "strokeWidth": look.thick * 0.6,
        "strokeDashArray": [look.dash * 0.7] * 2 if look.dash else None,
    }
