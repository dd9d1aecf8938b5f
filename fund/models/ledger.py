"""The ledger: accounts as data, and movements that are only ever added (invariant 1)."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from fund.models.institution import Pocket, School


class Account(models.Model):
    """A line of the chart of accounts (`fund/chart.py`)."""

    code = models.CharField(primary_key=True, max_length=12)
    label = models.CharField(max_length=120)
    figure = models.CharField(max_length=12, blank=True)

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Kind(models.TextChoices):
    """What happened, as the trade says it."""

    GIFT = "gift"
    GIFT_UNDONE = "gift_undone"
    DEPOSIT_CREDITED = "deposit_credited"
    FEE = "fee"
    REFUND = "refund"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    PAYOUT = "payout"
    PAYOUT_RECEIVED = "payout_received"
    ADVANCE = "advance"
    GRANT = "grant"
    GRANT_WITHDRAWN = "grant_withdrawn"
    TRANSFER_DEBITED = "transfer_debited"
    TRANSFER_RETURNED = "transfer_returned"
    CORRECTION = "correction"


class Movement(models.Model):
    """One movement of money: two accounts, a positive amount in cents, one cause. Never changed, never deleted.

    `cause_key` is the fact that caused it (an outside event, a bank line, a decision): it can be recorded once.
    `occurred_on` is a Paris date; `recorded_at` is real UTC. `row_hash` is the SHA-256 of the row's content, which
    the seals chain. Written by `fund/ledger.py` only.
    """

    cause_key = models.CharField(max_length=200, unique=True)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount_cents = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    entry_ref = models.CharField(max_length=80)
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)
    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="movements")
    scheme = models.SlugField(max_length=60, blank=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    subject_kind = models.CharField(max_length=30, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversals"
    )
    row_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="movement_amount_is_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="movement_has_two_sides"),
            models.CheckConstraint(condition=~Q(cause_key=""), name="movement_has_a_cause"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="movement_kind_is_known"),
        ]
        indexes = [
            # Covering indexes: a balance is one index range, never a visit of the table.
            models.Index(fields=["pocket", "debit", "amount_cents"], name="movement_pocket_debit"),
            models.Index(fields=["pocket", "credit", "amount_cents"], name="movement_pocket_credit"),
            models.Index(fields=["subject_kind", "subject_id"], name="movement_subject"),
            models.Index(fields=["entry_ref"], name="movement_entry_ref"),
        ]

    def __str__(self) -> str:
        return f"movement {self.pk} {self.kind}"
