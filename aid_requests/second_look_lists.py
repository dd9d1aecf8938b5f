"""What waits for a reader of second looks, and for the chair they are sent back to; one query each."""

from django.db.models import Exists, OuterRef, QuerySet

from aid_requests.committee import queries
from aid_requests.models import Advance, EnrolmentCertificate, Recusal, SecondLook, Unmasking, Vote
from aid_requests.models.second_looks import SecondLookState
from fund.models import User
from fund.models.people import Role
from fund.roles import needs_role_now

_OF_REQUEST = {"request": OuterRef("decision__request")}


def to_read(member: User) -> QuerySet[SecondLook]:
    """Grants that wait to be read again and that this member may read (`second_looks.can_reread`), oldest first."""
    rows = _of_files(member).filter(state=SecondLookState.OPEN)
    rows = rows.filter(~Exists(Vote.objects.filter(**_OF_REQUEST, member=member)))
    rows = rows.filter(~Exists(EnrolmentCertificate.objects.filter(**_OF_REQUEST, certified_by=member)))
    rows = rows.filter(~Exists(Advance.objects.filter(**_OF_REQUEST, given_by=member)))
    rows = rows.filter(~Exists(Unmasking.objects.filter(**_OF_REQUEST, by=member)))
    return rows.exclude(decision__request__typed_by=member)


def to_answer(member: User) -> QuerySet[SecondLook]:
    """What readers sent back, for the chair (`second_looks.can_maintain`), oldest first."""
    rows = _of_files(member).filter(state=SecondLookState.REPORTED).exclude(read_by=member)
    return rows if needs_role_now(member, Role.CHAIR) is None else rows.none()


def waiting_count(member: User) -> int:
    """How many this member may read or answer now."""
    return to_read(member).count() + to_answer(member).count()


def _of_files(member: User) -> QuerySet[SecondLook]:
    """Of files this member reads: the own one, those stepped back from and those of an excluded school do not exist."""
    rows = SecondLook.objects.filter(decision__request__in=queries.files_of(member).values("pk"))
    rows = rows.filter(~Exists(Recusal.objects.filter(**_OF_REQUEST, member=member)))
    return rows.select_related("decision__request").order_by("drawn_at", "pk")
