"""Roles: nobody grants himself, money needs two consents, one person holds one power."""

import pytest
from django.db import IntegrityError, transaction

from fund import roles
from fund.models import RoleGrant
from fund.models.people import POWER_OF_ROLE, Role
from tests.conftest import NOW, grant, make_user


def refused(**values) -> None:
    role = values["role"]
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(power=POWER_OF_ROLE[role], granted_at=NOW, **values)


def test_nobody_grants_himself_a_role(people):
    refused(user=people.administrator, role=Role.ADMINISTRATOR, granted_by=people.administrator)
    someone = make_user("someone")
    refused(user=someone, role=Role.MEMBER, granted_by=someone)


def test_only_an_administrator_may_come_from_nowhere(people):
    refused(user=make_user("someone"), role=Role.MEMBER)


@pytest.mark.parametrize("role", [Role.TREASURER, Role.SIGNATORY])
def test_money_roles_need_a_third_persons_consent(people, role):
    someone = make_user("someone")
    refused(user=someone, role=role, granted_by=people.administrator)
    refused(user=someone, role=role, granted_by=people.administrator, consented_by=people.administrator)
    refused(user=someone, role=role, granted_by=people.administrator, consented_by=someone)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [("member1", Role.TREASURER), ("treasurer", Role.MEMBER), ("referent", Role.MEMBER), ("auditor", Role.TREASURER),
     ("administrator", Role.SIGNATORY), ("communication", Role.REFERENT)],
)  # fmt: skip
def test_a_second_power_is_refused_by_the_database(people, held, wanted):
    giver = people.administrator if held != "administrator" else people.chair
    consent = people.auditor if held != "auditor" else people.chair
    refused(user=getattr(people, held), role=wanted, granted_by=giver, consented_by=consent)


def test_a_second_role_of_the_same_power_is_fine(people):
    grant(people.member1, Role.CHAIR, by=people.administrator)
    assert roles.roles_of(people.member1) == {Role.MEMBER, Role.CHAIR}


def test_a_revoked_role_makes_room(people):
    RoleGrant.objects.filter(user=people.member1).update(revoked_at=NOW, revoked_by=people.administrator)
    grant(people.member1, Role.TREASURER, by=people.administrator, consent=people.auditor)
    assert roles.roles_of(people.member1) == {Role.TREASURER}


def test_a_revoked_role_comes_back_only_without_another_power(people):
    old = RoleGrant.objects.get(user=people.member1)
    RoleGrant.objects.filter(pk=old.pk).update(revoked_at=NOW, revoked_by=people.administrator)
    grant(people.member1, Role.TREASURER, by=people.administrator, consent=people.auditor)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.filter(pk=old.pk).update(revoked_at=None, revoked_by=None)


def test_a_role_cannot_carry_another_power(people):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(
            user=make_user("x"), role=Role.TREASURER, power="decide", granted_by=people.administrator,
            consented_by=people.auditor, granted_at=NOW,
        )  # fmt: skip


def test_a_refusal_has_a_sentence(people, student):
    refusal = roles.needs_role(student, Role.TREASURER)
    assert refusal is not None
    assert str(refusal).endswith(".")
    assert roles.needs_role(people.treasurer, Role.TREASURER) is None
