"""A gift, from the promise to the money. What was really received is said by the ledger, never by these rows."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.teams import Team
from fund.models import Pocket, SubjectKey, User


class Donor(models.Model):
    """Who gives, recognised by a keyed hash of the address; name and address are written under the donor's key.

    Whoever gives by cheque or transfer may have no e-mail address: the fingerprint is then null, and nothing is sent.
    `identity_sealed` is the `Giver` as last told (`donations/givers.py`); each gift keeps the one it was given with.
    """

    subject_key = models.OneToOneField(SubjectKey, on_delete=models.PROTECT, related_name="+")
    email_fingerprint = models.CharField(max_length=64, unique=True, null=True, blank=True)
    email_sealed = models.TextField(blank=True)
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
    REFUNDED = "refunded", _("Rendu")
    UNDONE = "undone", _("Repris par la banque")


# The money came in, whatever was given back, or taken back by the bank, since.
RECEIVED_STATES = (GiftState.SUCCEEDED, GiftState.REFUNDED, GiftState.UNDONE)


class GiverKind(models.TextChoices):
    PERSON = "person", _("Particulier")
    COMPANY = "company", _("Entreprise")


class Channel(models.TextChoices):
    """How the money came. Only `ONLINE` passes by the payment provider."""

    ONLINE = "online", _("En ligne")
    CHEQUE = "cheque", _("Chèque")
    TRANSFER = "transfer", _("Virement")


class MonthlyState(models.TextChoices):
    PENDING = "pending", _("En attente du premier paiement")
    ACTIVE = "active", _("En cours")
    PAST_DUE = "past_due", _("Paiement refusé")
    PAUSED = "paused", _("En pause")
    STOPPED = "stopped", _("Arrêté")


class MonthlyGift(models.Model):
    """A gift promised for each month; each month's money is a `Gift` of its own, the first one included.

    `news_at` is when the provider says the newest thing we know of it happened (UTC): older news change no state.
    `amount_cents` is what is agreed for the months to come; each change of it is a `MonthlyChange`. `token` is what the
    donor's signed links name; `paused_until` the Paris date on which a pause ends by itself (None: when asked to).
    `changed_at` is when the provider last took a change of ours, in real time: what it said before is older than that.
    """

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="monthly_gifts")
    amount_cents = models.BigIntegerField()
    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=MonthlyState, default=MonthlyState.PENDING)
    subscription_id = models.CharField(max_length=120, unique=True, null=True, blank=True)
    created_at = models.DateTimeField()
    news_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="paused", paused_at__isnull=False)
                | ~Q(state="paused") & Q(paused_at=None, paused_until=None),
                name="monthly_paused_with_a_date",
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="monthly_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(state="stopped", stopped_at__isnull=False)
                | ~Q(state="stopped") & Q(stopped_at=None),
                name="monthly_stopped_with_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"monthly gift {self.pk}"


class Gift(models.Model):
    """One gift. Its page's address holds `token`, which nobody can guess; `reference` is for people to quote.

    `refunded_cents` is what was given back by refunds that stand, `disputed_cents` what disputes that are open or lost
    took away: both come out of one amount. `monthly` and `invoice_id` tell the month it is of. `giver_sealed` is who
    gave, as told with this gift and written under the donor's key (empty: as the donor's row says); a receipt is made
    of it. `paid_with` is the provider's word for the means of payment (card, sepa_debit), once known.
    """

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
    refunded_cents = models.BigIntegerField(default=0)
    disputed_cents = models.BigIntegerField(default=0)
    monthly = models.ForeignKey(
        MonthlyGift, on_delete=models.PROTECT, null=True, blank=True, related_name="gifts"
    )
    invoice_id = models.CharField(max_length=120, unique=True, null=True, blank=True)
    giver_kind = models.CharField(max_length=8, choices=GiverKind, default=GiverKind.PERSON)
    giver_sealed = models.TextField(blank=True)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.ONLINE)
    paid_with = models.CharField(max_length=30, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="gifts")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="gift_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["succeeded", "refunded", "undone"], succeeded_at__isnull=False)
                | ~Q(state__in=["succeeded", "refunded", "undone"]) & Q(succeeded_at=None),
                name="gift_succeeded_with_a_date",
            ),
            models.CheckConstraint(
                condition=Q(refunded_cents__gte=0, refunded_cents__lte=F("amount_cents")),
                name="gift_refunds_stay_within",
            ),
            models.CheckConstraint(
                condition=Q(
                    disputed_cents__gte=0, disputed_cents__lte=F("amount_cents") - F("refunded_cents")
                ),
                name="gift_losses_stay_within",
            ),
            models.CheckConstraint(
                condition=Q(invoice_id=None) | Q(monthly__isnull=False), name="gift_of_an_invoice_is_monthly"
            ),
            models.CheckConstraint(
                condition=Q(channel="online") | Q(monthly=None), name="gift_of_a_month_is_online"
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


class WordsState(models.TextChoices):
    WAITING = "waiting", _("À relire")
    APPROVED = "approved", _("Publié")
    HIDDEN = "hidden", _("Masqué")


class GiftWords(models.Model):
    """The name and the message a donor wants beside the gift in public: never shown before a person read them.

    `text_sealed` is {"name", "message"} under the donor's key: erased with the donor. A blank name is anonymous.
    """

    gift = models.OneToOneField(Gift, on_delete=models.PROTECT, related_name="words")
    text_sealed = models.TextField()
    state = models.CharField(max_length=8, choices=WordsState, default=WordsState.WAITING)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "gift words"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | ~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="words_decided_by_someone",
            )
        ]
        indexes = [models.Index(fields=["state", "-id"], name="words_state")]

    def __str__(self) -> str:
        return f"words of gift {self.gift_id}"
