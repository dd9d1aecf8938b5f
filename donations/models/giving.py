"""Rules of giving online that an administrator sets, and what the provider's charges tell about stolen cards."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.gifts import Gift
from fund.models import User


class ClosedBecause(models.TextChoices):
    """Why giving online is closed; the page that says so has a sentence for each."""

    PAUSE = "pause", _("Pause décidée par la fondation")
    WORKS = "works", _("Panne ou travaux chez le prestataire de paiement")
    CARD_TESTING = "card_testing", _("Essais de cartes volées")
    FINISHED = "finished", _("La collecte est terminée")


class GivingSettings(models.Model):
    """The rules of giving online: one row (`pk` 1), each change of which is an audit event.

    `least_cents` and `most_cents` bound one gift, inside the bounds of the installation's own settings.
    `declines_told` and `declines_closing` are numbers of declined cards within an hour: at the first one people are
    told, at the second one giving closes by itself. Declines before `declines_from` (real time, UTC) were judged by
    whoever opened giving again and no longer count for that. `changed_by` is null when giving closed by itself.
    """

    ONLY = 1

    least_cents = models.BigIntegerField()
    most_cents = models.BigIntegerField()
    is_open = models.BooleanField(default=True)
    closed_because = models.CharField(max_length=12, choices=ClosedBecause, blank=True)
    declines_told = models.PositiveIntegerField(default=20)
    declines_closing = models.PositiveIntegerField(default=60)
    declines_from = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "giving settings"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="giving_settings_are_one_row"),
            models.CheckConstraint(
                condition=Q(least_cents__gt=0, most_cents__gte=F("least_cents")),
                name="giving_bounds_in_order",
            ),
            models.CheckConstraint(
                condition=Q(is_open=True, closed_because="") | Q(is_open=False) & ~Q(closed_because=""),
                name="giving_closed_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(declines_told__gt=0, declines_closing__gte=F("declines_told")),
                name="giving_told_before_it_closes",
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.revision}"


class ChargeSignal(models.Model):
    """One charge as the provider told it, once per charge: which means, which card, and whether it was declined.

    `card` is a keyed hash of the provider's fingerprint of the card (empty for other means): equal cards meet, and
    nothing can be read back. `happened_at` is the provider's own time (real, UTC).
    """

    charge_id = models.CharField(max_length=120, unique=True)
    payment_intent_id = models.CharField(max_length=120, blank=True)
    gift = models.ForeignKey(
        Gift, on_delete=models.PROTECT, null=True, blank=True, related_name="charge_signals"
    )
    means = models.CharField(max_length=30, blank=True)
    card = models.CharField(max_length=64, blank=True)
    is_declined = models.BooleanField()
    happened_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["is_declined", "happened_at"], name="charge_declined_at"),
            models.Index(fields=["card", "happened_at"], condition=~Q(card=""), name="charge_card_at"),
            models.Index(fields=["payment_intent_id"], name="charge_payment"),
        ]

    def __str__(self) -> str:
        return self.charge_id


class AlertKind(models.TextChoices):
    ONE_CARD = "one_card", _("Une même carte, refusée plusieurs fois")
    MANY_CARDS = "many_cards", _("Plusieurs cartes pour une même adresse")
    DECLINES = "declines", _("Beaucoup de cartes refusées")
    CLOSED = "closed", _("Les dons se sont fermés d’eux-mêmes")


class CardAlert(models.Model):
    """What looks like somebody trying stolen cards: once per kind, subject and hour, until a person has looked.

    `subject` is the card's keyed hash, or the number of the donor's row; empty when it is about all gifts.
    `number` is how many were seen within an hour, at the most; `gift` one of those concerned.
    """

    kind = models.CharField(max_length=10, choices=AlertKind)
    subject = models.CharField(max_length=64, blank=True)
    hour = models.DateTimeField()
    number = models.PositiveIntegerField()
    gift = models.ForeignKey(
        Gift, on_delete=models.PROTECT, null=True, blank=True, related_name="card_alerts"
    )
    raised_at = models.DateTimeField()
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject", "hour"], name="card_alert_once_an_hour"),
            models.CheckConstraint(
                condition=Q(seen_by=None, seen_at=None) | Q(seen_by__isnull=False, seen_at__isnull=False),
                name="card_alert_seen_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.hour:%Y-%m-%d %H}"
