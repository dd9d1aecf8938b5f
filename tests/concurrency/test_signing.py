"""Twins: one declaration signed twice at the same instant, and a correction that races the deciding vote."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command

from aid_requests import actions
from aid_requests.actions import changes, signature_codes
from aid_requests.committee import actions as committee
from aid_requests.committee.actions import deciding, voting
from aid_requests.models import AidRequest, Decision, Declaration
from donations.actions.receiving import receive_event
from fund import clock, ledger
from fund.models import OutgoingMail, PaymentOrder, TransitionLog, User
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh
from tests.concurrency.rivals import Act, MeetingPoint, in_may, needs_row_locks, race, take_locks_off
from tests.donations import factories as gifts

pytestmark = needs_row_locks


# Signed twice -----------------------------------------------------------------------------------------------


@pytest.fixture
def draft(transactional_db: None, foundation: object, student: User) -> AidRequest:
    with clock.at(clock.DEMO_START):
        return factories.complete_draft(student)


def sign_twice(student: User, request: AidRequest) -> list[Any]:
    with clock.at(clock.DEMO_START):
        actions.send_signature_code(by=student, request=request)
    code = factories.sent_code(student)
    return race(
        *[in_may(factories.sign_with, student=student, request=request, code=code) for _tab in range(2)]
    )


def meet_after_reading_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read a draft and an unused code."""
    meeting = MeetingPoint()
    monkeypatch.setattr(signature_codes, "latest_code", meeting.after(signature_codes.latest_code))


def test_without_the_lock_only_the_databases_last_guard_stops_the_second_signature(
    draft, student, monkeypatch
):
    """The set-up shows the bug: both are let through, and the second one breaks instead of being told."""
    take_locks_off(monkeypatch)
    meet_after_reading_the_code(monkeypatch)
    outcomes = sign_twice(student, draft)
    monkeypatch.undo()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Declaration", "IntegrityError"]


def test_with_the_lock_the_second_signature_is_told_that_it_is_done(draft, student, monkeypatch):
    meet_after_reading_the_code(monkeypatch)
    outcomes = sign_twice(student, draft)
    monkeypatch.undo()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDone", "Declaration"]
    told = next(outcome for outcome in outcomes if isinstance(outcome, AlreadyDone))
    assert "déjà signée" in told.sentence
    assert (Declaration.objects.count(), TransitionLog.objects.filter(name="submit").count()) == (1, 1)
    assert OutgoingMail.objects.filter(key=f"request:{draft.pk}:submitted:1").count() == 1
    assert fresh(draft).state == "submitted"
    call_command("check_ledger")


# Corrected while the deciding vote is cast ------------------------------------------------------------------


@pytest.fixture
def file(transactional_db: None, foundation, pocket, people, student) -> AidRequest:
    """Signed, certified, one vote cast, 200 € in the fund: the next vote decides."""
    with clock.at(clock.DEMO_START):
        gift = gifts.make_gift(pocket, amount_cents=20_000)
        event = gifts.event("checkout.session.completed", gifts.session_of(gift))
        receive_event(raw=str(event).encode(), payload=event)
        request = factories.in_review(student, people.referent)
        committee.cast_vote(by=people.member1, request=request, choice="grant", revision=1)
    return fresh(request)


def vote_on(file: AidRequest, member: User) -> Act:
    return in_may(committee.cast_vote, by=member, request=file, choice="grant", revision=1)


def correct_while_the_letter_is_written(
    file: AidRequest, people: SimpleNamespace, student: User, monkeypatch: pytest.MonkeyPatch
) -> list[Any]:
    """The vote has read the file and writes the letter; now the correction is made, and then the vote goes on."""
    at_the_letter, corrected = MeetingPoint(), MeetingPoint()
    render = deciding.render_letter

    def render_late(*args: Any) -> bytes:
        at_the_letter.wait()
        corrected.wait()
        return render(*args)

    def correct() -> Any:
        at_the_letter.wait()
        try:
            return in_may(changes.correct_request, by=student, request=file)()
        finally:
            corrected.wait()

    monkeypatch.setattr(deciding, "render_letter", render_late)
    outcomes = race(vote_on(file, people.member2), correct)
    monkeypatch.undo()
    return outcomes


def test_without_the_lock_a_text_is_granted_that_nobody_signed(file, people, student, monkeypatch):
    """The set-up shows the bug: the money is promised to revision 2, which is neither signed nor voted on."""
    take_locks_off(monkeypatch)
    outcomes = correct_while_the_letter_is_written(file, people, student, monkeypatch)
    assert [type(outcome) for outcome in outcomes] == [Decision, AidRequest]
    broken = fresh(file)
    assert (broken.state, broken.revision, Decision.objects.get().revision) == ("granted", 2, 1)
    assert not Declaration.objects.filter(request=file, revision=2).exists()


def test_with_the_lock_a_correction_that_comes_second_hears_that_it_is_decided(
    file, people, student, monkeypatch
):
    decision, refused = correct_while_the_letter_is_written(file, people, student, monkeypatch)
    assert isinstance(decision, Decision) and isinstance(refused, Refused)
    assert refused.refusal.code == "decided"
    assert_decided_as_signed(file)
    call_command("check_ledger")


def test_with_the_lock_a_vote_that_comes_second_hears_that_the_file_changed(
    file, people, student, monkeypatch
):
    """The correction holds the file: the vote, cast on what the page showed, waits and then counts for nothing."""
    correcting, read = MeetingPoint(), MeetingPoint()
    monkeypatch.setattr(
        changes, "lapse_certificates", read.after(correcting.after(changes.lapse_certificates))
    )
    monkeypatch.setattr(voting, "demand_as_read", read.after(voting.demand_as_read))
    vote = vote_on(file, people.member2)

    def vote_meanwhile() -> Any:
        correcting.wait()
        return vote()

    told, corrected = race(vote_meanwhile, in_may(changes.correct_request, by=student, request=file))
    monkeypatch.undo()
    assert isinstance(told, WrongState) and "a changé pendant votre lecture" in told.sentence
    assert isinstance(corrected, AidRequest)
    assert (fresh(file).state, fresh(file).revision, file.votes.count()) == ("draft", 2, 1)
    assert not Decision.objects.exists() and not PaymentOrder.objects.exists()
    assert ledger.left_cents() == 20_000
    call_command("check_ledger")


def assert_decided_as_signed(file: AidRequest) -> None:
    """What was decided is what was signed, to the revision."""
    decided = fresh(file)
    assert (decided.state, decided.revision, Decision.objects.get().revision) == ("granted", 1, 1)
    assert Declaration.objects.get(request=file).revision == 1
    assert ledger.left_cents() == 5_000
