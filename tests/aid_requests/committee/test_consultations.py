"""Written consultations with an end date: votes until then, each file counted once, earlier where the rules say so."""

from datetime import timedelta

import pytest
from django.urls import reverse

from aid_requests import timeline
from aid_requests.actions.committee_rules import national
from aid_requests.committee import actions, permissions, queries, reasons
from aid_requests.committee.filters import QueueFilter
from aid_requests.models import Adjournment, AgendaItem, Attendance, Decision, Minutes, Opinion, Sitting, Vote
from fund import balances, clock
from fund.models import Pocket, RoleGrant
from fund.roles import Refused
from tests.aid_requests.committee import sitting_files as sittings
from tests.aid_requests.committee.outcome_files import vote
from tests.aid_requests.committee.sitting_files import code_of, say

pytestmark = pytest.mark.usefixtures("proved")
END = clock.DEMO_START + timedelta(days=7, minutes=1)


@pytest.fixture
def counted(committee):
    """All votes are counted at the end date, seven days later; half of the four seats must answer."""
    sittings.open_rules(committee.administrator, sittings.AT_END.replace("as_scheme", "allowed"))
    return committee


def test_a_consultation_leaves_the_days_that_the_rules_ask_for(counted, file_of):
    with pytest.raises(Refused) as refused:
        sittings.consultation(counted, file_of(), days=6)
    assert code_of(refused) == "length"


def test_votes_are_counted_at_the_end_and_not_before(counted, file_of):
    request = file_of()
    sitting = sittings.consultation(counted, request)
    assert sitting.state == "open"
    assert vote(counted.member1, request) is None
    assert vote(counted.member2, request) is None
    assert vote(counted.chair, request, "refuse") is None
    assert actions.end_consultations() == "0 counted, 0 closed"
    with clock.at(END):
        assert actions.end_consultations() == "1 counted, 1 closed"
        assert actions.end_consultations() == "0 counted, 0 closed"
    decision = Decision.objects.get()
    assert (decision.outcome, len(decision.vote_ids)) == ("granted", 2)
    sitting.refresh_from_db()
    assert (sitting.state, sitting.closed_by, Minutes.objects.get().sitting) == ("closed", None, sitting)


def status_of(member, request) -> str:
    return str(queries.queue_rows(list(queries.queue(member).filter(pk=request.pk)), "fr")[0].status[2])


def test_without_a_consultation_nothing_is_voted_in_writing(counted, file_of, client_of):
    request = file_of()
    people = (counted.member1, counted.member2, counted.chair)
    for member in people:
        with pytest.raises(Refused) as refused:
            vote(member, request)
        assert code_of(refused) == "consultation"
        assert status_of(member, request) == "Consultation à convoquer"
        assert not queries.unread(member).exists() and queries.next_to_read(member) is None
    assert not QueueFilter({"state": "unread"}, queryset=queries.queue(counted.chair)).qs.exists()
    text = client_of(counted.member1).get(reverse("request_review", args=[request.token])).content.decode()
    assert "la présidence en convoque une" in text and 'name="choice"' not in text
    sittings.consultation(counted, request)
    for member in people:
        assert queries.next_to_read(member) == request and status_of(member, request) == "À lire"


def test_after_a_consultation_without_a_decision_the_file_waits_for_another(counted, file_of):
    request = file_of()
    sittings.consultation(counted, request)
    vote(counted.member1, request)
    with clock.at(END):
        actions.end_consultations()
        assert permissions.can_vote(counted.member2, request).code == "consultation"
        assert status_of(counted.member1, request) == status_of(counted.member2, request)
        assert status_of(counted.member1, request) == "Consultation à convoquer"


def test_concordant_votes_ask_for_no_consultation(committee, file_of):
    sittings.open_rules(committee.administrator, sittings.WRITING)
    request = file_of()
    assert permissions.can_vote(committee.member1, request) is None
    assert queries.next_to_read(committee.member1) == request


def test_the_signer_is_not_waited_for_when_all_have_voted(committee, file_of):
    mode = "modes:\n  - scheme: emergency-aid\n    mode: opinion\n"
    opinion = "opinion:\n  given_in: consultation\n  signed_by: chair\n"
    text = sittings.AT_END.replace("as_scheme", "allowed") + mode + opinion
    sittings.open_rules(committee.administrator, text)
    request = file_of()
    assert permissions.can_vote(committee.member1, request).code == "consultation"
    assert status_of(committee.member1, request) == "Consultation à convoquer"
    sittings.consultation(committee, request)
    assert vote(committee.member1, request) is None and vote(committee.member2, request) is None
    assert isinstance(vote(committee.member3, request), Opinion)
    assert permissions.can_sign(committee.chair, request) is None


def test_a_vote_after_the_end_is_refused_even_before_the_count(counted, file_of):
    request = file_of()
    sittings.consultation(counted, request)
    with clock.at(END), pytest.raises(Refused) as refused:
        vote(counted.member1, request)
    assert code_of(refused) == "ended" and not Vote.objects.exists()


def test_too_few_answers_decide_nothing_and_the_next_consultation_counts_anew(counted, file_of):
    request = file_of()
    sitting = sittings.consultation(counted, request)
    vote(counted.member1, request)
    with clock.at(END):
        actions.end_consultations()
        assert sitting.items.get().why == "no_quorum" and not Decision.objects.exists()
        sittings.consultation(counted, request)
        assert queries.queue_rows(list(queries.queue(counted.member1)), "fr")[0].votes_cast == 0
        vote(counted.member1, request), vote(counted.member2, request)
    with clock.at(END + timedelta(days=8)):
        actions.end_consultations()
    assert Decision.objects.get().outcome == "granted" and Vote.objects.count() == 3


def test_concordant_votes_decide_before_the_end(committee, file_of):
    first, second = file_of(1), file_of(2)
    sitting = sittings.consultation(committee, first, second)
    vote(committee.member1, first)
    decision = vote(committee.chair, first)
    item = sitting.items.get(number=1)
    assert (item.state, item.decision) == ("decided", decision)
    assert "votes concordants" in item.result["told"][0]
    vote(committee.chair, second)
    with clock.at(END):
        actions.end_consultations()
    assert sitting.items.get(number=2).why == "votes"


def ended_with(committee, file_of, *said: str) -> Adjournment:
    """The adjournment of a file on which members said so, where two must say the same."""
    request = file_of()
    sittings.consultation(committee, request)
    for member, choice in zip((committee.member1, committee.member2), said, strict=False):
        vote(member, request, choice)
    with clock.at(END):
        assert actions.end_consultations() == "1 counted, 1 closed"
    return Adjournment.objects.get()


def test_too_few_votes_by_the_end_date_are_not_told_as_a_tie(committee, file_of):
    row = ended_with(committee, file_of, "grant")
    assert row.reason_codes == [reasons.TOO_FEW]
    assert "Trop peu de membres" in reasons.sentences(row.reason_codes)[0]


def test_as_many_on_both_sides_are_told_as_a_tie(committee, file_of):
    assert ended_with(committee, file_of, "grant", "refuse").reason_codes == [reasons.TIED]


def test_a_consultation_without_a_vote_ends_and_tells_the_student_nothing(committee, file_of):
    request = file_of()
    sitting = sittings.consultation(committee, request)
    with clock.at(END):
        assert actions.end_consultations() == "1 counted, 1 closed"
    request.refresh_from_db()
    assert (sitting.items.get().state, request.turn) == ("adjourned", 1)
    assert not Adjournment.objects.exists()


def test_the_timeline_says_how_a_file_was_examined(committee, file_of):
    for kind, words in (("consultation", "par consultation"), ("room", "en séance")):
        request = file_of(len(kind))
        item = AgendaItem(request=request, taken_at=clock.moment(), taken_by=committee.chair)
        item.revision, item.round, item.state = 1, 1, "taken"
        item.number, item.added_by, item.added_at = 1, committee.chair, clock.moment()
        by, now = committee.chair, clock.moment()
        item.sitting = Sitting.objects.create(
            committee=national(),
            kind=kind,
            state="open",
            secretary=committee.member1,
            scheduled_at=now,
            ends_at=END if kind == "consultation" else None,
            made_by=by,
            made_at=now,
            convened_by=by,
            convened_at=now,
            opened_by=by,
            opened_at=now,
        )
        item.save()
        details = [entry.detail for entry in timeline.timeline(request) if entry.title == "Examinée"]
        assert details == [f"Par le comité, {words}"]


def test_whoever_left_is_not_counted_at_the_end(counted, file_of):
    request = file_of()
    sitting = sittings.consultation(counted, request)
    vote(counted.member1, request), vote(counted.member2, request)
    RoleGrant.objects.filter(user=counted.member1).update(revoked_at=clock.moment())
    with clock.at(END):
        actions.end_consultations()
    assert sitting.items.get().why == "no_quorum" and not Decision.objects.exists()


def test_a_grant_without_money_is_put_off_and_stops_nothing(counted, file_of):
    files = [file_of(number) for number in (1, 2, 3)]
    sitting = sittings.consultation(counted, *files)
    for request, choice in zip(files, ("grant", "grant", "refuse"), strict=True):
        vote(counted.member1, request, choice), vote(counted.chair, request, choice)
    granted = Decision.objects.filter(outcome="granted")

    def left_cents(pocket: Pocket | None = None) -> int:
        """The scheme's own pocket is empty, as it is; the general one holds one aid."""
        return 0 if pocket and pocket.code != Pocket.GENERAL else 20_000 - 15_000 * granted.count()

    # The proofs that follow read what is really left.
    with pytest.MonkeyPatch.context() as patch, clock.at(END):
        patch.setattr(balances, "left_cents", left_cents)
        assert actions.end_consultations() == "3 counted, 1 closed"
    items = sitting.items.order_by("number")
    assert list(items.values_list("state", "why")) == [
        ("decided", ""),
        ("adjourned", "no_money"),
        ("decided", ""),
    ]


def test_a_withdrawn_file_ends_without_a_count(counted, file_of):
    request = file_of()
    sitting = sittings.consultation(counted, request)
    type(request).objects.filter(pk=request.pk).update(state="withdrawn", withdrawn_at=clock.moment())
    with clock.at(END):
        actions.end_consultations()
    assert sitting.items.get().why == "changed"


@pytest.mark.parametrize("who", ["chair", "member1"])
def test_nobody_runs_a_consultation_as_if_it_were_a_sitting(counted, file_of, who):
    sitting = sittings.consultation(counted, file_of())
    item, by = sitting.items.get(), getattr(counted, who)
    acts = (
        lambda: actions.open_sitting(by=counted.chair, sitting=sitting),
        lambda: actions.note_presence(by=by, sitting=sitting, member=counted.member2, presence="room"),
        lambda: actions.take_item(by=by, item=item),
        lambda: say(by, item),
        lambda: say(by, item, voter=counted.member2),
        lambda: actions.close_item(by=by, item=item),
        lambda: actions.adjourn_item(by=by, item=item, why="discussed"),
        lambda: actions.close_sitting(by=by, sitting=sitting),
    )
    for act in acts:
        with pytest.raises(Refused) as refused:
            act()
        assert code_of(refused) == "consultation" and "date de fin" in str(refused.value.refusal.sentence)
    item.refresh_from_db()
    assert item.state == "waiting" and not Vote.objects.exists() and not Attendance.objects.exists()


def test_what_was_forced_to_the_vote_takes_no_vote_at_the_table_even_late(counted, file_of):
    """An item that was taken before the guard stood: its votes are those in writing, counted at the end."""
    request = file_of()
    item = sittings.consultation(counted, request).items.get()
    taken = {
        "state": "taken",
        "taken_by": counted.chair,
        "taken_at": clock.moment(),
        "revision": 1,
        "round": 1,
    }
    AgendaItem.objects.filter(pk=item.pk).update(**taken)
    Attendance.objects.create(
        sitting=item.sitting,
        member=counted.chair,
        presence="room",
        noted_by=counted.chair,
        noted_at=clock.moment(),
    )
    for more in ({}, {"voter": counted.member2}):
        with clock.at(END), pytest.raises(Refused) as refused:
            say(counted.chair, item, **more)
        assert code_of(refused) == "consultation"


def test_a_consultation_has_neither_desk_nor_screen(counted, file_of, client_of):
    request = file_of()
    sitting = sittings.consultation(counted, request)
    item = sitting.items.get()
    for who in (counted.chair, counted.member1):
        client = client_of(who)
        assert client.get(reverse("sitting_page", args=[sitting.token])).status_code == 200
        for name in ("sitting_desk", "sitting_screen"):
            assert client.get(reverse(name, args=[sitting.token])).status_code == 404
        for name in ("sitting_vote", "enter_vote"):
            ballot = {"choice": "grant", "revision": 1, "round_number": 1, "voter": counted.member2.pk}
            assert client.post(reverse(name, args=[sitting.token, item.token]), ballot).status_code == 404
        fields = {"act": "take", "item": item.token}
        answer = client.post(reverse("sitting_act", args=[sitting.token]), fields, follow=True)
        assert answer.status_code == 200 and "n’a pas de bureau" in answer.content.decode()
    assert not Vote.objects.exists()
