"""Twins: the waiting list served twice at the same instant, and against a vote that would spend the same money."""

from types import SimpleNamespace

import pytest
from django.core.management import call_command

from aid_requests.committee import waiting_list
from aid_requests.committee.actions import cast_vote, funding, serving
from aid_requests.models import AidRequest, Decision
from donations.actions.receiving import receive_event
from fund import clock, ledger
from fund.models import PaymentOrder
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests.committee import factories
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off
from tests.donations import factories as gifts

pytestmark = needs_row_locks


@pytest.fixture
def world(transactional_db, foundation, pocket, people, school):
    """Two files of 150 € on the list, a third one with one vote; then 200 € come."""
    with clock.at(clock.DEMO_START):
        version = factories.open_scheme()
        files = [
            factories.make_file(
                version, factories.make_applicant(school, number), people.national_referent, number=number
            )
            for number in (1, 2, 3)
        ]
        for file in files[:2]:
            for member in (people.member1, people.member2):
                cast_vote(by=member, request=file, choice="fund_later", revision=1)
        cast_vote(by=people.member1, request=files[2], choice="grant", revision=1)
        gift = gifts.make_gift(pocket, amount_cents=20_000)
        event = gifts.event("checkout.session.completed", gifts.session_of(gift))
        receive_event(raw=str(event).encode(), payload=event)
    return SimpleNamespace(files=files, people=people, places=list(waiting_list.places()))


def states() -> list[str]:
    return list(AidRequest.objects.order_by("pk").values_list("state", flat=True))


def test_two_who_serve_the_list_grant_the_first_place_once(world):
    outcomes = race(*[in_may(serving.grant_from_list, place=world.places[0]) for _twin in range(2)])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDone", "Decision"]
    assert isinstance(next(one for one in outcomes if not isinstance(one, Decision)), AlreadyDone)
    assert PaymentOrder.objects.count() == 1 and ledger.left_cents() == 5_000
    call_command("check_ledger")


def test_the_timed_work_run_twice_at_once_grants_as_far_as_the_money_goes(world):
    race(*[in_may(serving.serve_waiting_list) for _twin in range(2)])
    assert states() == ["granted", "waitlisted", "in_review"]
    assert ledger.left_cents() == 5_000
    call_command("check_ledger")


def test_a_vote_at_the_same_instant_does_not_overtake_the_list(world):
    vote = in_may(cast_vote, by=world.people.member2, request=world.files[2], choice="grant", revision=1)
    outcomes = race(in_may(serving.serve_waiting_list), vote)
    assert isinstance(outcomes[1], Refused) and outcomes[1].refusal.code == "list_first"
    assert states() == ["granted", "waitlisted", "in_review"]
    call_command("check_ledger")


def test_without_the_lock_the_first_place_breaks_at_the_database(world, monkeypatch):
    """If this fails, the tests above may be useless: the set-up must be able to show the bug."""
    take_locks_off(monkeypatch)
    meeting = MeetingPoint()
    monkeypatch.setattr(funding, "reserve", meeting.after(funding.reserve))
    outcomes = race(*[in_may(serving.grant_from_list, place=world.places[0]) for _twin in range(2)])
    monkeypatch.undo()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Decision", "IntegrityError"]
