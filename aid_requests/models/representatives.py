"""A minor's legal representative, who signs the same declaration before the student does (C. civ. 388-1-1)."""

from django.db import models
from django.db.models import F, Q

from aid_requests.models.requests import AidRequest


class Representative(models.Model):
    """Whom the student named: `person_sealed` (JSON: first_name, last_name, email, relation, language) stands under the
    student's key. Another name is another row; the former one is kept, ended, for the signatures it gave.
    """

    READ_WITH_LOCK = ("request__applicant__subject_key", "request__applicant__user")

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="representatives")
    person_sealed = models.TextField()
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(person_sealed=""), name="representative_is_named"),
            models.UniqueConstraint(
                fields=["request"], condition=Q(ended_at=None), name="one_representative_a_request"
            ),
        ]

    def __str__(self) -> str:
        return f"representative {self.pk}"


class RepresentativeLink(models.Model):
    """One link sent to a representative, kept as a keyed hash, for the text of `content_hash` and no other.

    Times are real, as those of codes. `signed_at` ends it; a newer link of the same representative ends it too.
    """

    READ_WITH_LOCK = ("representative__request__applicant__subject_key",)

    representative = models.ForeignKey(Representative, on_delete=models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    revision = models.PositiveSmallIntegerField()
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="representative_link_expires"
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None) | Q(ended_at__isnull=False),
                name="representative_link_signed_ends",
            ),
            models.UniqueConstraint(
                fields=["representative"], condition=Q(ended_at=None), name="one_open_link_a_representative"
            ),
        ]

    def __str__(self) -> str:
        return f"representative link {self.pk}"
