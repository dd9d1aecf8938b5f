"""Cheques, announced transfers and agreements, and the bank's lines that follow them."""

import uuid
from datetime import date
from itertools import count
from typing import Any

from donations.actions.pledging import Pledge
from donations.givers import Address, Giver
from donations.models import Agreement, Cheque, Deposit, ExpectedTransfer, Gift
from donations.models.gifts import GiverKind
from donations.outside.agreements import AgreementTold, confirm_agreement, record_agreement
from donations.outside.cheques import ChequeTold, add_cheque, close_deposit, open_deposit
from donations.outside.transfers import expect_transfer
from fund.models import BankLine, BankStatement, Pocket, User
from fund.treasury.statements import ImportResult, import_statement
from tests.donations.factories import make_pledge
from tests.fund.treasury.camt import camt, entry, transfer

SLIP = "0048213"
COMPANY = Giver(
    "Ada",
    "Essai",
    GiverKind.COMPANY,
    "Fonderie Essai",
    "SAS",
    "732829320",
    Address("1 quai", "69002", "Lyon"),
)
_numbers = count(1_234_567)
_statements = count(1)


def cheque_told(pocket: Pocket, **values: Any) -> ChequeTold:
    given = {
        "giver": Giver("Zoé", "Essai"),
        "amount_cents": 5_000,
        "pocket": pocket,
        "number": str(next(_numbers)),
        "bank_name": "Nordbank",
    }
    return ChequeTold(**{**given, **values})


def make_cheque(by: User, pocket: Pocket, **values: Any) -> Cheque:
    """A cheque in the open deposit."""
    told = cheque_told(pocket, **values)
    return add_cheque(by=by, deposit=open_deposit(by=by), told=told, form_token=uuid.uuid4())


def closed_deposit(by: User, pocket: Pocket, *amounts: int, slip: str = SLIP) -> Deposit:
    """A deposit of cheques of these amounts, waiting for its second look."""
    deposit = open_deposit(by=by)
    for cents in amounts or (5_000, 12_000):
        make_cheque(by, pocket, amount_cents=cents)
    return close_deposit(by=by, deposit=deposit, slip_number=slip)


def announce(pocket: Pocket, **values: Any) -> ExpectedTransfer:
    """A transfer of 50 € announced on the public page."""
    return expect_transfer(pledge=announced(pocket, **values), form_token=uuid.uuid4())


def announced(pocket: Pocket, **values: Any) -> Pledge:
    return make_pledge(pocket, **values)


def agreement_told(pocket: Pocket, **values: Any) -> AgreementTold:
    given = {
        "giver": COMPANY,
        "pocket": pocket,
        "total_cents": 1_000_000,
        "signed_on": date(2020, 5, 4),
        "instalments": ((date(2020, 5, 31), 400_000), (date(2020, 11, 30), 600_000)),
        "email": "mecenat@fonderie.example",
    }
    return AgreementTold(**{**given, **values})


def make_agreement(by: User, pocket: Pocket, **values: Any) -> Agreement:
    return record_agreement(by=by, told=agreement_told(pocket, **values), form_token=uuid.uuid4())


def confirm(agreement: Agreement, *, by: User) -> Agreement:
    return confirm_agreement(by=by, agreement=agreement)


def bank_says(by: User, *lines: tuple[int, str], on: str = "2020-05-18") -> ImportResult:
    """A statement with one line per (cents, words), imported by the treasurer."""
    last = BankStatement.objects.order_by("-pk").first()
    entries = [entry(cents, transfer(cents, remittance=words), on=on) for cents, words in lines]
    data = camt(f"RELEVE-{next(_statements)}", last.closing_cents if last else 0, entries)
    return import_statement(by=by, data=data)


def counted_transfer(by: User, pocket: Pocket, cents: int = 5_000, **values: Any) -> Gift:
    """A gift by transfer that the bank credited on 18 May."""
    expected = announce(pocket, amount_cents=cents, **values)
    bank_says(by, (cents, expected.reference))
    return Gift.objects.get(pk=expected.gift_id)


def debit_of(by: User, cents: int, words: str = "VIREMENT EMIS", *, on: str = "2020-05-20") -> BankLine:
    """A debit that nothing explains."""
    bank_says(by, (-cents, words), on=on)
    return BankLine.objects.latest("pk")
