"""The bar of one gift: what it paid, its fees, what was given back, and the rest."""

from collections.abc import Sequence
from typing import Literal

from django.utils import translation
from django.utils.translation import gettext as _

from fund.templatetags.fund_format import euros, round_euros
from reports.charts import svg_pen
from reports.charts.layout import LAYOUTS, Key, Layout, bar, keys, words
from reports.charts.marks import Mark, Picture
from reports.charts.palette import TOKENS, Scheme
from reports.following import Story

_BAR = 26.0


def svg(story: Story, *, language: str, scheme: Scheme, width: Literal["wide", "narrow"]) -> str:
    """The bar as one SVG document, in this language."""
    with translation.override(language):
        return svg_pen.write(draw(story, LAYOUTS[width]), TOKENS[scheme], language)


def stretches(story: Story) -> list[tuple[str, str, int]]:
    """(look, words, cents) of each stretch that is above zero; they are never longer than the gift together."""
    told = [
        ("aid", _("Aides"), max(0, story.paid_cents - story.beyond_cents)),
        ("fee", _("Frais"), min(story.fees_cents, story.amount_cents - story.returned_cents)),
        ("gift-back", _("Rendu"), story.returned_cents),
        ("left", _("Pas encore employé, ou pas encore dit"), story.rest_cents),
    ]
    return [(look, text, cents) for look, text, cents in told if cents > 0]


def description(story: Story) -> str:
    """What the bar shows, for who does not see it."""
    return ", ".join(f"{text} {euros(cents)}" for _look, text, cents in stretches(story)) + "."


def draw(story: Story, layout: Layout) -> Picture:
    """One bar as long as the gift, with its legend."""
    parts = stretches(story)
    top = layout.margin + layout.row
    height = _BAR * layout.tall + 4
    marks: list[Mark] = [
        words(
            layout.left, top - layout.size * 0.5, round_euros(story.amount_cents), layout.size, ink="value"
        ),
        bar(layout.left, top, layout.right - layout.left, height, "bed"),
        *_bars(parts, story.amount_cents, layout, top, height),
    ]
    entries = [Key(look, f"{text} {euros(cents)}") for look, text, cents in parts]
    legend, taken = keys(layout, top + height + layout.row * 0.4, entries)
    end = top + height + layout.row * 0.4 + taken + layout.margin
    return Picture(
        layout.width, round(end, 2), _("Le chemin de votre don"), description(story), (*marks, *legend)
    )


def _bars(
    parts: Sequence[tuple[str, str, int]], whole: int, layout: Layout, top: float, height: float
) -> list[Mark]:
    marks: list[Mark] = []
    room = layout.right - layout.left
    done = 0
    for look, _text, cents in parts:
        x, end = layout.left + room * done / whole, layout.left + room * (done + cents) / whole
        marks.append(bar(x, top, end - x, height, look, cents))
        done += cents
    return marks
