"""What every page's frame needs: the fund's name, the visitor's roles, theme and language."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from config.navigation import side_items
from fund.models.people import Role
from fund.roles import roles_of

THEMES = ("light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    """No query for a visitor; one, kept on the request's user, for a signed-in person.

    While the second factor is missing the frame shows nothing of the roles: not even how much waits.
    """
    user = getattr(request, "user", None)
    held = roles_of(user) if user is not None else frozenset()
    is_held_back = getattr(request, "held_back", False)
    theme = request.COOKIES.get("theme", "")
    return {
        "demo": settings.DEMO,
        "held_roles": frozenset() if is_held_back else held,
        "side_items": list if is_held_back else partial(side_items, request, held),
        "role_label": next((role.label for role in Role if role in held), ""),
        "theme": theme if theme in THEMES else "",
    }
