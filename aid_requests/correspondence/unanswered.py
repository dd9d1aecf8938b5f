"""Messages of students that nobody can answer: no chair, or none who may read that file. Told to administrators.

Only their number: an administrator reads no message.
"""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid_requests.correspondence import threads
from aid_requests.models import Message
from aid_requests.models.correspondence import Party, Side
from fund.models import RoleGrant, User


def speakers_of(party: Party) -> list[User]:
    """The active people who answer for this party now."""
    grants = RoleGrant.objects.live().filter(role=threads.ROLE_OF[party], user__is_active=True)
    people = User.objects.filter(pk__in=grants.values("user")).order_by("pk")
    return [person for person in people if threads.party_of(person) == party]


def unanswerable(party: Party) -> QuerySet[Message]:
    """What students wrote to this party, unread, that none of its speakers can read."""
    rows = Message.objects.filter(party=party, side=Side.STUDENT, read_at=None)
    for person in speakers_of(party):
        rows = rows.exclude(request__in=threads.files_of_team(person).values("pk"))
    return rows


def sentence() -> str:
    """What is missing when nobody speaks for the committee, else "": for whoever looks whether it is staffed."""
    if speakers_of(Party.COMMITTEE):
        return ""
    return _("Personne ne peut répondre aux messages du comité.")


def told() -> list[tuple[str, str, str, str, bool]]:
    """(title, detail, address, act, whether it is late) for an administrator's desk, while something waits."""
    number = unanswerable(Party.COMMITTEE).count()
    if not number:
        return []
    detail = ngettext(
        "%(n)s message d’étudiant attend. Il faut quelqu’un à la présidence, qui puisse lire ce dossier.",
        "%(n)s messages d’étudiants attendent. Il faut quelqu’un à la présidence, qui puisse lire ces dossiers.",
        number,
    ) % {"n": number}
    title = _("Personne ne peut répondre aux messages du comité")
    return [(title, detail, reverse("staff_list"), _("Voir l’équipe"), True)]
