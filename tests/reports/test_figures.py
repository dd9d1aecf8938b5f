"""The figures: gifts counted from the ledger, and scopes that give the same answer for ever."""

from datetime import date

import pytest
from django.db import transaction

from fund import chart, clock, ledger, sealing
from fund.ledger import Subject
from fund.models import Movement
from fund.models.ledger import Kind
from reports.figures import read_days, read_figures, read_lefts, read_live
from reports.scope import Scope
from tests.donations.factories import make_gift
from tests.reports.factories import post_debit, post_gift, post_grant

pytestmark = pytest.mark.django_db
DAY, NEXT, LATER = date(2020, 5, 6), date(2020, 5, 12), date(2020, 5, 14)


def take_back(gift: int, day: date, cents: int | None = None) -> None:
    with transaction.atomic():
        ledger.reverse(
            Movement.objects.get(cause_key=f"test-gift:{gift}"),
            cause_key=f"test-refund:{gift}:{day}",
            kind=Kind.REFUND,
            occurred_on=day,
            amount_cents=cents,
        )


@pytest.fixture
def gifts(pocket) -> list[int]:
    """Three gifts of two persons."""
    emails = ("a@example.org", "a@example.org", "b@example.org")
    made = [make_gift(pocket, email=email).pk for email in emails]
    for gift in made:
        post_gift(pocket, DAY, 5_000, gift=gift)
    return made


def test_a_gift_given_back_whole_is_no_gift_any_more_and_a_part_still_is(gifts):
    assert (read_live().gifts, read_live().donors) == (3, 2)
    take_back(gifts[2], NEXT, 2_000)
    assert (read_live().gifts, read_live().donors, read_live().raised_cents) == (3, 2, 13_000)
    take_back(gifts[2], LATER)
    assert (read_live().gifts, read_live().donors, read_live().raised_cents) == (2, 1, 10_000)


def test_a_gift_that_was_only_promised_does_not_count(gifts, pocket):
    make_gift(pocket, email="c@example.org")
    assert (read_live().gifts, read_live().donors) == (3, 2)


def test_the_days_add_up_and_a_day_of_refunds_is_below_zero(gifts):
    take_back(gifts[0], NEXT)
    assert read_days() == [(DAY, 15_000), (NEXT, -5_000)]
    assert sum(cents for _day, cents in read_days()) == read_figures().raised_cents


def test_a_scope_ends_with_its_day(gifts):
    take_back(gifts[0], NEXT)
    assert read_figures(scope=Scope(DAY)).raised_cents == 15_000
    assert read_figures(scope=Scope(NEXT)).raised_cents == 10_000
    assert read_figures(scope=Scope(date(2020, 5, 1))).gifts == 0


def test_a_sealed_scope_never_changes_whatever_is_booked_later_for_its_days(gifts, pocket, make_requests):
    sealing.seal_pending()
    head = sealing.head()
    assert head is not None
    scope = Scope(NEXT, head.number)
    with clock.at(clock.DEMO_START):
        before = read_figures(scope=scope)
        take_back(gifts[0], DAY)
        request = make_requests(1)[0]
        post_grant(request, pocket, DAY)
        post_debit(request, pocket, DAY)
        sealing.seal_pending()
        assert read_figures(scope=scope) == before
        assert read_figures(scope=Scope(NEXT, head.number + 1)) != before


def test_without_a_scope_and_with_all_of_it_the_figures_are_the_same(gifts, pocket, make_requests):
    for request in make_requests(2):
        post_grant(request, pocket, DAY)
    post_debit(request, pocket, NEXT)
    with transaction.atomic():
        ledger.post(
            cause_key="fee:1", debit=chart.FEES, credit=chart.STRIPE, amount_cents=175, kind=Kind.FEE,
            entry_ref="D-1", occurred_on=DAY, pocket=pocket, subject=Subject("gift", str(gifts[0])),
        )  # fmt: skip
    sealing.seal_pending()
    head = sealing.head()
    assert head is not None
    with clock.at(clock.DEMO_START):
        whole = read_figures()
        assert whole == read_figures(scope=Scope(LATER, head.number)) == read_figures(pocket)
    assert (whole.given_cents, whole.promised_cents, whole.students_helped) == (15_000, 15_000, 1)
    assert whole.left_cents == 15_000 - 175 - 30_000
    assert read_lefts() == {pocket.pk: whole.left_cents}
