"""A picture as SVG text: shapes and words only, no script, no style, nothing from elsewhere."""

from functools import singledispatch
from xml.sax.saxutils import escape, quoteattr

from reports.charts.marks import INKS, LOOKS, Bar, Hatch, Line, Mark, Picture, Words

_SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif"


def write(picture: Picture, colors: dict[str, str], language: str) -> str:
    """A whole SVG document on its own ground; its title and description are read aloud instead of it."""
    wide, high = _n(picture.width), _n(picture.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:lang={quoteattr(language)} role="img"'
        f' width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
        f' font-family={quoteattr(_SANS)} font-variant-numeric="lining-nums tabular-nums">'
        f"<title>{escape(picture.title)}</title><desc>{escape(picture.description)}</desc>"
        f'<rect width="{wide}" height="{high}" fill="{colors["paper"]}"/>'
    )
    return "\n".join([head, *(draw(mark, colors) for mark in picture.marks), "</svg>\n"])


@singledispatch
def draw(mark: Mark, colors: dict[str, str]) -> str:
    """One mark as one element."""
    raise TypeError(f"{type(mark).__name__} cannot be drawn")


@draw.register
def _bar(mark: Bar, colors: dict[str, str]) -> str:
    place = f'x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" height="{_n(mark.height)}"'
    return f"<rect {place}{_paint(mark.look, colors)}/>"


@draw.register
def _line(mark: Line, colors: dict[str, str]) -> str:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in mark.points)
    return f'<polyline points="{points}"{_paint(mark.look, colors)} stroke-linejoin="round"/>'


@draw.register
def _hatch(mark: Hatch, colors: dict[str, str]) -> str:
    path = "".join(f"M{_n(a[0])} {_n(a[1])}L{_n(b[0])} {_n(b[1])}" for a, b in mark.strokes)
    return f'<path d="{path}"{_paint(mark.look, colors)}/>'


@draw.register
def _words(mark: Words, colors: dict[str, str]) -> str:
    weight = ' font-weight="600"' if mark.ink == "value" else ""
    anchor = "" if mark.anchor == "start" else f' text-anchor="{mark.anchor}"'
    place = f'x="{_n(mark.x)}" y="{_n(mark.y)}" font-size="{_n(mark.size)}"'
    return f'<text {place} fill="{colors[INKS[mark.ink]]}"{weight}{anchor}>{escape(mark.text)}</text>'


def _paint(name: str, colors: dict[str, str]) -> str:
    look = LOOKS[name]
    fill = f' fill="{colors[look.fill]}"' if look.fill else ' fill="none"'
    if look.stroke is None:
        return fill
    dash = f' stroke-dasharray="{_n(look.dash)} {_n(look.dash)}"' if look.dash else ""
    return f'{fill} stroke="{colors[look.stroke]}" stroke-width="{_n(look.thick)}"{dash}'


def _n(number: float) -> str:
    """A number without an end of zeros."""
    return f"{number:.2f}".rstrip("0").rstrip(".") or "0"
