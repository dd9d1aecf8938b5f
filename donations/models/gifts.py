"""A gift, from the promise to the money. What was really received is said by the ledger, never by these rows."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fund.models import Pocket, SubjectKey


class Donor(models.Model):
    """Who gives, recognised by a keyed hash of the address; name and address are written under the donor's key."""

    subject_key = models.OneToOneField(SubjectKey, on_delete=models.PROTECT, related_name="+")
    email_fingerprint = models.CharField(max_length=64, unique=True)
    email_sealed = models.TextField()
    identity_sealed = models.TextField()
    language = models.CharField(max_length=2, default="fr")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"donor {self.pk}"


class GiftState(models.TextChoices):
    PLEDGED = "pledged", _("En attente du paiement")
    PENDING = "pending", _("En attente de la banque")
    SUCCEEDED = "succeeded", _("Reçu")
    FAILED = "failed", _("Non abouti")


class Gift(models.Model):
    """One gift. Its page's address holds `token`, which nobody can guess; `reference` is for people to quote."""

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    reference = models.CharField(max_length=20, unique=True)
    form_token = models.UUIDField(unique=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="gifts")
    amount_cents = models.BigIntegerField()
    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=GiftState, default=GiftState.PLEDGED)
    created_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True, blank=True)
    paid_twice_as = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="second_payments"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="gift_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(state="succeeded", succeeded_at__isnull=False)
                | ~Q(state="succeeded") & Q(succeeded_at=None),
                name="gift_succeeded_with_a_date",
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="gift_state")]

    def __str__(self) -> str:
        return self.reference


class PaymentAttempt(models.Model):
    """One try to pay a gift: its idempotency key is stored before the provider is called (failure 5)."""

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    idempotency_key = models.CharField(max_length=80, unique=True)
    session_id = models.CharField(max_length=120, unique=True, null=True, blank=True)
    payment_intent_id = models.CharField(max_length=120, unique=True, null=True, blank=True)
    pay_url = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gift", "number"], name="attempt_number_is_one")]

    def __str__(self) -> str:
        return f"{self.gift_id}/{self.number}"
