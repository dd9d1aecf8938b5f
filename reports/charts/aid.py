"""Aid beside gifts: what each publication said was given, under the running total of what was received."""

import itertools
from datetime import date

from django.utils.translation import gettext as _

from fund.templatetags.fund_format import day, euros, short_day
from reports.charts.gifts import frame, height_at, running_line
from reports.charts.layout import Key, Layout, Span, bar, dates_under, keys, line, margin_for, words
from reports.charts.marks import Mark, Picture
from reports.charts.periods import first_day, last_day, running_total
from reports.charts.scale import Scale, nice_scale
from reports.snapshot import AidStep, Snapshot

_HIGH = 200.0
_COLUMN = 12.0


def description(snapshot: Snapshot) -> str:
    received = _("%(raised)s reçus au %(day)s.") % {
        "raised": euros(snapshot.raised_cents),
        "day": day(snapshot.gifts_as_of),
    }
    if not snapshot.aid_steps:
        return f"{received} {_no_figure()}"
    told = [
        _("Publication nº %(number)s, au %(day)s : %(given)s versés.")
        % {"number": step.number, "day": day(step.as_of), "given": euros(step.given_cents)}
        for step in snapshot.aid_steps
    ]
    return " ".join([received, *told])


def draw(snapshot: Snapshot, layout: Layout) -> Picture:
    """One frame: a gold line for what was received, a petrol column on the evening each publication counts at."""
    totals = [cents for _when, cents in running_total(snapshot)]
    given = [step.given_cents for step in snapshot.aid_steps]
    scale = nice_scale(min([0, *totals, *given]), max([0, *totals, *given]), most=layout.most_ticks)
    left = layout.left + margin_for(layout, scale)
    last = max([last_day(snapshot), *(step.as_of for step in snapshot.aid_steps)])
    first = min([first_day(snapshot), *(step.as_of for step in snapshot.aid_steps)])
    span = Span(first, last, left, layout.right - left)
    legend, taken = keys(layout, layout.margin, _legend(snapshot))
    marks: list[Mark] = list(legend)
    top, high = layout.margin + taken + layout.size * 0.8, _HIGH * layout.tall
    if not snapshot.aid_steps:
        marks.append(words(layout.left, top + layout.size * 0.4, _no_figure(), layout.size, ink="key"))
        top += layout.row
    marks += _areas(snapshot.aid_steps, span, scale, top, high)
    marks += frame(layout, scale, top, high, left)
    marks += _columns(snapshot.aid_steps, span, scale, top, high)
    marks += running_line(snapshot, span, scale, top, high)
    base = top + high + layout.size * 1.3
    marks += _under(layout, base, snapshot, span)
    height = base + layout.row + layout.size * 0.4 + layout.margin
    title = _("Les aides versées et les dons reçus")
    return Picture(layout.width, round(height, 2), title, description(snapshot), tuple(marks))


def _no_figure() -> str:
    return _("Aucun chiffre d’aide n’est encore publié.")


def _areas(steps: tuple[AidStep, ...], span: Span, scale: Scale, top: float, high: float) -> list[Mark]:
    """A soft ground between two publications: what the earlier one said, no claim about the days between."""
    zero = height_at(scale, 0, top, high)
    marks: list[Mark] = []
    for step, after in itertools.pairwise(steps):
        x, y = span.end(step.as_of), height_at(scale, step.given_cents, top, high)
        if span.end(after.as_of) > x:
            marks.append(bar(x, min(y, zero), span.end(after.as_of) - x, abs(zero - y), "aid-area"))
    return marks


def _columns(steps: tuple[AidStep, ...], span: Span, scale: Scale, top: float, high: float) -> list[Mark]:
    if not steps:
        return []
    zero, width = height_at(scale, 0, top, high), _column_width(steps, span)
    marks: list[Mark] = []
    points: list[tuple[float, float]] = []
    for step in steps:
        x, y = span.end(step.as_of), height_at(scale, step.given_cents, top, high)
        start = max(x - width, span.left)
        marks.append(bar(start, min(y, zero), x - start, abs(zero - y), "aid", step.given_cents))
        points += [(x, points[-1][1]), (x, y)] if points else [(x, y)]
    return [line("aid-line", *points), *marks] if len(points) > 1 else marks


def _column_width(steps: tuple[AidStep, ...], span: Span) -> float:
    places = sorted({span.end(step.as_of) for step in steps})
    gaps = [right - left for left, right in itertools.pairwise(places)]
    return max(1.0, min([_COLUMN, *(gap * 0.6 for gap in gaps)]))


def _under(layout: Layout, base: float, snapshot: Snapshot, span: Span) -> list[Mark]:
    """The publications under their columns, the first and the last day under them."""
    half = _column_width(snapshot.aid_steps, span) / 2
    numbers = [(span.end(step.as_of) - half, f"nº {step.number}") for step in snapshot.aid_steps]
    marks = dates_under(layout, base, numbers, room=(span.left, layout.right))
    ends: list[date] = [span.first] if span.first == span.last else [span.first, span.last]
    places = [(span.left if when == span.first else layout.right, short_day(when)) for when in ends]
    return marks + dates_under(layout, base + layout.row * 0.85, places, room=(span.left, layout.right))


def _legend(snapshot: Snapshot) -> list[Key]:
    entries = [Key("gift-line", f"{_('Reçu en tout')} {euros(snapshot.raised_cents)}")]
    if snapshot.aid_steps:
        last = snapshot.aid_steps[-1]
        told = {"given": euros(last.given_cents), "day": day(last.as_of)}
        entries.append(Key("aid", _("Versé %(given)s au %(day)s") % told))
    return entries
