"""Twins: the cap of a whole scheme, and the last votes on two persons' files at the same instant (invariant 3)."""

import re
from typing import Any

import pytest
from django.core.management import call_command

from aid_requests import actions, caps
from aid_requests.committee.actions import cast_vote
from aid_requests.models import AidRequest, Decision
from donations.actions.receiving import receive_event
from fund import clock, ledger
from fund.roles import Refused
from tests.aid_requests.committee import factories as files
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off
from tests.donations import factories as gifts

pytestmark = needs_row_locks


@pytest.fixture
def two_files(transactional_db: None, foundation, pocket, people, school) -> list[AidRequest]:
    """1 000 € in the fund, one aid left in the scheme, and the files of two persons with one vote each."""
    with clock.at(clock.DEMO_START):
        gift = gifts.make_gift(pocket, amount_cents=100_000)
        event = gifts.event("checkout.session.completed", gifts.session_of(gift))
        receive_event(raw=str(event).encode(), payload=event)
        text = files.open_scheme().definition
        capped = re.sub(r"caps:\n(?:[- ] .*\n)+", "caps:\n- {per: scheme, requests: 1}\n", text)
        version = actions.load_scheme(by=None, text=capped).version
        made = [
            files.make_file(
                version, files.make_applicant(school, number), people.national_referent, number=number
            )
            for number in (1, 2)
        ]
        for file in made:
            cast_vote(by=people.member1, request=file, choice="grant", revision=file.revision)
    return made


def vote_last(two_files: list[AidRequest], people: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Both have counted what the scheme granted, before either adds to it."""
    monkeypatch.setattr(caps, "cap_refusal", MeetingPoint().after(caps.cap_refusal))
    outcomes = race(
        *[
            in_may(cast_vote, by=member, request=file, choice="grant", revision=file.revision)
            for member, file in zip((people.member2, people.chair), two_files, strict=True)
        ]
    )
    monkeypatch.undo()
    return outcomes


def test_without_the_lock_a_scheme_grants_more_than_its_cap(two_files, people, monkeypatch):
    take_locks_off(monkeypatch)
    outcomes = vote_last(two_files, people, monkeypatch)
    assert [type(outcome) for outcome in outcomes] == [Decision, Decision]
    assert ledger.left_cents() == 70_000


def test_with_the_lock_the_last_aid_of_a_scheme_is_granted_once(two_files, people, monkeypatch):
    outcomes = vote_last(two_files, people, monkeypatch)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Decision", "Refused"]
    refused = next(outcome for outcome in outcomes if isinstance(outcome, Refused))
    assert refused.refusal.code == "cap_scheme_requests"
    assert ledger.left_cents() == 85_000
    call_command("check_ledger")
