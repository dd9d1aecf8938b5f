"""What a chart is made of, in points from its top left corner; a pen draws it without deciding anything.

A `look` says what a mark means; LOOKS says how that is drawn, once for every pen.
"""

from dataclasses import dataclass, field
from typing import Literal

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Look:
    """Names of palette tokens, None for nothing; `dash` is the length of a stroke and of a gap, in points."""

    fill: str | None = None
    stroke: str | None = None
    thick: float = 1.0
    dash: float = 0.0


LOOKS: dict[str, Look] = {
    "bed": Look(fill="sunk"),
    "gift": Look(fill="gift", stroke="gift-ink"),
    "gift-back": Look(fill="gift-soft", stroke="gift-ink", dash=3),
    "gift-line-edge": Look(stroke="gift-ink", thick=4),
    "gift-line": Look(stroke="gift", thick=2),
    "aid": Look(fill="aid", stroke="aid"),
    "aid-area": Look(fill="aid-soft"),
    "aid-line": Look(stroke="aid", thick=2),
    "held": Look(stroke="aid"),
    "hatch": Look(stroke="aid", thick=2),
    "fee": Look(fill="edge", stroke="edge"),
    "disputed": Look(fill="paper", stroke="err", thick=1.5),
    "left": Look(stroke="edge", thick=1.25, dash=3),
    "missing": Look(stroke="err", thick=1.5, dash=3),
    "goal": Look(stroke="ink", thick=1.25, dash=5),
    "axis": Look(stroke="edge"),
    "grid": Look(stroke="line"),
}
INKS = {"label": "ink-2", "key": "ink", "value": "ink"}


@dataclass(frozen=True)
class Bar:
    """A rectangle; `cents` is what its length stands for, None for a ground or a key."""

    x: float
    y: float
    width: float
    height: float
    look: str
    cents: int | None = None


@dataclass(frozen=True)
class Line:
    """A line through its points, not closed."""

    points: tuple[Point, ...]
    look: str


@dataclass(frozen=True)
class Hatch:
    """Short strokes drawn as one, cut at the edges of what they fill."""

    strokes: tuple[tuple[Point, Point], ...]
    look: str = "hatch"


@dataclass(frozen=True)
class Words:
    """One line of text on its base line; `ink` is a key of INKS, a value is set in bold."""

    x: float
    y: float
    text: str
    size: float
    anchor: Anchor = "start"
    ink: str = "label"


Mark = Bar | Line | Hatch | Words


@dataclass(frozen=True)
class Picture:
    """A whole chart: its marks in the order of drawing, and the words for who does not see it."""

    width: float
    height: float
    title: str
    description: str
    marks: tuple[Mark, ...] = field(default=())


def hatched(x: float, y: float, width: float, height: float, gap: float = 6.0) -> Hatch:
    """Strokes rising at 45° over a rectangle, cut at its edges."""
    strokes = []
    offset = gap / 2
    while offset < width + height:
        low = (x + offset, y + height) if offset <= width else (x + width, y + height - (offset - width))
        high = (x, y + height - offset) if offset <= height else (x + offset - height, y)
        strokes.append((_rounded(high), _rounded(low)))
        offset += gap
    return Hatch(tuple(strokes))


def _rounded(point: Point) -> Point:
    return round(point[0], 2), round(point[1], 2)
