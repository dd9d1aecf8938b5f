"""A gift cannot lose more than it brought: disputes and refunds together stay within its amount."""

import pytest
from django.db import IntegrityError, transaction

from donations import proofs
from donations.models import Dispute, Gift, ProviderEvent
from fund import balances, chart
from tests.donations.factories import dispute_of, event, make_gift, post_event, refund_of, session_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]
OPENED, CLOSED = "charge.dispute.created", "charge.dispute.closed"
REFUNDED, REFUND_FAILED = "refund.created", "refund.failed"


@pytest.fixture
def gift(pocket):
    """A gift of 50 €, received."""
    gift = make_gift(pocket)
    post_event(event("checkout.session.completed", session_of(gift)))
    return gift


def contest(gift: Gift, name: str, cents: int, status: str = "needs_response") -> ProviderEvent:
    event_type = OPENED if status == "needs_response" else CLOSED
    return post_event(event(event_type, dispute_of(gift, name, cents=cents, status=status)))


def disputed() -> int:
    return balances.balance_cents(chart.DISPUTED_GIFTS)


@pytest.mark.parametrize("status", ["needs_response", "warning_needs_response", "won", "lost"])
@pytest.mark.parametrize("cents", [5_001, 99_999_999_999, 10**30])
def test_a_dispute_of_more_than_its_gift_is_parked(gift, status, cents):
    row = contest(gift, "du_1", cents, status)
    assert (row.state, row.reason, row.gift) == ("parked", "dispute_too_large", gift)
    assert (balances.left_cents(), disputed(), Dispute.objects.count()) == (5_000, 0, 0)


def test_after_a_partial_refund_the_rest_may_be_contested_and_no_more(gift):
    post_event(event(REFUNDED, refund_of(gift, cents=2_000)))
    row = contest(gift, "du_1", 3_001)
    assert (row.reason, disputed(), Dispute.objects.count()) == ("dispute_too_large", 0, 0)
    assert contest(gift, "du_2", 3_000).state == "acted"
    assert disputed() == Gift.objects.get().disputed_cents == 3_000


def test_what_is_contested_cannot_be_refunded_as_well(gift):
    contest(gift, "du_1", 3_000)
    row = post_event(event(REFUNDED, refund_of(gift, cents=2_001)))
    assert (row.reason, Gift.objects.get().refunded_cents) == ("refund_too_large", 0)
    contest(gift, "du_1", 3_000, "won")
    row.refresh_from_db()
    assert (row.state, Gift.objects.get().refunded_cents, Gift.objects.get().disputed_cents) == (
        "acted",
        2_001,
        0,
    )


def test_two_disputes_of_one_gift_share_its_amount(gift):
    contest(gift, "du_1", 3_000, "lost")
    assert contest(gift, "du_2", 2_001).reason == "dispute_too_large"
    assert contest(gift, "du_3", 2_000, "lost").state == "acted"
    assert (Gift.objects.get().state, Gift.objects.get().disputed_cents) == ("refunded", 5_000)


def test_a_dispute_finds_its_room_when_the_refund_fails(gift):
    post_event(event(REFUNDED, refund_of(gift, cents=2_000)))
    row = contest(gift, "du_1", 5_000, "lost")
    assert row.reason == "dispute_too_large"
    post_event(event(REFUND_FAILED, refund_of(gift, cents=2_000, status="failed")))
    row.refresh_from_db()
    assert (row.state, Gift.objects.get().state, Dispute.objects.get().state) == ("acted", "refunded", "lost")


def test_an_inquiry_takes_no_room_until_money_moves(gift):
    contest(gift, "du_1", 5_000, "warning_needs_response")
    assert post_event(event(REFUNDED, refund_of(gift, cents=2_000))).state == "acted"
    assert contest(gift, "du_1", 5_000).reason == "dispute_too_large"
    assert (Dispute.objects.get().state, disputed()) == ("inquiry", 0)


def test_a_failed_refund_of_more_than_the_gift_is_parked_too(gift):
    sent = refund_of(gift, cents=99_999_999_999, status="failed")
    assert post_event(event(REFUND_FAILED, sent)).reason == "refund_too_large"


@pytest.mark.parametrize(("refunded", "taken"), [(0, 5_001), (2_000, 3_001), (0, -1)])
def test_the_database_itself_keeps_losses_within_the_gift(gift, refunded, taken):
    gifts = Gift.objects.filter(pk=gift.pk)
    gifts.update(refunded_cents=refunded, disputed_cents=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        gifts.update(disputed_cents=taken)
    gifts.update(refunded_cents=0)


def test_a_gift_that_says_another_sum_of_disputes_is_found(gift):
    contest(gift, "du_1", 3_000)
    Gift.objects.update(disputed_cents=2_000)
    assert list(proofs.gifts_say_what_was_given_back()) == [
        f"gift {gift.pk}: 3000 cents disputed; its row says 2000."
    ]
    Gift.objects.update(disputed_cents=3_000)
