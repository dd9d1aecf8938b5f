"""Lists of people to whom a declaration is sent, one link each. Only counts leave these tables for the staff's eyes."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aid_requests.models.requests import AidRequest
from aid_requests.models.schemes import Scheme
from fund.models import School, User


class ListState(models.TextChoices):
    PREPARING = "preparing", _("En préparation")
    READY = "ready", _("À envoyer")
    SENDING = "sending", _("Envoi en cours")
    SENT = "sent", _("Envoyée")
    ENDED = "ended", _("Arrêtée")


class InvitationList(models.Model):
    """People of one school invited to one scheme, until `expires_on` (Paris, that day included).

    From the school's list by `filters` ({"level": […], "year_of_study": […], "curriculum": […]}; none of a name means
    any), or from typed addresses. `last_entry` is the last line of the school's list that was looked at, written with
    the invitations it gave. `refused` counts typed addresses that were not taken.
    """

    READ_WITH_LOCK = ("school", "scheme")

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    university_year = models.CharField(max_length=9)
    from_register = models.BooleanField()
    filters = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ListState, default=ListState.PREPARING)
    form_token = models.UUIDField(unique=True, default=uuid.uuid4)
    last_entry = models.BigIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    expires_on = models.DateField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | ~Q(state="ended") & Q(ended_at=None),
                name="invitation_list_ended_with_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "sent"]) | Q(sent_by__isnull=False),
                name="invitation_list_sent_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["school", "-made_at"], name="invitation_list_by_school")]

    def __str__(self) -> str:
        return f"invitation list {self.pk}"


class Invitation(models.Model):
    """One person's link: only its hash is kept. `request` is what the person began from it."""

    invitation_list = models.ForeignKey(InvitationList, on_delete=models.PROTECT, related_name="invitations")
    email_fingerprint = models.CharField(max_length=64)
    email_sealed = models.TextField(blank=True)
    token_hash = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invitation_list", "email_fingerprint"], name="one_invitation_a_person"
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="invitation_link_is_one"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, token_hash="") | Q(sent_at__isnull=False) & ~Q(token_hash=""),
                name="invitation_sent_with_a_link",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(sent_at__isnull=False), name="invitation_opened_once_sent"
            ),
        ]
        indexes = [models.Index(fields=["email_fingerprint"], name="invitation_email")]

    def __str__(self) -> str:
        return f"invitation {self.pk}"
