"""Files that look alike: keyed hashes of what was signed, and the pairs in which two of them meet."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aid_requests.models.applicants import Applicant
from aid_requests.models.requests import AidRequest
from fund.models import User


class LookAlikeKind(models.TextChoices):
    PERSON = "person", _("Mêmes noms et même date de naissance")
    IBAN = "iban", _("Même compte bancaire")
    PHONE = "phone", _("Même téléphone")
    DOCUMENT = "document", _("Même fichier envoyé")


class LookAlikeState(models.TextChoices):
    OPEN = "open", _("À regarder")
    EXPLAINED = "explained", _("Expliqué")
    CONFIRMED = "confirmed", _("Confirmé")


class LookAlikeMark(models.Model):
    """One keyed hash of one thing that a signed request holds: never the thing itself, never a hash of a blank.

    Deleted with the person's key, with the withdrawal of the request, and when a new signature no longer holds it.
    `key_mark` tells under which BLIND_INDEX_KEY it was made: those of another key are made anew by the timed work.
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="look_alike_marks")
    applicant = models.ForeignKey(Applicant, on_delete=models.PROTECT, related_name="look_alike_marks")
    kind = models.CharField(max_length=10, choices=LookAlikeKind)
    value_hash = models.CharField(max_length=64)
    key_mark = models.CharField(max_length=16)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "value_hash"], name="one_mark_a_value"),
            models.CheckConstraint(
                condition=~Q(value_hash="") & ~Q(key_mark=""), name="look_alike_mark_is_not_blank"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "value_hash"], name="look_alike_value"),
            models.Index(fields=["noted_at"], name="look_alike_noted"),
        ]

    def __str__(self) -> str:
        return f"mark {self.pk}"


class LookAlike(models.Model):
    """Two requests of two different applicants that hold the same thing of one kind. A signal, never a block.

    `first` is the request with the lower id. Once ruled on, the same pair and kind never opens again.
    """

    READ_WITH_LOCK = ("first__applicant__subject_key", "second__applicant__subject_key")

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    first = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=LookAlikeKind)
    state = models.CharField(max_length=10, choices=LookAlikeState, default=LookAlikeState.OPEN)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second", "kind"], name="one_look_alike_a_pair_and_kind"
            ),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="look_alike_pair_is_ordered"),
        ]
        indexes = [models.Index(fields=["state", "noted_at"], name="look_alike_state")]

    def __str__(self) -> str:
        return f"look-alike {self.pk}"


class LookAlikeReason(models.TextChoices):
    SHARED_ACCOUNT = "shared_account", _("Compte commun ou compte d’un parent")
    SHARED_HOME = "shared_home", _("Même logement, papier commun")
    SIBLINGS = "siblings", _("Frères, sœurs, jumeaux")
    NAMESAKES = "namesakes", _("Deux personnes du même nom, nées le même jour")
    CORRECTED = "corrected", _("Une erreur, corrigée depuis")
    SAME_PERSON = "same_person", _("La même personne, avec deux comptes")
    LENT_ACCOUNT = "lent_account", _("Un compte bancaire prêté à quelqu’un d’autre")
    REUSED_PAPER = "reused_paper", _("Le papier d’une autre personne")


# What each reason says of the signal; the page shows them in this order.
VERDICT_OF = {
    LookAlikeReason.SHARED_ACCOUNT: LookAlikeState.EXPLAINED,
    LookAlikeReason.SHARED_HOME: LookAlikeState.EXPLAINED,
    LookAlikeReason.SIBLINGS: LookAlikeState.EXPLAINED,
    LookAlikeReason.NAMESAKES: LookAlikeState.EXPLAINED,
    LookAlikeReason.CORRECTED: LookAlikeState.EXPLAINED,
    LookAlikeReason.SAME_PERSON: LookAlikeState.CONFIRMED,
    LookAlikeReason.LENT_ACCOUNT: LookAlikeState.CONFIRMED,
    LookAlikeReason.REUSED_PAPER: LookAlikeState.CONFIRMED,
}


class LookAlikeRuling(models.Model):
    """Who said what of a signal, when and why. Append-only: what is confirmed may be explained later, not back.

    `note_sealed` is written under the keys of both persons, one inside the other: erasing either erases the note.
    `by` is None where the same two persons share the same thing again, and somebody has explained it before.
    """

    look_alike = models.ForeignKey(LookAlike, on_delete=models.PROTECT, related_name="rulings")
    reason = models.CharField(max_length=20, choices=LookAlikeReason)
    note_sealed = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ruled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(follows__isnull=False), name="look_alike_ruled_by_someone"
            ),
        ]

    def __str__(self) -> str:
        return f"ruling {self.pk}"
