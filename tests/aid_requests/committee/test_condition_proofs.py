"""What `check_ledger` says when papers, adjournments and what follows a decision do not go together."""

from datetime import timedelta

from aid_requests import proofs
from aid_requests.committee import actions
from aid_requests.models import Adjournment, AidRequest, Decision
from fund import clock
from tests.aid_requests.committee.outcome_files import bring, decide, vote


def test_whole_files_say_nothing(committee, file_of):
    request, other = file_of(1), file_of(2)
    decide(request, [committee.member1, committee.member2], "grant_subject")
    actions.accept_paper(by=committee.national_referent, paper=bring(request))
    for member in (committee.member1, committee.member2):
        vote(member, other, "adjourn")
    checks = (
        proofs.what_follows_was_awaited,
        proofs.conditional_requests_wait_for_papers,
        proofs.adjournments_open_turns,
        proofs.decisions_rest_on_votes,
        proofs.granted_requests_are_committed,
        proofs.requests_and_orders_agree,
    )
    assert [fault for check in checks for fault in check()] == []


def test_a_state_that_no_decision_made_is_told(committee, file_of):
    request = file_of()
    AidRequest.objects.filter(pk=request.pk).update(state="conditional", decided_at=clock.moment())
    assert f"request {request.pk}: it waits for papers that no decision asks for." in list(
        proofs.conditional_requests_wait_for_papers()
    )
    assert list(proofs.granted_requests_are_committed())


def test_a_decision_whose_request_went_on_without_it_is_told(committee, file_of):
    request = file_of()
    decision = decide(request, [committee.member1, committee.member2], "grant_subject")
    AidRequest.objects.filter(pk=request.pk).update(state="granted")
    assert list(proofs.conditional_requests_wait_for_papers()) == [
        f"decision {decision.pk} waits for papers, its request does not."
    ]


def copy_of(decision: Decision, **changes: object) -> Decision:
    values = {
        field.attname: getattr(decision, field.attname)
        for field in Decision._meta.concrete_fields
        if not field.primary_key
    }
    return Decision.objects.create(
        **{**values, "paper_codes": [], "due_on": None, "follows_id": decision.pk, **changes}
    )


def test_a_grant_without_its_papers_is_told(committee, file_of):
    request = file_of()
    asked = decide(request, [committee.member1, committee.member2], "grant_subject")
    granted = copy_of(asked, outcome="granted")
    assert list(proofs.what_follows_was_awaited()) == [
        f"decision {granted.pk} grants without the papers that were asked for."
    ]


def test_what_follows_a_decision_that_awaited_nothing_is_told(committee, file_of):
    first = decide(file_of(), [committee.member1, committee.member2], "grant")
    stray = copy_of(first, outcome="granted")
    assert f"decision {stray.pk} follows one that did not await it." in list(
        proofs.what_follows_was_awaited()
    )


def test_a_turn_without_its_adjournment_is_told(committee, file_of):
    request, other = file_of(1), file_of(2)
    AidRequest.objects.filter(pk=request.pk).update(turn=2)
    for member in (committee.member1, committee.member2):
        vote(member, other, "adjourn")
    AidRequest.objects.filter(pk=other.pk).update(turn=1)
    assert Adjournment.objects.count() == 1
    assert len(list(proofs.adjournments_open_turns())) == 2


def test_a_lapsed_grant_is_whole_again(committee, file_of):
    request = file_of()
    decide(request, [committee.member1, committee.member2], "grant_subject")
    with clock.at(clock.DEMO_START + timedelta(days=31)):
        actions.keep_conditions()
    assert list(proofs.granted_requests_are_committed()) == []
    assert list(proofs.decisions_rest_on_votes()) == []
