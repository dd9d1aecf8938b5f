"""The second look: what was promised for each month before it began, and the grants that were drawn."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aid_requests.models.decisions import Decision
from fund.models import User


class SecondLookMonth(models.Model):
    """One month's draw. `commitment` is published before, `seed` (hex, 32 bytes) once the month is over.

    Only grants of more than `from_cents`, decided after `committed_at`, take part: one in `one_in` of them.
    `seed_sealed` is the seed under the field keys, while it is secret.
    """

    month = models.DateField(unique=True)  # its first day, in Paris
    one_in = models.PositiveIntegerField()
    from_cents = models.BigIntegerField()
    seed_sealed = models.TextField()
    commitment = models.CharField(max_length=64)
    committed_at = models.DateTimeField()
    seed = models.CharField(max_length=64, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(one_in__gt=0, from_cents__gte=0), name="second_look_month_is_a_rule"
            ),
            models.CheckConstraint(
                condition=Q(seed="", revealed_at=None) | ~Q(seed="") & Q(revealed_at__isnull=False),
                name="second_look_seed_is_revealed_with_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"second looks of {self.month:%Y-%m}"


class SecondLookState(models.TextChoices):
    OPEN = "open", _("À relire")
    CONFIRMED = "confirmed", _("Confirmée")
    REPORTED = "reported", _("À revoir")
    MAINTAINED = "maintained", _("Maintenue")


# States in which the transfer may leave.
PAYABLE_STATES = (SecondLookState.CONFIRMED, SecondLookState.MAINTAINED)


class SecondLookReason(models.TextChoices):
    CASE = "case", _("Le cas ne correspond pas à ce qui est raconté")
    AMOUNT = "amount", _("Le montant est à revoir")
    PAPERS = "papers", _("Une pièce manque ou ne convient pas")
    TIE = "tie", _("Une personne qui a voté avait peut-être un lien")
    OTHER = "other", _("Autre chose, dit dans la note")


class SecondLook(models.Model):
    """A grant that was drawn: it is not paid until a person who had no part in it has read it again.

    What is reported goes back to the committee's chair; nothing is undone by itself. `note_sealed` (the reader's) and
    `answer_sealed` (the chair's) are written under the applicant's key.
    """

    READ_WITH_LOCK = (
        "decision__request__applicant__subject_key",
        "decision__request__scheme_version__scheme",
        "month",
    )

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="second_look")
    month = models.ForeignKey(SecondLookMonth, on_delete=models.PROTECT, related_name="looks")
    state = models.CharField(max_length=10, choices=SecondLookState, default=SecondLookState.OPEN)
    drawn_at = models.DateTimeField()
    read_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=10, choices=SecondLookReason, blank=True)
    note_sealed = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_sealed = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", read_by=None, read_at=None)
                | ~Q(state="open") & Q(read_by__isnull=False, read_at__isnull=False),
                name="second_look_read_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "confirmed"], reason="")
                | Q(state__in=["reported", "maintained"]) & ~Q(reason=""),
                name="second_look_reported_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="maintained", answered_by__isnull=False, answered_at__isnull=False)
                | ~Q(state="maintained") & Q(answered_by=None, answered_at=None),
                name="second_look_maintained_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["state", "drawn_at"], name="second_look_state")]

    def __str__(self) -> str:
        return f"second look {self.pk}"
