"""The same figures as the charts, in rows: what a reader without the picture, or who doubts it, needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fund.templatetags.fund_format import day, euros
from reports.charts import rule
from reports.charts.gifts import period_name
from reports.charts.periods import Period, periods
from reports.snapshot import Snapshot


@dataclass(frozen=True)
class Table:
    """Ready texts in the active language. The first cell of a row names it; all others are set to the right."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] | None = None


def rule_table(snapshot: Snapshot, most: int | None) -> Table:
    """Every part to the cent, and what they are parts of."""
    lower = rule.parts(snapshot)
    when = snapshot.gifts_as_of if snapshot.aid is None else snapshot.aid.as_of
    return Table(
        caption=_("Au %(day)s") % {"day": day(when)},
        headers=(_("Ce qu’il en est advenu"), _("Montant")),
        rows=tuple(rule.told(part) for part in lower),
        total=(_("Reçu"), euros(rule.received_cents(snapshot))),
    )


def gifts_table(snapshot: Snapshot, most: int | None) -> Table:
    """One row a period; beyond `most`, the older ones are one row."""
    rows = periods(snapshot)
    return Table(
        caption=_("Remboursements et contestations perdues déduits"),
        headers=(_("Période"), _("Dons"), _("Depuis l’ouverture")),
        rows=tuple(_gift_row(row) for row in _folded(rows, most)),
        total=(_("Ensemble"), euros(sum(row.raised_cents for row in rows)), euros(snapshot.raised_cents)),
    )


def _folded(rows: tuple[Period, ...], most: int | None) -> Sequence[Period]:
    if most is None or len(rows) <= most:
        return rows
    older, kept = rows[: 1 - most], rows[1 - most :]
    before = Period(
        first=older[0].first,
        last=older[-1].last,
        whole=True,
        raised_cents=sum(row.raised_cents for row in older),
        total_cents=older[-1].total_cents,
    )
    return [before, *kept]


def _gift_row(row: Period) -> tuple[str, ...]:
    name = period_name(row) if row.whole else _("%(period)s, incomplète") % {"period": period_name(row)}
    return name, _came(row.raised_cents), euros(row.total_cents)


def _came(cents: int) -> str:
    """What a period brought; one that gave more back than it brought says so, without a sign."""
    return euros(cents) if cents >= 0 else _("%(amount)s rendus") % {"amount": euros(-cents)}


def aid_table(snapshot: Snapshot, most: int | None) -> Table:
    """One row a publication that brought new figures about aid, the latest ones when there are more than `most`."""
    steps = snapshot.aid_steps if most is None else snapshot.aid_steps[-most:]
    rows = (
        (
            _("Publication nº %(number)s, au %(day)s") % {"number": step.number, "day": day(step.as_of)},
            euros(step.given_cents),
            str(step.students_helped),
        )
        for step in steps
    )
    return Table(
        caption=_("Depuis l’ouverture, tel que publié"),
        headers=(_("Publication"), _("Versé"), _("Élèves aidés")),
        rows=tuple(rows),
    )
