"""How much money there is, where it lies and what is promised of it: what the treasury asks before it pays.

All amounts are cents. Settled cash is what bank statements have proved; a gift that the payment provider still
holds is not there yet.
"""

from dataclasses import dataclass

from django.db.models import Sum

from fund import balances, chart
from fund.models import BankLine, PaymentBatch, PaymentOrder, Pocket
from fund.models.treasury import LineState, OrderState


@dataclass(frozen=True)
class Budget:
    """What a committee must see: raised, left now, and left if everything that waits were granted."""

    raised_cents: int
    left_cents: int
    asked_cents: int

    @property
    def left_after_cents(self) -> int:
        return self.left_cents - self.asked_cents

    @property
    def missing_cents(self) -> int:
        """What a card or a bank took beyond what was left: nothing is granted before gifts cover it."""
        return max(-self.left_cents, 0)

    @property
    def taken_cents(self) -> int:
        return self.raised_cents - self.left_cents

    @property
    def taken_share(self) -> str:
        """« 65.56% » of what was raised, for a drawing."""
        return self._share(self.taken_cents)

    @property
    def asked_share(self) -> str:
        return self._share(min(self.asked_cents, max(self.left_cents, 0)))

    def _share(self, cents: int) -> str:
        hundredths = 0 if self.raised_cents <= 0 else max(0, min(10_000, cents * 10_000 // self.raised_cents))
        return f"{hundredths // 100}.{hundredths % 100:02d}%"


@dataclass(frozen=True)
class PocketBalance:
    name: str
    left_cents: int


@dataclass(frozen=True)
class Shortfall:
    """Cents that were granted or given and then taken back by a card, a bank or a refund. `pocket` is None for the
    fund as a whole: then no aid at all is granted, else none out of that pocket (invariant 3)."""

    missing_cents: int
    pocket: Pocket | None


@dataclass(frozen=True)
class Cash:
    """`bank_cents` settled, of which `unexplained_cents` left by lines nobody has matched; `stripe_cents` still at the
    provider; `leaving_cents` in batches not debited yet."""

    bank_cents: int
    unexplained_cents: int
    stripe_cents: int
    leaving_cents: int
    owed_cents: int
    left_cents: int

    @property
    def together_cents(self) -> int:
        return self.bank_cents - self.unexplained_cents + self.stripe_cents

    @property
    def payable_cents(self) -> int:
        return self.bank_cents - self.unexplained_cents - self.leaving_cents


def parked_debits_cents() -> int:
    """What left the account by lines that nobody has explained yet. Parked credits are nobody's: not counted."""
    lines = BankLine.objects.filter(state=LineState.PARKED, amount_cents__lt=0)
    return -(lines.aggregate(total=Sum("amount_cents"))["total"] or 0)


def settled_cents() -> int:
    """What may be paid from: the bank account as matched lines prove it, less every debit still unexplained."""
    return balances.balance_cents(chart.BANK) - parked_debits_cents()


def leaving_cents(besides: PaymentBatch | None = None) -> int:
    """Transfers in a batch other than `besides`, signed or not, that no statement has shown yet."""
    waiting = PaymentOrder.objects.filter(state__in=(OrderState.BATCHED, OrderState.SENT))
    if besides is not None:
        waiting = waiting.exclude(batch=besides)
    return waiting.aggregate(total=Sum("amount_cents"))["total"] or 0


def cash_now() -> Cash:
    return Cash(
        bank_cents=balances.balance_cents(chart.BANK),
        unexplained_cents=parked_debits_cents(),
        stripe_cents=balances.balance_cents(chart.STRIPE) + balances.balance_cents(chart.INTERNAL_TRANSFER),
        leaving_cents=leaving_cents(),
        owed_cents=-balances.balance_cents(chart.AIDS_OWED),
        left_cents=balances.left_cents(),
    )


def budget(asked_cents: int) -> Budget:
    """The committee's bar, over all pockets, when `asked_cents` wait for a decision."""
    return Budget(-balances.figure_cents(chart.RAISED), balances.left_cents(), asked_cents)


def pocket_balances() -> list[PocketBalance]:
    """What is left in each pocket."""
    return [
        PocketBalance(pocket.name, balances.left_cents(pocket)) for pocket in Pocket.objects.order_by("pk")
    ]


def shortfalls() -> list[Shortfall]:
    """What is missing now: of the whole fund first, then of each pocket that is below zero."""
    lefts: list[tuple[int, Pocket | None]] = [(balances.left_cents(), None)]
    lefts += [(balances.left_cents(pocket), pocket) for pocket in Pocket.objects.order_by("pk")]
    return [Shortfall(-left, pocket) for left, pocket in lefts if left < 0]
