"""Advances on a request not decided yet: the rules they are given under, and what the committee made of them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aid_requests.models.decisions import Decision
from aid_requests.models.requests import AidRequest
from fund.models import Pocket, User
from fund.models.people import Role


class AdvanceRules(models.Model):
    """What an advance may be, until the next row: nobody changes one. `month_cap_cents` 0: none is given any more.

    `cap_cents` bounds one advance, `month_cap_cents` all those of a Paris month; the committee has `ratify_days` days.
    """

    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="+")
    cap_cents = models.BigIntegerField()
    month_cap_cents = models.BigIntegerField()
    ratify_days = models.PositiveSmallIntegerField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "advance rules"
        constraints = [
            models.CheckConstraint(
                condition=Q(cap_cents__gt=0)
                & (Q(month_cap_cents=0) | Q(month_cap_cents__gte=F("cap_cents"))),
                name="advance_caps_in_order",
            ),
            models.CheckConstraint(
                condition=Q(ratify_days__gte=1, ratify_days__lte=60), name="advance_is_ratified_soon"
            ),
        ]

    def __str__(self) -> str:
        return f"advance rules {self.pk}"


class AdvanceReason(models.TextChoices):
    """Why the money could not wait, without saying more of the person than that."""

    FOOD = "food", _("De quoi manger")
    HOUSING = "housing", _("Le logement, ou l’énergie")
    HEALTH = "health", _("La santé")
    TRAVEL = "travel", _("Un trajet qui ne peut pas attendre")
    OTHER = "other", _("Autre chose, dit dans la note")


class Advance(models.Model):
    """A part of an aid that was paid before the decision, at most one a request. Append-only.

    An approval of its own: it has its movement and its payment order (of kind `KIND`, by the request's id).
    `note_sealed` is written under the applicant's key. `ratify_by` is the last Paris day the committee has.
    """

    KIND = "advance"

    request = models.OneToOneField(AidRequest, on_delete=models.PROTECT, related_name="advance")
    revision = models.PositiveSmallIntegerField()
    rules = models.ForeignKey(AdvanceRules, on_delete=models.PROTECT, related_name="+")
    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    as_role = models.CharField(max_length=20, choices=Role)
    reason = models.CharField(max_length=10, choices=AdvanceReason)
    note_sealed = models.TextField()
    given_at = models.DateTimeField()
    ratify_by = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="advance_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(as_role__in=["referent", "chair"]), name="advance_given_by_referent_or_chair"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=AdvanceReason.values) & ~Q(note_sealed=""), name="advance_says_why"
            ),
        ]
        indexes = [models.Index(fields=["given_at"], name="advance_given_at")]

    def __str__(self) -> str:
        return f"advance {self.pk}"


class AdvanceEnd(models.TextChoices):
    RATIFIED = "ratified", _("Ratifiée")
    NOT_RATIFIED = "not_ratified", _("Non ratifiée")
    WITHDRAWN = "withdrawn", _("Demande retirée avant la décision")


class AdvanceOutcome(models.Model):
    """What became of an advance: by each decision on the request, or by its withdrawal. The last one holds.

    Append-only. Whatever it says, nothing is claimed from the student.
    """

    advance = models.ForeignKey(Advance, on_delete=models.PROTECT, related_name="outcomes")
    outcome = models.CharField(max_length=12, choices=AdvanceEnd)
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["advance"], condition=Q(decision=None), name="advance_withdrawn_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome="withdrawn", decision=None)
                | Q(outcome__in=["ratified", "not_ratified"], decision__isnull=False),
                name="advance_ratified_by_a_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} of advance {self.advance_id}"
