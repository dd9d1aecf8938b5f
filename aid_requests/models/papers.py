"""What was typed and not confirmed yet, and the codes that prove an address of one's own."""

from django.db import models
from django.db.models import F, Q

from aid_requests.models.applicants import Applicant
from aid_requests.models.requests import AidRequest


class UnfinishedStep(models.Model):
    """A step of a draft as it was last typed, good or not: kept until the person continues.

    `typed_sealed` is JSON (field → text) under the applicant's key. `page` names the shown page that typed it, so
    that two tabs are told apart.
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="unfinished_steps")
    step = models.CharField(max_length=12)
    page = models.CharField(max_length=32)
    typed_sealed = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "step"], name="one_unfinished_state_a_step"),
            models.CheckConstraint(
                condition=~Q(page="") & ~Q(typed_sealed=""), name="unfinished_step_was_typed"
            ),
        ]

    def __str__(self) -> str:
        return f"unfinished step {self.pk}"


class AddressCode(models.Model):
    """A one-time code sent to an address that a student wants to use: five tries, fifteen minutes of real time.

    `email_sealed` is under the applicant's key, `code_hash` keyed and bound to person and address.
    """

    applicant = models.ForeignKey(Applicant, on_delete=models.PROTECT, related_name="address_codes")
    email_sealed = models.TextField()
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="address_code_five_tries"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="address_code_expires"),
        ]

    def __str__(self) -> str:
        return f"address code {self.pk}"
