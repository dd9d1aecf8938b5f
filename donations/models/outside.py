"""Money that comes outside the payment provider: cheques in deposits, transfers to the bank account, agreements.

Nothing here counts by itself: a gift counts when a second person confirms, or when a line of the bank says so.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.gifts import Donor, Gift
from fund.models import BankLine, Pocket, User


class DepositState(models.TextChoices):
    OPEN = "open", _("En cours de saisie")
    CLOSED = "closed", _("À confirmer")
    CONFIRMED = "confirmed", _("Remise confirmée")
    CREDITED = "credited", _("Créditée par la banque")


class Deposit(models.Model):
    """Cheques taken to the bank together (bordereau de remise). One at most is open.

    `reference` is ours, with check digits; `slip_number` the bank's own, when its slip has one: the line of the bank
    is recognised by either. Count and total (cents) are written when it is closed.
    """

    number = models.PositiveIntegerField(unique=True)
    reference = models.CharField(max_length=12, unique=True)
    slip_number = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=DepositState, default=DepositState.OPEN)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    count = models.PositiveIntegerField(default=0)
    total_cents = models.BigIntegerField(default=0)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    credited_on = models.DateField(null=True, blank=True)
    line = models.OneToOneField(
        BankLine, on_delete=models.PROTECT, null=True, blank=True, related_name="cheque_deposit"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="open"), name="one_open_deposit"),
            models.CheckConstraint(
                condition=Q(state="open", closed_by=None, closed_at=None, count=0, total_cents=0)
                | ~Q(state="open")
                & Q(closed_by__isnull=False, closed_at__isnull=False, count__gt=0, total_cents__gt=0),
                name="deposit_closed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="deposit_confirmed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None)
                | ~Q(confirmed_by=F("closed_by")) & ~Q(confirmed_by=F("opened_by")),
                name="deposit_has_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "closed"], confirmed_by=None)
                | Q(state="confirmed", confirmed_by__isnull=False)
                | Q(state="credited"),
                name="deposit_confirmed_in_its_state",
            ),
            models.CheckConstraint(
                condition=Q(state="credited", credited_on__isnull=False, line__isnull=False)
                | ~Q(state="credited") & Q(credited_on=None, line=None),
                name="deposit_credited_by_a_line",
            ),
        ]

    def __str__(self) -> str:
        return f"deposit {self.number}"


class ChequeState(models.TextChoices):
    RECORDED = "recorded", _("Saisi")
    REMOVED = "removed", _("Retiré")
    RECEIVED = "received", _("Reçu")
    CONTESTED = "contested", _("Impayé à confirmer")
    UNPAID = "unpaid", _("Impayé")


class Cheque(models.Model):
    """One cheque of a deposit and the gift it pays. The bank it is drawn on is written under the donor's key.

    `received_by` is the second person, absent when the bank's line came first. An unpaid cheque is told by one person
    and confirmed by another, or told by the bank's debit (`debited_on`, which then comes with or after it).
    """

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="cheques")
    gift = models.OneToOneField(Gift, on_delete=models.PROTECT, related_name="cheque")
    form_token = models.UUIDField(unique=True)
    number = models.CharField(max_length=20)
    bank_sealed = models.TextField()
    state = models.CharField(max_length=10, choices=ChequeState, default=ChequeState.RECORDED)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    received_on = models.DateField(null=True, blank=True)
    contested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contested_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_on = models.DateField(null=True, blank=True)
    debited_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(received_by=None) | ~Q(received_by=F("recorded_by")),
                name="cheque_has_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["recorded", "removed"], received_on=None, received_by=None)
                | Q(state__in=["received", "contested", "unpaid"], received_on__isnull=False),
                name="cheque_received_with_a_date",
            ),
            models.CheckConstraint(
                condition=Q(contested_by=None, contested_at=None)
                | Q(
                    contested_by__isnull=False, contested_at__isnull=False, state__in=["contested", "unpaid"]
                ),
                name="cheque_contested_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state="contested") | Q(contested_by__isnull=False),
                name="cheque_contested_with_an_author",
            ),
            models.CheckConstraint(
                condition=Q(state="unpaid", undone_on__isnull=False)
                & (Q(undone_by__isnull=False) | Q(debited_on__isnull=False))
                | ~Q(state="unpaid") & Q(undone_on=None, undone_by=None, debited_on=None),
                name="cheque_undone_with_a_date",
            ),
            models.CheckConstraint(
                condition=Q(undone_by=None) | Q(contested_by__isnull=False) & ~Q(undone_by=F("contested_by")),
                name="cheque_undone_by_two_persons",
            ),
        ]
        indexes = [models.Index(fields=["state", "number"], name="cheque_state_number")]

    def __str__(self) -> str:
        return f"cheque {self.pk}"


class ExpectedState(models.TextChoices):
    WAITING = "waiting", _("Attendu")
    RECEIVED = "received", _("Reçu")
    LAPSED = "lapsed", _("Sans nouvelles")
    CANCELLED = "cancelled", _("Annulé")


class ExpectedTransfer(models.Model):
    """A transfer that a donor announced, known by the reference the donor puts on it.

    `gift` is the promise. Money of another amount, or a second time, makes gifts of their own under the same
    reference. After `lapses_on` (Paris; null: never) the promise lapses; money that comes later still finds it.
    """

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    form_token = models.UUIDField(unique=True)
    reference = models.CharField(max_length=12, unique=True)
    gift = models.OneToOneField(Gift, on_delete=models.PROTECT, related_name="expected")
    state = models.CharField(max_length=10, choices=ExpectedState, default=ExpectedState.WAITING)
    created_at = models.DateTimeField()
    lapses_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "lapses_on"], name="expected_state")]

    def __str__(self) -> str:
        return f"expected transfer {self.pk}"


class TieState(models.TextChoices):
    PROPOSED = "proposed", _("À confirmer")
    AGREED = "agreed", _("Confirmé")
    COUNTED = "counted", _("Compté")
    REFUSED = "refused", _("Refusé")


class TransferTie(models.Model):
    """A credit of the bank tied to a gift: by its reference (`tied_by` null), or by one person and a second one.

    `gift` is written when it is known: at once for a donor nobody expected, else when the line is counted.
    """

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="transfer_ties")
    expected = models.ForeignKey(
        ExpectedTransfer, on_delete=models.PROTECT, null=True, blank=True, related_name="ties"
    )
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, null=True, blank=True, related_name="ties")
    state = models.CharField(max_length=10, choices=TieState, default=TieState.PROPOSED)
    made_at = models.DateTimeField()
    tied_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=~Q(state="refused"), name="one_tie_a_line"),
            models.UniqueConstraint(fields=["gift"], condition=~Q(state="refused"), name="one_tie_a_gift"),
            models.CheckConstraint(
                condition=Q(gift__isnull=False) | Q(expected__isnull=False), name="tie_leads_to_a_gift"
            ),
            models.CheckConstraint(
                condition=~Q(state="counted") | Q(gift__isnull=False), name="tie_counted_with_a_gift"
            ),
            models.CheckConstraint(
                condition=Q(tied_by=None, decided_by=None, state="counted", expected__isnull=False)
                | Q(tied_by__isnull=False, state="proposed", decided_by=None, decided_at=None)
                | Q(tied_by__isnull=False, decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(state="proposed"),
                name="tie_by_a_reference_or_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(state="refused") | ~Q(decided_by=F("tied_by")),
                name="tie_has_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return f"tie {self.pk}"


class AgreementState(models.TextChoices):
    PROPOSED = "proposed", _("À confirmer")
    CONFIRMED = "confirmed", _("En cours")
    DROPPED = "dropped", _("Abandonnée")
    ENDED = "ended", _("Arrêtée")


class Agreement(models.Model):
    """A company promises a sum in instalments (convention de mécénat): recorded by one person, confirmed by another."""

    reference = models.CharField(max_length=20, unique=True)
    form_token = models.UUIDField(unique=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="agreements")
    giver_sealed = models.TextField()
    pocket = models.ForeignKey(Pocket, on_delete=models.PROTECT, related_name="+")
    total_cents = models.BigIntegerField()
    signed_on = models.DateField()
    state = models.CharField(max_length=10, choices=AgreementState, default=AgreementState.PROPOSED)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(total_cents__gt=0), name="agreement_total_is_positive"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | ~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="agreement_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "ended"]) | ~Q(decided_by=F("recorded_by")),
                name="agreement_has_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Instalment(models.Model):
    """One payment of an agreement, due on a Paris date; expected under a reference of its own once confirmed."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="instalments")
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount_cents = models.BigIntegerField()
    expected = models.OneToOneField(
        ExpectedTransfer, on_delete=models.PROTECT, null=True, blank=True, related_name="instalment"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="instalment_amount_is_positive"),
            models.UniqueConstraint(fields=["agreement", "position"], name="instalment_position_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}/{self.position}"
