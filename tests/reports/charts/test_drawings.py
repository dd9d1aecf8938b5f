"""The drawings: well-formed, harmless, the same each time, and as true as the snapshot."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from lxml import etree

from reports import charts
from reports.charts.marks import Bar
from reports.charts.palette import TOKENS
from reports.snapshot import DayGifts
from tests.reports.factories import AID, SNAPSHOT

ALLOWED = {
    "svg",
    "title",
    "desc",
    "rect",
    "path",
    "polyline",
    "line",
    "text",
    "g",
    "clipPath",
    "defs",
    "circle",
}
EXTREMES = {
    "the case": {},
    "nothing": {"days": (), "raised_cents": 0, "gifts": 0, "donors": 0, "aid": None, "aid_steps": ()},
    "one day": {
        "days": (DayGifts(date(2020, 4, 3), 5_000),),
        "raised_cents": 5_000,
        "gifts_as_of": date(2020, 4, 3),
    },
    "a day below zero": {
        "days": (DayGifts(date(2020, 4, 3), 5_000), DayGifts(date(2020, 4, 20), -5_000)),
        "raised_cents": 0,
    },
    "no goal": {"goal_cents": 0},
    "ten millions": {"days": (DayGifts(date(2020, 4, 3), 1_000_000_000),), "raised_cents": 1_000_000_000},
    "two years": {
        "days": tuple(DayGifts(date(2020, 4, 3) + timedelta(days=n), 100) for n in range(700)),
        "gifts_as_of": date(2022, 3, 3),
    },
    "promised withheld": {"aid": replace(AID, promised_cents=None, left_cents=None)},
}


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("width", charts.WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", charts.NAMES)
@pytest.mark.parametrize("extreme", EXTREMES)
def test_each_drawing_is_one_harmless_document(name, scheme, width, extreme):
    snapshot = replace(SNAPSHOT, **EXTREMES[extreme])
    text = charts.svg(name, snapshot, language="fr", scheme=scheme, width=width)
    assert text == charts.svg(name, snapshot, language="fr", scheme=scheme, width=width)
    root = etree.fromstring(text.encode())
    assert {etree.QName(node).localname for node in root.iter()} <= ALLOWED
    for node in root.iter():
        assert not [key for key in node.attrib if key.startswith("on") or key.endswith("href")]
    assert "NaN" not in text and "nan" not in text.split("<title>")[0]


def test_the_rule_says_every_figure_and_its_bars_are_to_scale():
    text = plain(charts.svg("rule", SNAPSHOT, language="fr", scheme="light"))
    for figure in ("11 240,00 €", "6 000,00 €", "1 050,00 €", "168,40 €", "4 021,60 €"):
        assert figure in text, figure
    bars = [mark for mark in charts.picture("rule", SNAPSHOT).marks if isinstance(mark, Bar) and mark.cents]
    scale = {round(bar.width / bar.cents, 8) for bar in bars if bar.cents and bar.cents > 100_000}
    assert max(scale) - min(scale) < 0.5 / 100_000


def test_withheld_amounts_are_not_drawn():
    snapshot = replace(SNAPSHOT, aid=replace(AID, promised_cents=None, left_cents=None))
    text = plain(charts.svg("rule", snapshot, language="fr", scheme="light"))
    assert "1 050" not in text
    assert "4 021" not in text
    marks = charts.picture("rule", snapshot).marks
    assert not [mark for mark in marks if isinstance(mark, Bar) and mark.look == "held"]


@pytest.mark.parametrize("extreme", EXTREMES)
def test_the_table_of_gifts_adds_up(extreme):
    snapshot = replace(SNAPSHOT, **EXTREMES[extreme])
    table = charts.table("gifts", snapshot, most=8)
    assert len(table.rows) <= 8
    assert all(len(row) == len(table.headers) for row in table.rows)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_marks_stand_out_from_their_ground(scheme):
    tokens = TOKENS[scheme]
    for ink in ("ink", "ink-2"):
        assert contrast(tokens[ink], tokens["paper"]) >= 4.5
    for mark in ("aid", "gift-ink", "edge", "err"):
        assert contrast(tokens[mark], tokens["paper"]) >= 3


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
