"""Draws that come out the same on each machine: a hash of a fixed seed and of what is drawn for."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

_Choice = TypeVar("_Choice")
SEED = "spring-2020"


def draw(label: str, count: int) -> int:
    """A number from 0 to `count` - 1 for this label."""
    digest = hashlib.sha256(f"{SEED}:{label}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % count


def pick(label: str, choices: Sequence[_Choice]) -> _Choice:
    return choices[draw(label, len(choices))]


def pick_weighted(label: str, weights: Sequence[tuple[int, int]]) -> int:
    """One of the values, each as often as its weight says."""
    drawn = draw(label, sum(weight for _value, weight in weights))
    for value, weight in weights:
        drawn -= weight
        if drawn < 0:
            return value
    raise ValueError("There is nothing to draw from.")
