"""What waits on the desk of a member or the chair: grants to read again before payment, and those sent back."""

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aid_requests import second_look_lists
from fund.models import User

# What the audit trail calls an act, as the person who did it reads it.
ACTS = {
    "second_look.confirmed": gettext_lazy("Vous avez relu une aide avant son virement"),
    "second_look.reported": gettext_lazy("Vous avez renvoyé une aide à la présidence"),
    "second_look.maintained": gettext_lazy("Vous avez maintenu une aide renvoyée"),
}


class Told(NamedTuple):
    """A task of the desk, in the order of its fields there."""

    title: str
    detail: str
    url: str
    act: str


def told(user: User) -> Iterator[Told]:
    """Only what this person may read."""
    url = reverse("second_look_list")
    number = second_look_lists.to_read(user).count()
    if number:
        title = ngettext("%(n)s aide à relire", "%(n)s aides à relire", number) % {"n": number}
        yield Told(title, _("Tirée au sort : le virement attend votre lecture."), url, _("Relire"))
    back = second_look_lists.to_answer(user).count()
    if back:
        title = ngettext("%(n)s aide à revoir", "%(n)s aides à revoir", back) % {"n": back}
        yield Told(title, _("Une seconde lecture l’a renvoyée au comité."), url, _("Regarder"))
