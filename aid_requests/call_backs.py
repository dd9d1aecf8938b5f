"""Calls to make: who may know of them, in which order they are made, and what was said when they were asked for."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from aid_requests.models import CallBack
from aid_requests.models.call_backs import CallBackState
from fund import clock, vault
from fund.models import RoleGrant, User
from fund.models.people import Role
from fund.roles import Refusal, needs_role_now

OPEN_STATES = (CallBackState.WAITING, CallBackState.TAKEN)


@dataclass(frozen=True)
class Caller:
    """Whom to call. The `repr` shows nothing, so that a log or a traceback cannot leak it."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    words: str = field(default="", repr=False)


def caller_of(call_back: CallBack) -> Caller:
    """Raises vault.Erased once the call was forgotten."""
    return Caller(**vault.open_json_for(call_back.subject_key, call_back.person_sealed))


def note_of(call_back: CallBack) -> str:
    """What a referent noted last, or ""."""
    if not call_back.note_sealed:
        return ""
    return vault.open_text_for(call_back.subject_key, call_back.note_sealed)


def referent_grant(user: User) -> RoleGrant | None:
    """The live role by which somebody is a referent; without a school on it: a national one."""
    rows = RoleGrant.objects.live().filter(user=user, user__is_active=True, role=Role.REFERENT)
    return rows.select_related("school").first()


def calls_of(user: User) -> QuerySet[CallBack]:
    """The calls this referent may ever reach; for everybody else they do not exist.

    A school's referent: that school's, asked for through the school and about no request that avoids it. A national
    one: all, among them those that no school ever sees.
    """
    grant = referent_grant(user)
    rows = CallBack.objects.filter(erased_at=None).select_related("school", "subject_key", "taken_by")
    if grant is None:
        return rows.none()
    if grant.school_id is not None:
        seen_by_school = Q(request=None) | Q(request__through_school=True)
        rows = rows.filter(seen_by_school, school=grant.school_id, through_school=True)
    return rows


def calls_to_make(user: User) -> QuerySet[CallBack]:
    """What this person can still take or has taken, what was promised first before the rest."""
    rows = calls_of(user).filter(Q(state=CallBackState.WAITING) | Q(state=CallBackState.TAKEN, taken_by=user))
    return rows.order_by("due_at", "pk")


def calls_in_other_hands(user: User) -> QuerySet[CallBack]:
    """Taken by somebody else, and past the promise or left by who is a referent no more: another may take it over."""
    referents = RoleGrant.objects.live().filter(role=Role.REFERENT, user__is_active=True).values("user")
    stuck = Q(due_at__lt=clock.moment()) | ~Q(taken_by__in=referents)
    rows = calls_of(user).filter(stuck, state=CallBackState.TAKEN)
    return rows.exclude(taken_by=user).order_by("due_at", "pk")


def is_late(call_back: CallBack) -> bool:
    return call_back.state in OPEN_STATES and call_back.due_at < clock.moment()


def can_take(by: User, call_back: CallBack) -> Refusal | None:
    """A referent who may know of it."""
    if (refusal := needs_role_now(by, Role.REFERENT)) is not None:
        return refusal
    if not calls_of(by).filter(pk=call_back.pk).exists():
        return Refusal("other_school", _("Cet appel n’est pas de votre école."))
    return None


def can_take_over(by: User, call_back: CallBack) -> Refusal | None:
    """A referent who may know of it, once it is late in somebody else's hands, or those hands are gone."""
    if (refusal := can_take(by, call_back)) is not None:
        return refusal
    if not calls_in_other_hands(by).filter(pk=call_back.pk).exists():
        return Refusal("in_good_hands", _("Une autre personne s’en occupe, et il n’est pas en retard."))
    return None


def can_work_on(by: User, call_back: CallBack) -> Refusal | None:
    """Whoever took it, and still may know of it."""
    if (refusal := can_take(by, call_back)) is not None:
        return refusal
    if call_back.taken_by_id != by.pk:
        return Refusal("not_taken", _("Prenez d’abord cet appel : une autre personne s’en occupe peut-être."))
    return None
