"""Gifts by cheque or transfer that went back by the bank: a debit of the statement, tied to its gift by two persons."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.gifts import Gift
from donations.models.outside import TieState
from donations.models.reversals import Refund
from fund.models import BankLine, User


class ReturnReason(models.TextChoices):
    RECALLED = "recalled", _("La banque du donateur a rappelé son virement")
    GIVEN_BACK = "given_back", _("Nous l’avons rendu par un virement")


class ReturnTie(models.Model):
    """A debit of the bank tied by one person to the gift that it gives back, confirmed by another.

    `refund` is what was booked of it, of exactly the line's amount. A line has one tie that is not refused; a gift may
    go back in several lines.
    """

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="return_ties")
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="return_ties")
    reason = models.CharField(max_length=10, choices=ReturnReason)
    state = models.CharField(max_length=10, choices=TieState, default=TieState.PROPOSED)
    made_at = models.DateTimeField()
    tied_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    refund = models.OneToOneField(
        Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="return_tie"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=~Q(state="refused"), name="one_return_tie_a_line"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | ~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="return_tie_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(state="refused") | ~Q(decided_by=F("tied_by")),
                name="return_tie_has_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state="counted", refund__isnull=False) | ~Q(state="counted") & Q(refund=None),
                name="return_tie_counted_with_its_refund",
            ),
        ]

    def __str__(self) -> str:
        return f"return tie {self.pk}"
