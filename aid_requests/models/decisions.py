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
    GRANT_SUBJECT = "grant_subject", _("J’accorde, sous réserve d’une pièce")
    REFUSE = "refuse", _("Je refuse")
    REDIRECT = "redirect", _("Je réoriente")
    ADJOURN = "adjourn", _("J’ajourne : il manque quelque chose")
    ABSTAIN = "abstain", _("Je m’abstiens")


# Votes in favour of the aid.
IN_FAVOUR = (VoteChoice.GRANT, VoteChoice.FUND_LATER, VoteChoice.GRANT_SUBJECT)


class Vote(models.Model):
    """One member's vote on one revision, in one round and turn; nobody changes it. The note is under the field keys.

    A refusal and an adjournment have their coded reason, a redirection its reason and the door it leads to, a grant
    subject to papers their codes. `turn` grows when the committee adjourns: the votes of a former turn stand no more.
    `rules` are those it was cast under, none the default ones: a file keeps the rules of its first vote.
    `agenda_item`: the sitting or consultation it was cast in, none in writing without one; `entered_by`: whoever noted
    a vote given by hand there.
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="votes")
    revision = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    turn = models.PositiveSmallIntegerField(default=1)
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=16, choices=VoteChoice)
    reason_code = models.SlugField(max_length=40, blank=True)
    door_code = models.SlugField(max_length=40, blank=True)
    paper_codes = models.JSONField(default=list, blank=True)
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
                fields=["request", "revision", "round", "turn", "member"],
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
                | Q(choice="grant_subject", reason_code="", door_code="")
                | Q(choice__in=["refuse", "adjourn"], door_code="") & ~Q(reason_code="")
                | Q(choice="redirect") & ~Q(reason_code="") & ~Q(door_code=""),
                name="vote_says_what_it_asks",
            ),
            models.CheckConstraint(
                condition=Q(choice="grant_subject") & ~Q(paper_codes=[])
                | ~Q(choice="grant_subject") & Q(paper_codes=[]),
                name="vote_names_the_papers_it_asks",
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
    CONDITIONAL = "conditional", _("Accordée sous réserve d’une pièce")
    UNFUNDED = "unfunded", _("Favorable, en attente d’argent")
    REFUSED = "refused", _("Refusée")
    REDIRECTED = "redirected", _("Réorientée")


# What stands on the votes in favour; a conditional one may still lapse.
FAVOURABLE = (DecisionOutcome.GRANTED, DecisionOutcome.CONDITIONAL, DecisionOutcome.UNFUNDED)
# What its applicant may contest, once; what stands on the votes against.
CONTESTABLE = (DecisionOutcome.REFUSED, DecisionOutcome.REDIRECTED)


class Opinion(models.Model):
    """What the committee advises where its rules leave the decision to a person who signs. Append-only.

    `outcome` is what was advised, with the reasons, doors and papers of those who asked for it; nothing of it is told
    to the student before the signature. It stands while every vote it rests on is heard: whoever steps back before the
    signature takes it away, and the next vote may give another.
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="opinions")
    revision = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=12, choices=DecisionOutcome)
    reason_codes = models.JSONField(default=list, blank=True)
    door_codes = models.JSONField(default=list, blank=True)
    paper_codes = models.JSONField(default=list, blank=True)
    vote_ids = models.JSONField()
    rules = models.ForeignKey(RulesVersion, on_delete=models.PROTECT, related_name="+")
    last_vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"opinion {self.pk}"


class Decision(models.Model):
    """What the committee decided in one round, and on which revision, with the letter as it was sent. Append-only.

    One a round, and at most one that `follows` each without another vote: the aid granted from the waiting list, and
    what became of an aid granted subject to papers (granted, or refused because they did not come). `paper_codes` are
    asked for until `due_on` (a Paris date, included); on the waiting list they have no date yet. `delegation` is the
    reference of the act by which one person decided alone. `signed_by` signed after the committee's opinion, and says
    by `departure_code` why the decision is not what was advised. `door_codes` are where a redirected person is sent.
    `amount_cents` and `case_code` are those of the schedule version, frozen here; `vote_ids` are the votes it rests on,
    `rules` what counted them (none: the default ones).
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
    paper_codes = models.JSONField(default=list, blank=True)
    due_on = models.DateField(null=True, blank=True)
    delegation = models.CharField(max_length=200, blank=True)
    opinion = models.OneToOneField(
        Opinion, on_delete=models.PROTECT, null=True, blank=True, related_name="decision"
    )
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    departure_code = models.SlugField(max_length=40, blank=True)
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
                condition=Q(outcome__in=["granted", "conditional", "unfunded"])
                | Q(outcome="refused") & ~Q(reason_codes=[])
                | Q(outcome="redirected") & ~Q(reason_codes=[]) & ~Q(door_codes=[]),
                name="decision_says_why",
            ),
            models.CheckConstraint(
                condition=Q(follows=None) | Q(outcome__in=["granted", "conditional", "refused"]),
                name="only_what_was_awaited_follows",
            ),
            models.CheckConstraint(
                condition=Q(outcome="conditional", due_on__isnull=False) & ~Q(paper_codes=[])
                | Q(outcome="unfunded", due_on=None)
                | Q(outcome__in=["granted", "refused", "redirected"], due_on=None, paper_codes=[]),
                name="papers_are_asked_until_a_date",
            ),
            models.CheckConstraint(
                condition=Q(opinion=None, signed_by=None, departure_code="")
                | Q(opinion__isnull=False, signed_by__isnull=False),
                name="opinion_is_signed_by_someone",
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
