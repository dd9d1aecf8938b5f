"""Disputes: the money leaves what is left at once, and comes back or is lost, in whatever order the events come."""

import time

import pytest
from django.db import transaction

from aid_requests.committee.actions import cast_vote
from aid_requests.models import Decision
from donations.models import Dispute, Gift, ProviderEvent
from fund import balances, chart, clock
from fund.models import Movement
from fund.models.ledger import Kind
from fund.roles import Refused
from tests.aid_requests.committee import factories as files
from tests.donations.factories import (
    dispute_of,
    event,
    make_gift,
    post_event,
    refund_of,
    session_of,
)
from tests.donations.orders import BOTH, FIVES, FOURS, ledger_content, try_orders, unlike

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]
COMPLETED = "checkout.session.completed"
OPENED, WITHDRAWN = "charge.dispute.created", "charge.dispute.funds_withdrawn"
CLOSED, REINSTATED = "charge.dispute.closed", "charge.dispute.funds_reinstated"


@pytest.fixture
def gift(pocket):
    """A gift of 50 €, received."""
    gift = make_gift(pocket)
    post_event(event(COMPLETED, session_of(gift)))
    return gift


def said() -> tuple[object, ...]:
    """State of the dispute; cents raised, in dispute, of fees, left."""
    figures = [
        -balances.figure_cents(chart.RAISED),
        balances.balance_cents(chart.DISPUTED_GIFTS),
        balances.balance_cents(chart.FEES),
        balances.left_cents(),
    ]
    return (Dispute.objects.get().state, *figures)


def test_an_open_dispute_lowers_what_is_left_by_its_amount_and_its_fee(gift):
    row = post_event(event(OPENED, dispute_of(gift)))
    assert (row.state, row.gift) == ("acted", gift)
    assert said() == ("open", 5_000, 5_000, 2_000, -2_000)
    again = post_event(event(WITHDRAWN, dispute_of(gift)))
    assert (again.note, said()) == ("already_known", ("open", 5_000, 5_000, 2_000, -2_000))
    assert Gift.objects.get().state == "succeeded"


def test_a_dispute_won_gives_all_of_it_back(gift):
    post_event(event(OPENED, dispute_of(gift)))
    for event_type in (REINSTATED, CLOSED):
        post_event(event(event_type, dispute_of(gift, status="won")))
    assert said() == ("won", 5_000, 0, 0, 5_000)
    assert balances.balance_cents(chart.STRIPE) == 5_000


def test_a_dispute_lost_lowers_what_was_raised(gift):
    post_event(event(OPENED, dispute_of(gift)))
    post_event(event(CLOSED, dispute_of(gift, status="lost")))
    assert said() == ("lost", 0, 0, 2_000, -2_000)
    assert Gift.objects.get().state == "refunded"
    lost = Movement.objects.get(kind=Kind.DISPUTE_LOST)
    assert (lost.debit_id, lost.credit_id, lost.subject_id) == (
        chart.GIFTS,
        chart.DISPUTED_GIFTS,
        str(gift.pk),
    )


def test_an_inquiry_moves_no_money_until_it_becomes_a_dispute(gift):
    post_event(event(OPENED, dispute_of(gift, status="warning_needs_response")))
    assert said() == ("inquiry", 5_000, 0, 0, 5_000)
    post_event(event(CLOSED, dispute_of(gift, status="warning_closed")))
    assert said() == ("closed", 5_000, 0, 0, 5_000)
    post_event(event(WITHDRAWN, dispute_of(gift)))
    assert said() == ("open", 5_000, 5_000, 2_000, -2_000)


@pytest.mark.parametrize("end", ["won", "lost"])
def test_each_order_of_a_dispute_ends_in_the_same_ledger(pocket, end):
    """Closed before opened and before the payment itself; then with a refund among them."""
    gift, now = make_gift(pocket), int(time.time())
    body = {"created": now}
    sent = [
        event(COMPLETED, session_of(gift)),
        event(OPENED, dispute_of(gift, cents=3_000, status="warning_needs_response", **body)),
        event(WITHDRAWN, dispute_of(gift, cents=3_000, **body)),
        event(CLOSED, dispute_of(gift, cents=3_000, status=end, **body)),
        event("refund.created", refund_of(gift, cents=500, **body)),
    ]

    def look() -> tuple[object, ...]:
        return said(), list(ProviderEvent.objects.filter(state="parked")), ledger_content()

    won, lost = ("won", 5_000, 0, 0, 5_000), ("lost", 2_000, 0, 2_000, 0)
    state, raised, disputed, fees, left = won if end == "won" else lost
    seen = try_orders(sent, look, BOTH)
    for orders, refunded in ((FOURS, 0), (FIVES, 500)):
        wanted = seen[orders[0]]
        assert wanted[:2] == ((state, raised - refunded, disputed, fees, left - refunded), [])
        assert len(wanted[2]) >= 4 and len(seen) == 48
        assert unlike(seen, orders, wanted) == {}


def test_a_refund_and_a_lost_dispute_together_take_the_whole_gift(gift):
    post_event(event("refund.created", refund_of(gift, cents=2_000)))
    assert Gift.objects.get().state == "succeeded"
    post_event(event(CLOSED, dispute_of(gift, cents=3_000, status="lost")))
    assert Gift.objects.get().state == "refunded"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"currency": "usd"}, "currency_mismatch"),
        ({"amount": None}, "dispute_amount"),
        ({"amount": 0}, "dispute_amount"),
        ({"id": ""}, "dispute_amount"),
        ({"status": "of tomorrow"}, "dispute_status"),
        ({"payment_intent": "pi_other"}, "unknown_gift"),
        ({"payment_intent": None}, "unknown_gift"),
    ],
)
def test_a_dispute_that_cannot_be_is_parked(gift, values, reason):
    assert post_event(event(OPENED, dispute_of(gift, **values))).reason == reason
    assert balances.left_cents() == 5_000


def test_a_dispute_that_changes_is_parked_and_changes_nothing(gift):
    post_event(event(CLOSED, dispute_of(gift, status="lost")))
    assert post_event(event(CLOSED, dispute_of(gift, status="won"))).reason == "dispute_changed"
    assert post_event(event(OPENED, dispute_of(gift, cents=100))).reason == "cause_conflict"
    assert said() == ("lost", 0, 0, 2_000, -2_000)


def test_what_a_bank_takes_back_may_end_below_zero_and_then_nothing_is_granted(pocket, people, school):
    """Invariant 3: only an imposed loss goes below zero, and the next approval is refused with its sentence."""
    with clock.at(clock.DEMO_START):
        gift = make_gift(pocket, amount_cents=20_000)
        post_event(event(COMPLETED, session_of(gift)))
        version = files.open_scheme()
        first, second = (
            files.make_file(
                version, files.make_applicant(school, number), people.national_referent, number=number
            )
            for number in (1, 2)
        )
        for member in (people.member1, people.member2):
            cast_vote(by=member, request=first, choice="grant", revision=first.revision)
        assert balances.left_cents(pocket) == 5_000
        post_event(event(OPENED, dispute_of(gift)))
        assert balances.left_cents(pocket) == -17_000
        cast_vote(by=people.member1, request=second, choice="grant", revision=second.revision)
        with pytest.raises(Refused) as refused, transaction.atomic():
            cast_vote(by=people.member2, request=second, choice="grant", revision=second.revision)
        assert refused.value.refusal.code == "over_budget"
        assert Decision.objects.count() == 1
        post_event(event(CLOSED, dispute_of(gift, status="won")))
        assert balances.left_cents(pocket) == 5_000
