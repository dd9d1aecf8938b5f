"""Sums of the ledger up to one movement, kept so that a balance stays quick to read however long the ledger grows."""

from django.db import models
from django.db.models import Q

from fund.models.institution import Pocket
from fund.models.ledger import Account


class Checkpoint(models.Model):
    """Everything up to the movement with the id `up_to` is in its sums; nothing with a lower id can still appear."""

    up_to = models.BigIntegerField(unique=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(up_to__gt=0), name="checkpoint_holds_something")]

    def __str__(self) -> str:
        return f"checkpoint {self.up_to}"


class CheckpointSum(models.Model):
    """Debits − credits of one account in one pocket, in cents."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="sums")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="+")
    net_cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint", "account", "pocket"], name="checkpoint_sum_is_one_a_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.pocket_id}"
