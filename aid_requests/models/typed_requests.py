"""A request that a referent typed with somebody, until that person takes it over, or it lapses."""

import uuid

from django.db import models
from django.db.models import Q

from aid_requests.models.call_backs import CallBack
from aid_requests.models.requests import AidRequest
from aid_requests.models.schemes import SchemeVersion
from fund.models import School, SubjectKey, User


class TypedState(models.TextChoices):
    WAITING = "waiting"
    CLAIMED = "claimed"
    DECLINED = "declined"
    LAPSED = "lapsed"


class TypedRequest(models.Model):
    """What was typed, apart from the person's own requests: a referent never learns which of those there are.

    `content_sealed` (JSON: email, language, identity, answers, story, through_school) stands under a key of its own,
    deleted as soon as it was taken over, declined, or lapsed. `email_fingerprint` is the address that may take it.
    """

    READ_WITH_LOCK = ("subject_key", "scheme_version__scheme", "school")

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    form_token = models.UUIDField(unique=True)
    subject_key = models.OneToOneField(SubjectKey, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    scheme_version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="+")
    email_fingerprint = models.CharField(max_length=64)
    content_sealed = models.TextField(blank=True)
    call_back = models.ForeignKey(CallBack, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=TypedState, default=TypedState.WAITING)
    typed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    typed_at = models.DateTimeField()
    lapses_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)
    request = models.ForeignKey(
        AidRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="typed_requests"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None, request=None) & ~Q(content_sealed="")
                | Q(state="claimed", ended_at__isnull=False, request__isnull=False, content_sealed="")
                | Q(
                    state__in=["declined", "lapsed"], ended_at__isnull=False, request=None, content_sealed=""
                ),
                name="typed_request_waits_or_ended",
            ),
            models.UniqueConstraint(
                fields=["email_fingerprint", "scheme_version", "typed_by"],
                condition=Q(state="waiting"),
                name="one_typed_request_waits",
            ),
        ]
        indexes = [models.Index(fields=["state", "lapses_on"], name="typed_request_lapse")]

    def __str__(self) -> str:
        return f"typed request {self.pk}"
