"""What becomes of an advance: ratified or not, paid with the rest, sent back, late, and told."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import transaction
from pypdf import PdfReader

from aid_requests import actions, advances, caps, returns
from aid_requests.actions import other_account
from aid_requests.actions.advances import pay_advances_again, tell_late_advances
from aid_requests.committee import queries
from aid_requests.committee.actions import funding, serve_waiting_list
from aid_requests.models import AdvanceOutcome, AidRequest, Decision
from aid_requests.workflow import REQUEST
from fund import balances, chart, clock, vault, workflow
from fund.models import OutgoingMail, PaymentOrder, User
from fund.models.people import Role
from fund.roles import Refused
from reports.disclosure import Share, read_shares
from reports.figures import read_figures
from reports.scope import Scope
from tests.aid_requests.committee import factories
from tests.aid_requests.committee.advancing import advance, debit_all, orders, rules, take_all_but
from tests.aid_requests.committee.outcome_files import decide, vote
from tests.conftest import grant
from tests.fund.treasury.factories import give_by_card

pytestmark = pytest.mark.usefixtures("proved")
OTHER_IBAN = "DE89370400440532013000"


def text_of_letter(decision: Decision) -> str:
    data = vault.open_for(decision.request.applicant.subject_key, decision.letter_sealed)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return re.sub(r"\s+", " ", text)


def test_a_grant_pays_the_rest_and_ratifies(capped, file_of):
    request = file_of()
    advance(capped.chair, request)
    decision = decide(request, [capped.member1, capped.member2], "grant")
    assert decision.amount_cents == 15_000
    assert orders("advance") == [("due", 10_000)] and orders("aid_request") == [("due", 5_000)]
    assert balances.balance_cents(chart.AIDS_OWED) == -15_000
    outcome = AdvanceOutcome.objects.get()
    assert (outcome.outcome, outcome.decision) == ("ratified", decision)
    debit_all(capped)
    request.refresh_from_db()
    assert request.state == "paid" and balances.balance_cents(chart.AIDS_OWED) == 0


def test_an_advance_of_the_whole_aid_leaves_nothing_to_pay(capped, file_of, pocket):
    rules(capped, pocket, cap_cents=20_000)
    early, late = file_of(1), file_of(2)
    advance(capped.chair, early, 15_000)
    debit_all(capped)
    assert decide(early, [capped.member1, capped.member2], "grant").outcome == "granted"
    assert early.state == "paid" and orders("aid_request") == []
    advance(capped.referent, late, 10_000)
    AidRequest.objects.filter(pk=late.pk).update(amount_cents=10_000)
    AidRequest.objects.filter(pk=late.pk).update(amount_cents=15_000)
    decide(late, [capped.member1, capped.member2], "grant")
    debit_all(capped)
    late.refresh_from_db()
    assert late.state == "paid" and balances.left_cents() == 70_000


def test_a_grant_of_the_whole_advance_is_paid_when_the_advance_is(capped, file_of, pocket):
    rules(capped, pocket, cap_cents=20_000)
    request = file_of()
    advance(capped.chair, request, 15_000)
    decide(request, [capped.member1, capped.member2], "grant")
    assert request.state == "granted" and orders("aid_request") == []
    debit_all(capped)
    request.refresh_from_db()
    assert request.state == "paid"


@pytest.mark.parametrize("choice", ["refuse", "redirect"])
def test_what_is_not_ratified_stays_with_the_student(capped, file_of, choice):
    request = file_of()
    advance(capped.referent, request)
    decide(request, [capped.member1, capped.member2], choice)
    assert AdvanceOutcome.objects.get().outcome == "not_ratified"
    debit_all(capped)
    assert orders("advance") == [("debited", 10_000)] and balances.left_cents() == 90_000
    assert balances.balance_cents(chart.AIDS_OWED) == 0


def test_a_reexamination_ratifies_after_all(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    decide(request, [capped.member1, capped.member2], "refuse")
    actions.ask_reexamination(by=request.applicant.user, request=request, text="Relisez.")
    request.refresh_from_db()
    decide(request, [another_member(capped, number) for number in (4, 5)], "grant")
    assert list(AdvanceOutcome.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "not_ratified",
        "ratified",
    ]
    assert orders("aid_request") == [("due", 5_000)]


def another_member(people, number):
    user = User.objects.create_user(f"member{number}@staff.example", display_name=f"Member {number}")
    grant(user, Role.MEMBER, by=people.administrator)
    return user


def test_a_favourable_decision_without_money_ratifies_and_the_list_pays_the_rest(capped, file_of, pocket):
    first, second = file_of(1), file_of(2)
    take_all_but(pocket, 12_000)
    advance(capped.referent, second)
    for member in (capped.member1, capped.member2):
        vote(member, first, "fund_later")
        vote(member, second, "fund_later")
    second.refresh_from_db()
    assert second.state == "waitlisted" and AdvanceOutcome.objects.get().outcome == "ratified"
    give_by_card(pocket, 40_000)
    assert serve_waiting_list() == "2 granted, 0 waiting"
    assert AdvanceOutcome.objects.count() == 1
    assert sorted(orders("aid_request")) == [("due", 5_000), ("due", 15_000)]


def test_a_withdrawn_request_keeps_its_advance(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    actions.withdraw_request(by=request.applicant.user, request=request)
    assert AdvanceOutcome.objects.get().outcome == "withdrawn"
    debit_all(capped)
    assert orders("advance") == [("debited", 10_000)]


def test_an_amount_corrected_below_the_advance_pays_nothing_more(capped, file_of, pocket):
    rules(capped, pocket, cap_cents=20_000)
    request = file_of()
    AidRequest.objects.filter(pk=request.pk).update(amount_cents=20_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(funding, "demand_award", lambda request: None)
        patch.setattr(caps, "cap_refusal", lambda *_args, **_values: None)
        advance(capped.referent, request, 20_000)
    AidRequest.objects.filter(pk=request.pk).update(amount_cents=15_000)
    decide(request, [capped.member1, capped.member2], "grant")
    assert orders("aid_request") == [] and orders("advance") == [("due", 20_000)]
    debit_all(capped)
    request.refresh_from_db()
    assert request.state == "paid" and balances.left_cents() == 80_000


def test_a_whole_advance_that_comes_back_after_the_grant_waits_for_another_account(capped, file_of, pocket):
    rules(capped, pocket, cap_cents=20_000)
    request = file_of()
    advance(capped.referent, request, 15_000)
    decide(request, [capped.member1, capped.member2], "grant")
    debit_all(capped, comes_back=PaymentOrder.objects.get())
    request.refresh_from_db()
    assert request.state == "returned" and returns.last_return(request) == PaymentOrder.objects.get()
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        details = factories.make_account(request.applicant, OTHER_IBAN)
        workflow.move(REQUEST, request, "give_other_account", by=None, fields={"bank_details": details})
        other_account._order_again(request.applicant.user, request)
    assert orders("advance") == [("returned", 15_000), ("due", 15_000)] and orders("aid_request") == []
    debit_all(capped)
    request.refresh_from_db()
    assert request.state == "paid"


def test_both_transfers_that_came_back_leave_again(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    debit_all(capped, comes_back=PaymentOrder.objects.get())
    decide(request, [capped.member1, capped.member2], "grant")
    debit_all(capped, comes_back=PaymentOrder.objects.get(reference_kind="aid_request"))
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        details = factories.make_account(request.applicant, OTHER_IBAN)
        workflow.move(REQUEST, request, "give_other_account", by=None, fields={"bank_details": details})
        other_account._order_again(request.applicant.user, request)
    assert orders("advance") == [("returned", 10_000), ("due", 10_000)]
    assert orders("aid_request") == [("returned", 5_000), ("due", 5_000)]
    assert pay_advances_again() == "0 paid again"


def test_late_ones_are_told_once_and_again_at_twice_the_delay(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    assert told_after(15) == 0
    assert told_after(16) == 2 == told_after(20), "the chair and the administrator"
    assert told_after(31) == 4 == told_after(90)
    with clock.at(clock.DEMO_START + timedelta(days=16)):
        newer = file_of(2)
        assert [row.pk for row in queries.queue(capped.member1)] == [request.pk, newer.pk]
        decide(request, [capped.member1, capped.member2], "refuse")
        assert not advances.late_advances().exists()


def told_after(days: int) -> int:
    with clock.at(clock.DEMO_START + timedelta(days=days)):
        tell_late_advances()
    return OutgoingMail.objects.filter(key__startswith="advance:").count()


def test_a_late_advance_comes_before_what_waits_longer(capped, file_of):
    older = file_of(1, submitted_at=clock.moment() - timedelta(days=9))
    request = file_of(2)
    advance(capped.referent, request)
    assert [row.pk for row in queries.queue(capped.member1)] == [older.pk, request.pk]
    with clock.at(clock.DEMO_START + timedelta(days=16)):
        assert [row.pk for row in queries.queue(capped.member1)] == [request.pk, older.pk]


def test_a_returned_advance_goes_to_the_account_signed_for_next(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    debit_all(capped, comes_back=PaymentOrder.objects.get())
    assert orders("advance") == [("returned", 10_000)]
    assert OutgoingMail.objects.filter(key__startswith=f"request:{request.pk}:returned").count() == 1
    assert pay_advances_again() == "0 paid again", "the same account would send it back"
    change_account(request)
    assert pay_advances_again() == "1 paid again"
    assert pay_advances_again() == "0 paid again"
    debit_all(capped)
    assert orders("advance") == [("returned", 10_000), ("debited", 10_000)]


def test_an_advance_not_sent_yet_follows_a_change_of_account(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    change_account(request)
    with pytest.raises(Refused) as caught:
        debit_all(capped)
    assert caught.value.refusal.code == "account"
    assert pay_advances_again() == "1 paid again"
    assert orders("advance") == [("cancelled", 10_000), ("due", 10_000)]


def test_an_account_that_is_not_signed_for_gets_nothing(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    change_account(request)
    AidRequest.objects.filter(pk=request.pk).update(state="draft")
    assert pay_advances_again() == "0 paid again"


def change_account(request: AidRequest) -> None:
    details = factories.make_account(request.applicant, OTHER_IBAN)
    AidRequest.objects.filter(pk=request.pk).update(bank_details=details)


def test_an_advance_counts_once_for_the_person(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    debit_all(capped)
    shares = read_shares(Scope(clock.today() + timedelta(days=9), None))
    assert shares == {("applicant", str(request.applicant_id)): Share(given_cents=10_000)}
    decide(request, [capped.member1, capped.member2], "grant")
    debit_all(capped)
    assert read_figures().students_helped == 1 and read_figures().given_cents == 15_000


def test_a_letter_tells_the_rest_and_that_nothing_is_claimed(capped, file_of):
    granted, denied = file_of(1), file_of(2)
    for request, choice, words in (
        (granted, "grant", ("Une avance de 100,00 €", "50,00 €, sera viré")),
        (denied, "refuse", ("L’avance déjà accordée", "vous reste acquise")),
    ):
        advance(capped.referent, request)
        decision = decide(request, [capped.member1, capped.member2], choice)
        letter = text_of_letter(decision)
        assert all(word in letter for word in words), letter


def test_after_a_death_or_an_erasure_nothing_is_paid_again(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    debit_all(capped, comes_back=PaymentOrder.objects.get())
    change_account(request)
    PaymentOrder.objects.update(return_code="MD07")
    assert pay_advances_again() == "0 paid again"
    PaymentOrder.objects.update(return_code="AC04")
    vault.erase_subject(request.applicant.subject_key)
    assert pay_advances_again() == "0 paid again"
