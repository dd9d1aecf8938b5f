"""Who may do what: questions that answer with a refusal and its sentence, or with nothing.

A refusal is a value for the person's eyes, never a bare boolean (failure 32: a tuple is always true).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fund.models import RoleGrant, User
from fund.models.people import Role

StrOrPromise = str | Promise


@dataclass(frozen=True)
class Refusal:
    """Why not, in a sentence for the person who asked; `code` is for tests and logs."""

    code: str
    sentence: StrOrPromise

    def __str__(self) -> str:
        return str(self.sentence)


class Refused(Exception):
    """An act was refused; the middleware shows the sentence."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def roles_of(user: User | AnonymousUser) -> frozenset[str]:
    """The roles a person holds now, read once per request object."""
    if not user.is_authenticated:
        return frozenset()
    held = getattr(user, "_roles_held", None)
    if held is None:
        held = frozenset(RoleGrant.objects.live().filter(user=user).values_list("role", flat=True))
        user._roles_held = held  # type: ignore[attr-defined]
    return held


def is_staff(user: User | AnonymousUser) -> bool:
    return bool(roles_of(user))


def needs_role(user: User | AnonymousUser, *roles: Role) -> Refusal | None:
    """Refuses whoever holds none of `roles`."""
    if roles_of(user) & set(roles):
        return None
    return Refusal("role", _("Cette page est réservée à d’autres rôles que le vôtre."))


def needs_role_now(user: User, *roles: Role) -> Refusal | None:
    """Like `needs_role`, for an action: never from what the request's user had read before the lock."""
    if user.is_active and RoleGrant.objects.live().filter(user=user, role__in=roles).exists():
        return None
    return Refusal("role", _("Cette page est réservée à d’autres rôles que le vôtre."))


def demand(refusal: Refusal | None) -> None:
    """Raises Refused when there is a refusal."""
    if refusal is not None:
        raise Refused(refusal)


View = Callable[..., HttpResponse]


def for_roles(*roles: Role) -> Callable[[View], View]:
    """A view for whoever holds one of `roles`; the URL × role sweep reads `view.roles`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            demand(needs_role(request.user, *roles))
            return view(request, *args, **kwargs)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return decorate


def for_applicants(view: View) -> View:
    """A view for a signed-in person without any staff role: staff never act as applicants under a staff account.

    What it answers is kept nowhere: on a shared computer « back » after signing out must not show a request.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_staff(request.user):
            demand(Refusal("staff", _("Avec un compte de l’équipe, on ne peut pas demander une aide.")))
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    guarded.roles = frozenset({"applicant"})  # type: ignore[attr-defined]
    return guarded
