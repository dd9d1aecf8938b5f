"""What waits for a national referent on the desk: pairs of files that look alike."""

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aid_requests import lookalikes
from fund.models import User

# What the audit trail calls an act, as the person who did it reads it.
ACTS = {"look_alike.ruled": gettext_lazy("Vous avez dit ce qu’il en est d’un doublon possible")}


class Told(NamedTuple):
    """A task of the desk, in the order of its fields there."""

    title: str
    detail: str
    url: str
    act: str


def told(user: User) -> Iterator[Told]:
    """Nothing for a school's referent."""
    if lookalikes.can_look(user) is not None:
        return
    number = lookalikes.alarms().count()
    if number:
        title = ngettext("%(n)s doublon possible", "%(n)s doublons possibles", number) % {"n": number}
        detail = _("Un virement attend peut-être votre réponse : dites ce qu’il en est.")
        yield Told(title, detail, reverse("look_alike_list"), _("Regarder"))
