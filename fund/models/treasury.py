"""Payment orders, batches under two signatures, and what the bank answered."""

from django.db import models
from django.db.models import F, Q

from fund.models.institution import Pocket, School
from fund.models.people import SubjectKey, User


class BatchState(models.TextChoices):
    PREPARED = "prepared"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class OrderState(models.TextChoices):
    DUE = "due"
    BATCHED = "batched"
    SENT = "sent"
    DEBITED = "debited"
    REJECTED = "rejected"
    RETURNED = "returned"
    CANCELLED = "cancelled"


# An approval has at most one order in these states: whatever is not here can never be paid again (invariant 4).
LIVE_ORDER_STATES = (OrderState.DUE, OrderState.BATCHED, OrderState.SENT, OrderState.DEBITED)


class PaymentBatch(models.Model):
    """Transfers that leave together: prepared by one person, signed by another, one file made once."""

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.PREPARED)
    message_id = models.CharField(max_length=35, unique=True)
    execution_on = models.DateField()
    count = models.PositiveIntegerField()
    total_cents = models.BigIntegerField()
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    file_sealed = models.BinaryField(null=True, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0, total_cents__gt=0), name="batch_is_not_empty"),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("prepared_by")), name="batch_has_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="signed",
                    signed_by__isnull=False,
                    signed_at__isnull=False,
                    file_sealed__isnull=False,
                )
                & ~Q(file_sha256="")
                | ~Q(state="signed") & Q(signed_by=None, signed_at=None, file_sealed=None, file_sha256=""),
                name="batch_file_exists_only_signed",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_by__isnull=False, cancelled_at__isnull=False)
                | ~Q(state="cancelled") & Q(cancelled_by=None, cancelled_at=None),
                name="batch_cancelled_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.number}"


class PaymentOrder(models.Model):
    """One attempt to pay one approval. The account is the one approved, kept as ciphertext under the payee's key.

    `end_to_end_id` travels to the payee's bank and comes back in returns: unique per attempt, no name in it.
    """

    reference_kind = models.CharField(max_length=30)
    reference_id = models.CharField(max_length=40)
    payee_kind = models.CharField(max_length=30)
    payee_id = models.CharField(max_length=40)
    attempt = models.PositiveSmallIntegerField(default=1)
    end_to_end_id = models.CharField(max_length=35, unique=True)
    label = models.CharField(max_length=40)
    amount_cents = models.BigIntegerField()
    subject_key = models.ForeignKey(SubjectKey, on_delete=models.PROTECT, related_name="+")
    iban_sealed = models.TextField()
    holder_sealed = models.TextField()
    iban_fingerprint = models.CharField(max_length=64)
    iban_tail = models.CharField(max_length=4)
    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="+")
    scheme = models.SlugField(max_length=60, blank=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.DUE)
    batch = models.ForeignKey(
        PaymentBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    created_at = models.DateTimeField()
    debited_on = models.DateField(null=True, blank=True)
    returned_on = models.DateField(null=True, blank=True)
    return_code = models.CharField(max_length=4, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="order_amount_is_positive"),
            models.UniqueConstraint(
                fields=["reference_kind", "reference_id"],
                condition=Q(state__in=LIVE_ORDER_STATES),
                name="one_live_order_an_approval",
            ),
            models.UniqueConstraint(
                fields=["reference_kind", "reference_id", "attempt"], name="order_attempt_is_one"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["due", "cancelled"], batch=None)
                | Q(state__in=["batched", "sent", "debited", "rejected", "returned"], batch__isnull=False),
                name="order_batched_with_a_batch",
            ),
            models.CheckConstraint(
                condition=~Q(state="debited") | Q(debited_on__isnull=False), name="order_debited_with_a_date"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["returned", "rejected"], returned_on__isnull=False)
                | Q(returned_on=None, return_code=""),
                name="order_returned_with_a_date",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="order_state")]

    def __str__(self) -> str:
        return self.end_to_end_id


class BankStatement(models.Model):
    """A statement of the foundation's account, read once. The file itself is kept as ciphertext."""

    account = models.CharField(max_length=40)
    statement_id = models.CharField(max_length=70)
    file_format = models.CharField(max_length=20)
    file_sha256 = models.CharField(max_length=64)
    file_sealed = models.BinaryField()
    opening_cents = models.BigIntegerField()
    closing_cents = models.BigIntegerField()
    closing_on = models.DateField(null=True, blank=True)
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()
    warnings = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "statement_id"], name="statement_is_read_once"),
        ]
        indexes = [models.Index(fields=["file_sha256"], name="statement_file")]

    def __str__(self) -> str:
        return f"statement {self.pk}"


class LineState(models.TextChoices):
    MATCHED = "matched"
    PARKED = "parked"


class BankLine(models.Model):
    """One line of a statement (or one transfer inside a batch-booked line), matched or parked with the reason.

    `amount_cents` is signed as the account sees it. Texts and names of the bank are ciphertext.
    """

    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    entry_index = models.PositiveIntegerField()
    detail_index = models.PositiveIntegerField(default=0)
    amount_cents = models.BigIntegerField()
    booked_on = models.DateField()
    end_to_end_id = models.CharField(max_length=35, blank=True)
    message_id = models.CharField(max_length=35, blank=True)
    return_code = models.CharField(max_length=4, blank=True)
    text_sealed = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=LineState)
    reason = models.CharField(max_length=60, blank=True)
    matched_kind = models.CharField(max_length=30, blank=True)
    matched_id = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "entry_index", "detail_index"], name="bank_line_counts_once"
            ),
            models.CheckConstraint(condition=~Q(amount_cents=0), name="bank_line_has_an_amount"),
            models.CheckConstraint(
                condition=Q(state="matched", reason="") & ~Q(matched_kind="")
                | Q(state="parked") & ~Q(reason=""),
                name="bank_line_matched_or_parked_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"bank line {self.pk}"
