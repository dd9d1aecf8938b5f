"""One member's same vote on many files at once: what was listed, and what became of each."""

import uuid

from django.db import models
from django.db.models import Q

from aid_requests.models.decisions import VoteChoice
from aid_requests.models.requests import AidRequest
from fund.models import User


class VoteBatch(models.Model):
    """What `by` confirmed once: the same vote on each file of its items. A redirection is never among them: it leads
    each person to a door of their own. `finished_at` once every item has its outcome."""

    READ_WITH_LOCK = ("by",)

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    form_token = models.UUIDField(unique=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=16, choices=VoteChoice)
    reason_code = models.SlugField(max_length=40, blank=True)
    language = models.CharField(max_length=2, default="fr")
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "vote batches"
        constraints = [
            models.CheckConstraint(
                condition=Q(choice__in=["grant", "fund_later", "abstain"], reason_code="")
                | Q(choice="refuse") & ~Q(reason_code=""),
                name="vote_batch_says_what_it_asks",
            ),
        ]
        indexes = [models.Index(fields=["by", "-made_at"], name="vote_batch_by")]

    def __str__(self) -> str:
        return f"vote batch {self.pk}"


class BatchOutcome(models.TextChoices):
    WAITING = "waiting"
    VOTED = "voted"
    DECIDED = "decided"
    LEFT = "left"


class VoteBatchItem(models.Model):
    """One file as it was listed: its `revision`, `round` and `turn` are those that are voted on, or none.

    `said` is why a file was left untouched, in the member's language; it names nobody.
    """

    READ_WITH_LOCK = ("batch__by", "request")

    batch = models.ForeignKey(VoteBatch, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=8, choices=BatchOutcome, default=BatchOutcome.WAITING)
    said = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "request"], name="file_is_once_in_a_batch"),
            models.UniqueConstraint(fields=["batch", "position"], name="one_place_a_batch_item"),
            models.CheckConstraint(
                condition=Q(outcome="waiting", done_at=None)
                | ~Q(outcome="waiting") & Q(done_at__isnull=False),
                name="batch_item_done_with_a_date",
            ),
            models.CheckConstraint(
                condition=Q(outcome="left") & ~Q(said="") | ~Q(outcome="left") & Q(said=""),
                name="batch_item_left_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["batch", "position"], condition=Q(outcome="waiting"), name="batch_item_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"item {self.position} of vote batch {self.batch_id}"
