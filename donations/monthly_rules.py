"""What a donor may ask of a monthly gift. Questions answer with a Refusal and its sentence, or None."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from donations import giving_rules
from donations.models import MonthlyChange, MonthlyGift
from donations.models.gifts import MonthlyState
from donations.models.monthly_changes import ChangeKind, ChangeState
from fund.roles import Refusal

LONGEST_PAUSE_MONTHS = 12
RUNNING = (MonthlyState.ACTIVE, MonthlyState.PAST_DUE, MonthlyState.PAUSED)


@dataclass(frozen=True)
class Wanted:
    """One change: an amount in cents for `amount`; for `pause` the Paris date it ends on (None: until resumed)."""

    kind: ChangeKind
    amount_cents: int | None = None
    resumes_on: date | None = None

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.amount_cents}:{self.resumes_on}"


def after_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of a month that is shorter."""
    years, index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, index + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def can_change(monthly: MonthlyGift, wanted: Wanted) -> Refusal | None:
    """Whoever holds the donor's link or mailbox, while the gift runs; to stop, also before its first payment came."""
    if monthly.state == MonthlyState.STOPPED:
        return Refusal("stopped", _("Ce don mensuel est arrêté : il n’y a plus rien à changer."))
    if not monthly.subscription_id:
        return Refusal(
            "not_begun",
            _(
                "Ce don mensuel n’a pas commencé : rien n’est pris tant que le premier paiement n’est pas fait."
            ),
        )
    if wanted.kind == ChangeKind.STOP:
        return None
    if monthly.state not in RUNNING:
        return Refusal("first_payment", _("Le premier paiement est encore en route : attendez qu’il arrive."))
    if wanted.kind == ChangeKind.AMOUNT:
        return _can_take(monthly, wanted.amount_cents or 0)
    if wanted.kind == ChangeKind.RESUME and monthly.state != MonthlyState.PAUSED:
        return Refusal("not_paused", _("Ce don mensuel n’est pas en pause."))
    if wanted.kind == ChangeKind.PAUSE and monthly.state != MonthlyState.ACTIVE:
        return Refusal("cannot_pause", _("Une pause se demande quand le dernier mois est payé."))
    return None


def _can_take(monthly: MonthlyGift, cents: int) -> Refusal | None:
    """An amount within what is taken online, and another than today's."""
    sentence = giving_rules.out_of_bounds(cents)
    if sentence:
        return Refusal("bounds", sentence)
    if cents == monthly.amount_cents:
        return Refusal("same_amount", _("C’est déjà ce montant."))
    return None


def agreed_amounts(monthly: MonthlyGift) -> set[int]:
    """Every amount (cents) the donor ever agreed to for a month: an invoice of another one is not ours to count.

    One that the provider refused stays agreed to; one whose answer was lost may be taken before we know.
    """
    first = monthly.gifts.order_by("pk").values_list("amount_cents", flat=True)[:1]
    asked = monthly.changes.filter(kind=ChangeKind.AMOUNT).values_list("amount_cents", flat=True)
    return {monthly.amount_cents, *first, *(cents for cents in asked if cents is not None)}


def change_under_way(monthly: MonthlyGift) -> MonthlyChange | None:
    """The one change that was asked and that the provider did not answer yet."""
    return monthly.changes.filter(state=ChangeState.ASKED).first()
