"""What a vote may ask for besides yes and no: an abstention, a redirection, an aid that waits for money (C3, C5)."""

import re
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from aid_requests import permissions as of_applicants
from aid_requests.actions import ask_reexamination, withdraw_request
from aid_requests.committee import actions, case_files, permissions, queries, redirecting, waiting_list
from aid_requests.models import AidRequest, Decision, SchoolDoor, Vote
from fund import balances, clock, vault
from fund.models import AuditEvent, Movement, OutgoingMail, PaymentOrder, RoleGrant
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests.committee.outcome_files import REDIRECTION, decide, vote
from tests.fund.treasury.factories import give_by_card

pytestmark = pytest.mark.usefixtures("proved")


def code_of(refused) -> str:
    return refused.value.refusal.code


def letter_of(decision: Decision) -> str:
    return text_of(vault.open_for(decision.request.applicant.subject_key, decision.letter_sealed))


def text_of(data: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return re.sub(r"\s+", " ", text)


def door_of_all(people, **changes) -> SchoolDoor:
    words = {"label_fr": "Le CROUS", "label_en": "The CROUS", "hint_fr": "Un rendez-vous.", "hint_en": "Ask."}
    values = {"school": None, "code": "crous", "changed_by": people.national_referent, **words, **changes}
    return SchoolDoor.objects.create(changed_at=clock.moment(), **values)


# -- abstention


def test_an_abstention_is_kept_and_takes_no_side(committee, file_of):
    request = file_of()
    assert vote(committee.member1, request, "abstain") is None
    assert vote(committee.member2, request) is None
    decision = vote(committee.chair, request)
    assert decision.outcome == "granted"
    assert Vote.objects.count() == 3
    assert set(decision.vote_ids) == set(Vote.objects.filter(choice="grant").values_list("pk", flat=True))


def test_an_abstention_asks_for_nothing_and_keeps_nothing_that_is_sent_with_it(committee, file_of):
    vote(committee.member1, file_of(), "abstain", **REDIRECTION)
    kept = Vote.objects.get()
    assert (kept.reason_code, kept.door_code) == ("", "")


def test_whoever_abstained_does_not_vote_again(committee, file_of):
    request = file_of()
    vote(committee.member1, request, "abstain")
    with pytest.raises(AlreadyDone):
        vote(committee.member1, request)


def test_abstentions_are_shown_apart_after_the_decision(committee, file_of):
    request = file_of()
    vote(committee.member1, request, "abstain")
    decide(request, [committee.member2, committee.chair], "grant")
    tally = case_files.case_file(request, "fr").tally
    assert (tally.granted, tally.refused, tally.abstained) == (2, 0, 1)


def test_too_many_abstentions_are_told_while_somebody_can_be_named(committee, file_of):
    request = file_of()
    voters = [
        grant.user
        for grant in RoleGrant.objects.live().filter(role__in=["member", "chair"]).select_related("user")
        if permissions.can_vote(grant.user, request) is None
    ]
    for member in voters[:-1]:
        assert queries.shortage_of(request) == ""
        vote(member, request, "abstain")
    assert "1 membre" in queries.shortage_of(request)


# -- redirection


def test_two_redirections_send_elsewhere_with_a_reason_and_doors(committee, file_of):
    request = file_of()
    door_of_all(committee)
    vote(committee.member1, request, "redirect")
    decision = vote(committee.chair, request, "redirect", reason_code="beyond_fund", door_code="crous")
    request.refresh_from_db()
    assert (decision.outcome, request.state) == ("redirected", "redirected")
    assert decision.reason_codes == ["other_duty", "beyond_fund"]
    assert decision.door_codes == ["social_worker", "crous"]
    assert not PaymentOrder.objects.exists() and not Movement.objects.filter(kind="grant").exists()
    letter = letter_of(decision)
    assert "réorientée" in letter and "Vers qui aller" in letter
    assert "assistance sociale" in letter and "Le CROUS" in letter
    assert "deux mois" in letter
    assert OutgoingMail.objects.filter(key=f"request:{request.pk}:decided:1").count() == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"reason_code": ""}, "reason"),
        ({"reason_code": "not_covered"}, "reason"),
        ({"door_code": ""}, "door"),
        ({"door_code": "nowhere"}, "door"),
    ],
)
def test_a_redirection_is_never_empty(committee, file_of, values, code):
    with pytest.raises(Refused) as refused:
        vote(committee.member1, file_of(), "redirect", **values)
    assert code_of(refused) == code
    assert not Vote.objects.exists()


def test_a_refusal_does_not_take_the_reason_of_a_redirection(committee, file_of):
    with pytest.raises(Refused) as refused:
        vote(committee.member1, file_of(), "refuse", reason_code="other_duty")
    assert code_of(refused) == "reason"


def test_the_database_keeps_no_redirection_without_a_door(committee, file_of):
    request = file_of()
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(
            request=request,
            revision=1,
            member=committee.member1,
            choice="redirect",
            reason_code="other_duty",
            cast_at=clock.moment(),
        )


def test_members_are_not_shown_the_doors_of_the_file_s_school(committee, file_of):
    request = file_of()
    door_of_all(committee, school=request.school, code="own", label_fr="Service social de l’école")
    door_of_all(committee)
    assert "own" not in redirecting.doors_for(request)
    assert "crous" in redirecting.doors_for(request)


def test_a_redirection_keeps_the_school_out_where_the_student_did(committee, file_of):
    request = file_of()
    AidRequest.objects.filter(pk=request.pk).update(through_school=False)
    request.refresh_from_db()
    assert "referent" not in redirecting.doors_for(request)
    with pytest.raises(Refused):
        vote(committee.member1, request, "redirect", door_code="referent")


def test_a_redirection_is_contested_like_a_refusal_and_read_by_others(committee, file_of):
    request = file_of()
    student = request.applicant.user
    decide(request, [committee.member1, committee.member2], "redirect")
    assert of_applicants.can_ask_reexamination(student, request) is None
    ask_reexamination(by=student, request=request, text="Le CROUS m’a renvoyé ici.")
    request.refresh_from_db()
    assert (request.state, request.round) == ("in_review", 2)
    assert permissions.can_vote(committee.member1, request).code == "voted_before"
    assert case_files.case_file(request, "fr").contested.reasons


def test_one_refusal_and_one_redirection_leave_the_door_open(committee, file_of):
    """Two are against: they decide, and what leaves most open is taken; each keeps to its own reasons."""
    request = file_of()
    vote(committee.member1, request, "refuse")
    decision = vote(committee.chair, request, "redirect")
    assert (decision.outcome, decision.reason_codes) == ("redirected", ["other_duty"])


# -- favourable without money


def test_without_money_a_plain_grant_is_not_kept_and_the_other_waits(committee, file_of, school):
    files = [file_of(number) for number in range(1, 8)]
    for request in files[:6]:
        decide(request, [committee.member1, committee.member2], "grant")
    last = files[6]
    vote(committee.member1, last)
    with pytest.raises(Refused) as refused:
        vote(committee.member2, last)
    assert code_of(refused) == "over_budget"
    decision = vote(committee.member2, last, "fund_later")
    last.refresh_from_db()
    assert (decision.outcome, last.state) == ("unfunded", "waitlisted")
    assert balances.left_cents() == 10_000
    assert Movement.objects.filter(kind="grant").count() == PaymentOrder.objects.count() == 6
    letter = letter_of(decision)
    assert "liste d’attente" in letter and "ni une date" in letter and "150" in letter


def test_where_the_money_is_there_it_is_a_grant(committee, file_of):
    decision = decide(file_of(), [committee.member1, committee.member2], "fund_later")
    assert decision.outcome == "granted" and PaymentOrder.objects.count() == 1


def waiting(committee, file_of, *numbers: int) -> list[AidRequest]:
    """Files of these numbers on the list, after six grants that leave 100 €."""
    for number in range(1, 7):
        decide(file_of(number), [committee.member1, committee.member2], "grant")
    files = [file_of(number) for number in numbers]
    for request in files:
        decide(request, [committee.member1, committee.member2], "fund_later")
        assert request.state == "waitlisted"
    return files


def test_the_list_is_served_in_its_order_as_far_as_the_money_goes(committee, file_of, pocket):
    first, second = waiting(committee, file_of, 7, 8)
    assert actions.serve_waiting_list() == "0 granted, 2 waiting"
    give_by_card(pocket, 10_000)
    assert actions.serve_waiting_list() == "1 granted, 1 waiting"
    assert actions.serve_waiting_list() == "0 granted, 1 waiting"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("granted", "waitlisted")
    place, granted = first.decisions.order_by("pk")
    assert (granted.outcome, granted.follows_id, granted.vote_ids) == ("granted", place.pk, place.vote_ids)
    assert "votre tour est venu" in letter_of(granted)
    assert Movement.objects.filter(kind="grant", subject_id=str(first.pk)).count() == 1
    assert PaymentOrder.objects.filter(reference_id=str(first.pk), state="due").count() == 1
    assert OutgoingMail.objects.filter(key__startswith=f"request:{first.pk}:decided").count() == 2


def test_nobody_overtakes_whoever_waits(committee, file_of, pocket):
    """With money for one, a new file is not granted before the one that waits."""
    waiting(committee, file_of, 7)
    give_by_card(pocket, 10_000)
    late = file_of(9)
    vote(committee.member1, late)
    with pytest.raises(Refused) as refused:
        vote(committee.member2, late)
    assert code_of(refused) == "list_first"
    actions.serve_waiting_list()
    give_by_card(pocket, 15_000)
    assert vote(committee.member2, late).outcome == "granted"


def test_a_place_is_granted_once(committee, file_of, pocket):
    (request,) = waiting(committee, file_of, 7)
    place = waiting_list.places().get()
    give_by_card(pocket, 50_000)
    actions.grant_from_list(place=place)
    with pytest.raises(AlreadyDone):
        actions.grant_from_list(place=place)
    assert Decision.objects.filter(request=request).count() == 2


def test_who_waits_may_withdraw_and_the_next_one_passes(committee, file_of, pocket):
    first, second = waiting(committee, file_of, 7, 8)
    withdraw_request(by=first.applicant.user, request=first)
    first.refresh_from_db()
    assert (first.state, first.decided_at) == ("withdrawn", None)
    give_by_card(pocket, 10_000)
    assert actions.serve_waiting_list() == "1 granted, 0 waiting"
    second.refresh_from_db()
    assert second.state == "granted"


def test_the_chair_serves_and_a_member_does_not(committee, file_of, pocket):
    waiting(committee, file_of, 7)
    give_by_card(pocket, 10_000)
    with pytest.raises(Refused):
        actions.serve_now(by=committee.member1)
    assert actions.serve_now(by=committee.chair) == 1
    assert AuditEvent.objects.filter(action="waiting_list.served", by=committee.chair).count() == 1


def test_what_waits_counts_in_no_figure_of_money(committee, file_of):
    waiting(committee, file_of, 7, 8)
    assert balances.left_cents() == 10_000
    assert balances.figure_cents("owed") == -90_000


def test_the_refused_part_of_a_vote_needs_no_reason_that_it_has_not(committee, file_of):
    """A ballot of another choice is refused by the act, whatever the page proposed."""
    with pytest.raises(Refused) as refused:
        actions.cast_vote(by=committee.member1, request=file_of(), choice="postpone", revision=1)
    assert code_of(refused) == "choice"
