"""The quick way in leaves every gift that an offer may match, and only those, to the plain way."""

import json
from datetime import date

import pytest
from django.db import connection

from donations import offers
from donations.actions import intake
from donations.actions.offers import end_offer
from donations.models import MatchingShare
from donations.stripe_events import read_event
from fund import clock
from fund.models import Pocket
from tests.donations.factories import event, intent_of, make_attempt, make_gift, take_event
from tests.donations.sponsors import make_offer, recorded_offer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="the quick way is PostgreSQL's"),
    pytest.mark.usefixtures("foundation", "proved"),
]


def make_offers(people, case: str, other: Pocket) -> None:
    values = {
        "purpose": {"pocket": other},
        "over": {"ends_on": date(2020, 5, 14)},
        "to come": {"starts_on": date(2020, 5, 16)},
    }
    with clock.at(clock.DEMO_START.replace(day=2)):
        if case == "recorded":
            recorded_offer(people)
        elif case != "none":
            offer = make_offer(people, **values.get(case, {}))
            if case == "ended":
                end_offer(by=people.treasurer, offer=offer)


@pytest.mark.parametrize(
    ("case", "is_matched"),
    [
        ("none", False),
        ("every gift", True),
        ("purpose", False),
        ("over", False),
        ("to come", False),
        ("recorded", False),
        ("ended", False),
    ],
)
def test_only_a_gift_that_an_offer_is_for_takes_the_plain_way(pocket, people, case, is_matched):
    other = Pocket.objects.create(
        code="mobilite", name="Mobilité", campaign=pocket.campaign, scheme="mobilite"
    )
    make_offers(people, case, other)
    with clock.at(clock.DEMO_START):
        gift = make_gift(pocket)
        make_attempt(gift)
        sent = event("payment_intent.succeeded", intent_of(gift))
        quick = intake.confirm_at_once(raw=json.dumps(sent).encode(), event=read_event(sent))
        assert (quick is None) == is_matched
        take_event(sent)
    gift.refresh_from_db()
    assert offers.offers_of(gift).exists() == is_matched
    assert MatchingShare.objects.filter(gift=gift).exists() == is_matched
