"""Twins: one deposit or one tie confirmed by two second persons at once; a cheque typed while its deposit closes."""

import uuid
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from donations.givers import Giver
from donations.models import Cheque, Deposit, TransferTie
from donations.outside import cheques, permissions, transfers
from donations.outside.transfers import DonorTold
from fund import clock
from fund.models import BankLine, Movement, TransitionLog
from fund.models.ledger import Kind
from fund.models.people import Role
from fund.workflow import AlreadyDone, WrongState
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off
from tests.conftest import grant, make_user
from tests.donations.outside import factories

pytestmark = needs_row_locks


@pytest.fixture
def house(transactional_db, foundation, pocket, people) -> SimpleNamespace:
    people.treasurer2 = make_user("treasurer2")
    grant(people.treasurer2, Role.TREASURER, by=people.administrator, consent=people.auditor)
    people.pocket = pocket
    return people


@pytest.fixture
def deposit(house) -> Deposit:
    """Two cheques, closed, waiting for a second person."""
    with clock.at(clock.DEMO_START):
        return factories.closed_deposit(house.treasurer, house.pocket)


def confirm_at_once(house: SimpleNamespace, deposit: Deposit) -> list[object]:
    seconds = (house.signatory, house.treasurer2)
    return race(*[in_may(cheques.confirm_deposit, by=person, deposit=deposit) for person in seconds])


def meet_before_confirming(monkeypatch) -> None:
    meeting = MeetingPoint()
    asked = meeting.after(permissions.can_confirm_deposit)
    monkeypatch.setattr(permissions, "can_confirm_deposit", asked)


def times_confirmed() -> int:
    return TransitionLog.objects.filter(object_kind="donations.deposit", name="confirm").count()


def test_without_the_lock_two_second_persons_both_confirm(house, deposit, monkeypatch):
    """The set-up shows the bug: the log holds two confirmations of one deposit."""
    take_locks_off(monkeypatch)
    meet_before_confirming(monkeypatch)
    confirm_at_once(house, deposit)
    monkeypatch.undo()
    assert times_confirmed() == 2


def test_with_the_lock_the_second_finds_it_done(house, deposit, monkeypatch):
    meet_before_confirming(monkeypatch)
    outcomes = confirm_at_once(house, deposit)
    monkeypatch.undo()
    assert {type(outcome) for outcome in outcomes} == {Deposit, AlreadyDone}
    assert times_confirmed() == 1 and Movement.objects.filter(kind=Kind.GIFT).count() == 2
    call_command("check_ledger")


def test_a_tie_agreed_by_two_at_once_counts_once(house):
    with clock.at(clock.DEMO_START):
        factories.bank_says(house.treasurer, (8_000, "VIREMENT SANS MOTIF"))
        told = DonorTold(Giver("Ines", "Essai"), house.pocket)
        tie = transfers.tie_to_donor(by=house.treasurer, line=BankLine.objects.get(), told=told)
    seconds = (house.signatory, house.treasurer2)
    outcomes = race(*[in_may(transfers.agree_tie, by=person, tie=tie) for person in seconds])
    assert {type(outcome) for outcome in outcomes} == {TransferTie, AlreadyDone}
    assert Movement.objects.filter(kind=Kind.GIFT).count() == 1
    call_command("check_ledger")


def test_two_persons_who_tie_one_line_at_once_make_one_promise(house):
    with clock.at(clock.DEMO_START):
        factories.bank_says(house.treasurer, (8_000, "VIREMENT SANS MOTIF"))
    line, told = BankLine.objects.get(), DonorTold(Giver("Ines", "Essai"), house.pocket)
    both = (house.treasurer, house.treasurer2)
    outcomes = race(*[in_may(transfers.tie_to_donor, by=person, line=line, told=told) for person in both])
    assert {type(outcome) for outcome in outcomes} == {TransferTie, AlreadyDone}


def test_a_cheque_typed_while_its_deposit_closes_is_in_its_total_or_refused(house):
    with clock.at(clock.DEMO_START):
        factories.make_cheque(house.treasurer, house.pocket)
        deposit = cheques.open_deposit(by=house.treasurer)
    told = factories.cheque_told(house.pocket, amount_cents=700)
    added, closed = race(
        in_may(cheques.add_cheque, by=house.treasurer2, deposit=deposit, told=told, form_token=uuid.uuid4()),
        in_may(cheques.close_deposit, by=house.treasurer, deposit=deposit),
    )
    assert isinstance(closed, Deposit) and isinstance(added, Cheque | WrongState)
    assert closed.total_cents == (5_700 if isinstance(added, Cheque) else 5_000)
    call_command("check_ledger")


def test_one_form_sent_twice_at_once_announces_one_transfer(house):
    pledge, token = factories.announced(house.pocket), uuid.uuid4()
    act = in_may(transfers.expect_transfer, pledge=pledge, form_token=token)
    first, second = race(act, act)
    assert first == second
