"""Twin: two workers close the same month at the same instant; the unique month is the guard, nothing is paid twice."""

from datetime import date

import pytest
from django.db.models import Sum

from donations.allocation import closing as closings
from donations.allocation.closing import close_month
from donations.allocation.proofs import shares_are_what_was_given, the_oldest_gifts_pay_first
from donations.models import Allocation, MonthClosing
from fund import sealing
from fund.models import Pocket
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race
from tests.donations.allocating import APRIL, aid, give

pytestmark = needs_row_locks


@pytest.fixture
def spring(transactional_db, pocket) -> Pocket:
    """Forty gifts of 50 €, and 1 234,56 € given."""
    for number in range(40):
        give(pocket, 5_000, date(2020, 4, 5 + number % 20))
    aid(pocket, 123_456, date(2020, 4, 28))
    sealing.seal_pending()
    return pocket


def test_two_workers_close_a_month_once(spring, monkeypatch):
    """Both have read everything before either writes."""
    meeting = MeetingPoint()
    monkeypatch.setattr(closings, "given_by_scheme", meeting.after(closings.given_by_scheme))
    outcomes = race(*[in_may(close_month, pocket=spring, month=APRIL)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["MonthClosing", "NoneType"]
    assert MonthClosing.objects.count() == 1
    assert Allocation.objects.aggregate(cents=Sum("cents"))["cents"] == 123_456
    assert [*shares_are_what_was_given(), *the_oldest_gifts_pay_first()] == []


def test_money_that_comes_meanwhile_waits_for_nobody(spring, monkeypatch):
    """A gift is counted in the middle of the closing; it belongs to the next one."""
    meeting = MeetingPoint()
    monkeypatch.setattr(closings, "given_by_scheme", meeting.after(closings.given_by_scheme))

    def come() -> object:
        gift = give(spring, 7_000, date(2020, 4, 4))
        meeting.wait()
        return gift

    outcomes = race(in_may(close_month, pocket=spring, month=APRIL), come)
    assert [type(outcome).__name__ for outcome in outcomes] == ["MonthClosing", "Gift"]
    assert not Allocation.objects.filter(gift=outcomes[1]).exists()
    assert [*shares_are_what_was_given(), *the_oldest_gifts_pay_first()] == []
