"""Mails to send and timed jobs done: rows written in the transaction of the act they belong to."""

from django.db import models
from django.db.models import Q


class MailState(models.TextChoices):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class OutgoingMail(models.Model):
    """A mail, once per `key`. Address and text are ciphertext: a database dump shows neither."""

    key = models.CharField(max_length=200, unique=True)
    to_sealed = models.TextField()
    subject = models.CharField(max_length=140)
    text_sealed = models.TextField()
    html_sealed = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=MailState, default=MailState.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="mail_sent_with_a_date",
            )
        ]
        indexes = [models.Index(fields=["state", "id"], name="mail_state")]

    def __str__(self) -> str:
        return f"mail {self.pk} {self.state}"


class TickRun(models.Model):
    """One timed job in one slot of time; the unique pair lets two clocks start it only once (failure 1)."""

    job = models.CharField(max_length=60)
    slot = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="job_runs_once_a_slot")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot:%Y-%m-%d %H:%M}"
