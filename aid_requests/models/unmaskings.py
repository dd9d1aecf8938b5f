"""Who lifted the veil of a file, when and why: rows that are only ever added."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aid_requests.models.requests import AidRequest
from fund.models import User


class UnmaskingReason(models.TextChoices):
    TIE = "tie", _("Je crois connaître cette personne")
    DUPLICATE = "duplicate", _("Je crois que la demande existe déjà")
    SAFETY = "safety", _("Quelqu’un est peut-être en danger")
    AUTHORITY = "authority", _("Un juge ou un contrôle le demande")


class Unmasking(models.Model):
    """`by` read the name and the school of a file, and votes on it no more. Append-only.

    `note_sealed` says why, under the applicant's key. How long it lasts is `committee.unmasking.SHOWN_FOR`.
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="unmaskings")
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=UnmaskingReason)
    note_sealed = models.TextField()
    form_token = models.UUIDField(unique=True)
    unmasked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(note_sealed="") & ~Q(reason=""), name="unmasking_says_why"),
        ]
        indexes = [
            models.Index(fields=["by", "unmasked_at"], name="unmasking_by"),
            models.Index(fields=["-unmasked_at", "-id"], name="unmasking_newest"),
        ]

    def __str__(self) -> str:
        return f"unmasking {self.pk}"
