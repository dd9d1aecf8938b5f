"""Papers that a grant waits for, what was answered to each, and files the committee adjourned: rows only ever added."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aid_requests.models.decisions import Decision
from aid_requests.models.requests import AidRequest, Document
from aid_requests.models.rules import RulesVersion
from fund.models import User


class BroughtPaper(models.Model):
    """A file that the student brought for one of the papers a conditional decision asks for. Append-only."""

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="brought")
    code = models.SlugField(max_length=60)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="brought")
    brought_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="brought_paper_is_for_something")]

    def __str__(self) -> str:
        return f"brought paper {self.pk}"


class PaperFault(models.TextChoices):
    """Why a paper does not do; the student reads the sentence."""

    UNREADABLE = "unreadable", _("Le fichier ne se lit pas : une photo nette de toute la page suffit.")
    OTHER_PAPER = "other_paper", _("Ce n’est pas la pièce demandée.")
    OTHER_PERSON = "other_person", _("Cette pièce n’est pas à votre nom.")
    OTHER_PERIOD = "other_period", _("Cette pièce ne porte pas sur la bonne période.")
    INCOMPLETE = "incomplete", _("Il manque une partie de cette pièce.")


class PaperRuling(models.Model):
    """One brought paper, accepted or not; a paper that does not do has its coded reason. Append-only."""

    paper = models.OneToOneField(BroughtPaper, on_delete=models.PROTECT, related_name="ruling")
    is_accepted = models.BooleanField()
    fault = models.CharField(max_length=16, choices=PaperFault, blank=True)
    ruled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ruled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_accepted=True, fault="") | Q(is_accepted=False) & ~Q(fault=""),
                name="paper_that_does_not_do_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"paper ruling {self.pk}"


class Adjournment(models.Model):
    """The committee took a file up and put it off: what is missing, when it is read again, with the letter as it was
    sent. Append-only, one a turn; it decides nothing.

    `vote_ids` are the votes it rests on, which stand no more; `rules` what counted them (none: the default ones).
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="adjournments")
    revision = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField()
    reason_codes = models.JSONField()
    vote_ids = models.JSONField()
    rules = models.ForeignKey(RulesVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    last_vote_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    adjourned_at = models.DateTimeField()
    read_again_on = models.DateField()
    letter_sealed = models.BinaryField()
    letter_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "turn"], name="one_adjournment_a_turn"),
            models.CheckConstraint(condition=~Q(reason_codes=[]), name="adjournment_says_what_is_missing"),
        ]

    def __str__(self) -> str:
        return f"adjournment {self.pk}"
