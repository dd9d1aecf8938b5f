"""Decided by one person whom the committee charged, or signed by one person after its opinion (C3)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from aid_requests import sealed
from aid_requests.actions import ask_reexamination
from aid_requests.actions.committee_rules import save_rules_draft
from aid_requests.committee import actions, delegated, modes, permissions, queries, rules, staffing_check
from aid_requests.committee.rules import DEFAULT, Mode
from aid_requests.models import AidRequest, Decision, Opinion
from fund import clock
from fund.models import Movement, OutgoingMail, PaymentOrder, RoleGrant
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.committee.outcome_files import decide, vote
from tests.aid_requests.committee.rules.test_reading import WRITING
from tests.aid_requests.committee.test_outcomes import code_of, letter_of
from tests.aid_requests.committee.test_rules import opened

pytestmark = pytest.mark.usefixtures("proved")


def delegation_to(person: int, cap: str = "300.00") -> str:
    return (
        WRITING
        + f"""\
modes:
  - scheme: emergency-aid
    mode: delegation
delegation:
  person: {person}
  reference: Délibération 2020-03
  from: 2020-03-16
  until: 2020-05-20
  cap: {cap}
"""
    )


def opinion_signed_by(person: object) -> str:
    return (
        WRITING
        + f"""\
modes:
  - scheme: emergency-aid
    mode: opinion
opinion:
  given_in: consultation
  signed_by: {person}
"""
    )


def sign(by, request: AidRequest, choice: str = "grant", **more: object) -> Decision:
    request.refresh_from_db()
    here = {"revision": request.revision, "round_number": request.round, "turn": request.turn}
    return actions.sign_decision(by=by, request=request, choice=choice, **{**here, **more})


# Delegation -------------------------------------------------------------------------------------------------------


@pytest.fixture
def alone(committee) -> SimpleNamespace:
    opened(committee.administrator, delegation_to(committee.member2.pk))
    return committee


def test_the_delegate_decides_alone_and_the_letter_says_by_which_act(alone, file_of):
    request = file_of()
    decision = vote(alone.member2, request)
    assert (decision.outcome, decision.delegation) == ("granted", "Délibération 2020-03")
    assert len(decision.vote_ids) == 1 and PaymentOrder.objects.count() == 1
    assert "Par délégation du comité (Délibération 2020-03)" in letter_of(decision)
    assert list(delegated.decisions_by_delegation(alone.chair)) == [decision]
    assert delegated.totals(delegated.decisions_by_delegation(alone.chair)) == {
        "number": 1,
        "granted": 1,
        "cents": 15_000,
    }


def test_nobody_else_votes_on_a_delegated_file(alone, file_of):
    request = file_of()
    for member in (alone.member1, alone.chair):
        with pytest.raises(Refused) as refused:
            vote(member, request)
        assert code_of(refused) == "delegated"
    assert queries.shortage_of(request) == ""


def test_the_delegate_decides_or_steps_back_and_does_not_abstain(alone, file_of):
    request = file_of()
    with pytest.raises(Refused) as refused:
        vote(alone.member2, request, "abstain")
    assert code_of(refused) == "abstains"
    assert vote(alone.member2, request, "refuse").outcome == "refused"


def test_with_a_tie_over_the_cap_or_after_its_end_the_committee_decides(alone, file_of):
    tied, late = file_of(1), file_of(2)
    actions.recuse(by=alone.member2, request=tied, ground="personal_tie")
    assert modes.way_of(tied).mode is Mode.CONSULTATION
    assert decide(tied, [alone.member1, alone.chair], "grant").delegation == ""
    with clock.at(clock.DEMO_START + timedelta(days=6)):
        assert vote(alone.member2, late) is None
    opened(alone.administrator, delegation_to(alone.member2.pk, cap="100.00"))
    assert modes.way_of(file_of(3)).mode is Mode.CONSULTATION


def test_a_delegate_who_left_decides_nothing(alone, file_of):
    request = file_of()
    RoleGrant.objects.filter(user=alone.member2).update(revoked_at=clock.moment())
    with pytest.raises(Refused):
        vote(alone.member2, request)
    assert permissions.can_vote(alone.member1, request) is None


def test_a_refusal_by_delegation_is_read_again_by_the_committee(alone, file_of):
    request = file_of()
    vote(alone.member2, request, "refuse")
    ask_reexamination(by=request.applicant.user, request=request, text="Relisez.")
    request.refresh_from_db()
    assert modes.way_of(request).mode is Mode.CONSULTATION
    assert permissions.can_vote(alone.member2, request).code == "voted_before"
    assert permissions.can_vote(alone.member1, request) is None


def test_the_delegate_may_grant_subject_to_a_paper_and_put_off(alone, file_of):
    assert vote(alone.member2, file_of(1), "grant_subject").outcome == "conditional"
    assert vote(alone.member2, file_of(2), "adjourn").turn == 1


# Opinion, then a signature ----------------------------------------------------------------------------------------


@pytest.fixture
def signed(committee) -> SimpleNamespace:
    opened(committee.administrator, opinion_signed_by("chair"))
    return committee


def advised(people, request: AidRequest, choice: str = "grant") -> Opinion:
    opinion = decide(request, [people.member1, people.member2], choice)
    assert isinstance(opinion, Opinion)
    return opinion


def test_the_opinion_tells_the_student_nothing_and_moves_no_money(signed, file_of):
    request = file_of()
    mails = OutgoingMail.objects.count()
    opinion = advised(signed, request)
    assert (opinion.outcome, request.state, len(opinion.vote_ids)) == ("granted", "in_review", 2)
    assert OutgoingMail.objects.count() == mails and not Decision.objects.exists()
    assert not Movement.objects.filter(kind="grant").exists()
    assert delegated.files_to_sign(signed.chair) == [request]
    assert delegated.files_to_sign(signed.member1) == []


def test_the_signature_decides_as_advised_and_the_letter_bears_the_name(signed, file_of):
    request = file_of()
    opinion = advised(signed, request)
    decision = sign(signed.chair, request)
    assert (decision.outcome, decision.opinion, decision.signed_by) == ("granted", opinion, signed.chair)
    assert decision.vote_ids == opinion.vote_ids and decision.departure_code == ""
    assert "Après avis du comité" in letter_of(decision)
    assert PaymentOrder.objects.count() == 1
    with pytest.raises(AlreadyDone):
        sign(signed.chair, request)


def test_against_the_opinion_takes_a_reason_of_its_own(signed, file_of):
    request = file_of()
    advised(signed, request)
    for more, code in (
        ({}, "departure"),
        ({"departure_code": "because"}, "departure"),
        ({"departure_code": "new_fact"}, "reason"),
    ):
        with pytest.raises(Refused) as refused:
            sign(signed.chair, request, "refuse", **more)
        assert code_of(refused) == code
    decision = sign(signed.chair, request, "refuse", departure_code="new_fact", reason_code="already_paid")
    assert (decision.outcome, decision.reason_codes) == ("refused", ["already_paid"])
    letter = letter_of(decision)
    assert "s’écarte de cet avis" in letter and "après l’avis du comité" in letter


def test_a_refusal_as_advised_keeps_the_members_reasons(signed, file_of):
    request = file_of()
    advised(signed, request, "refuse")
    decision = sign(signed.chair, request, "refuse")
    assert (decision.reason_codes, decision.departure_code) == (["not_covered"], "")


def test_a_paper_that_was_advised_is_asked_for(signed, file_of):
    request = file_of()
    advised(signed, request, "grant_subject")
    decision = sign(signed.chair, request, "grant_subject")
    assert (decision.outcome, decision.paper_codes) == ("conditional", ["expense_proof"])


def test_to_sign_a_plain_grant_where_a_paper_was_advised_departs_from_it(signed, file_of):
    request = file_of()
    advised(signed, request, "grant_subject")
    with pytest.raises(Refused) as refused:
        sign(signed.chair, request, "grant")
    assert code_of(refused) == "departure"


def test_the_signer_does_not_vote_and_nobody_votes_once_the_opinion_is_given(signed, file_of):
    request = file_of()
    assert permissions.can_vote(signed.chair, request).code == "signer"
    advised(signed, request)
    with pytest.raises(Refused) as refused:
        vote(signed.chair, request)
    assert code_of(refused) == "opinion"


def test_only_the_signer_signs_and_only_after_the_opinion(signed, file_of):
    request = file_of()
    with pytest.raises(Refused) as refused:
        sign(signed.chair, request)
    assert code_of(refused) == "no_opinion"
    advised(signed, request)
    for person in (signed.member1, signed.treasurer, signed.administrator):
        with pytest.raises(Refused):
            sign(person, request)
    with pytest.raises(Refused) as refused:
        sign(signed.chair, request, "abstain")
    assert code_of(refused) == "choice"


def test_whoever_steps_back_takes_the_opinion_away(signed, file_of):
    request = file_of()
    advised(signed, request)
    actions.recuse(by=signed.member1, request=request, ground="personal_tie")
    with pytest.raises(Refused) as refused:
        sign(signed.chair, request)
    assert code_of(refused) == "no_opinion"
    assert permissions.can_vote(signed.chair, request).code == "signer"


def test_a_signer_with_a_tie_leaves_the_decision_to_the_committee(signed, file_of):
    request = file_of()
    actions.recuse(by=signed.chair, request=request, ground="personal_tie")
    decision = decide(request, [signed.member1, signed.member2], "grant")
    assert (decision.outcome, decision.opinion, decision.signed_by) == ("granted", None, None)


def test_a_named_signer_who_left_is_replaced_by_the_chair(committee, file_of):
    opened(committee.administrator, opinion_signed_by(committee.member2.pk))
    request = file_of()
    assert modes.way_of(request).signer == committee.member2.pk
    RoleGrant.objects.filter(user=committee.member2).update(revoked_at=clock.moment())
    assert modes.way_of(request).signer == committee.chair.pk


def test_a_changed_file_is_not_signed_as_it_was_read(signed, file_of):
    request = file_of()
    advised(signed, request)
    with pytest.raises(WrongState):
        sign(signed.chair, request, revision=2)


def test_an_adjournment_needs_no_signature(signed, file_of):
    request = file_of()
    assert decide(request, [signed.member1, signed.member2], "adjourn").turn == 1
    assert not Opinion.objects.exists()


def test_a_signed_refusal_is_read_again_without_its_signer(signed, file_of):
    request = file_of()
    advised(signed, request, "refuse")
    sign(signed.chair, request, "refuse")
    ask_reexamination(by=request.applicant.user, request=request, text="Relisez.")
    request.refresh_from_db()
    assert modes.way_of(request).signer is None
    assert permissions.can_vote(signed.chair, request).code == "signed_before"


def test_an_opinion_is_only_ever_added(signed, file_of):
    advised(signed, file_of())
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.update(outcome="refused")


# Who could not be found -------------------------------------------------------------------------------------------


def codes() -> set[str]:
    return {one.code for one in staffing_check.shortfalls(DEFAULT)}


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("modes:\n  - scheme: no-such\n    mode: sitting\nnotice:\n  days: 5\n  urgent_days: 2\n", "no-such"),
        ("unanimity:\n  - no-such-scheme\n", "no-such-scheme"),
        ("unanimity:\n  - emergency-aid/no_such_case\n", "no_such_case"),
    ],
    ids=["a mode", "a scheme", "a case"],
)
def test_a_name_that_nobody_knows_is_told_before_the_rules_open(committee, client_of, named, words):
    book = rules.load(WRITING + named)
    (found,) = (one for one in staffing_check.shortfalls(book) if one.code == "misnamed")
    assert words in found.sentence
    save_rules_draft(by=committee.administrator, text=WRITING + named, revision=0)
    page = client_of(committee.administrator).get(reverse("committee_rules_draft")).content.decode()
    assert words in page and "ne s’applique à aucun dossier" in page


def test_names_of_schemes_and_cases_that_exist_are_not_told(committee):
    case = sealed.scheme_of(committee.version).cases[0].code
    known = f"unanimity:\n  - exceptions\n  - emergency-aid/{case}\n"
    assert "misnamed" not in {one.code for one in staffing_check.shortfalls(rules.load(WRITING + known))}


def test_what_nobody_could_pay_is_told_in_advance(committee):
    payers = {"no_treasurer", "no_signatory", "same_signatory"}
    assert not codes() & payers
    RoleGrant.objects.filter(role="signatory").update(user=committee.treasurer)
    assert "same_signatory" in codes()
    RoleGrant.objects.filter(role="signatory").update(revoked_at=clock.moment())
    assert "no_signatory" in codes()
    RoleGrant.objects.filter(role="treasurer").update(revoked_at=clock.moment())
    assert "no_treasurer" in codes()
