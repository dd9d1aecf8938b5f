"""Twins: a paper brought while its time ends, judged twice, a delegate while the rules change, a decision signed twice,
two votes that both put a file off."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from aid_requests.actions import committee_rules
from aid_requests.committee import actions, papers, seats
from aid_requests.committee.actions import signing, voting
from aid_requests.models import Adjournment, AidRequest, Decision, PaperRuling, RulesVersion, Vote
from fund import clock
from fund.models import Movement, PaymentOrder
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.committee.conftest import committee, file_of
from tests.aid_requests.committee.outcome_files import bring, decide, vote
from tests.aid_requests.committee.rules.test_reading import WRITING
from tests.aid_requests.committee.test_delegation_and_opinion import delegation_to, opinion_signed_by
from tests.aid_requests.committee.test_rules import opened
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off

__all__ = ["committee", "file_of"]  # fixtures of the committee, used here as they are
pytestmark = needs_row_locks


def on_day(days: int, function: Callable[..., Any], **values: Any) -> Callable[[], Any]:
    """The act so many days after the demo's day: a thread does not inherit a clock that was held still."""

    def act() -> Any:
        with clock.at(clock.DEMO_START + timedelta(days=days)):
            return function(**values)

    return act


@pytest.fixture
def waiting(transactional_db: None, committee, file_of) -> AidRequest:
    request = file_of()
    decide(request, [committee.member1, committee.member2], "grant_subject")
    return request


def test_a_paper_brought_while_its_time_ends_is_in_time_or_refused_with_the_aid(waiting):
    asked = waiting.decisions.get()
    outcomes = race(on_day(30, bring, request=waiting), on_day(31, actions.lapse, decision=asked))
    waiting.refresh_from_db()
    if waiting.state == "refused":
        assert isinstance(outcomes[0], WrongState)
        assert Movement.objects.filter(kind="grant_withdrawn").count() == 1
    else:
        assert outcomes[1] is None and asked.brought.count() == 1
    assert not PaymentOrder.objects.exists()
    call_command("check_ledger")


def test_a_paper_accepted_while_its_time_ends_grants_once(waiting, committee):
    paper, asked = bring(waiting), waiting.decisions.get()
    outcomes = race(
        on_day(31, actions.accept_paper, by=committee.national_referent, paper=paper),
        on_day(31, actions.lapse, decision=asked),
    )
    assert isinstance(outcomes[0], Decision) and outcomes[1] is None
    assert PaymentOrder.objects.count() == 1
    assert not Movement.objects.filter(kind="grant_withdrawn").exists()
    call_command("check_ledger")


def judged_together(people, waiting: AidRequest, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    paper = bring(waiting)
    meeting = MeetingPoint()
    monkeypatch.setattr(papers, "awaited_decision", meeting.after(papers.awaited_decision))
    outcomes = race(
        in_may(actions.accept_paper, by=people.national_referent, paper=paper),
        in_may(actions.return_paper, by=people.referent, paper=paper, fault="unreadable"),
    )
    monkeypatch.undo()
    return outcomes


def test_one_paper_judged_twice_has_one_answer(waiting, committee, monkeypatch):
    outcomes = judged_together(committee, waiting, monkeypatch)
    assert sum(isinstance(one, WrongState) for one in outcomes) == 1
    assert PaperRuling.objects.count() == 1
    assert PaymentOrder.objects.count() == Decision.objects.filter(outcome="granted").count()
    call_command("check_ledger")


def test_without_the_lock_the_second_answer_breaks_at_the_database(waiting, committee, monkeypatch):
    """If this fails, the test above may be useless: the set-up must be able to show the bug."""
    take_locks_off(monkeypatch)
    outcomes = judged_together(committee, waiting, monkeypatch)
    assert "IntegrityError" in {type(one).__name__ for one in outcomes}


def test_a_delegate_decides_by_rules_that_hold_or_reads_again(
    transactional_db, committee, file_of, monkeypatch
):
    opened(committee.administrator, delegation_to(committee.member2.pk))
    request = file_of()
    draft = committee_rules.save_rules_draft(by=committee.administrator, text=WRITING, revision=0)
    meeting = MeetingPoint()
    monkeypatch.setattr(seats, "open_version", meeting.after(seats.open_version))
    monkeypatch.setattr(committee_rules, "opening_refusal", meeting.after(committee_rules.opening_refusal))
    outcomes = race(
        in_may(voting.cast_vote, by=committee.member2, request=request, choice="grant", revision=1),
        in_may(
            committee_rules.open_rules_draft,
            by=committee.administrator,
            revision=draft.revision,
            replaces=1,
        ),
    )
    monkeypatch.undo()
    assert isinstance(outcomes[1], RulesVersion)
    if isinstance(outcomes[0], Decision):
        assert outcomes[0].delegation and outcomes[0].rules.number == 1
    else:
        assert outcomes[0] is None or isinstance(outcomes[0], WrongState)
        assert not Vote.objects.filter(rules__number=1).exists() and not Decision.objects.exists()
    call_command("check_ledger")


def signed_together(people, request: AidRequest, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    meeting = MeetingPoint()
    monkeypatch.setattr(signing.permissions, "can_sign", meeting.after(signing.permissions.can_sign))
    sign = [
        in_may(actions.sign_decision, by=people.chair, request=request, choice=choice, revision=1, **more)
        for choice, more in (
            ("grant", {}),
            ("refuse", {"reason_code": "not_covered", "departure_code": "new_fact"}),
        )
    ]
    outcomes = race(*sign)
    monkeypatch.undo()
    return outcomes


@pytest.fixture
def advised(transactional_db: None, committee, file_of) -> AidRequest:
    opened(committee.administrator, opinion_signed_by("chair"))
    request = file_of()
    decide(request, [committee.member1, committee.member2], "grant")
    return request


def test_a_decision_is_signed_once(advised, committee, monkeypatch):
    outcomes = signed_together(committee, advised, monkeypatch)
    assert sorted(type(one).__name__ for one in outcomes) == ["AlreadyDone", "Decision"]
    assert Decision.objects.count() == 1
    assert PaymentOrder.objects.count() == Decision.objects.filter(outcome="granted").count()
    call_command("check_ledger")


def test_without_the_lock_a_second_signature_breaks_at_the_database(advised, committee, monkeypatch):
    """The set-up shows the bug."""
    take_locks_off(monkeypatch)
    outcomes = signed_together(committee, advised, monkeypatch)
    assert "IntegrityError" in {type(one).__name__ for one in outcomes}


def test_two_last_votes_put_a_file_off_once(transactional_db, committee, file_of):
    request = file_of()
    vote(committee.chair, request, "adjourn")
    outcomes = race(
        *[
            in_may(
                voting.cast_vote,
                by=member,
                request=request,
                choice="adjourn",
                revision=1,
                reason_code="facts",
            )
            for member in (committee.member1, committee.member2)
        ]
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Adjournment", "WrongState"]
    assert not isinstance(next(one for one in outcomes if isinstance(one, WrongState)), AlreadyDone)
    assert Adjournment.objects.count() == 1 and not Decision.objects.exists()
    call_command("check_ledger")
