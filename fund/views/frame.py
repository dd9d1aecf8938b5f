"""What the treasury's pages share: the person, and what that person may do here."""

from typing import Any

from django.http import HttpRequest

from fund.models import User
from fund.models.people import Role
from fund.roles import roles_of

READERS = (Role.TREASURER, Role.SIGNATORY, Role.AUDITOR)


def actor(request: HttpRequest) -> User:
    """The signed-in person. Raises TypeError for a visitor: such a view must not have been reached."""
    if not isinstance(request.user, User):
        raise TypeError("This page needs a signed-in person.")
    return request.user


def frame(request: HttpRequest) -> dict[str, Any]:
    """The auditor reads everything and changes nothing."""
    held = roles_of(request.user)
    return {"is_treasurer": Role.TREASURER in held, "is_signatory": Role.SIGNATORY in held}
