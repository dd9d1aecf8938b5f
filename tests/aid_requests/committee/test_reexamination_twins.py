"""Twins: a re-examination asked for twice at the same instant, and two members who both cast its last vote."""

from typing import Any

import pytest
from django.core.management import call_command

from aid_requests.actions import ask_reexamination, reexamination
from aid_requests.committee import actions as committee
from aid_requests.committee.actions import funding
from aid_requests.models import AidRequest, Decision, Reexamination, Vote
from donations.actions.receiving import receive_event
from fund import clock, ledger
from fund.models import OutgoingMail, PaymentOrder
from fund.models.people import Role
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off
from tests.conftest import grant, make_user
from tests.donations import factories as gifts

pytestmark = needs_row_locks


@pytest.fixture
def refused(transactional_db: None, foundation, pocket, people, student) -> AidRequest:
    """A refused file, 200 € in the fund, and three members who did not vote on it."""
    with clock.at(clock.DEMO_START):
        gift = gifts.make_gift(pocket, amount_cents=20_000)
        event = gifts.event("checkout.session.completed", gifts.session_of(gift))
        receive_event(raw=str(event).encode(), payload=event)
        request = factories.in_review(student, people.referent)
        for member in (people.member1, people.member2):
            committee.cast_vote(
                by=member, request=request, choice="refuse", revision=1, reason_code="not_covered"
            )
    for name in ("member4", "member5", "member6"):
        setattr(people, name, make_user(name))
        grant(getattr(people, name), Role.MEMBER, by=people.administrator)
    return fresh(request)


# Asked for twice ------------------------------------------------------------------------------------------------


def ask_twice(request: AidRequest, student: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Both tabs have been let through before either writes."""
    meeting = MeetingPoint()
    monkeypatch.setattr(reexamination, "_cap_refusal", meeting.after(reexamination._cap_refusal))
    act = in_may(ask_reexamination, by=student, request=request, text="Relisez la quittance.")
    outcomes = race(act, act)
    monkeypatch.undo()
    return outcomes


def test_without_the_lock_only_the_databases_last_guard_stops_the_second_one(refused, student, monkeypatch):
    take_locks_off(monkeypatch)
    outcomes = ask_twice(refused, student, monkeypatch)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError", "Reexamination"]


def test_with_the_lock_the_second_one_is_told_that_it_is_received(refused, student, monkeypatch):
    outcomes = ask_twice(refused, student, monkeypatch)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDone", "Reexamination"]
    told = next(outcome for outcome in outcomes if isinstance(outcome, AlreadyDone))
    assert "déjà reçue" in told.sentence
    assert (fresh(refused).state, fresh(refused).round, Reexamination.objects.count()) == ("in_review", 2, 1)
    assert OutgoingMail.objects.filter(key=f"request:{refused.pk}:reexamination:2").count() == 1
    call_command("check_ledger")


# The last vote of the second round, twice ------------------------------------------------------------------------


@pytest.fixture
def again(refused, people, student) -> AidRequest:
    """In its second round with one vote cast: the next one decides."""
    with clock.at(clock.DEMO_START):
        ask_reexamination(by=student, request=refused, text="Relisez la quittance.")
        ballot = {"choice": "grant", "revision": 1, "round_number": 2}
        committee.cast_vote(by=people.member6, request=refused, **ballot)
    return fresh(refused)


def vote_together(request: AidRequest, people: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Both members have counted the votes that are there before either adds the own one."""
    meeting = MeetingPoint()
    monkeypatch.setattr(funding, "reserve", meeting.after(funding.reserve))
    ballot = {"request": request, "choice": "grant", "revision": 1, "round_number": 2}
    outcomes = race(
        *[in_may(committee.cast_vote, by=member, **ballot) for member in (people.member4, people.member5)]
    )
    monkeypatch.undo()
    return outcomes


def test_without_the_lock_the_second_last_vote_breaks_at_the_database(again, people, monkeypatch):
    take_locks_off(monkeypatch)
    outcomes = vote_together(again, people, monkeypatch)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Decision", "IntegrityError"]


def test_with_the_lock_the_second_last_vote_hears_that_it_is_decided(again, people, monkeypatch):
    outcomes = vote_together(again, people, monkeypatch)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Decision", "WrongState"]
    told = next(outcome for outcome in outcomes if isinstance(outcome, WrongState))
    assert "déjà prise" in told.sentence
    assert Decision.objects.filter(request=again, round=2).count() == 1
    assert Vote.objects.filter(request=again, round=2).count() == 2
    assert PaymentOrder.objects.count() == 1
    assert ledger.left_cents() == 5_000
    call_command("check_ledger")
