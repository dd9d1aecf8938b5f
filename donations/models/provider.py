"""What is kept about the payment provider besides its events: debits taken back, and the comparisons with it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.gifts import Gift


class DebitFailure(models.Model):
    """The newest word (UTC, the provider's time) that a bank took the debit of one payment back, or refused it.

    It may come before the word that the same payment had succeeded: whichever comes last finds the other.
    `payment_id` is a payment intent's id, or that of the invoice of a month.
    """

    payment_id = models.CharField(max_length=120, unique=True)
    failed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.payment_id


class ComparisonSwitch(models.Model):
    """One turn of the switch of the hourly comparison; the newest row decides, none means on."""

    is_on = models.BooleanField()
    turned_at = models.DateTimeField()

    def __str__(self) -> str:
        return "on" if self.is_on else "off"


class ComparisonRun(models.Model):
    """One comparison of open gifts with the provider. Times are real (UTC); without `finished_at` it was cut off."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    checked = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    unreachable = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(checked__gte=F("repaired") + F("differing") + F("unreachable")),
                name="comparison_counts_what_it_checked",
            )
        ]

    def __str__(self) -> str:
        return f"comparison {self.pk}"


class Difference(models.TextChoices):
    COUNTED_NOT_PAID = "counted", _("Compté ici, mais pas payé chez le prestataire : regardez ce paiement.")
    NOT_REPAIRED = (
        "parked",
        _("Payé chez le prestataire, mais il n’a pas pu être compté : comparez les deux."),
    )
    UNKNOWN_THERE = "unknown", _("Le prestataire ne connaît pas cette page de paiement.")
    UNDONE_PAID = (
        "undone",
        _("Repris par la banque ici, mais payé chez le prestataire : regardez ce paiement."),
    )


class ComparisonFinding(models.Model):
    """A difference that no comparison repairs by itself; one row per gift and kind of difference.

    It stays open while comparisons find it again and is closed by the one that finds it gone.
    """

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=8, choices=Difference)
    reason = models.CharField(max_length=60, blank=True)
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gift", "kind"], condition=Q(closed_at=None), name="finding_is_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("found_at")),
                name="finding_closed_after_found",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.gift_id}"
