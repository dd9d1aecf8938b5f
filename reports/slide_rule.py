"""The double slide rule: received above, what became of it below, on one scale in euros."""

from dataclasses import dataclass

from reports.figures import Figures

_STEPS_CENTS = [
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
]


@dataclass(frozen=True)
class Bar:
    """A part of a bar, in per cent of the scale."""

    css: str
    start: str
    width: str


@dataclass(frozen=True)
class Tick:
    at: str
    anchor: str
    cents: int


@dataclass(frozen=True)
class Rule:
    """What the template draws: widths are text in per cent, so that no style attribute is needed."""

    scale_cents: int
    received: str
    parts: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


def draw_rule(figures: Figures, goal_cents: int) -> Rule:
    """Given, promised, fees and left side by side; together they are as long as what was received."""
    scale = max(goal_cents, figures.raised_cents, 100_00)
    scale = -(-scale // 100_000) * 100_000 if scale > 100_000 else scale
    parts, start = [], 0
    lengths = (
        ("out", figures.given_cents),
        ("held", figures.promised_cents),
        ("fee", figures.fees_cents + figures.open_disputes_cents),
        ("left", figures.left_cents),
    )
    for css, cents in lengths:
        if cents > 0:
            parts.append(Bar(css, _percent(start, scale), _percent(cents, scale)))
            start += cents
    return Rule(scale, _percent(max(figures.raised_cents, 0), scale), tuple(parts), _ticks(scale))


def _percent(cents: int, scale: int) -> str:
    return f"{cents / scale * 100:.2f}%"


def _ticks(scale: int) -> tuple[Tick, ...]:
    step = next((step for step in _STEPS_CENTS if scale / step <= 4), _STEPS_CENTS[-1])
    marks = list(range(0, scale, step))
    if scale - marks[-1] < step * 0.4 and len(marks) > 1:
        marks.pop()
    marks.append(scale)
    ends = {0: "start", scale: "end"}
    return tuple(Tick(_percent(cents, scale), ends.get(cents, "middle"), cents) for cents in marks)
