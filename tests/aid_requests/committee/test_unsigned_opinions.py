"""An opinion whose last possible signer goes: the file is taken up anew, and the committee decides as ever."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from aid_requests import proofs, timeline
from aid_requests.committee import actions, delegated, modes, permissions, queries, staffing_check
from aid_requests.committee.rules import DEFAULT
from aid_requests.models import AidRequest, Opinion, Vote
from fund import clock
from fund.models import AuditEvent, OutgoingMail, RoleGrant
from fund.roles import Refused
from fund.workflow import WrongState
from tests.aid_requests.committee.outcome_files import decide, vote
from tests.aid_requests.committee.sitting_files import code_of
from tests.aid_requests.committee.test_delegation_and_opinion import opinion_signed_by, sign
from tests.aid_requests.committee.test_rules import opened

pytestmark = pytest.mark.usefixtures("proved")


@pytest.fixture
def named(committee) -> SimpleNamespace:
    """Member 3 signs; the chair, in their place."""
    opened(committee.administrator, opinion_signed_by(committee.member3.pk).replace("as_scheme", "allowed"))
    return committee


def advised(people: SimpleNamespace, request: AidRequest) -> Opinion:
    """By the chair and member 1: the chair voted, and may not sign in the place of member 3."""
    opinion = decide(request, [people.member1, people.chair], "grant")
    assert isinstance(opinion, Opinion)
    return opinion


def leave(person) -> None:
    RoleGrant.objects.filter(user=person).update(revoked_at=clock.moment())


def told() -> set[str]:
    return {one.code for one in staffing_check.shortfalls(DEFAULT)}


def test_the_last_signer_steps_back_and_the_committee_decides_as_ever(named, file_of):
    request = file_of()
    advised(named, request)
    mails = OutgoingMail.objects.count()
    actions.recuse(by=named.member3, request=request, ground="personal_tie")
    request.refresh_from_db()
    assert (request.state, request.turn) == ("in_review", 2)
    assert modes.standing_opinion(request) is None and modes.way_of(request).signer is None
    assert AuditEvent.objects.filter(action="opinion.dropped").count() == 1
    assert OutgoingMail.objects.count() == mails
    for member in (named.member1, named.member2, named.chair):
        assert permissions.can_vote(member, request) is None
    decision = decide(request, [named.member2, named.chair], "grant")
    assert (decision.outcome, decision.opinion, decision.signed_by) == ("granted", None, None)
    assert Vote.objects.count() == 4 and list(proofs.adjournments_open_turns()) == []


def test_the_student_is_told_nothing_of_it(named, file_of):
    request = file_of()
    advised(named, request)
    before = [entry.title for entry in timeline.timeline(request)]
    actions.recuse(by=named.member3, request=request, ground="personal_tie")
    request.refresh_from_db()
    assert [entry.title for entry in timeline.timeline(request)] == before


def test_while_the_chair_may_sign_the_opinion_stands(named, file_of):
    request = file_of()
    opinion = decide(request, [named.member1, named.member2], "grant")
    actions.recuse(by=named.member3, request=request, ground="personal_tie")
    request.refresh_from_db()
    assert request.turn == 1 and modes.standing_opinion(request) == opinion
    assert actions.reopen_unsigned() == "0 reopened"
    assert delegated.files_to_sign(named.chair) == [request]
    assert sign(named.chair, request).outcome == "granted"


def test_a_role_that_ended_is_told_and_the_timed_work_takes_the_file_up_anew(named, file_of):
    request = file_of()
    advised(named, request)
    assert "unsigned" not in told() and queries.shortage_of(request) == ""
    leave(named.member3)
    assert "unsigned" in told()
    rows = list(queries.queue(named.chair))
    assert [file for file, _sentence in queries.short_files(rows)] == [request]
    assert actions.reopen_unsigned() == "1 reopened"
    assert actions.reopen_unsigned() == "0 reopened"
    assert "unsigned" not in told() and queries.next_to_read(named.chair) == request
    assert decide(request, [named.member1, named.chair], "grant").opinion is None


def test_whoever_voted_in_an_earlier_turn_does_not_sign_in_the_next(named, file_of):
    request = file_of()
    vote(named.chair, request)
    decide(request, [named.member1, named.member2], "adjourn")
    actions.recuse(by=named.member3, request=request, ground="personal_tie")
    request.refresh_from_db()
    assert request.turn == 2 and modes.way_of(request).signer is None
    with clock.at(
        clock.DEMO_START + timedelta(days=14)
    ):  # the day on which its letter says that it is read again
        assert permissions.can_vote(named.chair, request) is None


def test_what_was_read_before_is_not_signed_nor_voted(named, file_of):
    request = file_of()
    advised(named, request)
    leave(named.member3)
    actions.reopen_unsigned()
    with pytest.raises(WrongState) as changed:
        sign(named.chair, request, turn=1)
    assert "ajourné" not in changed.value.sentence
    with pytest.raises(Refused) as refused:
        sign(named.chair, request)
    assert code_of(refused) == "no_opinion"
