"""Advances: who gives them, within which caps, and what the committee's decision makes of them."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from aid_requests import actions, advances
from aid_requests.actions.advances import pay_advances_again, set_rules, tell_late_advances
from aid_requests.committee import actions as committee_actions
from aid_requests.committee import permissions, queries
from aid_requests.committee.actions import serve_waiting_list
from aid_requests.models import Advance, AdvanceOutcome, AdvanceRules, AidRequest, Applicant, Decision
from fund import balances, chart, clock, ledger, registry, vault
from fund.models import Movement, OutgoingMail, PaymentOrder, Pocket, User
from fund.models.ledger import Kind
from fund.models.people import Role
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from reports.disclosure import Share, read_shares
from reports.figures import read_figures
from reports.scope import Scope
from tests.aid_requests.committee import factories
from tests.aid_requests.committee.advancing import advance, debit_all, rules
from tests.aid_requests.committee.outcome_files import decide, vote
from tests.conftest import grant
from tests.fund.treasury.factories import give_by_card

pytestmark = pytest.mark.usefixtures("proved")
OTHER_IBAN = "DE89370400440532013000"


@pytest.fixture
def ruled(committee, pocket):
    rules(committee, pocket)
    return committee


def take_all_but(pocket: Pocket, cents: int) -> None:
    """A bank's fees leave this much."""
    with transaction.atomic():
        ledger.post(
            cause_key="bank-fees",
            debit=chart.FEES,
            credit=chart.STRIPE,
            amount_cents=balances.left_cents() - cents,
            kind=Kind.FEE,
            entry_ref="fees",
            occurred_on=clock.today(),
            pocket=pocket,
        )


def text_of_letter(decision: Decision) -> str:
    data = vault.open_for(decision.request.applicant.subject_key, decision.letter_sealed)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return re.sub(r"\s+", " ", text)


def orders(kind: str) -> list[tuple[str, int]]:
    rows = PaymentOrder.objects.filter(reference_kind=kind).order_by("pk")
    return list(rows.values_list("state", "amount_cents"))


def refused(by, request, cents: int = 10_000, **changes: object) -> str:
    with pytest.raises(Refused) as caught:
        advance(by, request, cents, **changes)
    assert not Advance.objects.filter(request=request).exists()
    return caught.value.refusal.code


def test_an_advance_is_owed_and_ordered_at_once(ruled, file_of):
    request = file_of()
    given = advance(ruled.referent, request)
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


def test_a_grant_pays_the_rest_and_ratifies(ruled, file_of):
    request = file_of()
    advance(ruled.chair, request)
    decision = decide(request, [ruled.member1, ruled.member2], "grant")
    assert decision.amount_cents == 15_000
    assert orders("advance") == [("due", 10_000)] and orders("aid_request") == [("due", 5_000)]
    assert balances.balance_cents(chart.AIDS_OWED) == -15_000
    outcome = AdvanceOutcome.objects.get()
    assert (outcome.outcome, outcome.decision) == ("ratified", decision)
    debit_all(ruled)
    request.refresh_from_db()
    assert request.state == "paid" and balances.balance_cents(chart.AIDS_OWED) == 0


def test_an_advance_of_the_whole_aid_leaves_nothing_to_pay(ruled, file_of, pocket):
    rules(ruled, pocket, cap_cents=20_000)
    early, late = file_of(1), file_of(2)
    advance(ruled.chair, early, 15_000)
    debit_all(ruled)
    assert decide(early, [ruled.member1, ruled.member2], "grant").outcome == "granted"
    assert early.state == "paid" and orders("aid_request") == []
    advance(ruled.referent, late, 10_000)
    AidRequest.objects.filter(pk=late.pk).update(amount_cents=10_000)
    AidRequest.objects.filter(pk=late.pk).update(amount_cents=15_000)
    decide(late, [ruled.member1, ruled.member2], "grant")
    debit_all(ruled)
    late.refresh_from_db()
    assert late.state == "paid" and balances.left_cents() == 70_000


def test_a_grant_of_the_whole_advance_is_paid_when_the_advance_is(ruled, file_of, pocket):
    rules(ruled, pocket, cap_cents=20_000)
    request = file_of()
    advance(ruled.chair, request, 15_000)
    decide(request, [ruled.member1, ruled.member2], "grant")
    assert request.state == "granted" and orders("aid_request") == []
    debit_all(ruled)
    request.refresh_from_db()
    assert request.state == "paid"


@pytest.mark.parametrize("choice", ["refuse", "redirect"])
def test_what_is_not_ratified_stays_with_the_student(ruled, file_of, choice):
    request = file_of()
    advance(ruled.referent, request)
    decide(request, [ruled.member1, ruled.member2], choice)
    assert AdvanceOutcome.objects.get().outcome == "not_ratified"
    debit_all(ruled)
    assert orders("advance") == [("debited", 10_000)] and balances.left_cents() == 90_000
    assert balances.balance_cents(chart.AIDS_OWED) == 0


def test_a_reexamination_ratifies_after_all(ruled, file_of):
    request = file_of()
    advance(ruled.referent, request)
    decide(request, [ruled.member1, ruled.member2], "refuse")
    actions.ask_reexamination(by=request.applicant.user, request=request, text="Relisez.")
    request.refresh_from_db()
    decide(request, [another_member(ruled, number) for number in (4, 5)], "grant")
    assert list(AdvanceOutcome.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "not_ratified",
        "ratified",
    ]
    assert orders("aid_request") == [("due", 5_000)]


def another_member(people, number):
    user = User.objects.create_user(f"member{number}@staff.example", display_name=f"Member {number}")
    grant(user, Role.MEMBER, by=people.administrator)
    return user


def test_a_favourable_decision_without_money_ratifies_and_the_list_pays_the_rest(ruled, file_of, pocket):
    first, second = file_of(1), file_of(2)
    take_all_but(pocket, 12_000)
    advance(ruled.referent, second)
    for member in (ruled.member1, ruled.member2):
        vote(member, first, "fund_later")
        vote(member, second, "fund_later")
    second.refresh_from_db()
    assert second.state == "waitlisted" and AdvanceOutcome.objects.get().outcome == "ratified"
    give_by_card(pocket, 40_000)
    assert serve_waiting_list() == "2 granted, 0 waiting"
    assert AdvanceOutcome.objects.count() == 1
    assert sorted(orders("aid_request")) == [("due", 5_000), ("due", 15_000)]


def test_an_advance_passes_before_the_list_but_never_below_zero(ruled, file_of, pocket):
    first, second, third = file_of(1), file_of(2), file_of(3)
    take_all_but(pocket, 12_000)
    for member in (ruled.member1, ruled.member2):
        vote(member, first, "fund_later")
    advance(ruled.referent, second)
    assert balances.left_cents() == 2_000
    assert refused(ruled.referent, third) == "over_budget"


def test_a_withdrawn_request_keeps_its_advance(ruled, file_of):
    request = file_of()
    advance(ruled.referent, request)
    actions.withdraw_request(by=request.applicant.user, request=request)
    assert AdvanceOutcome.objects.get().outcome == "withdrawn"
    debit_all(ruled)
    assert orders("advance") == [("debited", 10_000)]


def test_an_amount_corrected_below_the_advance_pays_nothing_more(ruled, file_of):
    request = file_of()
    advance(ruled.referent, request)
    assert advances.rest_of(8_000, 10_000) == 0
    assert advances.rest_cents(request) == 5_000


def test_who_may_not_give(ruled, file_of, other_school):
    request = file_of()
    assert refused(ruled.other_referent, request) == "other_school"
    assert refused(ruled.national_referent, request) == "other_school"
    for person in (ruled.member1, ruled.treasurer, ruled.administrator, request.applicant.user):
        assert refused(person, request) == "role"
    AidRequest.objects.filter(pk=request.pk).update(through_school=False)
    assert refused(ruled.referent, request) == "other_school"
    assert advance(ruled.chair, request).as_role == "chair"


def test_ties_keep_out(ruled, file_of):
    voted, stepped_back, typed, own = file_of(1), file_of(2), file_of(3), file_of(4)
    vote(ruled.chair, voted)
    assert refused(ruled.chair, voted) == "voted"
    committee_actions.recuse(by=ruled.chair, request=stepped_back, ground="personal_tie")
    assert refused(ruled.chair, stepped_back) == "recused"
    AidRequest.objects.filter(pk=typed.pk).update(typed_by=ruled.referent, typed_at=clock.moment())
    assert refused(ruled.referent, typed) == "typed"
    Applicant.objects.filter(pk=own.applicant_id).update(user=ruled.referent)
    assert refused(ruled.referent, own) == "own_request"
    certified = file_of(5)
    assert certified.certificates.get().certified_by == ruled.referent
    advance(ruled.referent, certified)


def test_who_gave_it_takes_no_part_in_the_decision(ruled, file_of):
    request = file_of()
    advance(ruled.chair, request)
    refusal = permissions.can_vote(ruled.chair, request)
    assert refusal is not None and refusal.code == "advanced"
    assert request not in queries.unread(ruled.chair) and request in queries.unread(ruled.member1)
    assert permissions.count_voters(request) == 2


def test_what_is_not_signed_or_decided_already_has_no_advance(ruled, file_of):
    request = file_of()
    for state, extra in (("draft", {}), ("granted", {"decided_at": clock.moment()})):
        AidRequest.objects.filter(pk=request.pk).update(state=state, **extra)
        assert refused(ruled.referent, request) == "state"
    AidRequest.objects.filter(pk=request.pk).update(state="in_review", decided_at=None, round=2)
    assert refused(ruled.referent, request) == "reexamined"
    AidRequest.objects.filter(pk=request.pk).update(state="submitted", round=1)
    advance(ruled.referent, request)
    AidRequest.objects.filter(pk=request.pk).update(state="in_review")


def test_the_caps(ruled, file_of):
    files = [file_of(number) for number in range(1, 6)]
    assert refused(ruled.referent, files[0], 10_001) == "over_cap"
    assert refused(ruled.referent, files[0], 0) == "amount"
    for file in files[:2]:
        advance(ruled.referent, file)
    assert refused(ruled.chair, files[2]) == "over_month"
    advance(ruled.chair, files[2], 5_000)
    assert refused(ruled.referent, files[3], 1) == "over_month"
    with clock.at(clock.DEMO_START + timedelta(days=17)):  # 1 June
        advance(ruled.referent, files[3])


def test_a_month_is_one_of_paris(ruled, file_of, pocket):
    rules(ruled, pocket, month_cap_cents=10_000)
    with clock.at(datetime(2020, 5, 31, 21, 59, tzinfo=UTC)):
        advance(ruled.referent, file_of(1))
        assert refused(ruled.referent, file_of(2)) == "over_month"
    with clock.at(datetime(2020, 5, 31, 22, 0, tzinfo=UTC)):
        advance(ruled.referent, file_of(3))


def test_no_more_than_the_request_asks(ruled, file_of, pocket):
    rules(ruled, pocket, cap_cents=20_000)
    assert refused(ruled.referent, file_of(), 15_001) == "over_request"


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
def test_a_note_does_not_say_who(ruled, file_of, note):
    assert refused(ruled.referent, file_of(), note=note) == "says_who"


def test_a_reason_and_a_note_are_asked_for(ruled, file_of):
    assert refused(ruled.referent, file_of(1), reason="") == "reason"
    assert refused(ruled.referent, file_of(2), note=" ") == "note"
    given = advance(ruled.referent, file_of(3))
    assert "semaine" not in given.note_sealed and advances.note_of(given) == "Plus rien pour la semaine."


def test_once_a_request_and_as_it_was_read(ruled, file_of):
    request = file_of()
    with pytest.raises(WrongState):
        advance(ruled.referent, request, revision=2)
    advance(ruled.referent, request)
    with pytest.raises(AlreadyDone):
        advance(ruled.chair, request)
    assert Movement.objects.filter(kind="advance").count() == 1


def test_the_rows_never_change(ruled, file_of):
    request = file_of()
    advance(ruled.referent, request)
    decide(request, [ruled.member1, ruled.member2], "refuse")
    for model, field in ((AdvanceRules, "cap_cents"), (Advance, "amount_cents"), (AdvanceOutcome, "outcome")):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**{field: getattr(model.objects.get(), field)})
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.all()._raw_delete("default")


def test_late_ones_are_told_once_and_again_at_twice_the_delay(ruled, file_of):
    request = file_of()
    advance(ruled.referent, request)
    assert told_after(15) == 0
    assert told_after(16) == 2 == told_after(20), "the chair and the administrator"
    assert told_after(31) == 4 == told_after(90)
    with clock.at(clock.DEMO_START + timedelta(days=16)):
        newer = file_of(2)
        assert [row.pk for row in queries.queue(ruled.member1)] == [request.pk, newer.pk]
        decide(request, [ruled.member1, ruled.member2], "refuse")
        assert not advances.late_advances().exists()


def told_after(days: int) -> int:
    with clock.at(clock.DEMO_START + timedelta(days=days)):
        tell_late_advances()
    return OutgoingMail.objects.filter(key__startswith="advance:").count()


def test_a_late_advance_comes_before_what_waits_longer(ruled, file_of):
    older = file_of(1, submitted_at=clock.moment() - timedelta(days=9))
    request = file_of(2)
    advance(ruled.referent, request)
    assert [row.pk for row in queries.queue(ruled.member1)] == [older.pk, request.pk]
    with clock.at(clock.DEMO_START + timedelta(days=16)):
        assert [row.pk for row in queries.queue(ruled.member1)] == [request.pk, older.pk]


def test_a_returned_advance_goes_to_the_account_signed_for_next(ruled, file_of):
    request = file_of()
    advance(ruled.referent, request)
    debit_all(ruled, comes_back=PaymentOrder.objects.get())
    assert orders("advance") == [("returned", 10_000)]
    assert OutgoingMail.objects.filter(key__startswith=f"request:{request.pk}:returned").count() == 1
    assert pay_advances_again() == "0 paid again", "the same account would send it back"
    change_account(request)
    assert pay_advances_again() == "1 paid again"
    assert pay_advances_again() == "0 paid again"
    debit_all(ruled)
    assert orders("advance") == [("returned", 10_000), ("debited", 10_000)]


def test_an_advance_not_sent_yet_follows_a_change_of_account(ruled, file_of):
    request = file_of()
    advance(ruled.referent, request)
    change_account(request)
    with pytest.raises(Refused) as caught:
        debit_all(ruled)
    assert caught.value.refusal.code == "account"
    assert pay_advances_again() == "1 paid again"
    assert orders("advance") == [("cancelled", 10_000), ("due", 10_000)]


def test_an_account_that_is_not_signed_for_gets_nothing(ruled, file_of):
    request = file_of()
    advance(ruled.referent, request)
    change_account(request)
    AidRequest.objects.filter(pk=request.pk).update(state="draft")
    assert pay_advances_again() == "0 paid again"


def change_account(request: AidRequest) -> None:
    details = factories.make_account(request.applicant, OTHER_IBAN)
    AidRequest.objects.filter(pk=request.pk).update(bank_details=details)


def test_the_giver_does_not_pay_it(ruled, file_of):
    request = file_of()
    advance(ruled.chair, request)
    reference = registry.reference_for("advance")
    order = PaymentOrder.objects.get()
    assert reference.has_tie(order, ruled.chair) and not reference.has_tie(order, ruled.treasurer)


def test_an_advance_counts_once_for_the_person(ruled, file_of):
    request = file_of()
    advance(ruled.referent, request)
    debit_all(ruled)
    shares = read_shares(Scope(clock.today() + timedelta(days=9), None))
    assert shares == {("applicant", str(request.applicant_id)): Share(given_cents=10_000)}
    decide(request, [ruled.member1, ruled.member2], "grant")
    debit_all(ruled)
    assert read_figures().students_helped == 1 and read_figures().given_cents == 15_000


def test_a_letter_tells_the_rest_and_that_nothing_is_claimed(ruled, file_of):
    granted, denied = file_of(1), file_of(2)
    for request, choice, words in (
        (granted, "grant", ("Une avance de 100,00 €", "50,00 €, sera viré")),
        (denied, "refuse", ("L’avance déjà accordée", "vous reste acquise")),
    ):
        advance(ruled.referent, request)
        decision = decide(request, [ruled.member1, ruled.member2], choice)
        letter = text_of_letter(decision)
        assert all(word in letter for word in words), letter
