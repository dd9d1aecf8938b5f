"""What is said about a request after it was signed: messages, corrections that are asked for, and signed revisions."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aid_requests.models.applicants import BankDetails
from aid_requests.models.requests import AidRequest, Declaration
from fund.models import User


class Party(models.TextChoices):
    """With whom a student speaks. The two never read each other: one knows the name, the other the story."""

    SCHOOL = "school", _("L’équipe de votre école")
    COMMITTEE = "committee", _("Le comité")


class Side(models.TextChoices):
    STUDENT = "student"
    TEAM = "team"


class MessageKind(models.TextChoices):
    """ERROR: the student tells of an error of their own after the decision (CRPA L123-1); somebody must look."""

    WORDS = "words"
    ERROR = "error"


class Message(models.Model):
    """One message between a student and one party. Only the marks of reading and settling are ever added to it.

    The text is written under the applicant's key. `read_at` is when somebody of the other side had it before them.
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="messages")
    party = models.CharField(max_length=10, choices=Party)
    side = models.CharField(max_length=8, choices=Side)
    kind = models.CharField(max_length=8, choices=MessageKind, default=MessageKind.WORDS)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text_sealed = models.TextField()
    form_token = models.UUIDField(unique=True)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text_sealed=""), name="message_says_something"),
            models.CheckConstraint(
                condition=Q(kind=MessageKind.WORDS) | Q(side=Side.STUDENT),
                name="error_is_told_by_the_student",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False, kind=MessageKind.ERROR),
                name="message_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(read_at=None) | Q(read_at__gte=F("sent_at")),
                name="message_read_after_it_was_sent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["request", "party", "side"], condition=Q(read_at=None), name="message_unread"
            )
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class CorrectionState(models.TextChoices):
    OPEN = "open", _("Correction demandée")
    ANSWERED = "answered", _("Corrigée")
    CANCELLED = "cancelled", _("Correction levée")
    DROPPED = "dropped", _("Demande retirée")


class CorrectionScope(models.TextChoices):
    """What the student took up: only what is named, or the whole request as at any time before the decision."""

    NAMED = "named"
    WHOLE = "whole"


class CancelReason(models.TextChoices):
    MISTAKE = "mistake", _("Demandée par erreur")
    SETTLED = "settled", _("Réglée autrement")
    NO_ANSWER = "no_answer", _("Sans réponse de l’étudiant·e")


class Correction(models.Model):
    """Somebody of the team asks for a correction of named fields; while it is open nothing is decided (peers §2.26).

    `fields` are codes (identity, account, story, answer:<question>, paper:<document>), `sentences_sealed` what is said
    about each, as JSON under the applicant's key. `revision` is the one that was read.
    """

    READ_WITH_LOCK = ("request",)

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="corrections")
    revision = models.PositiveSmallIntegerField()
    party = models.CharField(max_length=10, choices=Party)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField()
    sentences_sealed = models.TextField()
    form_token = models.UUIDField(unique=True)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=CorrectionState, default=CorrectionState.OPEN)
    scope = models.CharField(max_length=6, choices=CorrectionScope, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cancel_reason = models.CharField(max_length=10, choices=CancelReason, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(state=CorrectionState.OPEN), name="one_open_correction"
            ),
            models.CheckConstraint(
                condition=Q(state=CorrectionState.OPEN, closed_at=None, closed_by=None)
                | ~Q(state=CorrectionState.OPEN) & Q(closed_at__isnull=False, closed_by__isnull=False),
                name="correction_closed_with_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state=CorrectionState.CANCELLED) & ~Q(cancel_reason="")
                | ~Q(state=CorrectionState.CANCELLED) & Q(cancel_reason=""),
                name="correction_cancelled_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(scope="", opened_at=None) | ~Q(scope="") & Q(opened_at__isnull=False),
                name="correction_opened_with_a_date",
            ),
            models.CheckConstraint(
                condition=Q(reminders=0, reminded_at=None) | Q(reminders__gt=0, reminded_at__isnull=False),
                name="correction_reminded_with_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(fields=[]) & ~Q(sentences_sealed=""), name="correction_names_something"
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk}"


class RevisionOrigin(models.TextChoices):
    """Why a revision was signed; OWN is the student's own correction, in good faith (CRPA L123-1)."""

    FIRST = "first"
    OWN = "own"
    ASKED = "asked"


class RequestRevision(models.Model):
    """What one signature was about, whole: what was approved can be shown later (peers §2.20). Append-only.

    `snapshot_sealed` is JSON under the applicant's key: answers, story, identity, papers, account as they stood.
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="revisions")
    revision = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=5, choices=RevisionOrigin)
    declaration = models.OneToOneField(Declaration, on_delete=models.PROTECT, related_name="signed_revision")
    snapshot_sealed = models.TextField()
    case_code = models.SlugField(max_length=60)
    amount_cents = models.BigIntegerField()
    bank_details = models.ForeignKey(BankDetails, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "revision"], name="one_row_a_revision"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0) & ~Q(case_code="") & ~Q(snapshot_sealed=""),
                name="signed_revision_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(revision=1, origin=RevisionOrigin.FIRST) | Q(revision__gt=1),
                name="first_revision_is_the_first",
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.revision} of request {self.request_id}"
