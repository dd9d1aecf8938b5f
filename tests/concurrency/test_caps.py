"""Twins: the year's cap of one aid a person, and two requests of that person at the same instant (invariant 3).

Caps are counted over all versions of one scheme: the two requests are made under an older and a newer version.
"""

from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from aid_requests import actions, caps
from aid_requests.actions import signing
from aid_requests.committee.actions import cast_vote
from aid_requests.models import AidRequest, Decision, Declaration, SchemeVersion, Vote
from donations.actions.receiving import receive_event
from fund import clock, ledger
from fund.models import PaymentOrder, User
from fund.roles import Refused
from tests.aid_requests import factories
from tests.aid_requests.committee import factories as files
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off
from tests.donations import factories as gifts

pytestmark = needs_row_locks


def next_version() -> SchemeVersion:
    """The same schedule with another summary: a new version, under the same cap."""
    path = settings.BASE_DIR / "aid_requests" / "schedules" / "emergency-aid.yaml"
    text = path.read_text(encoding="utf-8").replace("Elle ne se rembourse pas.", "Elle se garde.")
    loaded = actions.load_scheme(by=None, text=text)
    assert loaded.opened and loaded.version.number == 2
    return loaded.version


# Decided at once --------------------------------------------------------------------------------------------


@pytest.fixture
def two_files(transactional_db: None, foundation, pocket, people, school) -> list[AidRequest]:
    """1 000 € in the fund, two files of one person, one vote each: the next votes are the last ones."""
    with clock.at(clock.DEMO_START):
        gift = gifts.make_gift(pocket, amount_cents=100_000)
        event = gifts.event("checkout.session.completed", gifts.session_of(gift))
        receive_event(raw=str(event).encode(), payload=event)
        applicant = files.make_applicant(school)
        versions = [files.open_scheme(), next_version()]
        made = [
            files.make_file(version, applicant, people.national_referent, number=number)
            for number, version in enumerate(versions, start=1)
        ]
        for file in made:
            cast_vote(by=people.member1, request=file, choice="grant", revision=file.revision)
    return made


def vote_last(two_files: list[AidRequest], *members: User) -> list[Any]:
    return race(
        *[
            in_may(cast_vote, by=member, request=file, choice="grant", revision=file.revision)
            for member, file in zip(members, two_files, strict=True)
        ]
    )


def meet_after_counting(monkeypatch: pytest.MonkeyPatch, *modules: Any) -> None:
    """Both have counted what the person has this year, before either adds to it."""
    meeting = MeetingPoint()
    counted = meeting.after(caps.cap_refusal)
    for module in modules:
        monkeypatch.setattr(module, "cap_refusal", counted)


def test_without_the_lock_one_person_is_granted_two_aids(two_files, people, monkeypatch):
    """The set-up shows the bug: 300 € go to somebody who may have 150 € a year."""
    take_locks_off(monkeypatch)
    meet_after_counting(monkeypatch, caps)
    outcomes = vote_last(two_files, people.member2, people.chair)
    monkeypatch.undo()
    assert [type(outcome) for outcome in outcomes] == [Decision, Decision]
    assert ledger.left_cents() == 70_000


def test_with_the_lock_one_is_granted_and_the_other_is_told_the_cap(two_files, people, monkeypatch):
    meet_after_counting(monkeypatch, caps)
    outcomes = vote_last(two_files, people.member2, people.chair)
    monkeypatch.undo()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Decision", "Refused"]
    refused = next(outcome for outcome in outcomes if isinstance(outcome, Refused))
    assert refused.refusal.code == "cap_requests"
    assert sorted(AidRequest.objects.values_list("state", flat=True)) == ["granted", "in_review"]
    assert (Vote.objects.count(), PaymentOrder.objects.count()) == (3, 1)
    assert ledger.left_cents() == 85_000
    call_command("check_ledger")


# Signed at once ---------------------------------------------------------------------------------------------


@pytest.fixture
def two_drafts(transactional_db: None, foundation, student) -> list[AidRequest]:
    """Two complete drafts of one person, each with its code."""
    with clock.at(clock.DEMO_START):
        older = factories.complete_draft(student)
        next_version()
        return [older, factories.complete_draft(student)]


def sign_both(student: User, two_drafts: list[AidRequest]) -> list[Any]:
    acts = []
    for request in two_drafts:
        with clock.at(clock.DEMO_START):
            actions.send_signature_code(by=student, request=request)
        code = factories.sent_code(student)
        acts.append(in_may(factories.sign_with, student=student, request=request, code=code))
    return race(*acts)


def meet_while_signing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As above, once the codes were sent: sending one asks for the caps too, and would wait at the meeting alone."""
    meeting = MeetingPoint()
    monkeypatch.setattr(signing, "reading_refusal", meeting.after(signing.reading_refusal))


def test_without_the_lock_one_person_signs_two_requests(two_drafts, student, monkeypatch):
    take_locks_off(monkeypatch)
    meet_while_signing(monkeypatch)
    outcomes = sign_both(student, two_drafts)
    monkeypatch.undo()
    assert [type(outcome) for outcome in outcomes] == [Declaration, Declaration]


def test_with_the_lock_one_is_signed_and_the_other_is_told_the_cap(two_drafts, student, monkeypatch):
    meet_while_signing(monkeypatch)
    outcomes = sign_both(student, two_drafts)
    monkeypatch.undo()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Declaration", "Refused"]
    refused = next(outcome for outcome in outcomes if isinstance(outcome, Refused))
    assert refused.refusal.code == "cap_requests"
    assert sorted(AidRequest.objects.values_list("state", flat=True)) == ["draft", "submitted"]
    call_command("check_ledger")
