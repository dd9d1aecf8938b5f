"""The colours of charts: the tokens of fund.css for screens, the light ones for paper.

Gold is what comes in, petrol is what goes out. A mark is told from its ground by its edge or its body, at 3:1 at
least; words at 4.5:1. Tests compute both, and compare these values with the stylesheet.
"""

from typing import Literal

Scheme = Literal["light", "dark"]

TOKENS: dict[str, dict[str, str]] = {
    "light": {
        "paper": "#f6f7f3",
        "sunk": "#ecefe9",
        "ink": "#13282b",
        "ink-2": "#475a5b",
        "line": "#d5dbd4",
        "edge": "#74837f",
        "aid": "#0d5557",
        "aid-soft": "#dfecea",
        "gift": "#e6a732",
        "gift-ink": "#7a4f00",
        "gift-soft": "#fbf1dc",
        "err": "#a4262c",
    },
    "dark": {
        "paper": "#0d1617",
        "sunk": "#0a1112",
        "ink": "#e9efec",
        "ink-2": "#a8b9b5",
        "line": "#293a3b",
        "edge": "#6d8480",
        "aid": "#7ecbc0",
        "aid-soft": "#15312f",
        "gift": "#f0b94d",
        "gift-ink": "#f3c97a",
        "gift-soft": "#2d2411",
        "err": "#ff9d95",
    },
}
