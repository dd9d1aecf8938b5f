"""Sittings (C4): convened in time, held with a quorum, one file after the other, decided by the committee's rules."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from aid_requests.committee import actions, queries, seats, sitting_lists, table
from aid_requests.models import AgendaItem, Decision, Sitting, SittingSeat, Vote
from fund import balances, clock, vault
from fund.models import OutgoingMail, RoleGrant
from fund.models.people import Role
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.committee import factories
from tests.aid_requests.committee import sitting_files as sittings
from tests.aid_requests.committee.outcome_files import vote
from tests.aid_requests.committee.sitting_files import EVENING, code_of, say, taken
from tests.conftest import grant

pytestmark = pytest.mark.usefixtures("proved")


# The agenda and the convocation ----------------------------------------------------------------------------------


def test_everybody_with_a_seat_is_convened_by_a_mail_that_names_nobody(ruled, file_of):
    sitting = sittings.convened(ruled, file_of(1), file_of(2))
    mails = list(OutgoingMail.objects.filter(key__startswith=f"sitting:{sitting.pk}:convened").order_by("pk"))
    assert len(mails) == SittingSeat.objects.filter(sitting=sitting).count() == 4
    text = vault.open_text(mails[0].text_sealed)
    assert "2 dossiers" in text and "20 mai 2020, 17\u00a0h\u00a030" in text
    assert "U-2020" not in text and "Salle" not in text and mails[0].subject == "Le comité est convoqué"
    assert sitting.rules == ruled.version_of_rules and "Salle" not in sitting.place_sealed


@pytest.mark.parametrize(
    ("days", "urgency", "code"), [(1, "Le loyer part lundi", "notice"), (3, "", "urgency"), (0, "x", "past")]
)
def test_the_notice_is_that_of_the_rules_and_shorter_only_in_urgency(ruled, file_of, days, urgency, code):
    sitting = sittings.drafted(ruled, file_of(), when=clock.moment() + timedelta(days=days))
    with pytest.raises(Refused) as refused:
        actions.convene_sitting(by=ruled.chair, sitting=sitting, secretary=ruled.member1, urgency=urgency)
    assert code_of(refused) == code and not OutgoingMail.objects.filter(key__startswith="sitting").exists()


def test_an_urgent_sitting_says_why(ruled, file_of):
    sitting = sittings.drafted(ruled, file_of(), when=clock.moment() + timedelta(days=3))
    sitting = actions.convene_sitting(
        by=ruled.chair, sitting=sitting, secretary=ruled.member1, urgency="Le loyer part lundi"
    )
    assert vault.open_text(sitting.urgency_sealed) == "Le loyer part lundi"


def test_a_file_is_on_one_live_agenda_at_most(ruled, file_of):
    request = file_of()
    first, second = sittings.drafted(ruled, request), sittings.drafted(ruled, request)
    assert (first.items.count(), second.items.count()) == (1, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaItem.objects.create(
            sitting=second, request=request, number=1, added_by=ruled.chair, added_at=clock.moment()
        )
    actions.cancel_sitting(by=ruled.chair, sitting=first)
    assert actions.add_items(by=ruled.chair, sitting=second, requests=[request]) == 1


def test_files_that_others_decide_crowd_nothing_out_of_an_agenda(committee, file_of, monkeypatch):
    """Longest waits first: the first file keeps the rules of its first vote, in writing."""
    monkeypatch.setattr(sitting_lists, "PUT_AT_ONCE", 1)
    begun = file_of(1)
    vote(committee.member1, begun)
    committee.version_of_rules = sittings.open_rules(committee.administrator)
    ready = file_of(2)
    sitting = sittings.drafted(committee)
    assert sitting_lists.may_be_put(sitting) == [ready]


def test_the_agenda_changes_until_the_convocation_and_its_numbers_have_no_gap(ruled, file_of):
    sitting = sittings.drafted(ruled, *[file_of(number) for number in (1, 2, 3)])
    actions.remove_item(by=ruled.chair, item=sitting.items.get(number=2))
    assert list(sitting.items.order_by("number").values_list("number", "request__reference")) == [
        (1, "U-2020-0001"),
        (2, "U-2020-0003"),
    ]
    with pytest.raises(Refused):
        actions.remove_item(by=ruled.member1, item=sitting.items.get(number=1))
    actions.convene_sitting(by=ruled.chair, sitting=sitting, secretary=ruled.member1)
    with pytest.raises(WrongState):
        actions.remove_item(by=ruled.chair, item=sitting.items.get(number=1))


def test_what_the_rules_decide_in_writing_is_on_no_sitting(committee, file_of):
    sitting = sittings.drafted(committee, file_of())
    assert sitting.items.count() == 0
    with pytest.raises(Refused) as refused:
        actions.convene_sitting(by=committee.chair, sitting=sitting, secretary=committee.member1)
    assert code_of(refused) == "empty"


def test_who_presides_does_not_keep_the_minutes(ruled, file_of):
    sitting = sittings.drafted(ruled, file_of())
    with pytest.raises(Refused) as refused:
        actions.convene_sitting(by=ruled.chair, sitting=sitting, secretary=ruled.chair)
    assert code_of(refused) == "secretary"
    with pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.filter(pk=sittings.convened(ruled, file_of(2)).pk).update(
            state="open", opened_by=ruled.member1, opened_at=clock.moment()
        )


def test_only_the_chair_prepares_and_opens(ruled, file_of):
    sitting = sittings.convened(ruled, file_of())
    for act in (actions.cancel_sitting, actions.open_sitting):
        with pytest.raises(Refused):
            act(by=ruled.member1, sitting=sitting)


@pytest.mark.parametrize("early", [timedelta(days=5), timedelta(hours=7), timedelta(minutes=61)])
def test_a_sitting_opens_one_hour_before_the_convened_one_and_no_earlier(ruled, file_of, early):
    sitting = sittings.convened(ruled, file_of())
    with clock.at(EVENING - early), pytest.raises(Refused) as refused:
        actions.open_sitting(by=ruled.chair, sitting=sitting)
    assert code_of(refused) == "too_early"
    with clock.at(EVENING - timedelta(hours=1)):
        assert actions.open_sitting(by=ruled.chair, sitting=sitting).state == "open"


# In writing no more ----------------------------------------------------------------------------------------------


def test_a_file_of_a_sitting_never_decides_in_writing(ruled, file_of):
    request = file_of()
    with pytest.raises(Refused) as refused:
        vote(ruled.member1, request)
    assert code_of(refused) == "sitting"
    sittings.convened(ruled, request)
    with pytest.raises(Refused) as refused:
        vote(ruled.member1, request)
    assert code_of(refused) == "on_agenda" and not Vote.objects.exists()


def test_nobody_is_asked_to_read_in_writing_what_a_sitting_decides(committee, file_of):
    begun, other = file_of(1), file_of(2)
    vote(committee.member1, begun)
    sittings.open_rules(committee.administrator)
    assert list(queries.unread(committee.member2)) == [begun], "it keeps the rules of its first vote"
    assert queries.next_to_read(committee.member2) == begun
    sittings.convened(committee, begun, other)
    assert vote(committee.member2, begun).outcome == "granted"


def test_a_file_keeps_the_rules_of_the_day_of_the_convocation(ruled, file_of, evening):
    request = file_of()
    sitting = sittings.opened(ruled, request)
    sittings.open_rules(ruled.administrator, sittings.WRITING)
    assert seats.rules_of(request) == ruled.version_of_rules
    item = taken(ruled, sitting)
    assert say(ruled.member2, item).rules == ruled.version_of_rules


# At the table ----------------------------------------------------------------------------------------------------


def test_a_file_is_decided_when_its_vote_is_closed_and_not_before(ruled, file_of, evening):
    request = file_of()
    sitting = sittings.opened(ruled, request)
    item = taken(ruled, sitting)
    for member in (ruled.member1, ruled.member2, ruled.chair):
        say(member, item)
    assert not Decision.objects.exists()
    item = actions.close_item(by=ruled.chair, item=item)
    request.refresh_from_db()
    assert (item.state, item.decision.outcome, request.state) == ("decided", "granted", "granted")
    assert item.result["told"][0] == (
        "3 présents ou représentés sur 4, quorum 2\u00a0: atteint\u202f; 3 pour, 0 contre\u00a0: "
        "accordée à la majorité des suffrages exprimés."
    )
    assert balances.left_cents() == 85_000
    with pytest.raises(AlreadyDone):
        actions.close_item(by=ruled.chair, item=item)


def test_a_vote_after_the_closing_is_refused_with_a_sentence(ruled, file_of, evening):
    sitting = sittings.opened(ruled, file_of(1), file_of(2))
    item = taken(ruled, sitting)
    say(ruled.chair, item, "refuse")
    actions.close_item(by=ruled.chair, item=item)
    with pytest.raises(WrongState, match="déjà prise"):
        say(ruled.member2, item)
    waiting = sitting.items.get(number=2)
    with pytest.raises(WrongState, match="n’est pas ouvert"):
        say(ruled.member2, waiting)


def test_one_file_at_a_time(ruled, file_of, evening):
    sitting = sittings.opened(ruled, file_of(1), file_of(2))
    taken(ruled, sitting)
    with pytest.raises(WrongState):
        taken(ruled, sitting, 2)
    with pytest.raises(WrongState):
        actions.close_sitting(by=ruled.chair, sitting=sitting)


def test_who_is_not_there_does_not_vote_and_comes_late(ruled, file_of, evening):
    item = taken(ruled, sittings.opened(ruled, file_of()))
    with pytest.raises(Refused) as refused:
        say(ruled.member3, item)
    assert code_of(refused) == "absent"
    actions.note_presence(by=ruled.member1, sitting=item.sitting, member=ruled.member3, presence="remote")
    say(ruled.member3, item)
    with pytest.raises(AlreadyDone):
        say(ruled.member3, item)


def test_whoever_leaves_before_the_closing_is_no_longer_heard(ruled, file_of, evening):
    item = taken(ruled, sittings.opened(ruled, file_of(), there=("member1", "member2", "member3")))
    say(ruled.member1, item, "refuse"), say(ruled.member3, item)
    actions.note_presence(by=ruled.chair, sitting=item.sitting, member=ruled.member3, presence="absent")
    item = actions.close_item(by=ruled.chair, item=item)
    assert item.decision.outcome == "refused" and item.result["in_favour"] == 0


def test_a_member_who_lost_the_role_is_not_heard(ruled, file_of, evening):
    item = taken(ruled, sittings.opened(ruled, file_of()))
    say(ruled.member2, item), say(ruled.chair, item, "refuse")
    RoleGrant.objects.filter(user=ruled.member2).update(revoked_at=clock.moment())
    assert actions.close_item(by=ruled.chair, item=item).decision.outcome == "refused"


def test_votes_by_hand_are_entered_for_those_in_the_room_alone(ruled, file_of, evening):
    item = taken(ruled, sittings.opened(ruled, file_of(), there=("member1", "member2")))
    entered = say(ruled.member1, item, voter=ruled.member2)
    assert (entered.member, entered.entered_by) == (ruled.member2, ruled.member1)
    with pytest.raises(Refused) as refused:
        say(ruled.member2, item, voter=ruled.chair)
    assert code_of(refused) == "clerk"
    actions.note_presence(by=ruled.chair, sitting=item.sitting, member=ruled.member3, presence="remote")
    with pytest.raises(Refused) as refused:
        say(ruled.member1, item, voter=ruled.member3)
    assert code_of(refused) == "remote"
    with pytest.raises(AlreadyDone):
        say(ruled.member1, item, voter=ruled.member2)


def test_whoever_stepped_back_is_a_headcount_and_the_other_one_runs_the_vote(ruled, file_of, evening):
    request = file_of()
    sitting = sittings.opened(ruled, request)
    actions.recuse(by=ruled.chair, request=request, ground="personal_tie")
    with pytest.raises(Refused) as refused:
        taken(ruled, sitting)
    assert code_of(refused) == "recused"
    item = actions.take_item(by=ruled.member1, item=sitting.items.get())
    with pytest.raises(Refused):
        say(ruled.chair, item)
    with pytest.raises(Refused):
        say(ruled.member1, item, voter=ruled.chair)
    say(ruled.member1, item), say(ruled.member2, item)
    count = table.count_of(item)
    assert (count.cast, count.is_complete) == (2, True)
    item = actions.close_item(by=ruled.member1, item=item)
    assert item.result["taking_no_part"] == 1
    assert "Chair" not in str(item.result) and item.decision.outcome == "granted"


def test_a_file_that_no_clerk_may_run_is_put_off_blindly_and_the_sitting_ends(ruled, file_of, evening):
    request = file_of()
    sitting = sittings.opened(ruled, request, there=("member1", "member2", "member3"))
    item = taken(ruled, sitting)
    say(ruled.member2, item)
    actions.recuse(by=ruled.chair, request=request, ground="personal_tie")
    with pytest.raises(Refused) as refused:
        actions.adjourn_item(by=ruled.chair, item=item, why="discussed")
    assert code_of(refused) == "recused", "the secretary may still run it"
    actions.recuse(by=ruled.member1, request=request, ground="personal_tie")
    for by, why, code in (
        (ruled.chair, "no_money", "recused"),
        (ruled.chair, "changed", "recused"),
        (ruled.member2, "discussed", "clerk"),
    ):
        with pytest.raises(Refused) as refused:
            actions.adjourn_item(by=by, item=item, why=why)
        assert code_of(refused) == code
    with pytest.raises(Refused):
        actions.close_item(by=ruled.member1, item=item)
    assert actions.adjourn_item(by=ruled.member1, item=item, why="discussed").why == "discussed"
    assert not seats.standing_votes(request).exists()
    assert actions.close_sitting(by=ruled.chair, sitting=sitting).state == "closed"


def test_whoever_stands_in_for_the_chair_may_run_what_both_others_keep_out_of(ruled, file_of, evening):
    request = file_of()
    item = taken(ruled, sittings.opened(ruled, request))
    actions.recuse(by=ruled.member1, request=request, ground="personal_tie")
    grant(ruled.member2, Role.CHAIR, by=ruled.administrator)
    RoleGrant.objects.filter(user=ruled.chair).update(revoked_at=clock.moment())
    with pytest.raises(Refused) as refused:
        actions.adjourn_item(by=ruled.member1, item=item, why="discussed")
    assert code_of(refused) == "recused"
    assert actions.adjourn_item(by=ruled.member2, item=item, why="discussed").ended_by == ruled.member2


def test_a_tie_is_broken_by_the_chairs_own_voice(ruled, file_of, evening):
    item = taken(ruled, sittings.opened(ruled, file_of(), there=("member1", "member2", "member3")))
    say(ruled.member1, item), say(ruled.member2, item)
    say(ruled.chair, item, "refuse"), say(ruled.member3, item, "refuse")
    item = actions.close_item(by=ruled.chair, item=item)
    assert (item.decision.outcome, item.result["how"]) == ("refused", "casting_vote")


def test_a_tie_that_the_rules_adjourn_comes_back_and_is_voted_on_anew(committee, file_of, evening):
    text = sittings.IN_SITTING.replace("casting_vote", "adjourned")
    with clock.at(clock.DEMO_START):
        sittings.open_rules(committee.administrator, text)
    request = file_of()
    sitting = sittings.opened(committee, request, there=("member1",))
    item = taken(committee, sitting)
    say(committee.member1, item), say(committee.chair, item, "refuse")
    item = actions.close_item(by=committee.chair, item=item)
    assert (item.state, item.why, Decision.objects.count()) == ("adjourned", "votes", 0)
    row = queries.queue_rows(list(queries.queue(committee.member1)), "fr")[0]
    assert row.votes_cast == 0, "votes of an adjourned item no longer stand"
    actions.close_sitting(by=committee.chair, sitting=sitting)
    with clock.at(EVENING + timedelta(days=14)):
        with clock.at(EVENING + timedelta(days=1)):
            again = sittings.convened(committee, request, when=EVENING + timedelta(days=14))
        actions.open_sitting(by=committee.chair, sitting=again)
        actions.note_presence(by=committee.chair, sitting=again, member=committee.member1, presence="room")
        item = taken(committee, again)
        say(committee.member1, item), say(committee.chair, item)
        assert actions.close_item(by=committee.chair, item=item).decision.outcome == "granted"
    assert Vote.objects.count() == 4


def test_a_grant_without_money_is_told_and_may_be_put_off(ruled, file_of, evening):
    sitting = sittings.opened(ruled, file_of(1), file_of(2))
    item = taken(ruled, sitting)
    say(ruled.chair, item)
    # The proofs that follow read what is really left.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(balances, "left_cents", lambda *_pocket: 10_000)
        with pytest.raises(Refused) as refused:
            actions.close_item(by=ruled.chair, item=item)
        assert code_of(refused) == "over_budget" and not Decision.objects.exists()
        item = actions.adjourn_item(by=ruled.chair, item=item, why="no_money")
        assert item.why == "no_money"
        item = taken(ruled, sitting, 2)
        say(ruled.chair, item, "fund_later")
        assert actions.close_item(by=ruled.chair, item=item).decision.outcome == "unfunded"


def test_a_file_that_changed_while_it_was_voted_on_is_put_off(ruled, file_of, evening):
    request = file_of()
    item = taken(ruled, sittings.opened(ruled, request))
    say(ruled.chair, item)
    factories.change_file(request, ruled.referent)
    with pytest.raises(WrongState):
        actions.vote_in_sitting(by=ruled.member1, item=item, choice="grant", revision=1)
    item = actions.close_item(by=ruled.chair, item=item)
    assert (item.state, item.why, Decision.objects.count()) == ("adjourned", "changed", 0)


# What the database keeps ------------------------------------------------------------------------------------------


def test_what_was_noted_and_ended_is_never_changed(ruled, file_of, evening):
    item = taken(ruled, sittings.opened(ruled, file_of()))
    say(ruled.chair, item, "refuse")
    item = actions.close_item(by=ruled.chair, item=item)
    for rows, change in (
        (item.sitting.attendances, {"presence": "absent"}),
        (item.sitting.seats, {"kind": "alternate"}),
        (AgendaItem.objects, {"result": {}}),
        (Sitting.objects, {"secretary": None}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)


def test_a_sitting_not_reached_gives_its_files_to_the_next(ruled, file_of, evening):
    requests = [file_of(number) for number in (1, 2)]
    sitting = sittings.opened(ruled, *requests)
    item = taken(ruled, sitting)
    say(ruled.chair, item)
    actions.close_item(by=ruled.chair, item=item)
    actions.close_sitting(by=ruled.chair, sitting=sitting)
    with pytest.raises(AlreadyDone):
        actions.close_sitting(by=ruled.chair, sitting=sitting)
    assert sitting.items.get(number=2).why == "not_reached"
    following = sittings.drafted(ruled, *requests, when=EVENING + timedelta(days=9))
    assert [item.request for item in following.items.all()] == [requests[1]]
