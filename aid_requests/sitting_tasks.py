"""What waits on the desk of a member about sittings: one to come or open, and minutes to sign."""

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid_requests.committee import sitting_lists, sitting_permissions
from aid_requests.models import Minutes
from aid_requests.models.sittings import SittingState
from fund.models import User
from fund.templatetags.fund_format import moment

# What the audit trail calls an act, as the person who did it reads it.
ACTS = {
    "sitting.prepared": gettext_lazy("Vous avez préparé une séance"),
    "sitting.changed": gettext_lazy("Vous avez changé une séance en préparation"),
    "sitting.items_added": gettext_lazy("Vous avez rempli un ordre du jour"),
    "sitting.item_removed": gettext_lazy("Vous avez retiré un dossier d’un ordre du jour"),
    "sitting.convened": gettext_lazy("Vous avez convoqué le comité"),
    "sitting.cancelled": gettext_lazy("Vous avez annulé une séance"),
    "sitting.proxy_given": gettext_lazy("Vous avez donné procuration"),
    "sitting.opened": gettext_lazy("Vous avez ouvert une séance"),
    "sitting.presence_noted": gettext_lazy("Vous avez noté une présence"),
    "sitting.closed": gettext_lazy("Vous avez levé une séance"),
    "agenda_item.taken": gettext_lazy("Vous avez mis un dossier au vote"),
    "agenda_item.decided": gettext_lazy("Vous avez clos le vote sur un dossier"),
    "agenda_item.advised": gettext_lazy("Vous avez clos un avis du comité"),
    "agenda_item.adjourned": gettext_lazy("Un dossier a été ajourné"),
    "minutes.signed": gettext_lazy("Vous avez signé un procès-verbal"),
    "minutes.sealed": gettext_lazy("Vous avez figé un procès-verbal"),
    "minutes.read": gettext_lazy("Vous avez ouvert un procès-verbal"),
}


class Told(NamedTuple):
    """A task of the desk, in the order of its fields there."""

    title: str
    detail: str
    url: str
    act: str


def told(user: User) -> Iterator[Told]:
    """Sittings that are convened or open, and the minutes that wait for this person."""
    for sitting in sitting_lists.to_come(user).exclude(state=SittingState.DRAFTED):
        url = reverse("sitting_page", args=[sitting.token])
        if sitting.state == SittingState.CONVENED:
            title = _("Séance du %(when)s") % {"when": moment(sitting.scheduled_at)}
            yield Told(title, _("Vous y êtes convoqué·e."), url, _("L’ordre du jour"))
        elif sitting.is_consultation:
            title = _("Consultation jusqu’au %(when)s") % {"when": moment(sitting.ends_at)}
            yield Told(title, _("Ses dossiers se votent par écrit."), url, _("L’ordre du jour"))
        else:
            yield Told(_("Une séance est ouverte"), _("Le comité vote en ce moment."), url, _("Rejoindre"))
    for minutes in _to_sign(user):
        number = f"{minutes.year}-{minutes.number}"
        title = _("Procès-verbal nº %(number)s à signer") % {"number": number}
        url = reverse("minutes_page", args=[minutes.token])
        yield Told(title, _("Il sera figé par deux signatures."), url, _("Lire et signer"))


def _to_sign(user: User) -> list[Minutes]:
    rows = Minutes.objects.filter(paper=None).exclude(signatures__by=user).order_by("pk")
    people = rows.select_related("sitting__opened_by", "sitting__secretary").prefetch_related("signatures")
    return [row for row in people if sitting_permissions.signed_as(user, row) is not None]
