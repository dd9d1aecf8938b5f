"""What was done, by whom, when: rows that are only ever added, and that hold ids and codes, never personal data."""

from django.db import models
from django.utils import timezone

from fund.models.people import User


class AuditEvent(models.Model):
    """One act. `details` holds ids, codes, cents and hashes only; `row_hash` is what the seals chain."""

    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    details = models.JSONField(default=dict)
    row_hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["object_kind", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_id}"


class TransitionLog(models.Model):
    """One change of state, written by the workflow engine and by nothing else."""

    object_kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    from_state = models.CharField(max_length=30)
    to_state = models.CharField(max_length=30)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    why = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["object_kind", "object_id", "id"], name="transition_object")]

    def __str__(self) -> str:
        return f"{self.object_kind} {self.object_id} {self.from_state}→{self.to_state}"
