"""A committee and the versions of its rules (règlement); a version never changes once it opened."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from aid_requests.models.schemes import Committee


class RulesState(models.TextChoices):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class RulesVersion(models.Model):
    """One version of a committee's rules, as their YAML text. A draft is always readable rules; `revision` grows by one
    with each save of it, so that a save that saw an older one is refused. While none is open, the default rules hold
    (`committee.rules.DEFAULT`)."""

    READ_WITH_LOCK = ("committee",)

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="rules_versions")
    number = models.PositiveIntegerField()
    definition = models.TextField()
    definition_hash = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=6, choices=RulesState, default=RulesState.DRAFT)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["committee", "number"], name="rules_version_is_one"),
            models.UniqueConstraint(
                fields=["committee"], condition=Q(state="open"), name="one_open_rules_version"
            ),
            models.UniqueConstraint(
                fields=["committee"], condition=Q(state="draft"), name="one_rules_draft_a_committee"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at=None, opened_by=None, closed_at=None)
                | Q(state="open", opened_at__isnull=False, opened_by__isnull=False, closed_at=None)
                | Q(
                    state="closed",
                    opened_at__isnull=False,
                    opened_by__isnull=False,
                    closed_at__isnull=False,
                ),
                name="rules_version_opened_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"rules {self.committee_id} v{self.number}"
