"""A committee, a scheme (dispositif) and the versions of its schedule (barème); what opened never changes."""

from django.db import models
from django.db.models import Q

from fund.models import Pocket


class Committee(models.Model):
    """Whoever decides under one set of rules. The national one is made by a migration."""

    NATIONAL = "national"

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class Scheme(models.Model):
    """`committee` decides its files; none is the national one. The pocket that pays is the version's, and a request's
    school is its own: three columns that say three things."""

    slug = models.SlugField(max_length=60, unique=True)
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, null=True, blank=True, related_name="schemes"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class VersionState(models.TextChoices):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class SchemeVersion(models.Model):
    """One version of a schedule, as its YAML text; requests keep the version they were made under."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.TextField()
    definition_hash = models.CharField(max_length=64)
    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=VersionState, default=VersionState.DRAFT)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="scheme_version_is_one"),
            models.UniqueConstraint(
                fields=["scheme"], condition=Q(state="open"), name="one_open_version_a_scheme"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at=None)
                | Q(state__in=["open", "closed"], opened_at__isnull=False),
                name="scheme_version_opened_with_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} v{self.number}"
