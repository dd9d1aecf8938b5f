"""A publication: drafted by one person, released by another, then never changed (decision 0009)."""

import hashlib

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.models import User


class PublicationState(models.TextChoices):
    DRAFT = "draft", _("Brouillon")
    RELEASED = "released", _("Publiée")
    DROPPED = "dropped", _("Abandonnée")


class Publication(models.Model):
    """`payload` is the canonical JSON of its Snapshot, `payload_sha256` the hash of exactly these bytes.

    `up_to` is the last Paris day that counts and `seal_number` the last seal: together they name the movements it was
    computed from, for ever. `carries_aid_of` is the earlier publication whose figures about aid it repeats, because
    too few students changed since. A released row is frozen by a trigger, and its files keep it from being deleted.
    """

    number = models.PositiveIntegerField(unique=True, null=True, blank=True)
    state = models.CharField(max_length=10, choices=PublicationState, default=PublicationState.DRAFT)
    title = models.CharField(max_length=120)
    intro = models.TextField(max_length=1200)
    title_en = models.CharField(max_length=120, blank=True)
    intro_en = models.TextField(max_length=1200, blank=True)
    up_to = models.DateField()
    seal_number = models.PositiveIntegerField(null=True, blank=True)
    payload = models.TextField()
    payload_sha256 = models.CharField(max_length=64)
    carries_aid_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="carried_by"
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="errata"
    )
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PublicationState.values), name="publication_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="released",
                    number__isnull=False,
                    released_by__isnull=False,
                    released_at__isnull=False,
                )
                | ~Q(state="released") & Q(number=None, released_by=None, released_at=None),
                name="publication_released_whole",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("drafted_by")),
                name="publication_released_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(payload="") & ~Q(payload_sha256=""), name="publication_has_its_hash"
            ),
            models.CheckConstraint(
                condition=Q(number=None) | Q(number__gte=1), name="publication_numbers_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"publication {self.number or 'draft'}"

    @property
    def content_sha256(self) -> str:
        """Hash of the data and of the words around it: what a person has before the eyes when reading a draft."""
        parts = (self.payload, self.title, self.intro, self.title_en, self.intro_en)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class FileKind(models.TextChoices):
    JSON = "json"
    CSV = "csv"
    PDF = "pdf"


class PublicationFile(models.Model):
    """One file of a released publication, byte for byte as it was released. Append-only."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=4, choices=FileKind)
    language = models.CharField(max_length=2, blank=True)
    data = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "kind", "language"], name="publication_file_is_made_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="json", language="") | Q(kind__in=["csv", "pdf"], language__in=["fr", "en"]),
                name="publication_file_has_its_language",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} of publication {self.publication_id}"
