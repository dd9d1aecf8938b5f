"""The three sizes a chart is drawn in, and what charts share: keys, dates under an axis, amounts beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fund.templatetags.fund_format import round_euros
from reports.charts.marks import Anchor, Bar, Line, Mark, Words, hatched
from reports.charts.scale import Scale
from reports.charts.typeface import BOLD, PLAIN, width_of

Width = Literal["wide", "narrow", "page"]
_GAP = 18.0


@dataclass(frozen=True)
class Layout:
    """Points. `size` is that of all words, `margin` the ground left around the drawing, `tall` scales heights."""

    width: float
    size: float
    margin: float
    tall: float
    most_ticks: int

    @property
    def left(self) -> float:
        return self.margin

    @property
    def right(self) -> float:
        return self.width - self.margin

    @property
    def row(self) -> float:
        """The height of a line of words."""
        return self.size * 1.6


LAYOUTS: dict[str, Layout] = {
    "wide": Layout(width=720, size=13, margin=10, tall=1.0, most_ticks=6),
    "narrow": Layout(width=340, size=12, margin=6, tall=0.85, most_ticks=4),
    "page": Layout(width=470, size=8, margin=0.5, tall=0.7, most_ticks=6),
}


@dataclass(frozen=True)
class Span:
    """The days an axis covers, on `room` points from `left`; a day is as wide as any other."""

    first: date
    last: date
    left: float
    room: float

    def start(self, when: date) -> float:
        """Where the day begins."""
        return self.left + (when - self.first).days * self.room / self._days

    def end(self, when: date) -> float:
        """Where its evening is."""
        return self.left + ((when - self.first).days + 1) * self.room / self._days

    @property
    def _days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Key:
    """One line of a legend: the look of a mark and its words."""

    look: str
    text: str


def bar(x: float, y: float, width: float, height: float, look: str, cents: int | None = None) -> Bar:
    """A bar on hundredths of a point, so that every machine writes the same text."""
    return Bar(round(x, 2), round(y, 2), round(width, 2), round(height, 2), look, cents)


def line(look: str, *points: tuple[float, float]) -> Line:
    return Line(tuple((round(x, 2), round(y, 2)) for x, y in points), look)


def words(x: float, y: float, text: str, size: float, anchor: Anchor = "start", ink: str = "label") -> Words:
    return Words(round(x, 2), round(y, 2), text, size, anchor, ink)


def keys(layout: Layout, top: float, entries: Sequence[Key]) -> tuple[list[Mark], float]:
    """A legend that flows over as many lines as it needs; returns its marks and the height it took."""
    marks: list[Mark] = []
    x, y, side = layout.left, top, layout.size * 0.95
    for key in entries:
        taken = side + 6 + width_of(key.text, layout.size)
        if x > layout.left and x + taken > layout.right:
            x, y = layout.left, y + layout.row
        marks += _sample(x, y + layout.row * 0.5 - side / 2, side, key.look)
        marks.append(
            words(x + side + 6, y + layout.row * 0.5 + layout.size * 0.36, key.text, layout.size, ink="key")
        )
        x += taken + _GAP
    return marks, y + layout.row - top


def _sample(x: float, y: float, side: float, look: str) -> list[Mark]:
    if look in ("goal", "gift-line", "aid-line"):
        middle = y + side / 2
        edge = [line("gift-line-edge", (x, middle), (x + side, middle))] if look == "gift-line" else []
        return [*edge, line(look, (x, middle), (x + side, middle))]
    square = bar(x, y, side, side, look)
    return [hatched(square.x, square.y, side, side, 4), square] if look == "held" else [square]


def margin_for(layout: Layout, *scales: Scale) -> float:
    """What the amounts beside an axis need."""
    labels = [round_euros(tick) for scale in scales for tick in scale.ticks]
    return max(width_of(label, layout.size) for label in labels) + 8


def dates_under(
    layout: Layout, y: float, entries: Sequence[tuple[float, str]], *, room: tuple[float, float]
) -> list[Mark]:
    """Words centred under their places, the last one first; one that would touch another is left out."""
    marks: list[Mark] = []
    free = room[1]
    for x, text in reversed(entries):
        half = width_of(text, layout.size) / 2
        place = max(min(x, room[1] - half), room[0] + half)
        if place + half <= free:
            marks.append(words(place, y, text, layout.size, "middle"))
            free = place - half - 10
    return marks


def bold_width(text: str, size: float) -> float:
    return width_of(text, size, BOLD)


def plain_width(text: str, size: float) -> float:
    return width_of(text, size, PLAIN)
