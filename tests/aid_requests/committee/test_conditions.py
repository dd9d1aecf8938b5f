"""An aid granted subject to a paper: asked for, brought, accepted or not, and what becomes of it in the end (C3)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from aid_requests.actions import ask_reexamination
from aid_requests.committee import actions, awaiting, case_files, papers, permissions
from aid_requests.documents import check_upload
from aid_requests.models import AidRequest, Decision, Document, PaperRuling
from aid_requests.permissions import can_ask_reexamination
from fund import balances, clock
from fund.models import Movement, OutgoingMail, PaymentOrder
from fund.models.people import Role
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.committee.outcome_files import bring, decide, vote
from tests.aid_requests.committee.queue_files import lift
from tests.aid_requests.committee.test_outcomes import code_of, letter_of
from tests.conftest import grant, make_user
from tests.fund.treasury.factories import give_by_card
from tests.papers import pdf

pytestmark = pytest.mark.usefixtures("proved")
LATER = timedelta(days=31)


def conditional(committee, file_of, number: int = 1, **more: object) -> AidRequest:
    request = file_of(number, **more)
    decide(request, [committee.member1, committee.member2], "grant_subject")
    return request


def mails(request: AidRequest, event: str) -> int:
    return OutgoingMail.objects.filter(key__startswith=f"request:{request.pk}:{event}:").count()


def test_two_votes_reserve_the_money_and_ask_for_the_paper(committee, file_of):
    request = file_of()
    vote(committee.member1, request, "grant_subject")
    decision = vote(
        committee.member2, request, "grant_subject", paper_codes=["last_payslip", "expense_proof"]
    )
    request.refresh_from_db()
    assert (decision.outcome, request.state) == ("conditional", "conditional")
    assert decision.paper_codes == ["expense_proof", "last_payslip"]
    assert decision.due_on == clock.today() + timedelta(days=30)
    assert Movement.objects.filter(kind="grant").count() == 1 and not PaymentOrder.objects.exists()
    assert balances.left_cents() == 85_000
    letter = letter_of(decision)
    assert "sous réserve" in letter and "14 juin 2020" in letter and "facture" in letter
    assert mails(request, "papers") == 1 and mails(request, "decided") == 0


def test_one_plain_grant_and_one_subject_to_a_paper_wait_for_the_paper(committee, file_of):
    request = file_of()
    vote(committee.member1, request)
    assert vote(committee.member2, request, "grant_subject").outcome == "conditional"


@pytest.mark.parametrize("codes", [[], ["nothing_known"], ["expense_proof", "nothing_known"]])
def test_the_paper_is_one_that_this_file_knows(committee, file_of, codes):
    with pytest.raises(Refused) as refused:
        vote(committee.member1, file_of(), "grant_subject", paper_codes=codes)
    assert code_of(refused) == "papers"


def test_the_accepted_paper_grants_by_the_same_votes_and_orders_the_payment(committee, file_of):
    request = conditional(committee, file_of)
    paper = bring(request)
    granted = actions.accept_paper(by=committee.national_referent, paper=paper)
    request.refresh_from_db()
    asked, last = request.decisions.order_by("pk")
    assert granted == last and (last.outcome, last.follows_id, last.vote_ids) == (
        "granted",
        asked.pk,
        asked.vote_ids,
    )
    assert request.state == "granted" and Movement.objects.filter(kind="grant").count() == 1
    assert PaymentOrder.objects.get().amount_cents == request.amount_cents
    assert "sous réserve" in letter_of(last) and "convient" in letter_of(last)
    assert mails(request, "decided") == 1
    with pytest.raises(AlreadyDone):
        actions.accept_paper(by=committee.national_referent, paper=paper)


def test_every_paper_that_was_asked_for_must_do(committee, file_of):
    request = file_of()
    for member in (committee.member1, committee.member2):
        vote(member, request, "grant_subject", paper_codes=["expense_proof", "change_proof"])
    assert actions.accept_paper(by=committee.national_referent, paper=bring(request)) is None
    request.refresh_from_db()
    assert request.state == "conditional"
    other = bring(request, "contrat", "change_proof")
    assert actions.accept_paper(by=committee.national_referent, paper=other).outcome == "granted"


def test_a_paper_that_does_not_do_says_why_and_another_may_come(committee, file_of):
    request = conditional(committee, file_of)
    paper = bring(request)
    with pytest.raises(Refused) as refused:
        actions.return_paper(by=committee.national_referent, paper=paper, fault="")
    assert code_of(refused) == "fault"
    actions.return_paper(by=committee.national_referent, paper=paper, fault="unreadable")
    (asked,) = papers.asked_papers(papers.awaited_decision(request))
    assert asked.state == "returned" and "ne se lit pas" in asked.fault and asked.can_be_brought
    assert mails(request, "papers") == 2
    with pytest.raises(WrongState):
        actions.accept_paper(by=committee.national_referent, paper=paper)
    again = bring(request, "facture nette")
    assert actions.accept_paper(by=committee.national_referent, paper=again).outcome == "granted"


def test_the_same_file_twice_is_one_paper_and_a_second_one_waits(committee, file_of):
    request = conditional(committee, file_of)
    assert bring(request) == bring(request)
    with pytest.raises(Refused) as refused:
        bring(request, "autre")
    assert code_of(refused) == "brought"
    with pytest.raises(Refused) as refused:
        bring(request, "autre", "last_payslip")
    assert code_of(refused) == "not_asked"


def test_nobody_brings_a_paper_for_somebody_else_or_to_a_file_that_asks_nothing(committee, file_of):
    request, other = conditional(committee, file_of), file_of(2)
    upload = check_upload("facture.pdf", pdf("x"))
    with pytest.raises(Refused):
        actions.bring_paper(by=other.applicant.user, request=request, code="expense_proof", upload=upload)
    with pytest.raises(WrongState):
        bring(other)


def test_who_looks_at_a_paper(committee, file_of):
    """The school's referent where the student goes through the school, a national one, and the chair."""
    request = conditional(committee, file_of)
    for name in ("referent", "national_referent", "chair"):
        assert awaiting.can_rule(getattr(committee, name), request) is None, name
        assert awaiting.awaited_for(getattr(committee, name)).count() == 1, name
    for name in ("other_referent", "member1", "treasurer", "administrator"):
        assert awaiting.can_rule(getattr(committee, name), request) is not None, name
        assert awaiting.awaited_for(getattr(committee, name)).count() == 0, name
    AidRequest.objects.filter(pk=request.pk).update(through_school=False)
    request.refresh_from_db()
    assert awaiting.can_rule(committee.referent, request).code == "other_school"
    assert awaiting.awaited_for(committee.referent).count() == 0
    assert awaiting.can_rule(committee.national_referent, request) is None


def test_a_chair_who_stepped_back_does_not_judge_the_paper(committee, file_of):
    request = file_of()
    actions.recuse(by=committee.chair, request=request, ground="personal_tie")
    decide(request, [committee.member1, committee.member2], "grant_subject")
    paper = bring(request)
    with pytest.raises(Refused) as refused:
        actions.accept_paper(by=committee.chair, paper=paper)
    assert code_of(refused) == "recused"
    assert awaiting.awaited_for(committee.chair).count() == 0


def test_who_typed_the_request_does_not_judge_its_papers(committee, file_of):
    request = conditional(committee, file_of)
    now = clock.moment()
    AidRequest.objects.filter(pk=request.pk).update(typed_by=committee.referent, typed_at=now)
    with pytest.raises(Refused) as refused:
        actions.accept_paper(by=committee.referent, paper=bring(request))
    assert code_of(refused) == "typed"


@pytest.fixture
def read_again(committee, file_of) -> AidRequest:
    """Refused by the chair and a member, contested, and granted by two others subject to a paper."""
    request = file_of()
    decide(request, [committee.chair, committee.member1], "refuse")
    ask_reexamination(by=request.applicant.user, request=request, text="Relisez.")
    others = [make_user(name) for name in ("member4", "member5")]
    for other in others:
        grant(other, Role.MEMBER, by=committee.administrator)
    decide(request, others, "grant_subject")
    return request


def test_a_chair_whose_refusal_was_contested_does_not_judge_the_paper(committee, read_again):
    paper = bring(read_again)
    assert awaiting.awaited_for(committee.chair).count() == awaiting.waiting_count(committee.chair) == 0
    for act, more in ((actions.accept_paper, {}), (actions.return_paper, {"fault": "unreadable"})):
        with pytest.raises(Refused) as refused:
            act(by=committee.chair, paper=paper, **more)
        assert code_of(refused) == "voted_before"
    assert awaiting.waiting_count(committee.national_referent) == 1
    assert actions.accept_paper(by=committee.national_referent, paper=paper).outcome == "granted"


def test_a_chair_whose_name_signed_the_refusal_or_who_lifted_the_veil_does_not_either(committee, file_of):
    signed, unmasked = file_of(1), file_of(2)
    decide(signed, [committee.member1, committee.member2], "refuse")
    ask_reexamination(by=signed.applicant.user, request=signed, text="Relisez.")
    others = [make_user(name) for name in ("member4", "member5")]
    for other in others:
        grant(other, Role.MEMBER, by=committee.administrator)
    decide(signed, others, "grant_subject")
    decide(unmasked, others, "grant_subject")
    lift(committee.chair, unmasked)
    for request, code in ((signed, "signed_before"), (unmasked, "unmasked")):
        assert awaiting.can_rule(committee.chair, request).code == code
    assert not awaiting.awaited_for(committee.chair).exists()


def test_a_paper_that_never_comes_ends_in_a_refusal_and_frees_the_money(committee, file_of):
    request = conditional(committee, file_of)
    with clock.at(clock.DEMO_START + timedelta(days=30)):
        assert actions.keep_conditions() == "1 reminded, 0 lapsed"
        assert mails(request, "paper_reminder") == 1
    with clock.at(clock.DEMO_START + LATER):
        with pytest.raises(Refused) as refused:
            bring(request)
        assert code_of(refused) == "late"
        assert actions.keep_conditions() == "0 reminded, 1 lapsed"
        assert actions.keep_conditions() == "0 reminded, 0 lapsed"
        request.refresh_from_db()
        last = request.decisions.get(outcome="refused")
        assert (request.state, last.reason_codes) == ("refused", ["paper_not_brought"])
        grant = Movement.objects.get(kind="grant")
        assert Movement.objects.get(kind="grant_withdrawn").reverses_id == grant.pk
        assert balances.left_cents() == 100_000
        letter = letter_of(last)
        assert "n’est pas arrivée" in letter and "réexamen" in letter
        assert can_ask_reexamination(request.applicant.user, request) is None


def test_what_lapsed_is_re_examined_by_others_and_may_be_granted_again(committee, file_of):
    request = conditional(committee, file_of)
    others = [make_user(name) for name in ("member4", "member5")]
    for other in others:
        grant(other, Role.MEMBER, by=committee.administrator)
    with clock.at(clock.DEMO_START + LATER):
        actions.keep_conditions()
        ask_reexamination(by=request.applicant.user, request=request, text="La voici.")
        request.refresh_from_db()
        assert request.reexamination.contested.outcome == "refused"
        assert permissions.can_vote(committee.member1, request).code == "voted_before"
        decision = decide(request, others, "grant")
        assert (decision.outcome, decision.round) == ("granted", 2)
        assert Movement.objects.filter(kind="grant").count() == 2
        assert PaymentOrder.objects.count() == 1 and balances.left_cents() == 85_000


def test_one_reminder_in_the_last_week_only(committee, file_of):
    request = conditional(committee, file_of)
    actions.keep_conditions()
    assert mails(request, "paper_reminder") == 0
    for days in (23, 24, 29):
        with clock.at(clock.DEMO_START + timedelta(days=days)):
            actions.keep_conditions()
    assert mails(request, "paper_reminder") == 1


def test_a_paper_in_time_stays_in_time_whoever_looks_at_it_late(committee, file_of):
    request = conditional(committee, file_of)
    paper = bring(request)
    with clock.at(clock.DEMO_START + LATER):
        assert actions.keep_conditions() == "0 reminded, 0 lapsed"
        actions.return_paper(by=committee.national_referent, paper=paper, fault="other_paper")
        assert actions.keep_conditions() == "1 reminded, 0 lapsed"
        assert papers.last_day(papers.awaited_decision(request)) == clock.today() + papers.GRACE
    with clock.at(clock.DEMO_START + LATER + timedelta(days=8)):
        assert actions.keep_conditions() == "0 reminded, 1 lapsed"


def test_without_money_a_grant_subject_to_a_paper_is_not_kept(committee, file_of):
    for number in range(1, 7):
        decide(file_of(number), [committee.member1, committee.member2], "grant")
    request = file_of(7)
    vote(committee.member1, request, "grant_subject")
    with pytest.raises(Refused) as refused:
        vote(committee.member2, request, "grant_subject")
    assert code_of(refused) == "over_budget"


def test_on_the_list_the_paper_is_asked_for_when_the_money_comes(committee, file_of, pocket):
    for number in range(1, 7):
        decide(file_of(number), [committee.member1, committee.member2], "grant")
    request = file_of(7)
    vote(committee.member1, request, "grant_subject")
    place = vote(committee.member2, request, "fund_later")
    assert (place.outcome, place.paper_codes, place.due_on) == ("unfunded", ["expense_proof"], None)
    give_by_card(pocket, 10_000)
    with clock.at(clock.DEMO_START + timedelta(days=10)):
        actions.serve_waiting_list()
        request.refresh_from_db()
        asked = papers.awaited_decision(request)
        assert (request.state, asked.follows) == ("conditional", place)
        assert asked.due_on == clock.today() + timedelta(days=30)
        actions.accept_paper(by=committee.national_referent, paper=bring(request))
        request.refresh_from_db()
        assert request.state == "granted" and request.decisions.count() == 3


def test_the_money_of_a_conditional_grant_is_not_granted_twice(committee, file_of):
    for number in range(1, 7):
        conditional(committee, file_of, number)
    last = file_of(7)
    vote(committee.member1, last)
    with pytest.raises(Refused) as refused:
        vote(committee.member2, last)
    assert code_of(refused) == "over_budget"


def test_members_see_a_brought_paper_by_its_kind_and_never_by_its_name(committee, file_of):
    request = conditional(committee, file_of)
    bring(request)
    titles = [paper.title for paper in case_files.case_file(request, "fr").papers]
    assert any("facture" in title for title in titles) and "facture.pdf" not in titles


def test_the_database_holds_what_the_acts_promise(committee, file_of):
    request = conditional(committee, file_of)
    paper = bring(request)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperRuling.objects.create(
            paper=paper, is_accepted=False, ruled_by=committee.chair, ruled_at=clock.moment()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(request=request).update(due_on=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(paper).objects.filter(pk=paper.pk).update(code="other")
    assert Document.objects.filter(pk=paper.document_id).exists()
