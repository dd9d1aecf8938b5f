"""A treasury without an upper floor: orders of a kind of its own, money that came in by a bank line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from fund import chart, ledger, registry, vault
from fund.ledger import Subject
from fund.models import BankLine, Movement, PaymentOrder, Pocket, School, User
from fund.models.ledger import Kind
from fund.registry import Claim
from fund.roles import Refusal
from fund.treasury.line_facts import facts_of
from fund.treasury.orders import create_order
from fund.treasury.statements import import_statement
from tests.fund.treasury.camt import camt, credit

KIND = "test_thing"
DEPOSIT = "DEPOT D ESSAI"
IBANS = (
    "FR7630006000011234567890189",
    "DE89370400440532013000",
    "FR7610011000201234567890188",
    "BE68539007547034",
    "NL91ABNA0417164300",
)


@dataclass
class Things:
    """What an upper app would answer; tests set the refusals and ties and read the outcomes."""

    refusals: dict[str, Refusal] = field(default_factory=dict)
    ties: set[tuple[str, int]] = field(default_factory=set)
    outcomes: list[tuple[str, str]] = field(default_factory=list)

    def recheck(self, order: PaymentOrder) -> Refusal | None:
        return self.refusals.get(order.reference_id)

    def has_tie(self, order: PaymentOrder, user: User) -> bool:
        return (order.reference_id, user.pk) in self.ties

    def on_outcome(self, order: PaymentOrder, outcome: str, *, by: User | None) -> None:
        self.outcomes.append((order.reference_id, str(outcome)))


@contextmanager
def deposits_claimed(pocket: Pocket) -> Iterator[None]:
    """Lines that name the deposit are money given to the fund, as a matched transfer would be."""

    def claim(line: BankLine) -> Claim | None:
        if DEPOSIT not in facts_of(line).remittance:
            return None
        movement = ledger.post(
            cause_key=f"deposit:{line.pk}",
            debit=chart.BANK,
            credit=chart.GIFTS,
            amount_cents=line.amount_cents,
            kind=Kind.CORRECTION,
            entry_ref=f"deposit-{line.pk}",
            occurred_on=line.booked_on,
            pocket=pocket,
        )
        return Claim("deposit", str(movement.pk))

    registry.register_claimer(claim)
    try:
        yield
    finally:
        registry._claimers.remove(claim)


def deposit(by: User, cents: int, *, name: str = "DEPOT-1", opening: int = 0) -> None:
    """`cents` arrive on the bank account, proved by a statement; within `deposits_claimed`."""
    import_statement(by=by, data=camt(name, opening, [credit(cents, remittance=DEPOSIT)]))


def make_order(
    number: int, pocket: Pocket, school: School, *, cents: int = 15_000, attempt: int | None = None
) -> PaymentOrder:
    """A granted thing and its order: the aid is owed, as a decision would have written it."""
    with transaction.atomic():
        if not Movement.objects.filter(cause_key=f"grant-thing:{number}").exists():
            ledger.post(
                cause_key=f"grant-thing:{number}",
                debit=chart.AIDS,
                credit=chart.AIDS_OWED,
                amount_cents=cents,
                kind=Kind.GRANT,
                entry_ref=f"T-{number:04d}",
                occurred_on=date(2020, 5, 14),
                pocket=pocket,
                subject=Subject(KIND, str(number)),
            )
        return create_order(
            reference_kind=KIND,
            reference_id=str(number),
            payee_kind="payee",
            payee_id=str(number),
            label=f"T-2020-{number:04d}",
            amount_cents=cents,
            subject_key=vault.make_subject_key("payee"),
            iban=IBANS[number % len(IBANS)],
            holder=f"Zoé Œuvrard {number}",
            pocket=pocket,
            scheme="essai",
            school=school,
            attempt=attempt,
        )


def give_by_card(pocket: Pocket, cents: int) -> None:
    """Money that the payment provider still holds: given, but not at the bank."""
    with transaction.atomic():
        ledger.post(
            cause_key=f"card:{cents}",
            debit=chart.STRIPE,
            credit=chart.GIFTS,
            amount_cents=cents,
            kind=Kind.CORRECTION,
            entry_ref="card",
            occurred_on=date(2020, 5, 14),
            pocket=pocket,
        )
