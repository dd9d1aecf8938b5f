"""What waits about team pages and matching offers, as the desks tell it."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from donations import offers, teams
from donations.staff_tasks import Told
from fund.models import User


def pages_to_read(user: User) -> Iterator[Told]:
    """Team pages and new words, in one task."""
    number = teams.waiting_count()
    if number:
        title = ngettext("%(n)s page d’équipe à relire", "%(n)s pages d’équipe à relire", number) % {
            "n": number
        }
        detail = _("Aucune ne paraît sans votre lecture.")
        yield Told(title, detail, reverse("team_moderation"), _("Relire"), is_late=False)


def offers_to_confirm(user: User) -> Iterator[Told]:
    """Each offer that this person may confirm."""
    for offer in offers.offers_to_confirm(user):
        title = _("Un abondement attend votre accord")
        detail = _("Saisi par %(name)s.") % {"name": offer.recorded_by.display_name}
        url = reverse("offer_page", args=[offer.pk])
        yield Told(title, detail, url, _("Lire et confirmer"), is_late=False)
