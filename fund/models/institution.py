"""The foundation, its schools, its campaigns and the pockets its money lies in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """The one row that says what this database is: real or demo, and under which keys it was written."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_demo = models.BooleanField()
    field_key_check = models.TextField()
    blind_key_check = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="installation_is_one_row")]

    def __str__(self) -> str:
        return "demo" if self.is_demo else "real"


class Foundation(models.Model):
    """The legal person that carries the fund (fondation partenariale, code de l'éducation L719-13)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    legal_name = models.CharField(max_length=140)
    short_name = models.CharField(max_length=70)
    siren = models.CharField(max_length=9)
    street = models.CharField(max_length=70)
    postcode = models.CharField(max_length=16)
    town = models.CharField(max_length=35)
    country = models.CharField(max_length=2, default="FR")
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    contact_email = models.EmailField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="foundation_is_one_row")]

    def __str__(self) -> str:
        return self.legal_name


class School(models.Model):
    """A school of the network; its e-mail domains let its students make an account."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    city = models.CharField(max_length=80)
    host_university = models.CharField(max_length=160, blank=True)
    email_domains = models.JSONField(default=list)
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """A national kitty between two Paris dates."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    opens_on = models.DateField()
    closes_on = models.DateField()
    goal_cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(goal_cents__gt=0), name="campaign_goal_is_positive"),
            models.CheckConstraint(
                condition=Q(closes_on__gte=models.F("opens_on")), name="campaign_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Pocket(models.Model):
    """Money that may only be spent for its purpose: the general one, one scheme, or one school's envelope."""

    GENERAL = "general"

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="pockets"
    )
    scheme = models.SlugField(max_length=60, blank=True)
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, null=True, blank=True, related_name="pockets"
    )

    def __str__(self) -> str:
        return self.name


class BasisKind(models.TextChoices):
    TAX_RECEIPTS = "tax_receipts", _("Reçus fiscaux")
    SCHOOL_ENVELOPE = "school_envelope", _("Enveloppe d’une école")


class LegalBasis(models.Model):
    """The text that lets the fund do something it may not do by itself: give tax receipts, or take gifts for a school.

    Recorded by an administrator with its reference and date; without a standing one (`ended_at` null) the thing is off.
    A basis is ended, never changed: what was done under it stays explained by it.
    `signer_name` and `signer_quality` sign the tax receipts; `object_text` is the body's object as they state it.
    """

    kind = models.CharField(max_length=20, choices=BasisKind)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(max_length=2000)
    reference = models.CharField(max_length=120)
    decided_on = models.DateField()
    object_text = models.CharField(max_length=300, blank=True)
    signer_name = models.CharField(max_length=80, blank=True)
    signer_quality = models.CharField(max_length=80, blank=True)
    recorded_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_by = models.ForeignKey("User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "legal bases"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="school_envelope", school__isnull=False)
                | Q(kind="tax_receipts", school=None)
                & ~Q(object_text="")
                & ~Q(signer_name="")
                & ~Q(signer_quality=""),
                name="basis_says_what_it_is_for",
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(reference=""), name="basis_quotes_a_text"),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_at=None) | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="basis_ended_by_someone",
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(ended_at=None, school=None), name="one_standing_basis"
            ),
            models.UniqueConstraint(
                fields=["kind", "school"],
                condition=Q(ended_at=None, school__isnull=False),
                name="one_standing_basis_a_school",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
