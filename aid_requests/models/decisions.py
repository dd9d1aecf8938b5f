"""Votes, recusals and decisions: rows that are only ever added."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aid_requests.models.requests import AidRequest
from aid_requests.models.rules import RulesVersion
from fund.models import Pocket, User


class VoteChoice(models.TextChoices):
    GRANT = "grant", _("J’accorde")
    REFUSE = "refuse", _("Je refuse")


class Vote(models.Model):
    """One member's vote on one revision, in one round; nobody changes it. The note is under the field keys.

    `rules` are those it was cast under, none the default ones: a file keeps the rules of its first vote.
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="votes")
    revision = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=8, choices=VoteChoice)
    reason_code = models.SlugField(max_length=40, blank=True)
    note_sealed = models.TextField(blank=True)
    rules = models.ForeignKey(RulesVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cast_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "revision", "round", "member"], name="one_vote_a_member"
            ),
            models.CheckConstraint(
                condition=Q(choice="grant", reason_code="") | Q(choice="refuse") & ~Q(reason_code=""),
                name="refusing_vote_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"vote {self.pk}"


class RecusalGround(models.TextChoices):
    PERSONAL_TIE = "personal_tie", _("Je connais cette personne")
    SUPPORTED = "supported", _("J’ai appuyé ou préparé ce dossier")
    OTHER_INTEREST = "other_interest", _("Un autre lien d’intérêts")


class Recusal(models.Model):
    """A member who has a tie leaves this file for good (R133-12): no vote, no reading."""

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="recusals")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=20, choices=RecusalGround)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "member"], name="one_recusal_a_member")]

    def __str__(self) -> str:
        return f"recusal {self.pk}"


class DecisionOutcome(models.TextChoices):
    GRANTED = "granted", _("Accordée")
    REFUSED = "refused", _("Refusée")


class Decision(models.Model):
    """What the committee decided in one round, and on which revision, with the letter as it was sent. Append-only.

    `amount_cents` and `case_code` are those of the schedule version, frozen here; `vote_ids` are the votes it rests on,
    `rules` what counted them (none: the default ones).
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="decisions")
    revision = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=8, choices=DecisionOutcome)
    case_code = models.SlugField(max_length=60)
    amount_cents = models.BigIntegerField()
    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="+")
    reason_codes = models.JSONField(default=list)
    vote_ids = models.JSONField(default=list)
    last_vote_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    rules = models.ForeignKey(RulesVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField()
    letter_sealed = models.BinaryField()
    letter_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "round"], name="one_decision_a_round"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="decision_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(outcome="granted") | Q(outcome="refused") & ~Q(reason_codes=[]),
                name="refusal_is_reasoned",
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class Reexamination(models.Model):
    """The applicant asks, once, that other members read a refused request again (CRPA L410-1). Append-only.

    `text_sealed` says what was overlooked, written under the applicant's key; `contested` is the refusal.
    """

    request = models.OneToOneField(AidRequest, on_delete=models.PROTECT, related_name="reexamination")
    contested = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="+")
    text_sealed = models.TextField()
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text_sealed=""), name="reexamination_says_why"),
        ]

    def __str__(self) -> str:
        return f"re-examination {self.pk}"
