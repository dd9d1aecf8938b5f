"""What the pages about money from outside read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from donations.givers import giver_of
from donations.models import (
    Agreement,
    Cheque,
    Deposit,
    ExpectedTransfer,
    Gift,
    Instalment,
    ReturnTie,
    TransferTie,
)
from donations.models.gifts import RECEIVED_STATES
from donations.models.outside import AgreementState, ChequeState, DepositState, ExpectedState, TieState
from donations.outside import permissions
from donations.outside.agreements import company_of
from donations.outside.cheques import bank_of
from donations.outside.returns import UNEXPLAINED, live_ties
from donations.outside.transfers import UNKNOWN_CREDIT
from fund import clock, vault
from fund.bank.iban import check_iban
from fund.models import BankLine, Foundation, User
from fund.models.treasury import LineState
from fund.treasury.line_facts import facts_of


@dataclass(frozen=True)
class Account:
    """Where to send a transfer: the holder, the IBAN in groups of four, the BIC when it is known."""

    name: str
    iban: str
    bic: str


def account() -> Account | None:
    """The foundation's account; None before the foundation is described."""
    foundation = Foundation.objects.first()
    if foundation is None:
        return None
    return Account(foundation.legal_name, check_iban(foundation.iban).grouped, foundation.bic)


def name_of(gift: Gift) -> str:
    """Who gave, for those who check it against paper; empty once erased."""
    try:
        return giver_of(gift).name
    except vault.Erased:
        return ""


# Cheques --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChequeRow:
    cheque: Cheque
    name: str
    bank: str


def deposits() -> QuerySet[Deposit]:
    return Deposit.objects.select_related(
        "opened_by", "closed_by", "confirmed_by", "line__statement"
    ).order_by("-number")


def cheque_rows(deposit: Deposit) -> list[ChequeRow]:
    """The cheques of a deposit in the order they were typed, without those taken out."""
    rows = deposit.cheques.exclude(state=ChequeState.REMOVED).order_by("pk")
    rows = rows.select_related(
        "gift__donor__subject_key", "gift__pocket", "gift__team", "recorded_by", "contested_by"
    )
    return [ChequeRow(row, name_of(row.gift), bank_of(row)) for row in rows]


def total_of(rows: Iterable[ChequeRow]) -> int:
    return sum(row.cheque.gift.amount_cents for row in rows)


def deposits_to_confirm(user: User) -> list[Deposit]:
    """Closed deposits that this person may confirm."""
    waiting = Deposit.objects.filter(state=DepositState.CLOSED).order_by("number")
    return [row for row in waiting if permissions.can_confirm_deposit(user, row) is None]


def unpaid_to_confirm(user: User) -> list[Cheque]:
    waiting = Cheque.objects.filter(state=ChequeState.CONTESTED).select_related("deposit", "gift")
    return [row for row in waiting.order_by("pk") if permissions.can_confirm_unpaid(user, row) is None]


# Transfers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExpectedRow:
    """An announced transfer; `received_cents` is what came under its reference."""

    expected: ExpectedTransfer
    name: str
    received_cents: int


@dataclass(frozen=True)
class CreditRow:
    """A parked credit with what the bank wrote on it."""

    line: BankLine
    sender: str
    words: str


@dataclass(frozen=True)
class TieRow:
    tie: TransferTie
    name: str
    words: str
    may_agree: bool


def announced(states: Iterable[str]) -> QuerySet[ExpectedTransfer]:
    """Transfers that donors announced by themselves, with what came; those of agreements stand with their agreement."""
    rows = ExpectedTransfer.objects.filter(state__in=list(states), instalment=None)
    counted = Q(ties__state=TieState.COUNTED, ties__gift__state__in=RECEIVED_STATES)
    came = Coalesce(Sum("ties__gift__amount_cents", filter=counted), 0)
    return rows.annotate(came=came).select_related("gift__donor__subject_key", "gift__pocket").order_by("-pk")


def expected_rows(rows: Iterable[ExpectedTransfer]) -> list[ExpectedRow]:
    """Rows of `announced`."""
    return [ExpectedRow(row, name_of(row.gift), row.came) for row in rows]  # type: ignore[attr-defined]


def received_cents(expected: ExpectedTransfer) -> int:
    """What came under a reference, whatever was given back since."""
    gifts = Gift.objects.filter(
        ties__expected=expected, ties__state=TieState.COUNTED, state__in=RECEIVED_STATES
    )
    return gifts.aggregate(total=Sum("amount_cents"))["total"] or 0


def credits_of_nobody() -> QuerySet[BankLine]:
    """Credits that nothing explains and nobody tied."""
    tied = TransferTie.objects.exclude(state=TieState.REFUSED).values("line")
    rows = BankLine.objects.filter(state=LineState.PARKED, reason=UNKNOWN_CREDIT, amount_cents__gt=0)
    return rows.exclude(pk__in=tied).select_related("statement").order_by("pk")


def credit_row(line: BankLine) -> CreditRow:
    facts = facts_of(line)
    words = " ".join(part for part in (facts.remittance, facts.text, facts.bank_reference) if part)
    return CreditRow(line, facts.counterparty_name, words)


def proposed_ties(user: User) -> list[TieRow]:
    """Ties that wait for a second person, the oldest first."""
    rows = TransferTie.objects.filter(state=TieState.PROPOSED).order_by("pk")
    rows = rows.select_related(
        "line__statement", "tied_by", "gift__donor__subject_key", "expected__gift__donor__subject_key"
    )
    return [_tie_row(row, user) for row in rows]


def _tie_row(tie: TransferTie, user: User) -> TieRow:
    gift = tie.gift or (tie.expected.gift if tie.expected else None)
    facts = facts_of(tie.line)
    words = " ".join(part for part in (facts.counterparty_name, facts.remittance, facts.text) if part)
    may_agree = permissions.can_agree(user, tie) is None
    return TieRow(tie, name_of(gift) if gift else "", words, may_agree)


# Gifts that went back by the bank ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReturnRow:
    """A debit that one person tied to a gift; what the bank wrote on it."""

    tie: ReturnTie
    name: str
    cents: int
    words: str
    may_agree: bool


def unexplained_debits() -> QuerySet[BankLine]:
    """Debits that nothing explains, the last first."""
    rows = BankLine.objects.filter(state=LineState.PARKED, reason__in=UNEXPLAINED, amount_cents__lt=0)
    return rows.select_related("statement").order_by("-pk")


def debits_of_no_gift() -> QuerySet[BankLine]:
    """Those that nobody tied to a gift."""
    return unexplained_debits().exclude(pk__in=live_ties().values("line"))


def proposed_returns(user: User) -> list[ReturnRow]:
    """Debits tied to a gift that wait for a second person, the oldest first."""
    rows = ReturnTie.objects.filter(state=TieState.PROPOSED).order_by("pk")
    rows = rows.select_related("line__statement", "tied_by", "gift__donor__subject_key")
    return [_return_row(row, user) for row in rows]


def _return_row(tie: ReturnTie, user: User) -> ReturnRow:
    facts = facts_of(tie.line)
    words = " ".join(part for part in (facts.counterparty_name, facts.remittance, facts.text) if part)
    may_agree = permissions.can_agree(user, tie) is None
    return ReturnRow(tie, name_of(tie.gift), -tie.line.amount_cents, words, may_agree)


# Agreements -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InstalmentRow:
    instalment: Instalment
    received_cents: int

    @property
    def left_cents(self) -> int:
        return max(self.instalment.amount_cents - self.received_cents, 0)

    @property
    def state(self) -> str:
        """paid, late, awaited, cancelled or planned (not confirmed yet)."""
        expected = self.instalment.expected
        if expected is None:
            return "planned"
        if not self.left_cents:
            return "paid"
        if expected.state == ExpectedState.CANCELLED:
            return "cancelled"
        return "late" if self.instalment.due_on < clock.today() else "awaited"


@dataclass(frozen=True)
class AgreementRow:
    agreement: Agreement
    name: str
    instalments: tuple[InstalmentRow, ...]

    @property
    def received_cents(self) -> int:
        return sum(row.received_cents for row in self.instalments)

    @property
    def late(self) -> int:
        """How many instalments are late, while the agreement runs."""
        is_running = self.agreement.state == AgreementState.CONFIRMED
        return sum(row.state == "late" for row in self.instalments) if is_running else 0

    @property
    def next_due(self) -> InstalmentRow | None:
        return next((row for row in self.instalments if row.state in ("late", "awaited")), None)


def agreements() -> QuerySet[Agreement]:
    return Agreement.objects.select_related(
        "donor__subject_key", "pocket", "recorded_by", "decided_by"
    ).order_by("-pk")


def agreement_row(agreement: Agreement) -> AgreementRow:
    try:
        name = company_of(agreement).name
    except vault.Erased:
        name = ""
    rows = agreement.instalments.select_related("expected__gift").order_by("position")
    found = tuple(InstalmentRow(row, received_cents(row.expected) if row.expected else 0) for row in rows)
    return AgreementRow(agreement, name, found)


def agreements_to_confirm(user: User) -> list[Agreement]:
    waiting = Agreement.objects.filter(state=AgreementState.PROPOSED).order_by("pk")
    return [row for row in waiting if permissions.can_confirm_agreement(user, row) is None]


def late_instalments() -> list[InstalmentRow]:
    """Instalments of running agreements whose day has passed and whose money has not all come; one query."""
    rows = Instalment.objects.filter(
        expected__isnull=False, agreement__state=AgreementState.CONFIRMED, due_on__lt=clock.today()
    )
    counted = Q(expected__ties__state=TieState.COUNTED, expected__ties__gift__state__in=RECEIVED_STATES)
    came = Coalesce(Sum("expected__ties__gift__amount_cents", filter=counted), 0)
    late = rows.annotate(came=came).filter(came__lt=F("amount_cents"))
    found = late.select_related("expected", "agreement").order_by("due_on", "pk")
    return [InstalmentRow(row, row.came) for row in found]
