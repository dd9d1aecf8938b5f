"""Twins: two advances at the same instant on one request, under one month's cap, and against the last vote."""

from types import SimpleNamespace

import pytest
from django.core.management import call_command

from aid_requests import advances
from aid_requests.committee.actions import cast_vote, give_advance
from aid_requests.models import Advance, AidRequest, Decision
from donations.actions.receiving import receive_event
from fund import clock, ledger
from fund.models import PaymentOrder, User
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests.committee import factories
from tests.aid_requests.committee.advancing import rules
from tests.concurrency.rivals import Act, MeetingPoint, in_may, needs_row_locks, race, take_locks_off
from tests.donations import factories as gifts

pytestmark = needs_row_locks


@pytest.fixture
def world(transactional_db, foundation, pocket, people, school):
    """Two files of 150 €, 400 € in the fund; an advance is 100 € at most, all of a month 150 €."""
    with clock.at(clock.DEMO_START):
        gift = gifts.make_gift(pocket, amount_cents=40_000)
        event = gifts.event("checkout.session.completed", gifts.session_of(gift))
        receive_event(raw=str(event).encode(), payload=event)
        version = factories.open_scheme()
        files = [
            factories.make_file(
                version, factories.make_applicant(school, number), people.national_referent, number=number
            )
            for number in (1, 2)
        ]
        rules(people, pocket, month_cap_cents=15_000)
    return SimpleNamespace(files=files, people=people)


def giving(by: User, file: AidRequest) -> Act:
    values = {"revision": 1, "amount_cents": 10_000, "reason": "food", "note": "Frigo vide."}
    return in_may(give_advance, by=by, request=file, **values)


def test_two_givers_pay_one_request_once(world):
    (file, _other), people = world.files, world.people
    outcomes = race(giving(people.referent, file), giving(people.chair, file))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Advance", "AlreadyDone"]
    assert isinstance(next(one for one in outcomes if not isinstance(one, Advance)), AlreadyDone)
    assert PaymentOrder.objects.count() == 1 and ledger.left_cents() == 30_000
    call_command("check_ledger")


def give_both(world) -> list[object]:
    return race(*[giving(world.people.referent, file) for file in world.files])


def meet_after_reading_the_month(monkeypatch):
    meeting = MeetingPoint()
    monkeypatch.setattr(advances, "given_in_month", meeting.after(advances.given_in_month))


def test_without_the_lock_both_pass_the_cap_of_the_month(world, monkeypatch):
    """If this fails, the test below may be useless: the set-up must be able to show the bug."""
    take_locks_off(monkeypatch)
    meet_after_reading_the_month(monkeypatch)
    outcomes = give_both(world)
    monkeypatch.undo()
    assert [type(outcome) for outcome in outcomes] == [Advance, Advance]
    assert advances.given_in_month(clock.DEMO_START.date()) == 20_000


def test_with_the_lock_the_cap_of_the_month_holds(world, monkeypatch):
    meet_after_reading_the_month(monkeypatch)
    outcomes = give_both(world)
    monkeypatch.undo()
    (refused,) = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert refused.refusal.code == "over_month"
    call_command("check_ledger")


def test_an_advance_and_the_last_vote_never_pay_more_than_the_aid(world):
    (file, _other), people = world.files, world.people
    with clock.at(clock.DEMO_START):
        cast_vote(by=people.member1, request=file, choice="grant", revision=1)
    last_vote = in_may(cast_vote, by=people.member2, request=file, choice="grant", revision=1)
    given, decided = race(giving(people.referent, file), last_vote)
    assert isinstance(decided, Decision)
    assert isinstance(given, Advance) or given.refusal.code == "state"
    assert sum(PaymentOrder.objects.values_list("amount_cents", flat=True)) == 15_000
    assert ledger.left_cents() == 25_000
    call_command("check_ledger")
