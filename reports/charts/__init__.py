"""Charts drawn on the server from a snapshot, as SVG for screens and as drawings for paper: one geometry, two pens.

A chart is read under its finding, beside its table: no figure stands in the picture alone.
"""

from typing import Literal

from django.utils import translation
from reportlab.graphics.shapes import Drawing

from reports.charts import aid, findings, gifts, page_pen, rule, svg_pen
from reports.charts.layout import LAYOUTS, Width
from reports.charts.marks import Picture
from reports.charts.palette import TOKENS, Scheme
from reports.charts.tables import Table, aid_table, gifts_table, rule_table
from reports.snapshot import Snapshot

NAMES = ("rule", "gifts", "aid")
WIDTHS: tuple[Literal["wide", "narrow"], ...] = ("wide", "narrow")
_DRAW = {"rule": rule.draw, "gifts": gifts.draw, "aid": aid.draw}
_DESCRIBE = {"rule": rule.description, "gifts": gifts.description, "aid": aid.description}
_FIND = {"rule": findings.rule_finding, "gifts": findings.gifts_finding, "aid": findings.aid_finding}
_TABLE = {"rule": rule_table, "gifts": gifts_table, "aid": aid_table}


def picture(name: str, snapshot: Snapshot, *, width: Width = "wide") -> Picture:
    """The geometry of a chart, its words in the active language. KeyError for a name that is not in NAMES."""
    return _DRAW[name](snapshot, LAYOUTS[width])


def svg(
    name: str, snapshot: Snapshot, *, language: str, scheme: Scheme, width: Literal["wide", "narrow"] = "wide"
) -> str:
    """A chart as one SVG document, 720 or 340 points wide, the same text for the same arguments."""
    with translation.override(language):
        return svg_pen.write(picture(name, snapshot, width=width), TOKENS[scheme], language)


def drawing(name: str, snapshot: Snapshot) -> Drawing:
    """A chart for an A4 page, its words in the active language."""
    return page_pen.write(picture(name, snapshot, width="page"))


def finding(name: str, snapshot: Snapshot) -> str:
    """The sentence over the chart, in the active language, without a full stop."""
    return _FIND[name](snapshot)


def description(name: str, snapshot: Snapshot) -> str:
    """What the chart shows, for who does not see it, in the active language."""
    return _DESCRIBE[name](snapshot)


def table(name: str, snapshot: Snapshot, most: int | None = None) -> Table:
    """The chart's figures in rows, in the active language; with `most`, that many rows at most."""
    return _TABLE[name](snapshot, most)


__all__ = [
    "NAMES", "WIDTHS", "Picture", "Scheme", "Table",
    "description", "drawing", "finding", "picture", "svg", "table",
]  # fmt: skip
