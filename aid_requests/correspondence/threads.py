"""Who speaks with whom about a request, and what each side has not read yet.

A student has two threads, one with whoever confirms the enrolment and one with the committee's chair. The first knows
the name and nothing of why; the second knows why and no name (product C2, peers §2.25): neither reads the other's.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from aid_requests.committee import veils
from aid_requests.committee.queries import known_files
from aid_requests.models import AidRequest, Message, Recusal
from aid_requests.models.correspondence import MessageKind, Party, Side
from aid_requests.models.requests import DECIDED_STATES, RequestState
from fund import vault
from fund.models import RoleGrant, User
from fund.models.people import Role
from fund.roles import Refusal

TEXT_LENGTH = 2000
MAX_UNREAD = 20  # by one side to one party: whoever is not answered cannot fill the other's page
ROLE_OF = {Party.SCHOOL: Role.REFERENT, Party.COMMITTEE: Role.CHAIR}


@dataclass(frozen=True)
class Line:
    """One message as it is shown: who speaks is a role, never a person. `text` is None once the person was erased."""

    message: Message
    voice: str
    text: str | None
    is_own: bool

    @property
    def read_at(self) -> datetime | None:
        return self.message.read_at


def party_of(user: User) -> Party | None:
    """For which party a person of the team speaks, read from the database each time; None for all others."""
    grants = RoleGrant.objects.live().filter(user=user, user__is_active=True)
    held = set(grants.values_list("role", flat=True))
    return next((party for party, role in ROLE_OF.items() if role in held), None)


def files_of_team(user: User) -> QuerySet[AidRequest]:
    """The requests whose thread this person of the team reads and answers; none for anybody else.

    A school's referent: that school's, where the student goes through the school; a national one (no school on the
    role): all. The chair: what the committee may know of, but the files stepped back from.
    """
    party = party_of(user)
    if party == Party.COMMITTEE:
        recused = Recusal.objects.filter(request=OuterRef("pk"), member=user)
        return known_files(user).filter(~Exists(recused))
    signed = AidRequest.objects.exclude(submitted_at=None).exclude(applicant__user=user)
    grant = RoleGrant.objects.live().filter(user=user, role=Role.REFERENT).first()
    if party is None or grant is None:
        return signed.none()
    if grant.school_id is None:
        return signed
    return signed.filter(Q(school=grant.school_id) & Q(through_school=True))


def readers_of(request: AidRequest, party: Party) -> list[User]:
    """Whom a message of the student to `party` is told to. Without a referent at the school, the national ones."""
    grants = RoleGrant.objects.live().filter(role=ROLE_OF[party], user__is_active=True)
    if party == Party.SCHOOL:
        own = grants.filter(school=request.school_id) if request.through_school else grants.none()
        grants = own if own.exists() else grants.filter(school=None)
    people = User.objects.filter(pk__in=grants.values("user")).order_by("pk")
    return [person for person in people if files_of_team(person).filter(pk=request.pk).exists()]


def parties_for(request: AidRequest) -> list[Party]:
    """To whom the student may write now, the likeliest first; the committee once it has, or had, the file."""
    if request.submitted_at is None or request.state == RequestState.WITHDRAWN:
        return []
    is_there = request.state in (RequestState.IN_REVIEW, *DECIDED_STATES)
    if is_there or request.messages.filter(party=Party.COMMITTEE).exists():
        return [Party.COMMITTEE, Party.SCHOOL]
    return [Party.SCHOOL]


def voice_of(request: AidRequest, party: str) -> str:
    """How a party is called to the student: a role, and never a school that was kept out."""
    if party == Party.SCHOOL and not request.through_school:
        return _("Une personne référente, hors de votre école")
    return str(Party(party).label)


def lines_for_student(request: AidRequest) -> list[Line]:
    """Both threads, in order."""
    rows = request.messages.order_by("pk")
    return [_line(request, row, own=Side.STUDENT, other=voice_of(request, row.party)) for row in rows]


def lines_for_team(request: AidRequest, party: Party) -> list[Line]:
    """The thread of one party, in order; for the committee without what would tell who writes."""
    rows = request.messages.filter(party=party).order_by("pk")
    lines = [_line(request, row, own=Side.TEAM, other=_("L’étudiant·e")) for row in rows]
    if party != Party.COMMITTEE or not lines:
        return lines
    return [replace(line, text=text) for line, text in zip(lines, _screened(request, lines), strict=True)]


def _screened(request: AidRequest, lines: list[Line]) -> list[str | None]:
    try:
        veil = veils.veil_of(request)
    except vault.Erased:
        return [None] * len(lines)
    return [None if line.text is None else veil.text(line.text) for line in lines]


def _line(request: AidRequest, message: Message, *, own: Side, other: str) -> Line:
    is_own = message.side == own
    return Line(message, _("Vous") if is_own else other, text_of(request, message), is_own)


def text_of(request: AidRequest, message: Message) -> str | None:
    """What was written, or None once the person was erased."""
    try:
        return vault.open_text_for(request.applicant.subject_key, message.text_sealed)
    except vault.Erased:
        return None


def unread_of_team(user: User) -> QuerySet[Message]:
    """What students wrote to this person's party and nobody of it has read."""
    party = party_of(user)
    rows = Message.objects.filter(party=party or "", side=Side.STUDENT, read_at=None)
    return rows.filter(request__in=files_of_team(user)).order_by("pk")


def unread_of_student(request: AidRequest) -> int:
    return request.messages.filter(side=Side.TEAM, read_at=None).count()


def open_errors(user: User) -> QuerySet[Message]:
    """Errors that students told of after the decision, which nobody has settled."""
    rows = Message.objects.filter(party=party_of(user) or "", kind=MessageKind.ERROR, settled_at=None)
    return rows.filter(request__in=files_of_team(user)).order_by("pk")


def waiting_count(user: User) -> int:
    """Requests of this person's party with something unread or an error to settle."""
    unread = set(unread_of_team(user).values_list("request", flat=True))
    return len(unread | set(open_errors(user).values_list("request", flat=True)))


def can_write_as_student(request: AidRequest, party: str) -> Refusal | None:
    if party not in parties_for(request):
        return Refusal(
            "nobody", _("On écrit à l’équipe une fois la demande signée, et tant qu’elle n’est pas retirée.")
        )
    return too_many(request, party, Side.STUDENT)


def too_many(request: AidRequest, party: str, side: str) -> Refusal | None:
    """Refuses one more while many are not read yet."""
    if request.messages.filter(party=party, side=side, read_at=None).count() >= MAX_UNREAD:
        return Refusal(
            "too_many", _("Vingt messages attendent déjà d’être lus : laissez-leur le temps de répondre.")
        )
    return None
