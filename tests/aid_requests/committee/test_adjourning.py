"""A file that the committee puts off: what is missing, its letter, and the next turn (C3)."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from aid_requests.committee import (
    actions,
    case_files,
    permissions,
    queries,
    sitting_lists,
    sitting_permissions,
)
from aid_requests.committee.filters import QueueFilter
from aid_requests.models import Adjournment, AidRequest, Decision, Message, Vote
from aid_requests.models.correspondence import Party, Side
from fund import clock, vault
from fund.models import Movement, OutgoingMail, User
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.committee import factories, sitting_files
from tests.aid_requests.committee.outcome_files import decide, vote
from tests.aid_requests.committee.test_outcomes import code_of, text_of

pytestmark = pytest.mark.usefixtures("proved")
THE_DAY = clock.DEMO_START + timedelta(days=14)


@pytest.fixture
def put_off(committee, file_of) -> AidRequest:
    """Put off today to the 29th."""
    request = file_of()
    for member in (committee.member1, committee.member2):
        vote(member, request, "adjourn")
    request.refresh_from_db()
    return request


def is_put_off(member: User, request: AidRequest) -> bool:
    """The acts, the list of what to read and the agendas say the same."""
    refusal = permissions.can_vote(member, request)
    assert refusal is None or refusal.code == "put_off"
    assert (queries.next_to_read(member) is None) == (refusal is not None)
    return refusal is not None


def message(request: AidRequest, side: Side = Side.STUDENT, party: Party = Party.COMMITTEE) -> None:
    Message.objects.create(
        request=request,
        party=party,
        side=side,
        author=request.applicant.user,
        text_sealed="x",
        form_token=uuid.uuid4(),
        sent_at=clock.moment(),
    )


def test_nobody_votes_in_writing_before_the_day_that_the_letter_tells(committee, put_off):
    with pytest.raises(Refused) as refused:
        vote(committee.chair, put_off)
    assert code_of(refused) == "put_off" and "29 mai" in str(refused.value.refusal.sentence)
    with clock.at(THE_DAY - timedelta(days=1)):
        assert is_put_off(committee.chair, put_off)
    with clock.at(THE_DAY):
        assert not is_put_off(committee.chair, put_off)


def test_an_answer_of_the_student_to_the_committee_ends_the_wait(committee, put_off):
    with clock.at(clock.DEMO_START + timedelta(days=2)):
        message(put_off, Side.TEAM)
        message(put_off, party=Party.SCHOOL)
        assert is_put_off(committee.chair, put_off)
        message(put_off)
        assert not is_put_off(committee.chair, put_off)
        row = queries.queue_rows(list(queries.queue(committee.chair)), "fr")[0]
        assert row.is_mine and not row.is_stalled
    with clock.at(clock.DEMO_START + timedelta(days=3)):
        message(put_off)
        row = queries.queue_rows(list(queries.queue(committee.chair)), "fr")[0]
        assert queries.queue(committee.chair).get().put_off_until == date(2020, 5, 17) and row.is_mine
    with clock.at(THE_DAY):
        assert queries.queue(committee.chair).get().put_off_until == date(2020, 5, 17)


def test_what_was_said_before_the_committee_put_the_file_off_is_no_answer(committee, file_of):
    request = file_of()
    with clock.at(clock.DEMO_START + timedelta(hours=1)):
        message(request)
    with clock.at(clock.DEMO_START + timedelta(hours=2)):
        for member in (committee.member1, committee.member2):
            vote(member, request, "adjourn")
        request.refresh_from_db()
        assert is_put_off(committee.chair, request)


def test_an_answer_after_the_day_moves_nothing(committee, put_off):
    with clock.at(THE_DAY + timedelta(days=1)):
        message(put_off)
        assert queries.queue(committee.chair).get().put_off_until == date(2020, 5, 29)


def test_a_correction_ends_the_wait(committee, put_off):
    factories.change_file(put_off, committee.referent)
    assert not is_put_off(committee.chair, put_off)
    assert decide(put_off, [committee.member1, committee.member2], "grant").outcome == "granted"


def test_an_agenda_before_the_day_does_not_take_the_file(committee, put_off):
    sitting_files.open_rules(committee.administrator)
    early = sitting_files.drafted(committee, put_off, when=THE_DAY - timedelta(days=1))
    late = sitting_files.drafted(committee, put_off, when=THE_DAY)
    assert (early.items.count(), late.items.count()) == (0, 1)
    assert sitting_permissions.agenda_refusal(put_off, early).code == "put_off"
    assert sitting_lists.may_be_put(early) == []
    changed = {"scheduled_at": THE_DAY - timedelta(hours=24), "ends_at": None, "place": ""}
    actions.change_sitting(by=committee.chair, sitting=late, **changed)
    with pytest.raises(Refused) as refused:
        actions.convene_sitting(by=committee.chair, sitting=late, secretary=committee.member1)
    assert code_of(refused) == "item" and "29 mai" in str(refused.value.refusal.sentence)
    with clock.at(clock.DEMO_START + timedelta(minutes=1)):
        message(put_off)
        actions.convene_sitting(by=committee.chair, sitting=late, secretary=committee.member1)


def test_a_consultation_that_begins_before_the_day_does_not_take_the_file_either(committee, put_off):
    sitting_files.open_rules(committee.administrator, sitting_files.AT_END)
    times = {"kind": "consultation", "ends_at": THE_DAY + timedelta(days=9)}
    early = sitting_files.drafted(committee, put_off, when=clock.DEMO_START, **times)
    assert early.items.count() == 0
    sitting_files.convened(committee, put_off, when=THE_DAY, **times)  # voted on at once, but for this file
    assert permissions.can_vote(committee.chair, put_off).code == "put_off"
    with clock.at(THE_DAY):
        assert permissions.can_vote(committee.chair, put_off) is None


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
    assert queries.next_to_read(committee.member1) is None
    with clock.at(THE_DAY):
        assert permissions.can_vote(committee.member1, request) is None
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
