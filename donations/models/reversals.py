"""Money that leaves again: refunds we make, disputes a donor opens at the bank. Each is known by the provider's id."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.gifts import Gift
from fund.models import BankLine


class RefundState(models.TextChoices):
    PENDING = "pending", _("En route")
    SUCCEEDED = "succeeded", _("Remboursé")
    FAILED = "failed", _("Non abouti")


class Refund(models.Model):
    """One refund of (a part of) a gift. The provider takes its money when it is asked for: pending counts already.

    `stripe_id` is the provider's; a gift that came outside of it went back by `line`, a debit of the bank.
    """

    stripe_id = models.CharField(max_length=120, unique=True, null=True, blank=True)
    line = models.OneToOneField(
        BankLine, on_delete=models.PROTECT, null=True, blank=True, related_name="refund"
    )
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="refunds")
    amount_cents = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.PENDING)
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="refund_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(stripe_id__isnull=False, line=None)
                | Q(stripe_id=None, line__isnull=False, state="succeeded"),
                name="refund_by_the_provider_or_a_bank_line",
            ),
        ]

    def __str__(self) -> str:
        return self.stripe_id or f"refund {self.pk}"


class DisputeState(models.TextChoices):
    INQUIRY = "inquiry", _("Question de la banque")
    OPEN = "open", _("Contesté")
    CLOSED = "closed", _("Question close")
    WON = "won", _("Gagné")
    LOST = "lost", _("Perdu")


class Dispute(models.Model):
    """A gift contested at the donor's bank. An inquiry (open or closed) has moved no money."""

    stripe_id = models.CharField(max_length=120, unique=True)
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="disputes")
    amount_cents = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=DisputeState, default=DisputeState.INQUIRY)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="dispute_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "won", "lost"], closed_on__isnull=False)
                | Q(state__in=["inquiry", "open"], closed_on=None),
                name="dispute_closed_with_a_date",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="dispute_state")]

    def __str__(self) -> str:
        return self.stripe_id
