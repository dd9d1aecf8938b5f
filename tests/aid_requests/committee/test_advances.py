"""Advances: who gives them, within which caps, and what is written when one is given."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from aid_requests import actions, advances, caps, lookalikes, sealed
from aid_requests.actions.advances import set_rules
from aid_requests.committee import actions as committee_actions
from aid_requests.committee import permissions, queries
from aid_requests.models import Advance, AdvanceOutcome, AdvanceRules, AidRequest, Applicant
from fund import balances, chart, clock, registry
from fund.models import Movement, OutgoingMail, PaymentOrder, Pocket
from fund.models.people import Role
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.committee.advancing import advance, rules, take_all_but
from tests.aid_requests.committee.outcome_files import decide, vote
from tests.conftest import grant

pytestmark = pytest.mark.usefixtures("proved")
OTHER_IBAN = "DE89370400440532013000"


def refused(by, request, cents: int = 10_000, **changes: object) -> str:
    with pytest.raises(Refused) as caught:
        advance(by, request, cents, **changes)
    assert not Advance.objects.filter(request=request).exists()
    return caught.value.refusal.code


def test_an_advance_is_owed_and_ordered_at_once(capped, file_of):
    request = file_of()
    given = advance(capped.referent, request)
    assert (given.as_role, given.ratify_by) == ("referent", clock.today() + timedelta(days=15))
    movement = Movement.objects.get(kind="advance")
    assert (movement.amount_cents, movement.subject_kind, movement.subject_id) == (
        10_000,
        "advance",
        str(request.pk),
    )
    order = PaymentOrder.objects.get()
    assert order.end_to_end_id == f"CSA-2020-{request.pk:06d}-1" and order.amount_cents == 10_000
    assert balances.left_cents() == 90_000 and balances.balance_cents(chart.AIDS_OWED) == -10_000
    assert OutgoingMail.objects.filter(key=f"request:{request.pk}:advance:given").count() == 1


def test_an_advance_passes_before_the_list_but_never_below_zero(capped, file_of, pocket):
    first, second, third = file_of(1), file_of(2), file_of(3)
    take_all_but(pocket, 12_000)
    for member in (capped.member1, capped.member2):
        vote(member, first, "fund_later")
    advance(capped.referent, second)
    assert balances.left_cents() == 2_000
    assert refused(capped.referent, third) == "over_budget"


def test_who_may_not_give(capped, file_of, other_school):
    request = file_of()
    assert refused(capped.other_referent, request) == "other_school"
    assert refused(capped.national_referent, request) == "other_school"
    for person in (capped.member1, capped.treasurer, capped.administrator, request.applicant.user):
        assert refused(person, request) == "role"
    AidRequest.objects.filter(pk=request.pk).update(through_school=False)
    assert refused(capped.referent, request) == "other_school"
    assert advance(capped.chair, request).as_role == "chair"


def test_ties_keep_out(capped, file_of):
    voted, stepped_back, typed, own = file_of(1), file_of(2), file_of(3), file_of(4)
    vote(capped.chair, voted)
    assert refused(capped.chair, voted) == "voted"
    committee_actions.recuse(by=capped.chair, request=stepped_back, ground="personal_tie")
    assert refused(capped.chair, stepped_back) == "recused"
    AidRequest.objects.filter(pk=typed.pk).update(typed_by=capped.referent, typed_at=clock.moment())
    assert refused(capped.referent, typed) == "typed"
    Applicant.objects.filter(pk=own.applicant_id).update(user=capped.referent)
    assert refused(capped.referent, own) == "own_request"
    lost = file_of(6)
    lost.certificates.update(lapsed_at=clock.moment())
    AidRequest.objects.filter(pk=lost.pk).update(state="submitted")
    actions.report_not_found(by=capped.referent, request=lost, revision=1)
    assert refused(capped.chair, lost) == "not_found"
    certified = file_of(5)
    assert certified.certificates.get().certified_by == capped.referent
    advance(capped.referent, certified)


def test_a_referent_who_read_it_as_a_member_gives_no_advance(capped, file_of, school):
    request = file_of()
    vote(capped.member1, request)
    capped.member1.role_grants.update(revoked_at=clock.moment())
    grant(capped.member1, Role.REFERENT, by=capped.administrator, school=school)
    assert refused(capped.member1, request) == "voted"


def test_a_look_alike_is_looked_at_first(capped, file_of, monkeypatch):
    request = file_of()
    monkeypatch.setattr(lookalikes, "doubted", lambda requests: {request.pk})
    monkeypatch.setattr(lookalikes, "doubted_for", lambda by, requests: {request.pk})
    assert refused(capped.referent, request) == refused(capped.chair, request) == "doubted"


def test_nothing_is_advanced_while_a_correction_is_open(capped, file_of):
    request = file_of()
    actions.ask_correction(
        by=capped.chair, request=request, revision=1, points={"story": "Dites la date."}, form_token=uuid4()
    )
    assert refused(capped.referent, request) == "correction"


def test_who_gave_it_takes_no_part_in_the_decision(capped, file_of):
    request = file_of()
    advance(capped.chair, request)
    refusal = permissions.can_vote(capped.chair, request)
    assert refusal is not None and refusal.code == "advanced"
    assert request not in queries.unread(capped.chair) and request in queries.unread(capped.member1)
    assert permissions.count_voters(request) == 2


def test_what_is_not_signed_or_decided_already_has_no_advance(capped, file_of):
    request = file_of()
    for state, extra in (("draft", {}), ("granted", {"decided_at": clock.moment()})):
        AidRequest.objects.filter(pk=request.pk).update(state=state, **extra)
        assert refused(capped.referent, request) == "state"
    AidRequest.objects.filter(pk=request.pk).update(state="in_review", decided_at=None, round=2)
    assert refused(capped.referent, request) == "reexamined"
    AidRequest.objects.filter(pk=request.pk).update(state="submitted", round=1)
    advance(capped.referent, request)
    AidRequest.objects.filter(pk=request.pk).update(state="in_review")


def test_the_caps(capped, file_of):
    files = [file_of(number) for number in range(1, 6)]
    assert refused(capped.referent, files[0], 10_001) == "over_cap"
    assert refused(capped.referent, files[0], 0) == "amount"
    for file in files[:2]:
        advance(capped.referent, file)
    assert refused(capped.chair, files[2]) == "over_month"
    advance(capped.chair, files[2], 5_000)
    assert refused(capped.referent, files[3], 1) == "over_month"
    with clock.at(clock.DEMO_START + timedelta(days=17)):  # 1 June
        advance(capped.referent, files[3])


def test_a_month_is_one_of_paris(capped, file_of, pocket):
    rules(capped, pocket, month_cap_cents=10_000)
    with clock.at(datetime(2020, 5, 31, 21, 59, tzinfo=UTC)):
        advance(capped.referent, file_of(1))
        assert refused(capped.referent, file_of(2)) == "over_month"
    with clock.at(datetime(2020, 5, 31, 22, 0, tzinfo=UTC)):
        advance(capped.referent, file_of(3))


def test_no_more_than_the_request_asks(capped, file_of, pocket):
    rules(capped, pocket, cap_cents=20_000)
    assert refused(capped.referent, file_of(), 15_001) == "over_request"


def test_without_rules_or_after_their_end_there_is_none(committee, file_of, pocket):
    request = file_of()
    assert refused(committee.referent, request) == "no_rules"
    rules(committee, pocket)
    rules(committee, pocket, month_cap_cents=0)
    assert refused(committee.referent, request) == "no_rules"


def test_a_pocket_pays_only_its_own_schemes(committee, file_of, pocket):
    other = Pocket.objects.create(code="mobility", name="Mobilité", scheme="mobility-aid")
    rules(committee, other)
    assert refused(committee.referent, file_of()) == "pocket"


def test_rules_are_an_administrators_and_go_together(committee, pocket):
    for by, code, changes in (
        (committee.chair, "role", {}),
        (committee.administrator, "caps", {"cap_cents": 0}),
        (committee.administrator, "caps", {"month_cap_cents": 9_999}),
        (committee.administrator, "days", {"ratify_days": 61}),
        (committee.administrator, "second_look", {"cap_cents": 30_001, "month_cap_cents": 40_000}),
    ):
        values = {"cap_cents": 10_000, "month_cap_cents": 25_000, "ratify_days": 15, **changes}
        with pytest.raises(Refused) as caught:
            set_rules(by=by, pocket=pocket, **values)
        assert caught.value.refusal.code == code
    assert rules(committee, pocket) == rules(committee, pocket)
    assert AdvanceRules.objects.count() == 1


@pytest.mark.parametrize(
    "note",
    [
        "Zelie marqueur a faim",
        "QUINTEFEUILLE attend",
        "de l’École du Nord",
        "élève à Lille",
        "a@b.example",
        "06 12 34 56 78",
    ],
)
def test_a_note_does_not_say_who(capped, file_of, note):
    assert refused(capped.referent, file_of(), note=note) == "says_who"


def test_a_reason_and_a_note_are_asked_for(capped, file_of):
    assert refused(capped.referent, file_of(1), reason="") == "reason"
    assert refused(capped.referent, file_of(2), note=" ") == "note"
    given = advance(capped.referent, file_of(3))
    assert "semaine" not in given.note_sealed and advances.note_of(given) == "Plus rien pour la semaine."


def test_once_a_request_and_as_it_was_read(capped, file_of):
    request = file_of()
    with pytest.raises(WrongState):
        advance(capped.referent, request, revision=2)
    advance(capped.referent, request)
    with pytest.raises(AlreadyDone):
        advance(capped.chair, request)
    assert Movement.objects.filter(kind="advance").count() == 1


def test_the_rows_never_change(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    decide(request, [capped.member1, capped.member2], "refuse")
    for model, field in ((AdvanceRules, "cap_cents"), (Advance, "amount_cents"), (AdvanceOutcome, "outcome")):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**{field: getattr(model.objects.get(), field)})
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.all()._raw_delete("default")


def test_the_giver_does_not_pay_it(capped, file_of):
    request = file_of()
    advance(capped.chair, request)
    reference = registry.reference_for("advance")
    order = PaymentOrder.objects.get()
    assert reference.has_tie(order, capped.chair) and not reference.has_tie(order, capped.treasurer)


def test_an_advance_counts_in_the_caps_of_its_person_once(capped, file_of, pocket):
    request = file_of()
    advance(capped.referent, request)
    scheme = sealed.scheme_of(request.scheme_version)

    def over(cents: int, **states: object) -> bool:
        AidRequest.objects.filter(pk=request.pk).update(**states)
        other = AidRequest(applicant=request.applicant, scheme_version=request.scheme_version)
        other.submitted_at, other.case_code = clock.moment(), request.case_code
        refusal = caps.cap_refusal(other, scheme, amount_cents=cents, states=caps.GRANTED_STATES)
        return refusal is not None

    assert not over(5_000) and over(5_001), "150 € a year, 100 € of them advanced"
    assert over(5_001, state="withdrawn", withdrawn_at=clock.moment()), (
        "withdrawn, the money was paid all the same"
    )
    assert over(1, state="granted", withdrawn_at=None, decided_at=clock.moment()), (
        "granted, it is a whole request"
    )
    AidRequest.objects.filter(pk=request.pk).update(state="in_review", decided_at=None)
