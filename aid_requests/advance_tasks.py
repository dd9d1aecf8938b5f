"""What waits on the desk about advances: those that the committee has not ratified in time."""

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aid_requests import advance_lists
from fund.models import User

# What the audit trail calls an act, as the person who did it reads it.
ACTS = {
    "advance.given": gettext_lazy("Vous avez accordé une avance"),
    "advance.ratified": gettext_lazy("Votre vote a ratifié une avance"),
    "advance.not_ratified": gettext_lazy("Votre vote n’a pas ratifié une avance"),
    "advance_rules.set": gettext_lazy("Vous avez changé le réglage des avances"),
}


class Told(NamedTuple):
    """A task of the desk, in the order of its fields there."""

    title: str
    detail: str
    url: str
    act: str
    is_late: bool


def told(user: User) -> Iterator[Told]:
    """Only of the files that this person may know of."""
    number = advance_lists.late_count(user)
    if number:
        title = ngettext("%(n)s avance à ratifier, en retard", "%(n)s avances à ratifier, en retard", number)
        detail = _("Le comité devait décider du dossier avant.")
        yield Told(
            title % {"n": number}, detail, reverse("advance_list"), _("Voir les avances"), is_late=True
        )
