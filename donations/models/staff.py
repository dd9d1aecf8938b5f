"""What the treasury does about gifts: refunds asked of the payment provider, each written down before it is asked."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.gifts import Gift
from donations.models.reversals import Refund
from fund.models import User


class RefundReason(models.TextChoices):
    """Why, as a code: a sentence typed by hand would keep a donor's affairs for ever."""

    DONOR_ASKED = "donor_asked", _("La personne le demande")
    PAID_TWICE = "paid_twice", _("Payé deux fois")
    WRONG_AMOUNT = "wrong_amount", _("Montant donné par erreur")
    NOT_THE_DONOR = "not_donor", _("Moyen de paiement utilisé par quelqu’un d’autre")


class RefundOrderState(models.TextChoices):
    ASKED = "asked", _("Demandé, sans réponse")
    SENT = "sent", _("Accepté par le prestataire")
    BOOKED = "booked", _("Écrit dans le grand livre")
    REFUSED = "refused", _("Refusé par le prestataire")


UNDER_WAY = (RefundOrderState.ASKED, RefundOrderState.SENT)


class RefundOrder(models.Model):
    """One refund that the treasurer asked for, of a part of a gift; one is under way at a time.

    `idempotency_key` is stored before the provider is called under it (failure 5); it changes only when the provider
    broke under it and was found to have given nothing back. `payment_id` is the payment intent the money goes back to,
    never another means. `stripe_id` is the refund that the provider made; the refund's own event books it as `refund`.
    `problem` is a code of `donations/refund_words.py`: why it was refused, or why there is no answer yet.
    `risk_accepted` tells that the treasurer took the risk of a debit that its bank may still take back (failure 9).
    """

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="refund_orders")
    number = models.PositiveSmallIntegerField()
    form_token = models.UUIDField(unique=True)
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=12, choices=RefundReason)
    risk_accepted = models.BooleanField(default=False)
    payment_id = models.CharField(max_length=120)
    idempotency_key = models.CharField(max_length=80, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=RefundOrderState, default=RefundOrderState.ASKED)
    problem = models.CharField(max_length=24, blank=True)
    stripe_id = models.CharField(max_length=120, unique=True, null=True, blank=True)
    refund = models.OneToOneField(
        Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="order"
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gift", "number"], name="refund_order_number_is_one"),
            models.UniqueConstraint(
                fields=["gift"],
                condition=Q(state__in=["asked", "sent"]),
                name="one_refund_order_under_way_a_gift",
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0) & ~Q(payment_id=""),
                name="refund_order_has_an_amount_and_a_payment",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", stripe_id=None, refund=None, answered_at=None)
                | Q(state="sent", stripe_id__isnull=False, refund=None, answered_at__isnull=False, problem="")
                | Q(
                    state="booked",
                    stripe_id__isnull=False,
                    refund__isnull=False,
                    answered_at__isnull=False,
                    problem="",
                )
                | Q(state="refused", stripe_id=None, refund=None, answered_at__isnull=False) & ~Q(problem=""),
                name="refund_order_answered_as_its_state_says",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="refund_order_state")]

    def __str__(self) -> str:
        return f"refund order {self.gift_id}/{self.number}"
