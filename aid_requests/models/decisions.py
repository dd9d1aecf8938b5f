"""Votes, recusals and decisions: rows that are only ever added."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aid_requests.models.requests import AidRequest
from aid_requests.models.rules import RulesVersion
from fund.models import Pocket, User


class VoteChoice(models.TextChoices):
    GRANT = "grant", _("J’accorde")
    FUND_LATER = "fund_later", _("J’accorde, même s’il faut attendre l’argent")
    REFUSE = "refuse", _("Je refuse")
    REDIRECT = "redirect", _("Je réoriente")
    ABSTAIN = "abstain", _("Je m’abstiens")


# Votes in favour of the aid.
IN_FAVOUR = (VoteChoice.GRANT, VoteChoice.FUND_LATER)


class Vote(models.Model):
    """One member's vote on one revision, in one round; nobody changes it. The note is under the field keys.

    A refusal has its coded reason, a redirection its reason and the door it leads to. `rules` are those it was cast
    under, none the default ones: a file keeps the rules of its first vote. `agenda_item`: the sitting or consultation
    it was cast in, none in writing without one; `entered_by`: whoever noted a vote given by hand there.
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="votes")
    revision = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=12, choices=VoteChoice)
    reason_code = models.SlugField(max_length=40, blank=True)
    door_code = models.SlugField(max_length=40, blank=True)
    note_sealed = models.TextField(blank=True)
    rules = models.ForeignKey(RulesVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agenda_item = models.ForeignKey(
        "aid_requests.AgendaItem", on_delete=models.PROTECT, null=True, blank=True, related_name="votes"
    )
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cast_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "revision", "round", "member"],
                condition=Q(agenda_item=None),
                name="one_vote_a_member",
            ),
            models.UniqueConstraint(
                fields=["agenda_item", "revision", "member"], name="one_vote_a_member_an_item"
            ),
            models.CheckConstraint(
                condition=Q(entered_by=None) | Q(agenda_item__isnull=False),
                name="vote_by_hand_is_in_a_sitting",
            ),
            models.CheckConstraint(
                condition=Q(choice__in=["grant", "fund_later", "abstain"], reason_code="", door_code="")
                | Q(choice="refuse", door_code="") & ~Q(reason_code="")
                | Q(choice="redirect") & ~Q(reason_code="") & ~Q(door_code=""),
                name="vote_says_what_it_asks",
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
    UNFUNDED = "unfunded", _("Favorable, en attente d’argent")
    REFUSED = "refused", _("Refusée")
    REDIRECTED = "redirected", _("Réorientée")


# What its applicant may contest, once; what stands on the votes against.
CONTESTABLE = (DecisionOutcome.REFUSED, DecisionOutcome.REDIRECTED)


class Decision(models.Model):
    """What the committee decided in one round, and on which revision, with the letter as it was sent. Append-only.

    One a round, and at most one that `follows` it without another vote: the aid granted from the waiting list.
    `door_codes` are where a redirected person is sent. `amount_cents` and `case_code` are those of the schedule
    version, frozen here; `vote_ids` are the votes it rests on, `rules` what counted them (none: the default ones).
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="decisions")
    revision = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=12, choices=DecisionOutcome)
    follows = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    case_code = models.SlugField(max_length=60)
    amount_cents = models.BigIntegerField()
    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="+")
    reason_codes = models.JSONField(default=list)
    door_codes = models.JSONField(default=list, blank=True)
    vote_ids = models.JSONField(default=list)
    last_vote_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    rules = models.ForeignKey(RulesVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField()
    letter_sealed = models.BinaryField()
    letter_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "round"], condition=Q(follows=None), name="one_decision_a_round"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="decision_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(outcome__in=["granted", "unfunded"])
                | Q(outcome="refused") & ~Q(reason_codes=[])
                | Q(outcome="redirected") & ~Q(reason_codes=[]) & ~Q(door_codes=[]),
                name="decision_says_why",
            ),
            models.CheckConstraint(
                condition=Q(follows=None) | Q(outcome="granted"), name="only_a_grant_follows"
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class Reexamination(models.Model):
    """The applicant asks, once, that other members read a refused or redirected request again (CRPA L410-1).

    Append-only. `text_sealed` says what was overlooked, written under the applicant's key.
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
