"""Who was invited to a scheme: « Cette déclaration vous a été adressée » (product A5). Asks, never writes."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from aid_requests.models import AidRequest, Invitation, InvitationList
from aid_requests.models.invitations import ListState
from aid_requests.register.permissions import schools_of
from aid_requests.schemes import Scheme
from aid_requests.schemes.grammar import Access
from aid_requests.school_addresses import proved_addresses
from fund import clock
from fund.models import User
from fund.roles import Refusal

LIVE_STATES = (ListState.SENDING, ListState.SENT)


class Link(StrEnum):
    """What a link still is."""

    GOOD = "good"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Counts:
    """How far the people of a list are; never who. Whoever asks « pas par mon école » is in none of the last three.

    The staff of a school reads the last three as `in_words` tells them: who pasted one address, or watches a number
    while somebody is at it, would else read who asked.
    """

    invited: int
    sent: int
    opened: int
    begun: int
    signed: int

    @property
    def is_told(self) -> bool:
        """Whether the list names enough people for anything to be said of what they did."""
        return self.invited >= told_from()

    @property
    def opened_in_words(self) -> str:
        return self._in_words(self.opened)

    @property
    def begun_in_words(self) -> str:
        return self._in_words(self.begun)

    @property
    def signed_in_words(self) -> str:
        return self._in_words(self.signed)

    def _in_words(self, number: int) -> str:
        """« moins de 5 » or « au moins 20 », "" for a short list: by steps, a small number like none at all, and
        never so many that all of them, or all but a few, did it."""
        step = settings.DISCLOSURE_MIN
        if not self.is_told:
            return ""
        if number < step:
            return _("moins de %(n)s") % {"n": step}
        return _("au moins %(n)s") % {"n": max(step, min(number, self.invited - step) // step * step)}


def told_from() -> int:
    """How many people a list names before anything is said of what they did: never so few that « au moins 5 » would be
    all of them, or all but a few."""
    return max(settings.INVITATION_COUNTS_FROM, 2 * settings.DISCLOSURE_MIN)


def token_hash(token: str) -> str:
    """A link holds 256 bits of chance: a plain hash tells nothing of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_of(token: str) -> Invitation | None:
    rows = Invitation.objects.filter(token_hash=token_hash(token))
    return rows.select_related("invitation_list__scheme", "request__applicant").first()


def link_of(invitation: Invitation) -> Link:
    if invitation.request_id is not None:
        return Link.USED
    lists = invitation.invitation_list
    if lists.state not in LIVE_STATES or lists.expires_on < clock.today():
        return Link.EXPIRED
    return Link.GOOD


def is_addressee(user: User, invitation: Invitation) -> bool:
    """Whether this person signed in with the address that was written to, or proved it as the school's."""
    return invitation.email_fingerprint in proved_addresses(user)


def invitations_to(user: User, scheme_id: int) -> QuerySet[Invitation]:
    """The links of one person for one scheme that were sent and may still begin something."""
    return Invitation.objects.filter(
        invitation_list__scheme=scheme_id,
        invitation_list__state__in=LIVE_STATES,
        invitation_list__expires_on__gte=clock.today(),
        email_fingerprint__in=proved_addresses(user),
        sent_at__isnull=False,
    )


def access_refusal(by: User, scheme_id: int, scheme: Scheme) -> Refusal | None:
    """Why this person may not begin under a scheme that is sent to some only; a request begun stays one's own."""
    if scheme.access is not Access.INVITED or invitations_to(by, scheme_id).exists():
        return None
    begun = AidRequest.objects.filter(
        applicant__user=by, scheme_version__scheme=scheme_id, state="draft", submitted_at=None
    )
    if begun.exists():
        return None
    sentence = _(
        "Cette aide est adressée à certaines personnes, par un lien de leur école. Si elle devait l’être à vous, "
        "écrivez à votre école."
    )
    return Refusal("not_invited", sentence)


def readable_lists(user: User) -> QuerySet[InvitationList]:
    """Another school's lists do not exist for this person."""
    rows = InvitationList.objects.filter(school__in=schools_of(user))
    return rows.select_related("school", "scheme").order_by("-made_at", "-pk")


def counts_by_list(lists: Collection[InvitationList]) -> dict[int, Counts]:
    """How far the people of each list are, by the list's id; in one query.

    A draft counts as begun once its author has said who they are: until then they have not been asked whether the
    school may know, and a number that goes back down would tell the answer.
    """
    known = Q(request__through_school=True) & ~Q(request__applicant__identity_sealed="")
    rows = Invitation.objects.filter(invitation_list__in=[row.pk for row in lists]).order_by()
    told = rows.values("invitation_list").annotate(
        invited=Count("pk"),
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        opened=Count(
            "pk", filter=Q(opened_at__isnull=False) & (Q(request=None) | Q(request__through_school=True))
        ),
        begun=Count("pk", filter=known),
        signed=Count("pk", filter=known & Q(request__submitted_at__isnull=False)),
    )
    found = {
        row["invitation_list"]: Counts(
            row["invited"], row["sent"], row["opened"], row["begun"], row["signed"]
        )
        for row in told
    }
    return {row.pk: found.get(row.pk, Counts(0, 0, 0, 0, 0)) for row in lists}


def counts_of(invitation_list: InvitationList) -> Counts:
    return counts_by_list([invitation_list])[invitation_list.pk]
