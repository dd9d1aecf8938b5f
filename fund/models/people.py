"""Accounts of persons, the roles they were given, and the keys under which a person's data is written."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from fund.models.institution import School


class UserAccounts(BaseUserManager["User"]):
    """Makes accounts; an address is kept in lower case, so that it is one person's only once."""

    def create_user(self, email: str, *, display_name: str = "", language: str = "fr") -> "User":
        user = self.model(email=email.strip().lower(), display_name=display_name, language=language)
        user.set_unusable_password()
        user.save()
        return user


class User(AbstractBaseUser):
    """Anyone who signs in: a student, a member, a treasurer… There are no passwords, only codes sent by e-mail."""

    email = models.EmailField(_("adresse électronique"), max_length=254, unique=True)
    display_name = models.CharField(_("nom affiché"), max_length=120, blank=True)
    language = models.CharField(max_length=2, default="fr")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserAccounts] = UserAccounts()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_is_one_person")]

    def __str__(self) -> str:
        return f"user {self.pk}"


class Role(models.TextChoices):
    """What a person may do; the matrix is in `product.md`, the incompatibilities in POWER_OF_ROLE."""

    MEMBER = "member", _("Membre du comité")
    CHAIR = "chair", _("Présidence du comité")
    TREASURER = "treasurer", _("Trésorerie")
    SIGNATORY = "signatory", _("Signataire habilité·e")
    REFERENT = "referent", _("Référent·e d’école")
    COMMUNICATION = "communication", _("Communication")
    AUDITOR = "auditor", _("Commissaire aux comptes")
    ADMINISTRATOR = "administrator", _("Administration")


class Power(models.TextChoices):
    """One person holds one power at a time: who decides does not pay, who tells does not see names."""

    DECIDE = "decide"
    PAY = "pay"
    REFER = "refer"
    TELL = "tell"
    AUDIT = "audit"
    ADMINISTER = "administer"


POWER_OF_ROLE = {
    Role.MEMBER: Power.DECIDE,
    Role.CHAIR: Power.DECIDE,
    Role.TREASURER: Power.PAY,
    Role.SIGNATORY: Power.PAY,
    Role.REFERENT: Power.REFER,
    Role.COMMUNICATION: Power.TELL,
    Role.AUDITOR: Power.AUDIT,
    Role.ADMINISTRATOR: Power.ADMINISTER,
}
MONEY_ROLES = (Role.TREASURER, Role.SIGNATORY)


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def live(self) -> "RoleGrantQuerySet":
        return self.filter(revoked_at=None)


class RoleGrant(models.Model):
    """A role given to a person, by whom, and with whose consent.

    Constraints: nobody grants himself; money roles need a second person's consent; a role carries its power; a
    trigger refuses a second power to one person (invariant 5).
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role)
    power = models.CharField(max_length=12, choices=Power)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    consented_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(revoked_at=None), name="role_is_held_once"
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("user")), name="nobody_grants_himself_a_role"
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=False) | Q(role=Role.ADMINISTRATOR),
                name="only_the_first_administrator_is_given_by_nobody",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=MONEY_ROLES)
                | (
                    Q(consented_by__isnull=False)
                    & ~Q(consented_by=F("user"))
                    & ~Q(consented_by=F("granted_by"))
                ),
                name="money_roles_need_a_second_consent",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    *[Q(role=role, power=power) for role, power in POWER_OF_ROLE.items()], _connector=Q.OR
                ),
                name="role_carries_its_power",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False),
                name="role_revoked_with_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of user {self.user_id}"


class SignInTries(models.Model):
    """How often one sign-in code was tried: counted under a row lock, so that parallel tries do not share one count."""

    code_key = models.CharField(max_length=64, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(tries__lte=5), name="sign_in_code_five_tries")]

    def __str__(self) -> str:
        return f"sign-in code {self.pk}"


class SubjectKey(models.Model):
    """The key under which one person's data is written; deleting it erases that person everywhere at once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=20)
    wrapped_key = models.TextField(null=True, blank=True)  # noqa: DJ001 - NULL means erased, "" would be a lost key
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wrapped_key__isnull=False, erased_at=None)
                | Q(wrapped_key=None, erased_at__isnull=False),
                name="subject_key_is_there_or_erased",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
