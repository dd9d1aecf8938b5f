"""The side list of the treasury's pages."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from fund.models import User
from fund.models.people import Role
from fund.roles import roles_of
from fund.treasury import queries

READERS = (Role.TREASURER, Role.SIGNATORY, Role.AUDITOR)


def actor(request: HttpRequest) -> User:
    """The signed-in person. Raises TypeError for a visitor: such a view must not have been reached."""
    if not isinstance(request.user, User):
        raise TypeError("This page needs a signed-in person.")
    return request.user


def frame(request: HttpRequest, current: str) -> dict[str, Any]:
    """`current` is the URL name of the entry to mark. The auditor reads everything and changes nothing."""
    held = roles_of(request.user)
    entries: list[tuple[str, str, int | None]] = [
        ("treasury_desk", _("Mon bureau"), None),
        ("batch_list", _("Lots de virements"), queries.unsigned_batches().count()),
        ("statement_list", _("Relevés"), queries.parked_lines().count()),
    ]
    if held & {Role.TREASURER, Role.AUDITOR}:
        entries.append(("event_inbox", _("Événements de paiement"), None))
    items = [
        {"url": reverse(name), "label": label, "count": count, "current": name == current}
        for name, label, count in entries
    ]
    return {
        "side_items": items,
        "is_treasurer": Role.TREASURER in held,
        "is_signatory": Role.SIGNATORY in held,
    }
