"""The inbox: every event whose signature was right, as it came, acted on or parked with its reason."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.gifts import Gift


class EventState(models.TextChoices):
    RECEIVED = "received", _("Reçu")
    ACTED = "acted", _("Traité")
    PARKED = "parked", _("À regarder")


class ProviderEvent(models.Model):
    """One delivery, once per `delivery_key` (hash of id, type, object and creation: old samples share one id).

    The payload may name a donor: it is ciphertext. `reason` is a code for parked rows, `note` one for rows acted
    on; `donations/reasons.py` has a sentence for each. `occurred_at` is when the provider says it happened (UTC).
    `waits_for` is the provider's id (a payment, an invoice, a subscription) without which a parked row could not be
    placed: when it becomes known, the row is acted on.
    """

    delivery_key = models.CharField(max_length=64, unique=True)
    event_id = models.CharField(max_length=120)
    event_type = models.CharField(max_length=80)
    api_version = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=120, blank=True)
    payload_sealed = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=EventState, default=EventState.RECEIVED)
    reason = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=60, blank=True)
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    occurred_at = models.DateTimeField(null=True, blank=True)
    deliveries = models.PositiveIntegerField(default=1)
    waits_for = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="parked") & ~Q(reason="") | Q(state__in=["received", "acted"], reason=""),
                name="event_parked_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(waits_for="") | Q(state="parked"), name="event_waits_only_when_parked"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="event_state"),
            models.Index(fields=["event_id"], name="event_id"),
            models.Index(fields=["waits_for"], condition=~Q(waits_for=""), name="event_waits_for"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.event_id}"
