"""What a sitting or a consultation makes besides a grant or a refusal: an opinion to sign, an adjournment told to the
student, a grant subject to a paper; and which files never come there (C3, C4)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aid_requests.committee import actions, minutes, permissions, queries, table
from aid_requests.committee.actions import conditions
from aid_requests.models import Adjournment, AidRequest, Decision, Opinion, Vote
from fund import clock
from fund.models import Movement, OutgoingMail, PaymentOrder
from fund.roles import Refused
from tests.aid_requests.committee import sitting_files as sittings
from tests.aid_requests.committee.outcome_files import bring, vote
from tests.aid_requests.committee.sitting_files import EVENING, IN_SITTING, code_of, say, taken
from tests.aid_requests.committee.test_delegation_and_opinion import sign

pytestmark = pytest.mark.usefixtures("proved")
OF_SCHEME = "modes:\n  - scheme: emergency-aid\n    mode: "
FACTS = {"reason_code": "facts"}
PAPER = {"paper_codes": ["expense_proof"]}


def advised_by(signer: int, *, given_in: str, text: str = IN_SITTING) -> str:
    return f"{text}{OF_SCHEME}opinion\nopinion:\n  given_in: {given_in}\n  signed_by: {signer}\n"


def delegated_to(person: int, cap: str) -> str:
    dates = "  from: 2020-03-16\n  until: 2020-07-31\n"
    act = f"  person: {person}\n  reference: Délibération 3\n"
    return f"{IN_SITTING}{OF_SCHEME}delegation\ndelegation:\n{act}{dates}  cap: {cap}\n"


def closed(people: SimpleNamespace, request: AidRequest, choice: str, **more: object):
    """The vote of two members and the chair, all the same, on the only file of an open sitting."""
    sitting = sittings.opened(people, request)
    item = taken(people, sitting)
    for member in (people.member1, people.member2, people.chair):
        say(member, item, choice, **more)
    return actions.close_item(by=people.chair, item=item)


def status_of(member, request: AidRequest) -> str:
    row = queries.queue_rows(list(queries.queue(member).filter(pk=request.pk)), "fr")[0]
    assert row.is_mine is (row.status is queries.TO_READ)
    return str(row.status[2])


# An opinion, then a signature -------------------------------------------------------------------------------------


@pytest.fixture
def advised(committee):
    """Opinions are given in a sitting; member 3 signs."""
    sittings.open_rules(
        committee.administrator, advised_by(committee.member3.pk, given_in="sitting", text=IN_SITTING)
    )
    return committee


def test_an_opinion_of_a_sitting_waits_for_its_signature_and_tells_nothing(advised, file_of, evening):
    request = file_of()
    item = closed(advised, request, "grant_subject", **PAPER)
    opinion = Opinion.objects.get()
    assert (item.state, item.decision, opinion.outcome) == ("advised", None, "conditional")
    assert opinion.paper_codes == ["expense_proof"] and len(opinion.vote_ids) == 3
    assert not Decision.objects.exists() and not Movement.objects.filter(kind="grant").exists()
    assert (
        not OutgoingMail.objects.filter(key__startswith=f"request:{request.pk}:")
        .exclude(key__contains="certified")
        .exclude(key__contains="submitted")
    )
    assert status_of(advised.member1, request) == "À signer" and queries.next_to_read(advised.member3) is None
    decision = sign(advised.member3, request, "grant_subject")
    assert (decision.outcome, decision.opinion, decision.signed_by) == (
        "conditional",
        opinion,
        advised.member3,
    )
    assert decision.paper_codes == ["expense_proof"]


def test_a_file_with_an_opinion_comes_on_no_other_agenda_and_its_signer_does_not_vote(
    advised, file_of, evening
):
    request = file_of()
    sitting = sittings.opened(advised, request, there=("member1", "member2", "member3"))
    item = taken(advised, sitting)
    with pytest.raises(Refused) as refused:
        say(advised.member3, item)
    assert code_of(refused) == "signer"
    for member in (advised.member1, advised.member2):
        say(member, item)
    assert not table.count_of(item).is_complete
    say(advised.chair, item)
    assert table.count_of(item).is_complete, "nobody awaits a vote of whoever signs"
    actions.close_item(by=advised.chair, item=item)
    assert sittings.drafted(advised, request, when=EVENING + timedelta(days=9)).items.count() == 0


def test_an_opinion_that_fell_is_given_anew_at_the_next_sitting(advised, file_of, evening):
    request = file_of()
    closed(advised, request, "grant")
    actions.recuse(by=advised.member2, request=request, ground="personal_tie")
    assert permissions.can_sign(advised.member3, request).code == "no_opinion"
    assert status_of(advised.member3, request) == "En séance"
    later = EVENING + timedelta(days=10)
    with clock.at(EVENING + timedelta(days=1)):
        again = sittings.convened(advised, request, when=later)
    with clock.at(later):
        actions.open_sitting(by=advised.chair, sitting=again)
        actions.note_presence(by=advised.chair, sitting=again, member=advised.member1, presence="room")
        item = actions.close_item(by=advised.chair, item=taken(advised, again))
        assert item.state == "advised" and Opinion.objects.count() == 2
        assert sign(advised.member3, request).outcome == "granted"


def test_an_opinion_of_a_consultation_is_given_by_the_vote_that_makes_it(committee, file_of):
    text = sittings.WRITING.replace("as_scheme", "allowed")
    sittings.open_rules(
        committee.administrator, advised_by(committee.chair.pk, given_in="consultation", text=text)
    )
    request = file_of()
    item = sittings.consultation(committee, request).items.get()
    assert vote(committee.member1, request) is None
    opinion = vote(committee.member2, request)
    item.refresh_from_db()
    assert isinstance(opinion, Opinion) and item.state == "advised"
    assert sign(committee.chair, request).opinion == opinion


# Put off by the vote ----------------------------------------------------------------------------------------------


def test_a_sitting_that_votes_to_put_a_file_off_tells_the_student_and_votes_anew(ruled, file_of, evening):
    request = file_of()
    item = closed(ruled, request, "adjourn", **FACTS)
    row = Adjournment.objects.get()
    request.refresh_from_db()
    assert (item.state, item.why, request.turn, row.turn) == ("adjourned", "votes", 2, 1)
    assert (row.reason_codes, row.last_vote_by) == (["facts"], ruled.chair)
    assert OutgoingMail.objects.filter(key=f"request:{request.pk}:adjourned:1").count() == 1
    sitting = actions.close_sitting(by=ruled.chair, sitting=item.sitting)
    told = minutes.open_content(sitting.minutes)["items"][0]
    assert told["outcome"] == "adjourned" and "précision" in told["reasons"][0]
    later = EVENING + timedelta(days=20)
    with clock.at(EVENING + timedelta(days=1)):
        again = sittings.convened(ruled, request, when=later)
    with clock.at(later):
        actions.open_sitting(by=ruled.chair, sitting=again)
        for member in (ruled.member1, ruled.member2):
            actions.note_presence(by=ruled.chair, sitting=again, member=member, presence="room")
        item = taken(ruled, again)
        say(ruled.member1, item), say(ruled.member2, item)
        assert actions.close_item(by=ruled.chair, item=item).decision.outcome == "granted"
    assert sorted(Vote.objects.values_list("turn", flat=True)) == [1, 1, 1, 2, 2]


def test_a_ballot_of_the_former_turn_is_told_and_not_counted(ruled, file_of, evening, client_of):
    request = file_of()
    closed(ruled, request, "adjourn", **FACTS)
    later = EVENING + timedelta(days=20)
    with clock.at(EVENING + timedelta(days=1)):
        again = sittings.convened(ruled, request, when=later)
    with clock.at(later):
        actions.open_sitting(by=ruled.chair, sitting=again)
        actions.note_presence(by=ruled.chair, sitting=again, member=ruled.member1, presence="room")
        item = taken(ruled, again)
        browser, address = client_of(ruled.member1), reverse("sitting_vote", args=[again.token, item.token])
        page = browser.get(reverse("sitting_page", args=[again.token])).content.decode()
        assert 'name="turn" value="2"' in page
        sent = {"revision": "1", "round_number": "1", "turn": "1", "choice": "grant"}
        browser.post(address, sent)
        assert Vote.objects.count() == 3
        browser.post(address, {**sent, "turn": "2"})
        assert Vote.objects.count() == 4


def test_a_consultation_that_ends_puts_a_file_off_by_itself(committee, file_of):
    sittings.open_rules(committee.administrator, sittings.AT_END.replace("as_scheme", "allowed"))
    request = file_of()
    item = sittings.consultation(committee, request).items.get()
    for member in (committee.member1, committee.member2):
        assert vote(member, request, "adjourn") is None
    with clock.at(clock.DEMO_START + timedelta(days=7, minutes=1)):
        assert actions.end_consultations() == "1 counted, 1 closed"
    item.refresh_from_db()
    assert (item.why, item.ended_by, Adjournment.objects.get().turn) == ("votes", None, 1)


# Subject to a paper -----------------------------------------------------------------------------------------------


def test_a_sitting_grants_subject_to_a_paper_and_its_minutes_say_which(ruled, file_of, evening):
    request = file_of()
    item = closed(ruled, request, "grant_subject", **PAPER)
    assert item.decision.outcome == "conditional" and not PaymentOrder.objects.exists()
    sitting = actions.close_sitting(by=ruled.chair, sitting=item.sitting)
    told = minutes.open_content(sitting.minutes)["items"][0]
    assert told["outcome"] == "conditional" and "facture" in told["papers"][0]
    said = minutes.told(minutes.open_content(sitting.minutes))
    words = " ".join(block.text + " ".join(block.lines) for block in said)
    assert "accordée sous réserve d’une pièce, 150" in words and "À apporter\u00a0: Une facture" in words
    request.refresh_from_db()
    paper = bring(request)
    assert conditions.accept_paper(by=ruled.chair, paper=paper).outcome == "granted"


def test_the_desk_notes_a_vote_subject_to_a_paper(ruled, file_of, evening, client_of):
    sitting = sittings.opened(ruled, file_of())
    item = taken(ruled, sitting)
    browser, address = client_of(ruled.chair), reverse("enter_vote", args=[sitting.token, item.token])
    sent = {"revision": "1", "round_number": "1", "turn": "1", "choice": "grant_subject"}
    refused = browser.post(address, {**sent, "voter": str(ruled.member2.pk)})
    assert refused.status_code == 422 and not Vote.objects.exists()
    browser.post(address, {**sent, "voter": str(ruled.member2.pk), "paper_codes": ["expense_proof"]})
    noted = Vote.objects.get()
    assert (noted.member, noted.entered_by, noted.paper_codes) == (
        ruled.member2,
        ruled.chair,
        ["expense_proof"],
    )


# By delegation, or in a sitting -----------------------------------------------------------------------------------


def test_a_delegated_file_comes_on_no_agenda_and_what_is_not_covered_does(committee, file_of, evening):
    sittings.open_rules(committee.administrator, delegated_to(committee.member2.pk, "150.00"))
    request = file_of()
    assert sittings.drafted(committee, request).items.count() == 0
    assert status_of(committee.member1, request) == "Délégué"
    assert queries.next_to_read(committee.member1) is None
    assert queries.next_to_read(committee.member2) == request
    sittings.open_rules(committee.administrator, delegated_to(committee.member2.pk, "100.00"))
    assert status_of(committee.member1, request) == status_of(committee.member2, request) == "En séance"
    assert list(queries.unread(committee.member2)) == []
    assert sittings.drafted(committee, request, when=EVENING + timedelta(days=9)).items.count() == 1


def test_a_tie_of_the_delegate_gives_the_file_back_to_the_sitting(committee, file_of, evening):
    sittings.open_rules(committee.administrator, delegated_to(committee.member2.pk, "300.00"))
    request = file_of()
    actions.recuse(by=committee.member2, request=request, ground="personal_tie")
    assert status_of(committee.member1, request) == "En séance"
    assert sittings.drafted(committee, request).items.count() == 1


def test_the_queue_of_a_delegation_asks_as_much_for_one_file_as_for_many(committee, file_of):
    sittings.open_rules(committee.administrator, delegated_to(committee.member2.pk, "300.00"))

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            queries.queue_rows(list(queries.queue(committee.member1)), "fr")
        return len(found)

    file_of(1)
    alone = asked()
    file_of(2), file_of(3)
    assert asked() == alone
