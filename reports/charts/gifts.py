"""Gifts over time: the running total above, what each week brought below, on one axis of days."""

from babel.dates import format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fund.templatetags.fund_format import day, euros, round_euros, short_day
from reports.charts.layout import Key, Layout, Span, bar, dates_under, keys, line, margin_for, words
from reports.charts.marks import Mark, Picture
from reports.charts.periods import Period, first_day, last_day, periods, running_total, unit_of
from reports.charts.scale import Scale, nice_scale
from reports.snapshot import Snapshot

_TOTAL_HIGH, _BARS_HIGH = 150.0, 120.0
_GOAL_IN_FRAME = 4


def goal_in_frame(snapshot: Snapshot) -> bool:
    """A goal many times the money would press everything else flat: it is then told in words."""
    most = max([total for _day, total in running_total(snapshot)], default=0)
    return snapshot.goal_cents > 0 and (most <= 0 or snapshot.goal_cents <= _GOAL_IN_FRAME * most)


def description(snapshot: Snapshot) -> str:
    return _("Du %(first)s au %(last)s, %(raised)s reçus, remboursements déduits.") % {
        "first": day(first_day(snapshot)),
        "last": day(last_day(snapshot)),
        "raised": euros(snapshot.raised_cents),
    }


def draw(snapshot: Snapshot, layout: Layout) -> Picture:
    """Two frames under each other. Refunds and lost disputes count on their day: a week may hang below zero."""
    rows = periods(snapshot)
    totals = [cents for _when, cents in running_total(snapshot)]
    goal = [snapshot.goal_cents] if goal_in_frame(snapshot) else []
    above = nice_scale(min([0, *totals]), max([0, *totals, *goal]), most=layout.most_ticks - 1)
    each = [row.raised_cents for row in rows]
    below = nice_scale(min([0, *each]), max([0, *each]), most=max(layout.most_ticks - 2, 2))
    left = layout.left + margin_for(layout, above, below)
    span = Span(first_day(snapshot), last_day(snapshot), left, layout.right - left)
    legend, taken = keys(layout, layout.margin, _legend(snapshot))
    top = layout.margin + taken + layout.size * 0.8
    marks: list[Mark] = [*legend, *frame(layout, above, top, _TOTAL_HIGH * layout.tall, left)]
    if goal:
        y = height_at(above, snapshot.goal_cents, top, _TOTAL_HIGH * layout.tall)
        marks.append(line("goal", (left, y), (layout.right, y)))
    marks += running_line(snapshot, span, above, top, _TOTAL_HIGH * layout.tall)
    top += _TOTAL_HIGH * layout.tall + layout.row
    marks.append(words(layout.left, top + layout.size * 0.4, _bars_title(snapshot), layout.size, ink="key"))
    top += layout.row
    marks += frame(layout, below, top, _BARS_HIGH * layout.tall, left)
    marks += _bars(rows, span, below, top, _BARS_HIGH * layout.tall)
    base = top + _BARS_HIGH * layout.tall + layout.size * 1.3
    marks += dates_under(
        layout, base, [(_middle(span, row), _under(snapshot, row)) for row in rows], room=(left, layout.right)
    )
    height = base + layout.size * 0.5 + layout.margin
    return Picture(
        layout.width, round(height, 2), _("Les dons au fil du temps"), description(snapshot), tuple(marks)
    )


def frame(layout: Layout, scale: Scale, top: float, high: float, left: float) -> list[Mark]:
    """Thin lines at each tick with their amounts to the left; the line of zero is stronger.

    Below it stands what was given back, without a sign: no figure that the public reads is negative.
    """
    marks: list[Mark] = []
    for tick in scale.ticks:
        y = height_at(scale, tick, top, high)
        marks.append(line("axis" if tick == 0 else "grid", (left, y), (layout.right, y)))
        marks.append(words(left - 8, y + layout.size * 0.36, round_euros(abs(tick)), layout.size, "end"))
    return marks


def height_at(scale: Scale, cents: int, top: float, high: float) -> float:
    """Where an amount stands in a frame that begins at `top` and is `high` points high."""
    return top + high - scale.length(cents - scale.low, high)


def running_line(snapshot: Snapshot, span: Span, scale: Scale, top: float, high: float) -> list[Mark]:
    """The total since the opening as steps, one each day that something moved: gold with a dark edge."""
    y = height_at(scale, 0, top, high)
    points = [(span.left, y)]
    for when, total in running_total(snapshot):
        points.append((span.end(when), y))
        y = height_at(scale, total, top, high)
        points.append((span.end(when), y))
    points.append((span.left + span.room, y))
    return [line("gift-line-edge", *points), line("gift-line", *points)]


def _bars(rows: tuple[Period, ...], span: Span, scale: Scale, top: float, high: float) -> list[Mark]:
    marks: list[Mark] = []
    for row in rows:
        if row.raised_cents == 0:
            continue
        start, end = span.start(row.first), span.end(row.last)
        gap = min(3.0, (end - start) * 0.15)
        zero, tip = height_at(scale, 0, top, high), height_at(scale, row.raised_cents, top, high)
        look = "gift" if row.raised_cents > 0 else "gift-back"
        width = end - start - 2 * gap
        marks.append(bar(start + gap, min(zero, tip), width, abs(zero - tip), look, row.raised_cents))
    return marks


def _middle(span: Span, row: Period) -> float:
    return (span.start(row.first) + span.end(row.last)) / 2


def period_name(row: Period) -> str:
    """« 3–9 avril 2020 », « 28 avril – 4 mai 2020 »; a single day is that day."""
    if row.first == row.last:
        return day(row.first)
    locale = "fr" if (get_language() or "fr").startswith("fr") else "en_GB"
    if (row.first.year, row.first.month) == (row.last.year, row.last.month):
        return f"{_ordinal(row.first.day)}–{day(row.last)}"
    if row.first.year == row.last.year:
        return f"{_ordinal(row.first.day)} {format_date(row.first, 'MMMM', locale=locale)} – {day(row.last)}"
    return f"{day(row.first)} – {day(row.last)}"


def _ordinal(number: int) -> str:
    return "1er" if number == 1 and (get_language() or "fr").startswith("fr") else str(number)


def _under(snapshot: Snapshot, row: Period) -> str:
    if unit_of(snapshot) == "week":
        return short_day(row.first)
    locale = "fr" if (get_language() or "fr").startswith("fr") else "en_GB"
    return format_date(row.first, "MMM y", locale=locale)


def _bars_title(snapshot: Snapshot) -> str:
    if unit_of(snapshot) == "week":
        return _("Par semaine, remboursements déduits")
    return _("Par mois, remboursements déduits")


def _legend(snapshot: Snapshot) -> list[Key]:
    entries = [Key("gift-line", f"{_('Reçu en tout')} {euros(snapshot.raised_cents)}")]
    if snapshot.goal_cents > 0:
        amount = {"amount": round_euros(snapshot.goal_cents)}
        seen = goal_in_frame(snapshot)
        text = _("Objectif %(amount)s") if seen else _("Objectif %(amount)s, hors du cadre")
        entries.append(Key("goal", text % amount))
    if any(row.raised_cents < 0 for row in periods(snapshot)):
        entries.append(Key("gift-back", _("Plus de dons rendus que reçus")))
    return entries
