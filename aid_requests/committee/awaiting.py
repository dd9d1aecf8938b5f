"""Conditional grants that wait for papers, and who says whether a paper does."""

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from aid_requests.call_backs import referent_grant
from aid_requests.committee import permissions, seats
from aid_requests.models import AidRequest, BroughtPaper, Decision
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.models.requests import RequestState
from aid_requests.permissions import typing_tie
from fund.models import User
from fund.models.people import Role
from fund.roles import Refusal, needs_role_now


def awaited() -> QuerySet[Decision]:
    """Every decision that waits for its papers, the first to end first."""
    return (
        Decision.objects.filter(
            outcome=DecisionOutcome.CONDITIONAL,
            round=F("request__round"),
            request__state=RequestState.CONDITIONAL,
            followed_by=None,
        )
        .select_related("request__applicant__subject_key", "request__scheme_version__scheme")
        .defer("letter_sealed")
        .order_by("due_on", "pk")
    )


def awaited_for(user: User) -> QuerySet[Decision]:
    """Those whose papers this person may look at: the school's referent where the student goes through the school, a
    national referent, the chair; never one's own request, one that this person typed, nor one left to others."""
    mine = AidRequest.objects.filter(~seats.kept_out(user), state=RequestState.CONDITIONAL)
    rows = awaited().exclude(request__applicant__user=user).exclude(request__typed_by=user)
    rows = rows.filter(request__in=mine)
    if needs_role_now(user, Role.CHAIR) is None:
        readable = [row.pk for row in rows if permissions.can_read_file(user, row.request) is None]
        return rows.filter(pk__in=readable)
    grant = referent_grant(user)
    if grant is None:
        return rows.none()
    if grant.school_id is None:
        return rows
    return rows.filter(request__school=grant.school_id, request__through_school=True)


def waiting_count(user: User) -> int:
    """How many files have a paper that nobody has looked at."""
    sent = BroughtPaper.objects.filter(decision=OuterRef("pk"), ruling=None)
    return awaited_for(user).filter(Exists(sent)).count()


def can_rule(by: User, request: AidRequest) -> Refusal | None:
    """A referent of the school or a national one, and the chair who may read the file; nobody on the own request or
    one that was typed with the student, nor whom an earlier act keeps out of the file: a paper decides it too. Where
    the school was kept out, its referent is as if the file were not."""
    if request.applicant.user_id == by.pk:
        return Refusal("own_request", _("Vous ne pouvez pas juger les pièces de votre propre demande."))
    if (tie := typing_tie(by, request)) is not None:
        return tie
    if (acted := permissions.earlier_act(by, request)) is not None:
        sentence = _("Vous avez pris part à ce dossier plus tôt : d’autres personnes en lisent les pièces.")
        return Refusal(acted.code, sentence)
    if needs_role_now(by, Role.CHAIR) is None:
        return permissions.can_read_file(by, request)
    if (refusal := needs_role_now(by, Role.REFERENT)) is not None:
        return refusal
    grant = referent_grant(by)
    of_school = grant is not None and grant.school_id == request.school_id and request.through_school
    if grant is not None and (grant.school_id is None or of_school):
        return None
    return Refusal("other_school", _("Cette demande n’est pas de votre école."))
