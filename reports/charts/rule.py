"""The double slide rule: received above, what became of it below, on one scale in euros."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from fund.templatetags.fund_format import day, euros, round_euros
from reports.charts.layout import Key, Layout, bar, keys, line, plain_width, words
from reports.charts.marks import Mark, Picture, hatched
from reports.charts.scale import Scale, fitting_scale
from reports.snapshot import Snapshot

_BAR = 26.0
_GOAL_IN_FRAME = 4
"""A goal further than this many times the money is told in words, or the parts could not be told apart."""


@dataclass(frozen=True)
class Part:
    """One stretch of the lower bar."""

    look: str
    label: str
    cents: int


def parts(snapshot: Snapshot) -> tuple[Part, ...]:
    """What became of the money received, of one moment; together they are what was received, to the cent."""
    aid = snapshot.aid
    if aid is None:
        rest = snapshot.raised_cents - snapshot.fees_cents
        return (
            Part("fee", _("Frais"), snapshot.fees_cents),
            Part("left", _("Versé, décidé ou disponible"), rest),
        )
    told = [Part("aid", _("Versé"), aid.given_cents)]
    if aid.promised_cents is not None:
        told.append(Part("held", _("En virement"), aid.promised_cents))
    told.append(Part("fee", _("Frais"), aid.fees_cents))
    if aid.open_disputes_cents:
        told.append(Part("disputed", _("Contesté"), aid.open_disputes_cents))
    label = _("Disponible") if aid.promised_cents is not None else _("Disponible ou en virement")
    rest = aid.raised_cents - sum(part.cents for part in told)
    return (*told, Part("left", label, rest))


def received_cents(snapshot: Snapshot) -> int:
    """What the parts are parts of: of the evening the aid is counted at, else of the gifts'."""
    return snapshot.raised_cents if snapshot.aid is None else snapshot.aid.raised_cents


def told(part: Part) -> tuple[str, str]:
    """The part and its amount in words. Where more was given than stayed, the rest is what is missing: never a
    figure below zero."""
    if part.cents < 0:
        return _("Il manque"), euros(-part.cents)
    return part.label, euros(part.cents)


def description(snapshot: Snapshot) -> str:
    sentences = [f"{_('Reçu')} {euros(received_cents(snapshot))}"]
    sentences += [" ".join(told(part)) for part in parts(snapshot)]
    return f"{_as_of(snapshot)}. {', '.join(sentences)}."


def draw(snapshot: Snapshot, layout: Layout) -> Picture:
    """The rule with its legend; every part that is above zero is as long as its amount."""
    received, lower = received_cents(snapshot), parts(snapshot)
    spent = sum(part.cents for part in lower if part.look != "left")
    scale = _scale(snapshot, layout, max(received, spent))
    top = layout.margin + layout.row
    height = _BAR * layout.tall + 4
    middle = layout.size * 1.2 + 20
    bottom = top + height + middle
    marks: list[Mark] = [
        words(layout.left, top - layout.size * 0.5, _title(received), layout.size, ink="value"),
        words(layout.right, top - layout.size * 0.5, _as_of(snapshot), layout.size, "end"),
        bar(layout.left, top, _room(layout), height, "bed"),
        bar(layout.left, bottom, _room(layout), height, "bed"),
        *_upper(layout, scale, top, height, received, spent),
        *_ticks(layout, scale, top + height, bottom),
        *_lower(layout, scale, bottom, height, lower),
    ]
    marks += _goal(snapshot, layout, scale, top, top + height)
    legend, taken = keys(layout, bottom + height + layout.row * 0.4, _legend(snapshot, lower, scale))
    end = bottom + height + layout.row * 0.4 + taken + layout.margin
    return Picture(layout.width, round(end, 2), _name(), description(snapshot), (*marks, *legend))


def _name() -> str:
    return _("Ce qui a été reçu, et ce qu’il en est advenu")


def _title(received: int) -> str:
    return f"{_('Reçu')} {euros(received)}"


def _as_of(snapshot: Snapshot) -> str:
    when = snapshot.gifts_as_of if snapshot.aid is None else snapshot.aid.as_of
    return _("Au %(day)s") % {"day": day(when)}


def _room(layout: Layout) -> float:
    return layout.right - layout.left


def _scale(snapshot: Snapshot, layout: Layout, most: int) -> Scale:
    goal = snapshot.goal_cents if snapshot.goal_cents <= _GOAL_IN_FRAME * most or most <= 0 else 0
    return fitting_scale(
        0,
        max(most, goal),
        most=layout.most_ticks,
        room=_room(layout),
        label_width=lambda cents: plain_width(round_euros(cents), layout.size),
    )


def _upper(layout: Layout, scale: Scale, top: float, height: float, received: int, spent: int) -> list[Mark]:
    marks: list[Mark] = []
    length = scale.length(max(received, 0), _room(layout))
    if received > 0:
        marks.append(bar(layout.left, top, length, height, "gift", received))
    if spent > max(received, 0):
        gap = spent - max(received, 0)
        x = layout.left + length
        marks.append(bar(x, top, scale.length(gap, _room(layout)), height, "missing", gap))
    return marks


def _lower(layout: Layout, scale: Scale, top: float, height: float, lower: tuple[Part, ...]) -> list[Mark]:
    marks: list[Mark] = []
    done = 0
    for part in lower:
        if part.cents <= 0:
            continue
        x = layout.left + scale.length(done, _room(layout))
        length = scale.length(part.cents, _room(layout))
        if part.look == "held":
            marks.append(hatched(round(x, 2), round(top, 2), round(length, 2), height))
        marks.append(bar(x, top, length, height, part.look, part.cents))
        done += part.cents
    return marks


def _ticks(layout: Layout, scale: Scale, upper: float, lower: float) -> list[Mark]:
    marks: list[Mark] = []
    for tick in scale.ticks:
        x = layout.left + scale.length(tick, _room(layout))
        marks += [line("axis", (x, upper + 3), (x, upper + 9)), line("axis", (x, lower - 9), (x, lower - 3))]
        anchor = "start" if tick == scale.low else "end" if tick == scale.high else "middle"
        y = (upper + lower) / 2 + layout.size * 0.36
        marks.append(words(x, y, round_euros(tick), layout.size, anchor))  # type: ignore[arg-type]
    return marks


def _goal(snapshot: Snapshot, layout: Layout, scale: Scale, top: float, bottom: float) -> list[Mark]:
    if not 0 < snapshot.goal_cents <= scale.high:
        return []
    x = layout.left + scale.length(snapshot.goal_cents, _room(layout))
    return [line("goal", (x, top - 3), (x, bottom + 3))]


def _key(part: Part) -> Key:
    if part.look == "left" and part.cents < 0:
        return Key("missing", _("Il manque %(amount)s") % {"amount": euros(-part.cents)})
    return Key(part.look, f"{part.label} {euros(part.cents)}")


def _legend(snapshot: Snapshot, lower: tuple[Part, ...], scale: Scale) -> list[Key]:
    entries = [_key(part) for part in lower]
    if 0 < snapshot.goal_cents <= scale.high:
        entries.append(Key("goal", _("Objectif %(amount)s") % {"amount": round_euros(snapshot.goal_cents)}))
    return entries
