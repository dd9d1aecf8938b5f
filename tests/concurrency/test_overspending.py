"""Twin: two last votes at the same instant, on two files, with money for one (invariant 3)."""

from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import transaction

from aid_requests.committee.actions import cast_vote
from aid_requests.models import AidRequest, Decision, Vote
from aid_requests.models.requests import RequestState
from donations.actions.receiving import receive_event
from fund import clock, ledger
from fund.models import User
from fund.roles import Refused
from tests.aid_requests.committee import factories
from tests.concurrency.rivals import Act, MeetingPoint, in_may, needs_row_locks, race, take_locks_off
from tests.donations import factories as gifts

pytestmark = needs_row_locks


@pytest.fixture
def two_files(transactional_db, foundation, pocket, people, school):
    """200 € in the fund, two files of 150 €, one vote each: the next votes are the last ones."""
    with clock.at(clock.DEMO_START):
        gift = gifts.make_gift(pocket, amount_cents=20_000)
        event = gifts.event("checkout.session.completed", gifts.session_of(gift))
        receive_event(raw=str(event).encode(), payload=event)
        version = factories.open_scheme()
        files = []
        for number in (1, 2):
            applicant = factories.make_applicant(school, number)
            file = factories.make_file(version, applicant, people.national_referent, number=number)
            cast_vote(by=people.member1, request=file, choice="grant", revision=file.revision)
            files.append(file)
    return SimpleNamespace(files=files, people=people)


def vote_last(world: SimpleNamespace) -> list[object]:
    first, second = world.files
    return race(last_vote(world.people.member2, first), last_vote(world.people.chair, second))


def last_vote(by: User, file: AidRequest) -> Act:
    return in_may(cast_vote, by=by, request=file, choice="grant", revision=file.revision)


def meet_after_reading_what_is_left(monkeypatch):
    meeting = MeetingPoint()
    monkeypatch.setattr(ledger, "left_cents", meeting.after(ledger.left_cents))


def test_without_the_lock_both_votes_spend_the_same_money(two_files, monkeypatch):
    """If this fails, the test below may be useless: the set-up must be able to show the bug."""
    take_locks_off(monkeypatch)
    meet_after_reading_what_is_left(monkeypatch)
    outcomes = vote_last(two_files)
    monkeypatch.undo()
    assert [type(outcome) for outcome in outcomes] == [Decision, Decision]
    assert ledger.left_cents() == -10_000


def test_with_the_lock_one_is_granted_and_the_other_is_told_what_is_left(two_files, monkeypatch):
    meet_after_reading_what_is_left(monkeypatch)
    outcomes = vote_last(two_files)
    monkeypatch.undo()
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(refused) == 1
    assert refused[0].refusal.code == "over_budget"
    assert ledger.left_cents() == 5_000
    assert sorted(AidRequest.objects.values_list("state", flat=True)) == [
        RequestState.GRANTED,
        RequestState.IN_REVIEW,
    ]
    assert Vote.objects.count() == 3, (
        "the refused vote was not kept: it may be cast again after the next gift"
    )
    call_command("check_ledger")


def test_two_last_votes_on_one_file_decide_once(two_files, monkeypatch):
    """Same file, same instant: one vote decides, the other one finds it decided."""
    file = two_files.files[0]

    outcomes = race(last_vote(two_files.people.member2, file), last_vote(two_files.people.chair, file))
    assert sum(isinstance(outcome, Decision) for outcome in outcomes) == 1
    assert Decision.objects.count() == 1
    assert ledger.left_cents() == 5_000
    call_command("check_ledger")


def test_a_gift_is_not_blocked_by_a_vote_that_holds_the_pockets(two_files, pocket):
    """Spenders hold the pocket with NO KEY UPDATE: money coming in only inserts, and does not wait."""
    gift = gifts.make_gift(pocket, amount_cents=1_000)
    event = gifts.event("checkout.session.completed", gifts.session_of(gift))
    with transaction.atomic():
        ledger.lock_pockets([pocket])
        (outcome,) = race(lambda: receive_event(raw=str(event).encode(), payload=event))
    assert outcome.state == "acted"
    assert ledger.left_cents() == 21_000
