"""Tax receipts: issued once and frozen, voided and replaced, never changed nor deleted.

A receipt's number is one of its issuer (the foundation's SIREN) and of the Paris year in which its gifts were encashed.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.gifts import Donor, Gift
from fund.models import LegalBasis, SubjectKey, User


class ReceiptCounter(models.Model):
    """The last number given for one issuer and year; locked by whoever gives the next one (failure 28)."""

    issuer = models.CharField(max_length=9)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "year"], name="one_counter_an_issuer_and_year")
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.year}"


class ReceiptRun(models.Model):
    """One walk over the donors of a year, each once, in the order of their ids.

    `last_donor` is the last donor whose receipts were made or refused: it is written in the same transaction as those
    receipts, so that a killed worker loses and repeats nothing. `outcomes` counts by code of `receipts/reasons.py`
    ("issued": receipts; any other: donors' groups of gifts without one). `donors` is how many were there at the start.
    """

    year = models.PositiveSmallIntegerField()
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    donors = models.PositiveIntegerField()
    donors_done = models.PositiveIntegerField(default=0)
    last_donor = models.BigIntegerField(default=0)
    outcomes = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year"], condition=Q(finished_at=None), name="one_run_a_year_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.year}"


class ReceiptForm(models.TextChoices):
    """The form of the tax office whose mentions a receipt carries."""

    PERSON = "11580", _("11580 (particuliers)")
    COMPANY = "16216", _("16216 (entreprises)")


class Receipt(models.Model):
    """One receipt as it was given: only ever added. It stands until it has a `ReceiptVoid`.

    `token` opens it for the donor, `check_token` (printed as a QR code) only tells the public that it is authentic.
    What it says (`facts_sealed`) and its frozen bytes (`pdf_sealed`) are under a key of their own, not the donor's:
    the law wants them kept (LPF L102 B) when the donor is erased; erasing that key ends their keeping.
    """

    issuer = models.CharField(max_length=9)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    form = models.CharField(max_length=5, choices=ReceiptForm)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="receipts")
    basis = models.ForeignKey(LegalBasis, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    run = models.ForeignKey(
        ReceiptRun, on_delete=models.PROTECT, null=True, blank=True, related_name="receipts"
    )
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replacements"
    )
    token = models.CharField(max_length=43, unique=True)
    check_token = models.CharField(max_length=43, unique=True)
    key = models.OneToOneField(SubjectKey, on_delete=models.PROTECT, related_name="+")
    facts_sealed = models.TextField()
    pdf_sealed = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "year", "number"], name="receipt_number_is_one"),
            models.CheckConstraint(
                condition=Q(number__gt=0, amount_cents__gt=0), name="receipt_has_number_and_amount"
            ),
            models.CheckConstraint(
                condition=Q(first_on__lte=F("last_on"), last_on__lte=F("issued_on")),
                name="receipt_days_follow_each_other",
            ),
        ]
        indexes = [models.Index(fields=["year", "-id"], name="receipt_year")]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_void(self) -> bool:
        """Reads `void`, which the queries of `receipts/queries.py` bring along."""
        return hasattr(self, "void")

    @property
    def reference(self) -> str:
        """« 2020-000123 », the number a donor quotes."""
        return f"{self.year}-{self.number:06d}"


class ReceiptLine(models.Model):
    """One gift on one receipt, with what stood of it; `is_live` until that receipt is void, and never again.

    The database lets a gift be on one live line only.
    """

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="lines")
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="receipt_lines")
    amount_cents = models.BigIntegerField()
    received_on = models.DateField()
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "gift"], name="gift_once_on_a_receipt"),
            models.UniqueConstraint(
                fields=["gift"], condition=Q(is_live=True), name="gift_on_one_live_receipt"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="receipt_line_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id}/{self.gift_id}"


class VoidReason(models.TextChoices):
    """Why a receipt is void: the first four follow from the money, the others are a person's decision."""

    REFUND = "refund", _("don rendu, en tout ou en partie")
    DISPUTE = "dispute", _("don contesté à la banque")
    UNDONE = "undone", _("paiement repris par la banque")
    RESTORED = "restored", _("montant du don rétabli")
    IDENTITY = "identity", _("nom ou adresse à corriger")
    MISTAKE = "mistake", _("émis par erreur")
    ASKED = "asked", _("à la demande du donateur")


BY_A_PERSON = (VoidReason.IDENTITY, VoidReason.MISTAKE, VoidReason.ASKED)


class ReceiptVoid(models.Model):
    """The end of a receipt: only ever added. Its number never comes back."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="void")
    reason = models.CharField(max_length=8, choices=VoidReason)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["refund", "dispute", "undone", "restored"], voided_by=None)
                | Q(reason__in=["identity", "mistake", "asked"], voided_by__isnull=False),
                name="receipt_voided_by_a_fact_or_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"void of {self.receipt_id}"
