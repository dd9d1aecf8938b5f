"""Rivals: one debit confirmed by two second persons at once; two debits of one gift confirmed at the same instant."""

from types import SimpleNamespace

import pytest
from django.core.management import call_command

from donations.models import Gift, Refund, ReturnTie
from donations.models.returns import ReturnReason
from donations.outside import permissions, returns
from fund import clock
from fund.models import BankLine, Movement
from fund.models.ledger import Kind
from fund.models.people import Role
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race
from tests.conftest import grant, make_user
from tests.donations.outside import factories

pytestmark = needs_row_locks


@pytest.fixture
def house(transactional_db, foundation, pocket, people) -> SimpleNamespace:
    people.treasurer2 = make_user("treasurer2")
    grant(people.treasurer2, Role.TREASURER, by=people.administrator, consent=people.auditor)
    people.pocket = pocket
    with clock.at(clock.DEMO_START):
        people.gift = factories.counted_transfer(people.treasurer, pocket)
    return people


def tied(house: SimpleNamespace) -> ReturnTie:
    with clock.at(clock.DEMO_START):
        line = factories.debit_of(house.treasurer, 5_000)
        return returns.tie_return(
            by=house.treasurer, line=line, gift=house.gift, reason=ReturnReason.GIVEN_BACK
        )


def meet_before_confirming(monkeypatch) -> None:
    meeting = MeetingPoint()
    monkeypatch.setattr(permissions, "can_agree", meeting.after(permissions.can_agree))


def given_back_once() -> bool:
    gift = Gift.objects.get()
    rows = Refund.objects.count(), Movement.objects.filter(kind=Kind.REFUND).count()
    return (gift.state, gift.refunded_cents, *rows) == ("refunded", 5_000, 1, 1)


def test_one_debit_confirmed_by_two_at_once_counts_once(house, monkeypatch):
    tie = tied(house)
    meet_before_confirming(monkeypatch)
    seconds = (house.signatory, house.treasurer2)
    outcomes = race(*[in_may(returns.agree_return, by=person, tie=tie) for person in seconds])
    monkeypatch.undo()
    assert {type(outcome) for outcome in outcomes} == {ReturnTie, AlreadyDone}
    assert given_back_once()
    call_command("check_ledger")


def test_two_debits_of_one_gift_confirmed_at_once_give_it_back_once(house, monkeypatch):
    ties = tied(house), tied(house)
    meet_before_confirming(monkeypatch)
    seconds = (house.signatory, house.treasurer2)
    outcomes = race(
        *[in_may(returns.agree_return, by=who, tie=tie) for who, tie in zip(seconds, ties, strict=True)]
    )
    monkeypatch.undo()
    assert {type(outcome) for outcome in outcomes} == {ReturnTie, Refused}
    assert given_back_once() and BankLine.objects.filter(state="parked").count() == 1
    call_command("check_ledger")


def test_one_debit_tied_by_two_at_once_is_tied_once(house):
    with clock.at(clock.DEMO_START):
        line = factories.debit_of(house.treasurer, 5_000)
    both = (house.treasurer, house.treasurer2)
    values = {"line": line, "gift": house.gift, "reason": ReturnReason.RECALLED}
    outcomes = race(*[in_may(returns.tie_return, by=person, **values) for person in both])
    assert {type(outcome) for outcome in outcomes} == {ReturnTie, AlreadyDone}
