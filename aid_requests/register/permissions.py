"""Whose lists a person may bring: a school's referent the own school's, an administrator any (product A5)."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aid_requests.models import RegisterImport
from fund.models import RoleGrant, School, User
from fund.models.people import Role
from fund.roles import Refusal, needs_role, needs_role_now

BRINGERS = (Role.REFERENT, Role.ADMINISTRATOR)


def schools_of(user: User) -> QuerySet[School]:
    """The schools whose lists this person brings and reads, by name. A national referent has none."""
    schools = School.objects.order_by("name")
    if needs_role(user, Role.ADMINISTRATOR) is None:
        return schools
    grants = RoleGrant.objects.live().filter(user=user, role=Role.REFERENT, school__isnull=False)
    return schools.filter(pk__in=grants.values("school"))


def readable_imports(user: User) -> QuerySet[RegisterImport]:
    """Another school's import does not exist for this person."""
    rows = RegisterImport.objects.filter(school__in=schools_of(user))
    return rows.select_related("school", "uploaded_by", "applied_by").order_by("-uploaded_at", "-pk")


def can_bring(by: User, school: School) -> Refusal | None:
    """Asked in the act, under its lock: the role as it is held now."""
    if (refusal := needs_role_now(by, *BRINGERS)) is not None:
        return refusal
    if needs_role_now(by, Role.ADMINISTRATOR) is None:
        return None
    grants = RoleGrant.objects.live().filter(user=by, role=Role.REFERENT, school=school)
    if not grants.exists():
        return Refusal("other_school", _("Vous ne gérez que la liste de votre école."))
    return None
