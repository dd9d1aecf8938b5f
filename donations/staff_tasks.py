"""What waits for the treasurer about gifts that came: contested ones, differing ones, refunds that were refused."""

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from donations import register
from donations.dispute_words import row_of
from donations.models import ComparisonFinding
from donations.refund_words import problem_words
from fund.money import format_euros
from fund.treasury import cash
from fund.treasury.cash import Shortfall


class Told(NamedTuple):
    """A task as the desk shows it: what it is, its detail, the page where it is done, the act, whether it presses."""

    title: str
    detail: str
    url: str
    act: str
    is_late: bool


def told() -> Iterator[Told]:
    """Money that is missing, contested gifts and differences with the provider in one task each, each refused refund in
    its own."""
    for short in cash.shortfalls():
        yield _missing(short)
    rows = [row_of(dispute) for dispute in register.open_disputes()]
    if rows:
        title = ngettext("%(n)s don contesté à la banque", "%(n)s dons contestés à la banque", len(rows))
        detail = _first_answer([row.days_left for row in rows if row.days_left is not None])
        late = any(row.is_late for row in rows)
        yield Told(title % {"n": len(rows)}, detail, reverse("dispute_list"), _("Voir quoi répondre"), late)
    found = ComparisonFinding.objects.filter(closed_at=None).count()
    if found:
        title = ngettext(
            "%(n)s don diffère chez le prestataire", "%(n)s dons diffèrent chez le prestataire", found
        )
        detail = _("Rien n’a été changé : comparez avec lui.")
        yield Told(title % {"n": found}, detail, reverse("event_inbox"), _("Regarder"), is_late=True)
    for order in register.refused_refunds():
        title = _("Le remboursement du don %(reference)s est refusé") % {"reference": order.gift.reference}
        url = reverse("gift_story", args=[order.gift.reference])
        yield Told(title, problem_words(order.problem), url, _("Voir le don"), is_late=False)


def _missing(short: Shortfall) -> Told:
    values = {
        "missing": format_euros(short.missing_cents, get_language() or "fr"),
        "pocket": _(short.pocket.name) if short.pocket else "",
    }
    title = (
        _("Il manque %(missing)s dans « %(pocket)s »")
        if short.pocket
        else _("Il manque %(missing)s à la cagnotte")
    )
    detail = _("Rien n’est accordé jusqu’à ce que des dons les couvrent.")
    return Told(title % values, detail, reverse("treasury_desk"), _("Voir ce qui manque"), is_late=True)


def _first_answer(days_left: list[int]) -> str:
    """When the first answer is due, of those whose day is not past."""
    ahead = [days for days in days_left if days >= 0]
    if not ahead:
        return _("Aucune réponse n’est plus attendue : la banque décide.")
    sentence = ngettext(
        "La première réponse est due dans %(n)s jour.",
        "La première réponse est due dans %(n)s jours.",
        min(ahead),
    )
    return sentence % {"n": min(ahead)}
