"""What waits for a second person, and what is late, about cheques, transfers and agreements."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from donations.outside import permissions, queries
from donations.staff_tasks import Told
from fund.models import User
from fund.money import format_euros

# What the audit trail calls an act, as the person who did it reads it.
ACTS = {
    "deposit.closed": gettext_lazy("Vous avez fermé une remise de chèques"),
    "deposit.confirmed": gettext_lazy("Vous avez confirmé une remise de chèques"),
    "cheque.contested": gettext_lazy("Vous avez signalé un chèque impayé"),
    "transfer.tied": gettext_lazy("Vous avez dit de qui vient un virement"),
    "transfer.agreed": gettext_lazy("Vous avez confirmé un virement"),
    "return.tied": gettext_lazy("Vous avez dit quel don un débit rend"),
    "return.agreed": gettext_lazy("Vous avez confirmé qu’un débit rend un don"),
    "agreement.recorded": gettext_lazy("Vous avez saisi une convention"),
    "agreement.confirm": gettext_lazy("Vous avez confirmé une convention"),
}


def told(user: User) -> Iterator[Told]:
    """Only what this person may do: who typed something is not asked to confirm it."""
    yield from _cheques(user)
    ties = [row for row in queries.proposed_ties(user) if row.may_agree]
    if ties:
        title = ngettext("%(n)s virement à confirmer", "%(n)s virements à confirmer", len(ties))
        detail = _euros(sum(row.tie.line.amount_cents for row in ties))
        yield Told(
            title % {"n": len(ties)}, detail, reverse("transfer_list"), _("Lire et confirmer"), is_late=False
        )
    yield from _returns(user)
    for agreement in queries.agreements_to_confirm(user):
        title = _("La convention %(reference)s attend un second regard") % {"reference": agreement.reference}
        url = reverse("agreement_page", args=[agreement.reference])
        yield Told(title, _euros(agreement.total_cents), url, _("Lire et confirmer"), is_late=False)
    if permissions.can_record(user) is None:
        yield from _late()


def _cheques(user: User) -> Iterator[Told]:
    for deposit in queries.deposits_to_confirm(user):
        title = _("La remise de chèques nº %(number)s attend un second regard") % {"number": deposit.number}
        url = reverse("deposit_page", args=[deposit.number])
        yield Told(title, _euros(deposit.total_cents), url, _("Lire et confirmer"), is_late=False)
    for cheque in queries.unpaid_to_confirm(user):
        title = _("Un chèque impayé attend un second regard")
        detail = f"{cheque.gift.reference}, {_euros(cheque.gift.amount_cents)}"
        url = reverse("deposit_page", args=[cheque.deposit.number])
        yield Told(title, detail, url, _("Lire et confirmer"), is_late=True)


def _returns(user: User) -> Iterator[Told]:
    rows = [row for row in queries.proposed_returns(user) if row.may_agree]
    if rows:
        title = ngettext("%(n)s don rendu à confirmer", "%(n)s dons rendus à confirmer", len(rows))
        detail = _euros(sum(row.cents for row in rows))
        url = reverse("transfer_list")
        yield Told(title % {"n": len(rows)}, detail, url, _("Lire et confirmer"), is_late=False)


def _late() -> Iterator[Told]:
    late = queries.late_instalments()
    if late:
        title = ngettext(
            "%(n)s échéance de convention en retard", "%(n)s échéances de convention en retard", len(late)
        )
        detail = _euros(sum(row.left_cents for row in late))
        url = reverse("agreement_list")
        yield Told(title % {"n": len(late)}, detail, url, _("Voir les conventions"), is_late=True)


def _euros(cents: int) -> str:
    return format_euros(cents, get_language() or "fr")
