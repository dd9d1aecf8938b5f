"""What waits for a referent on the desk: calls to make, and those taken by colleagues that are past their promise."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aid_requests import call_backs
from fund import clock
from fund.models import User
from fund.templatetags.fund_format import moment

# What the audit trail calls an act, as the person who did it reads it.
ACTS = {
    "call_back.taken": gettext_lazy("Vous avez pris un appel"),
    "call_back.taken_over": gettext_lazy("Vous avez repris un appel"),
    "call_back.no_answer": gettext_lazy("Vous avez noté un essai sans réponse"),
    "call_back.handed_over": gettext_lazy("Vous avez passé la main pour un appel"),
    "call_back.done": gettext_lazy("Vous avez terminé un appel"),
    "request.typed": gettext_lazy("Vous avez saisi une demande avec quelqu’un"),
    "door.added": gettext_lazy("Vous avez ajouté une adresse utile"),
    "door.changed": gettext_lazy("Vous avez changé une adresse utile"),
    "door.retired": gettext_lazy("Vous avez retiré une adresse utile"),
}


class Told(NamedTuple):
    """A task of the desk, in the order of its fields there."""

    title: str
    detail: str
    url: str
    act: str
    is_late: bool


def told(user: User) -> Iterator[Told]:
    """Only calls this person may know of."""
    rows = list(call_backs.calls_to_make(user))
    late = [row for row in rows if row.due_at < clock.moment()]
    if late:
        title = ngettext("%(n)s appel en retard", "%(n)s appels en retard", len(late)) % {"n": len(late)}
        yield _told(title, _promised(late[0].due_at), is_late=True)
    on_time = len(rows) - len(late)
    if on_time:
        title = ngettext("%(n)s personne à rappeler", "%(n)s personnes à rappeler", on_time) % {"n": on_time}
        yield _told(title, _promised(rows[len(late)].due_at), is_late=False)
    elsewhere = call_backs.calls_in_other_hands(user).count()
    if elsewhere:
        title = ngettext(
            "%(n)s appel reste en retard chez une autre personne",
            "%(n)s appels restent en retard chez d’autres personnes",
            elsewhere,
        )
        yield _told(title % {"n": elsewhere}, _("Vous pouvez le reprendre."), is_late=True)


def _promised(due_at: datetime) -> str:
    return _("Le premier est promis avant le %(moment)s.") % {"moment": moment(due_at)}


def _told(title: str, detail: str, *, is_late: bool) -> Told:
    return Told(title, detail, reverse("call_back_list"), _("Rappeler"), is_late)
