"""Who tells: communication drafts, another person of communication releases."""

from django.utils.translation import gettext_lazy as _

from fund.models import User
from fund.models.people import Role
from fund.roles import Refusal, needs_role
from reports.models import Publication

READERS = (Role.COMMUNICATION, Role.AUDITOR)


def can_draft(user: User) -> Refusal | None:
    return needs_role(user, Role.COMMUNICATION)


def can_release(user: User, publication: Publication) -> Refusal | None:
    """Two pairs of eyes: whoever drafted, or last remade the draft, does not release it."""
    refusal = can_draft(user)
    if refusal is None and publication.drafted_by_id == user.pk:
        return Refusal("own_draft", _("Vous avez préparé ce brouillon : une autre personne doit le publier."))
    return refusal
