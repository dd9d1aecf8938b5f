"""Twin: gifts confirmed at the same instant around the cap of an offer take exactly the cap, never more."""

import json
import threading

import pytest
from django.core.management import call_command
from django.db import models
from django.db.models import Sum

from donations.actions import matching
from donations.actions.offers import tie_payment
from donations.actions.receiving import receive_event
from donations.models import Gift, MatchingOffer, MatchingShare
from fund import clock
from tests.concurrency.rivals import Act, MeetingPoint, in_may, needs_row_locks, race
from tests.donations import factories
from tests.donations.sponsors import OTHER_SIREN, company, given_by_company, make_offer

pytestmark = needs_row_locks
RIVALS = 8
CENTS = 3_000


@pytest.fixture
def gifts(transactional_db, foundation, pocket, people) -> list[Gift]:
    """Eight promised gifts of 30 € and two offers that have 100 € and 50 € for them."""
    with clock.at(clock.DEMO_START):
        make_offer(people, cap_cents=10_000)
        make_offer(people, cap_cents=5_000, numerator=1, denominator=2, sponsor=company(OTHER_SIREN))
        made = [
            factories.make_gift(pocket, amount_cents=CENTS, email=f"d{number}@example.org")
            for number in range(RIVALS)
        ]
    return made


def confirm(gift: Gift) -> Act:
    session = factories.session_of(gift)
    event = factories.event("checkout.session.completed", session)
    return in_may(receive_event, raw=json.dumps(event).encode(), payload=event)


def test_eight_gifts_at_once_take_exactly_the_caps(gifts):
    start = threading.Barrier(RIVALS)

    def at_once(act: Act) -> Act:
        def run():
            start.wait()
            return act()

        return run

    outcomes = race(*[at_once(confirm(gift)) for gift in gifts])
    assert [outcome.state for outcome in outcomes] == ["acted"] * RIVALS
    first, second = MatchingOffer.objects.order_by("pk")
    assert (first.consumed_cents, second.consumed_cents) == (10_000, 5_000)
    shares = MatchingShare.objects.order_by("offer").values("offer").annotate(cents=Sum("cents"))
    assert [row["cents"] for row in shares.order_by("offer")] == [10_000, 5_000]
    call_command("check_ledger")


def test_two_gifts_for_the_last_euros_share_them(gifts, monkeypatch):
    """The second one waits for the row and finds what the first one left."""
    meeting = MeetingPoint()
    monkeypatch.setattr(matching.offers, "kept_cents", meeting.after(matching.offers.kept_cents))
    for gift in gifts[:2]:
        confirm(gift)()
    race(*[confirm(gift) for gift in gifts[2:4]])
    monkeypatch.undo()
    cents = MatchingShare.objects.filter(offer__cap_cents=10_000).order_by("-cents", "pk")
    assert list(cents.values_list("cents", flat=True)) == [3_000, 3_000, 3_000, 1_000]
    call_command("check_ledger")


def test_without_the_lock_the_cap_is_what_the_database_still_refuses(gifts, monkeypatch):
    """If this fails, the tests above may be useless: the set-up must be able to show the bug."""
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, **_options: self)
    meeting = MeetingPoint()
    monkeypatch.setattr(matching.offers, "kept_cents", meeting.after(matching.offers.kept_cents))
    race(*[confirm(gift) for gift in gifts[:2]])
    monkeypatch.undo()
    offer = MatchingOffer.objects.get(cap_cents=10_000)
    shares = offer.shares.aggregate(cents=Sum("cents"))["cents"]
    assert (offer.consumed_cents, shares) == (CENTS, 2 * CENTS)


def test_a_gift_a_refund_and_a_payment_of_the_promise_do_not_wait_in_a_circle(gifts, people, pocket):
    """Each holds its gift, then the offers by their number: all three end, and the sums are exact."""
    with clock.at(clock.DEMO_START):
        first, payment = gifts[0], given_by_company(pocket, CENTS, OTHER_SIREN)
        confirm(first)()
        tied_to = MatchingOffer.objects.get(cap_cents=5_000)
    refund = factories.event("refund.created", factories.refund_of(first, "re_1", 1_000))
    outcomes = race(
        confirm(gifts[1]),
        in_may(receive_event, raw=json.dumps(refund).encode(), payload=refund),
        in_may(tie_payment, by=people.treasurer, offer=tied_to, gift=payment),
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    cents = dict(MatchingOffer.objects.order_by("pk").values_list("cap_cents", "consumed_cents"))
    assert cents == {10_000: 2 * CENTS - 1_000, 5_000: CENTS - 500}
    call_command("check_ledger")
