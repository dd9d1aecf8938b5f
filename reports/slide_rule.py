"""The double slide rule: received above, what became of it below, on one scale in euros."""

from collections.abc import Iterable
from dataclasses import dataclass

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


def draw_rule(raised_cents: int, spent: Iterable[tuple[str, int]], goal_cents: int) -> Rule:
    """`spent` are the parts below (class, cents) in order; the rest of what was received follows them, dashed.

    Together they are as long as what was received, never longer: what does not fit is cut at its end.
    """
    raised = max(raised_cents, 0)
    scale = max(goal_cents, raised, 100_00)
    scale = -(-scale // 100_000) * 100_000 if scale > 100_000 else scale
    parts, start = [], 0
    for css, cents in spent:
        length = min(cents, raised - start)
        if length > 0:
            parts.append(Bar(css, _percent(start, scale), _percent(length, scale)))
            start += length
    if raised > start:
        parts.append(Bar("left", _percent(start, scale), _percent(raised - start, scale)))
    return Rule(scale, _percent(raised, scale), tuple(parts), _ticks(scale))


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
