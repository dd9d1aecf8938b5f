"""A schedule (barème) while an administrator writes it in the browser; it decides nothing until it is opened."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from aid_requests.models.schemes import Scheme, SchemeVersion


class DraftState(models.TextChoices):
    LIVE = "live"
    OPENED = "opened"
    DISCARDED = "discarded"


class SchemeDraft(models.Model):
    """`tree` is the schedule as plain mappings, lists and texts, incomplete as it may be; no personal data.

    `scheme` is empty while the scheme itself does not exist, `based_on` when nothing was copied. `revision` grows by
    one with each save: a save that saw an older one is refused (failure 37).
    """

    READ_WITH_LOCK = ("scheme", "based_on")

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form_token = models.UUIDField(unique=True)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, null=True, blank=True, related_name="drafts")
    based_on = models.ForeignKey(
        SchemeVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    tree = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=9, choices=DraftState, default=DraftState.LIVE)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    opened_as = models.OneToOneField(
        SchemeVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="draft"
    )
    discarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme"], condition=Q(state="live"), name="one_live_draft_a_scheme"
            ),
            models.CheckConstraint(
                condition=Q(state="live", opened_as=None, discarded_by=None, discarded_at=None)
                | Q(
                    state="opened",
                    opened_as__isnull=False,
                    scheme__isnull=False,
                    discarded_by=None,
                    discarded_at=None,
                )
                | Q(
                    state="discarded",
                    opened_as=None,
                    discarded_by__isnull=False,
                    discarded_at__isnull=False,
                ),
                name="scheme_draft_ends_one_way",
            ),
            models.CheckConstraint(
                condition=Q(based_on=None) | Q(scheme__isnull=False),
                name="scheme_draft_copies_its_own_scheme",
            ),
            models.CheckConstraint(condition=Q(revision__gte=1), name="scheme_draft_revision_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.token} r{self.revision}"
