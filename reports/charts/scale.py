"""Round numbers for an axis in euros."""

from collections.abc import Callable
from dataclasses import dataclass

EURO = 100


@dataclass(frozen=True)
class Scale:
    """Cents between `low` and `high`, both on a tick, every `step`; always at least one step long."""

    low: int
    high: int
    step: int

    @property
    def ticks(self) -> tuple[int, ...]:
        return tuple(range(self.low, self.high + 1, self.step))

    def length(self, cents: int, points: float) -> float:
        """Points for an amount when the whole scale takes `points`."""
        return cents * points / (self.high - self.low)


def nice_scale(lowest: int, highest: int, *, most: int) -> Scale:
    """The finest scale of 1, 2, 2.5 or 5 × 10ⁿ euros that holds zero and both ends in `most` steps at most."""
    low, high = min(lowest, 0), max(highest, 0)
    most = max(most, 2)  # one step on each side of zero
    power = EURO
    while True:
        for step in (power, 2 * power, 5 * power // 2, 5 * power):
            if step % EURO == 0:
                bottom, top = low // step * step, -(-high // step) * step
                if (top - bottom) // step <= most:
                    return Scale(bottom, max(top, bottom + step), step)
        power *= 10


def fitting_scale(
    lowest: int, highest: int, *, most: int, room: float, label_width: Callable[[int], float]
) -> Scale:
    """As `nice_scale`, with fewer ticks until their labels stand side by side in `room` points."""
    for steps in range(most, 2, -1):
        scale = nice_scale(lowest, highest, most=steps)
        if sum(label_width(tick) + 10 for tick in scale.ticks) <= room:
            return scale
    return nice_scale(lowest, highest, most=2)
