"""A file that the committee puts off: what is missing, its letter, and the next turn (C3)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from aid_requests.committee import actions, case_files, permissions, queries
from aid_requests.committee.filters import QueueFilter
from aid_requests.models import Adjournment, Decision, Vote
from fund import clock, vault
from fund.models import Movement, OutgoingMail
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.committee.outcome_files import decide, vote
from tests.aid_requests.committee.test_outcomes import code_of, text_of

pytestmark = pytest.mark.usefixtures("proved")


def test_two_who_adjourn_put_the_file_off_and_decide_nothing(committee, file_of):
    request = file_of()
    vote(committee.member1, request, "adjourn")
    row = vote(committee.member2, request, "adjourn", reason_code="resources")
    request.refresh_from_db()
    assert isinstance(row, Adjournment)
    assert (row.turn, row.reason_codes) == (1, ["facts", "resources"])
    assert row.read_again_on == clock.today() + timedelta(days=14)
    assert (request.state, request.turn, request.decided_at) == ("in_review", 2, None)
    assert not Decision.objects.exists() and not Movement.objects.filter(kind="grant").exists()
    letter = text_of(vault.open_for(request.applicant.subject_key, row.letter_sealed))
    assert "sera relue" in letter and "29 mai 2020" in letter and "qu’il vous reste pour vivre" in letter
    assert OutgoingMail.objects.filter(key=f"request:{request.pk}:adjourned:1").count() == 1


def test_the_votes_of_the_former_turn_stand_no_more_and_the_same_members_vote_again(committee, file_of):
    request = file_of()
    vote(committee.chair, request)
    vote(committee.member1, request, "adjourn")
    vote(committee.member2, request, "adjourn")
    request.refresh_from_db()
    assert case_files.case_file(request, "fr").votes_cast == 0
    assert permissions.can_vote(committee.member1, request) is None
    assert queries.next_to_read(committee.member1) is None
    with clock.at(clock.DEMO_START + timedelta(days=14)):
        assert queries.next_to_read(committee.member1) == request
    decision = decide(request, [committee.member1, committee.member2], "grant")
    assert decision.outcome == "granted" and Vote.objects.count() == 5


def test_a_page_of_the_former_turn_casts_no_vote(committee, file_of):
    request = file_of()
    for member in (committee.member1, committee.member2):
        vote(member, request, "adjourn")
    with pytest.raises(WrongState) as stale:
        actions.cast_vote(by=committee.chair, request=request, choice="grant", revision=1)
    assert "ajourné" in stale.value.sentence and not isinstance(stale.value, AlreadyDone)
    assert Vote.objects.count() == 2


@pytest.mark.parametrize("code", ["", "not_covered", "other_duty"])
def test_an_adjournment_says_what_is_missing(committee, file_of, code):
    with pytest.raises(Refused) as refused:
        vote(committee.member1, file_of(), "adjourn", reason_code=code)
    assert code_of(refused) == "reason"


def test_one_refusal_and_one_adjournment_leave_the_file_open(committee, file_of):
    request = file_of()
    vote(committee.member1, request, "refuse")
    assert isinstance(vote(committee.chair, request, "adjourn"), Adjournment)


def test_a_file_may_be_put_off_again_and_waits_behind_the_others(committee, file_of):
    first, second = file_of(1), file_of(2)
    with clock.at(clock.DEMO_START + timedelta(hours=1)):
        for member in (committee.member1, committee.member2):
            vote(member, first, "adjourn")
        assert [row.pk for row in queries.queue(committee.chair)] == [second.pk, first.pk]
    with clock.at(clock.DEMO_START + timedelta(days=15)):
        for member in (committee.member1, committee.member2):
            vote(member, first, "adjourn", reason_code="expense")
        first.refresh_from_db()
        assert first.turn == 3 and first.adjournments.count() == 2


def test_a_file_put_off_is_not_to_be_read_nor_stalled_until_its_day(committee, file_of):
    first = file_of(1)
    for member in (committee.member1, committee.member2):
        vote(member, first, "adjourn")
    with clock.at(clock.DEMO_START + timedelta(days=10)):
        second = file_of(2)
        files = list(queries.queue(committee.chair))
        assert files == [first, second]
        row = queries.queue_rows(files, "fr")[0]
        assert not row.is_stalled and not row.is_mine and "29 mai" in str(row.status[2])
        unread = QueueFilter({"state": "unread"}, queryset=queries.queue(committee.chair))
        assert list(queries.unread(committee.chair)) == list(unread.qs) == [second]
        stalled = QueueFilter({"age": "stalled"}, queryset=queries.queue(committee.chair))
        assert list(stalled.qs) == []
    with clock.at(clock.DEMO_START + timedelta(days=14)):
        assert list(queries.unread(committee.chair)) == [first, second]
    with clock.at(clock.DEMO_START + timedelta(days=30)):
        files = list(queries.queue(committee.chair))
        assert queries.queue_rows(files, "fr")[0].is_stalled
        stalled = QueueFilter({"age": "stalled"}, queryset=queries.queue(committee.chair))
        assert first in stalled.qs


def test_an_adjournment_is_only_ever_added(committee, file_of):
    request = file_of()
    for member in (committee.member1, committee.member2):
        vote(member, request, "adjourn")
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjournment.objects.update(reason_codes=["facts"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjournment.objects.all().delete()
