"""The signed-in person of a request that the middleware let through."""

from django.http import HttpRequest

from fund.models import User


def actor(request: HttpRequest) -> User:
    """Raises TypeError for a visitor: such a view must not have been reached."""
    if not isinstance(request.user, User):
        raise TypeError("This page needs a signed-in person.")
    return request.user
