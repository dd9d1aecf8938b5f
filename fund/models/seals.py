"""Seals: which movements and audit events were there, in which order, chained from the first to the last."""

from django.db import models
from django.db.models import Q

from fund.models.audit import AuditEvent
from fund.models.ledger import Movement


class Seal(models.Model):
    """One link of the chain. Written by `fund/sealing.py` only; never changed, never deleted.

    `number` has no gap. `sealed_at` is real UTC. `content_hash` covers the rows in order, `chain_hash` covers this
    seal and, through `previous_hash`, every seal before it (`fund/sealing.py` says how, byte for byte).
    """

    number = models.PositiveIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, unique=True)  # unique: a chain, never a tree
    chain_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__gt=0), name="seal_numbers_begin_at_one"),
            models.CheckConstraint(condition=Q(count__gt=0), name="seal_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.number}:{self.chain_hash}"


class SealedRow(models.Model):
    """One row in its seal: a movement or an audit event, once. `position` counts from 1.

    `link_hash` is the hash of this row and of those before it in the seal: it tells which row was touched.
    """

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="rows", db_index=False)
    position = models.PositiveIntegerField()
    movement = models.OneToOneField(
        Movement, on_delete=models.PROTECT, null=True, blank=True, related_name="sealed_row"
    )
    event = models.OneToOneField(
        AuditEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="sealed_row"
    )
    link_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal", "position"], name="sealed_position_is_taken_once"),
            models.CheckConstraint(condition=Q(position__gt=0), name="sealed_positions_begin_at_one"),
            models.CheckConstraint(
                condition=Q(movement__isnull=False, event__isnull=True)
                | Q(movement__isnull=True, event__isnull=False),
                name="sealed_row_is_one_row",
            ),
        ]

    def __str__(self) -> str:
        return f"seal {self.seal_id} position {self.position}"
