"""First in, first out: the oldest gifts pay first, month by month, to the cent; what was written is never changed."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from donations.allocation.closing import close_due_months, close_month, due_month
from donations.models import Allocation, MonthClosing
from fund import clock, sealing
from fund.models import AuditEvent, Pocket
from tests.donations.allocating import (
    APRIL,
    JUNE,
    MAY,
    MOBILITY,
    URGENT,
    aid,
    at_noon,
    close,
    comes_back,
    give,
    give_back,
    refund_fails,
    shares,
)

pytestmark = pytest.mark.django_db


def day(month: int, number: int) -> date:
    return date(2020, month, number)


def test_the_oldest_gift_pays_first_and_each_gift_up_to_what_stands_of_it(pocket):
    second = give(pocket, 5_000, day(4, 12), fee_cents=124)
    first = give(pocket, 3_000, day(4, 11), fee_cents=76)
    third = give(pocket, 9_000, day(4, 13))
    aid(pocket, 5_000, day(4, 24))
    close(pocket, APRIL)
    assert shares(first) == [("04", URGENT, "given", 2_924)]
    assert shares(second) == [("04", URGENT, "given", 2_076)]
    assert shares(third) == []


def test_the_next_month_goes_on_where_the_last_one_ended(pocket):
    first, second = give(pocket, 3_000, day(4, 11)), give(pocket, 5_000, day(4, 12))
    aid(pocket, 4_000, day(4, 24))
    aid(pocket, 1_500, day(5, 4))
    aid(pocket, 1_000, day(5, 5), scheme=MOBILITY)
    close(pocket, MAY)
    assert shares(first) == [("04", URGENT, "given", 3_000)]
    assert shares(second) == [
        ("04", URGENT, "given", 1_000),
        ("05", URGENT, "given", 1_500),
        ("05", MOBILITY, "given", 1_000),
    ]


def test_what_a_refund_takes_beyond_the_unspent_part_is_paid_by_younger_gifts(pocket):
    first, second = give(pocket, 5_000, day(4, 11)), give(pocket, 5_000, day(4, 12))
    aid(pocket, 4_000, day(4, 24))
    close(pocket, APRIL)
    give_back(first, 700, day(5, 20))  # 1 000 were unspent
    close(pocket, MAY)
    assert shares(first) == [("04", URGENT, "given", 4_000)]
    give_back(first, 1_300, day(6, 2))
    close(pocket, JUNE)
    assert shares(first)[-1] == ("06", URGENT, "gift_fell", -1_000)
    assert shares(second) == [("06", URGENT, "given", 1_000)]


def test_a_gift_given_back_before_the_month_is_closed_pays_nothing_of_it(pocket):
    first, second = give(pocket, 5_000, day(4, 11)), give(pocket, 5_000, day(4, 12))
    aid(pocket, 4_000, day(4, 24))
    give_back(first, 5_000, day(5, 3))
    close(pocket, APRIL)
    assert (shares(first), shares(second)) == ([], [("04", URGENT, "given", 4_000)])


def test_aid_that_came_back_is_given_back_to_the_youngest_gift_that_paid(pocket):
    first, second = give(pocket, 3_000, day(4, 11)), give(pocket, 5_000, day(4, 12))
    aid(pocket, 2_000, day(4, 24))
    returned = aid(pocket, 2_000, day(4, 24))
    close(pocket, APRIL)
    comes_back(returned, day(5, 4))
    close(pocket, MAY)
    assert shares(second) == [("04", URGENT, "given", 1_000), ("05", URGENT, "came_back", -1_000)]
    assert shares(first) == [("04", URGENT, "given", 3_000), ("05", URGENT, "came_back", -1_000)]


def test_aid_of_one_scheme_that_came_back_makes_way_for_another(pocket):
    gift = give(pocket, 3_000, day(4, 11))
    returned = aid(pocket, 2_000, day(4, 24))
    close(pocket, APRIL)
    comes_back(returned, day(5, 4))
    aid(pocket, 2_500, day(5, 5), scheme=MOBILITY)
    close(pocket, MAY)
    assert shares(gift) == [
        ("04", URGENT, "given", 2_000),
        ("05", URGENT, "came_back", -2_000),
        ("05", MOBILITY, "given", 2_500),
    ]


def test_an_older_gift_that_stands_again_takes_its_place_again(pocket):
    first, second = give(pocket, 3_000, day(4, 11)), give(pocket, 5_000, day(4, 12))
    give_back(first, 3_000, day(4, 12))
    aid(pocket, 2_000, day(4, 24))
    close(pocket, APRIL)
    assert (shares(first), shares(second)) == ([], [("04", URGENT, "given", 2_000)])
    refund_fails(first, 3_000, day(5, 4))
    close(pocket, MAY)
    assert shares(first) == [("05", URGENT, "given", 2_000)]
    assert shares(second)[-1] == ("05", URGENT, "made_room", -2_000)


def test_aid_that_no_gift_stands_for_is_said_and_paid_by_the_next_gifts(pocket):
    first = give(pocket, 3_000, day(4, 11))
    aid(pocket, 3_000, day(4, 24))
    give_back(first, 1_000, day(4, 28))
    assert close(pocket, APRIL).uncovered_cents == 1_000
    later = give(pocket, 4_000, day(5, 2))
    assert close(pocket, MAY).uncovered_cents == 0
    assert shares(first) == [("04", URGENT, "given", 2_000)]
    assert shares(later) == [("05", URGENT, "given", 1_000)]


def test_each_pocket_pays_for_itself(pocket):
    other = Pocket.objects.create(code="mobility", name="Mobilité", scheme=MOBILITY)
    mine, theirs = give(pocket, 3_000, day(4, 11)), give(other, 3_000, day(4, 12))
    aid(pocket, 1_000, day(4, 24))
    aid(other, 2_000, day(4, 24), scheme=MOBILITY)
    close(pocket, APRIL)
    close(other, APRIL)
    assert shares(mine) == [("04", URGENT, "given", 1_000)]
    assert shares(theirs) == [("04", MOBILITY, "given", 2_000)]


def test_a_month_is_of_paris(pocket):
    """Failure 30: 30 April, 23:30 UTC, is 1 May in Paris."""
    gift = give(pocket, 3_000, day(5, 1))
    gift.succeeded_at = at_noon(day(5, 1)) - timedelta(hours=11, minutes=30)
    gift.save()
    aid(pocket, 1_000, day(4, 30))
    assert close(pocket, APRIL).uncovered_cents == 1_000
    assert close(pocket, MAY).uncovered_cents == 0


def test_a_month_is_closed_from_the_tenth_day_of_the_next_one(pocket):
    give(pocket, 3_000, day(4, 11))
    sealing.seal_pending()
    with clock.at(at_noon(day(5, 9))):
        assert due_month(pocket) is None
        assert close_due_months() == "0 months closed"
    with clock.at(at_noon(day(7, 10))):
        assert due_month(pocket) == APRIL
        assert close_due_months() == "3 months closed"
        assert close_due_months() == "0 months closed"
    assert [row.month for row in MonthClosing.objects.order_by("month")] == [APRIL, MAY, JUNE]


def test_a_pocket_without_money_has_no_month(pocket):
    with clock.at(at_noon(day(7, 10))):
        assert due_month(pocket) is None


def test_a_closed_month_is_not_opened_again(pocket):
    """What is booked late for April counts with May."""
    gift = give(pocket, 3_000, day(4, 11))
    aid(pocket, 1_000, day(4, 24))
    close(pocket, APRIL)
    aid(pocket, 500, day(4, 30))
    with clock.at(at_noon(day(5, 12))):
        assert close_month(pocket=pocket, month=APRIL) is None
    close(pocket, MAY)
    assert shares(gift) == [("04", URGENT, "given", 1_000), ("05", URGENT, "given", 500)]


def test_a_month_that_is_not_due_is_refused(pocket):
    give(pocket, 3_000, day(4, 11))
    sealing.seal_pending()
    with clock.at(at_noon(day(5, 12))), pytest.raises(ValueError, match="2020-05"):
        close_month(pocket=pocket, month=MAY)


def test_only_what_is_sealed_counts(pocket):
    gift = give(pocket, 3_000, day(4, 11))
    sealing.seal_pending()
    aid(pocket, 1_000, day(4, 24))
    with clock.at(at_noon(day(5, 12))):
        assert close_month(pocket=pocket, month=APRIL) is not None
    assert shares(gift) == []
    close(pocket, MAY)
    assert shares(gift) == [("05", URGENT, "given", 1_000)]


@pytest.mark.parametrize("model", [MonthClosing, Allocation])
def test_what_was_written_is_never_changed(pocket, model):
    give(pocket, 3_000, day(4, 11))
    aid(pocket, 1_000, day(4, 24))
    close(pocket, APRIL)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(id=999)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.order_by("pk")[:1].get().delete()


def test_a_closing_that_breaks_leaves_nothing_and_is_made_again(pocket, monkeypatch):
    give(pocket, 3_000, day(4, 11))
    aid(pocket, 1_000, day(4, 24))
    sealing.seal_pending()
    written = Allocation.objects.bulk_create

    def killed(rows, **options):
        written(rows, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Allocation.objects, "bulk_create", killed)
        with clock.at(at_noon(day(5, 12))), pytest.raises(KeyboardInterrupt), transaction.atomic():
            close_month(pocket=pocket, month=APRIL)
    assert not MonthClosing.objects.exists() and not Allocation.objects.exists()
    close(pocket, APRIL)
    assert Allocation.objects.aggregate(cents=Sum("cents"))["cents"] == 1_000


def test_a_closing_is_in_the_audit_trail(pocket):
    give(pocket, 3_000, day(4, 11))
    closing = close(pocket, APRIL)
    event = AuditEvent.objects.get(action="month.closed")
    assert event.object_id == str(closing.pk)
    assert event.details == {"pocket": pocket.pk, "uncovered_cents": 0}
