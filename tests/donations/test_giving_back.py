"""Refunds that the treasurer asks for: refused where they would pay twice, asked once, booked by their own event."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from config.demo import faults, payments
from config.demo.models import StandInObject
from donations.actions import giving_back, paying, pledging, undoing
from donations.givers import Giver
from donations.models import Gift, Refund, RefundOrder
from donations.refund_words import BROKE
from donations.stripe_gateway import ProviderBroke
from fund import balances, chart, clock
from fund.models import AuditEvent, Movement
from fund.models.ledger import Kind
from fund.roles import Refused
from tests.donations.factories import dispute_of, event, make_gift, post_event, session_of
from tests.standin import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]


def paid(pocket, *, by_debit: bool = False, cents: int = 5_000, **values) -> Gift:
    """A gift paid at the stand-in, its events delivered."""
    gift = make_gift(pocket, amount_cents=cents, **values)
    paying.start_payment(gift=gift)
    session = gift.attempts.get().session_id
    if by_debit:
        payments.start_debit(session)
        payments.confirm_debit(session)
    else:
        payments.pay_by_card(session)
    deliver()
    return Gift.objects.get(pk=gift.pk)


@pytest.fixture
def gift(pocket) -> Gift:
    """50 €, paid by card; another gift of 500 € keeps the provider's balance above what is given back."""
    paid(pocket, cents=50_000, email="autre@example.org")
    return paid(pocket)


def order(people, gift: Gift, cents: int = 5_000, **values) -> RefundOrder:
    given = {"reason": "donor_asked", "risk_accepted": False, "form_token": uuid.uuid4(), **values}
    return giving_back.order_refund(by=people.treasurer, gift=gift, amount_cents=cents, **given)


def ask(order: RefundOrder) -> RefundOrder:
    giving_back.ask_refund.func(order.pk)
    return RefundOrder.objects.get(pk=order.pk)


def refusal_of(people, gift: Gift, cents: int = 5_000, **values) -> str:
    with pytest.raises(Refused) as refused, transaction.atomic():
        order(people, gift, cents, **values)
    assert str(refused.value.refusal)
    return refused.value.refusal.code


def made() -> list[int]:
    """Cents of the refunds that the provider made."""
    rows = StandInObject.objects.filter(kind="refund").order_by("created_at", "pk")
    return [row.body["amount"] for row in rows]


def test_a_full_refund_is_stored_asked_and_booked_by_its_event(people, gift):
    asked = order(people, gift)
    assert (asked.state, asked.idempotency_key, made()) == ("asked", f"refund-{gift.token}-1", [])
    sent = ask(asked)
    assert (sent.state, bool(sent.stripe_id), Refund.objects.count(), made()) == ("sent", True, 0, [5_000])
    deliver()
    booked = RefundOrder.objects.get()
    assert (booked.state, booked.refund.stripe_id, booked.problem) == ("booked", sent.stripe_id, "")
    assert Gift.objects.get(pk=gift.pk).state == "refunded"
    assert Movement.objects.get(kind=Kind.REFUND).amount_cents == 5_000
    told = AuditEvent.objects.get(action="refund.ordered")
    assert (told.by, told.details["amount_cents"], told.details["reason"]) == (
        people.treasurer,
        5_000,
        "donor_asked",
    )


def test_partial_refunds_follow_each_other_until_nothing_is_left(people, gift):
    for cents in (1_000, 2_500, 1_500):
        ask(order(people, gift, cents))
        deliver()
    assert made() == [1_000, 2_500, 1_500]
    assert [row.number for row in RefundOrder.objects.order_by("number")] == [1, 2, 3]
    assert Gift.objects.get(pk=gift.pk).refunded_cents == 5_000
    assert refusal_of(people, gift, 1) == "nothing_left"


def test_the_event_may_overtake_the_answer(people, gift, monkeypatch):
    """Failure 4: the refund is booked before the request that made it comes back."""
    asked = order(people, gift)
    original = giving_back.stripe_refunds.create_refund

    def answer_late(begun):
        answer = original(begun)
        deliver()
        assert (Refund.objects.count(), RefundOrder.objects.get().state) == (1, "asked")
        return answer

    monkeypatch.setattr(giving_back.stripe_refunds, "create_refund", answer_late)
    assert ask(asked).state == "booked"


def test_a_form_sent_twice_makes_one_order(people, gift):
    token = uuid.uuid4()
    assert order(people, gift, form_token=token) == order(people, gift, form_token=token)
    assert RefundOrder.objects.count() == 1


def test_a_second_refund_waits_for_the_first(people, gift):
    order(people, gift, 1_000)
    assert refusal_of(people, gift, 1_000) == "under_way"


def test_more_than_what_is_left_is_refused(people, gift):
    ask(order(people, gift, 2_000))
    deliver()
    assert refusal_of(people, gift, 3_001) == "too_much"
    assert refusal_of(people, gift, 0) == "too_much"
    ask(order(people, gift, 3_000))
    deliver()
    assert made() == [2_000, 3_000]


def test_a_contested_gift_is_not_refunded_in_addition(people, gift):
    """Failure 9: the bank has taken the money already."""
    payments.open_dispute(gift.attempts.get().payment_intent_id)
    deliver()
    assert refusal_of(people, gift, 100) == "disputed"


def test_a_question_of_the_bank_is_best_answered_by_a_refund(people, pocket):
    gift = make_gift(pocket)
    post_event(event("checkout.session.completed", session_of(gift)))
    post_event(event("charge.dispute.created", dispute_of(gift, status="warning_needs_response")))
    assert order(people, Gift.objects.get(pk=gift.pk)).state == "asked"


def test_a_young_debit_is_refunded_only_at_an_accepted_risk(people, pocket):
    """Failure 9: its bank takes it back without a question for eight weeks."""
    gift = paid(pocket, by_debit=True)
    paid(pocket, cents=50_000, email="autre@example.org")
    assert refusal_of(people, gift) == "debit_at_risk"
    accepted = order(people, gift, risk_accepted=True)
    assert accepted.risk_accepted
    assert ask(accepted).state == "sent"
    deliver()
    assert (Refund.objects.get().state, RefundOrder.objects.get().state) == ("pending", "booked")


def test_after_eight_weeks_a_debit_needs_no_second_tick(people, pocket):
    gift = paid(pocket, by_debit=True)
    assert gift.succeeded_at is not None
    with clock.at(gift.succeeded_at + timedelta(weeks=8) - timedelta(hours=1)):
        assert refusal_of(people, gift) == "debit_at_risk"
    with clock.at(gift.succeeded_at + timedelta(weeks=8, days=1)):
        assert not order(people, gift, risk_accepted=True).risk_accepted


def test_a_tick_for_a_card_says_nothing(people, gift):
    assert not order(people, gift, risk_accepted=True).risk_accepted


def test_what_did_not_come_or_came_by_another_way_is_not_refunded_online(people, pocket):
    promised = make_gift(pocket)
    assert refusal_of(people, promised) == "not_received"
    cheque = make_gift_by_cheque(pocket)
    assert refusal_of(people, cheque) == "not_online"


def make_gift_by_cheque(pocket) -> Gift:
    donor = make_gift(pocket).donor
    return pledging.make_gift(
        form_token=uuid.uuid4(),
        donor=donor,
        amount_cents=5_000,
        pocket=pocket,
        created_at=clock.moment(),
        channel="cheque",
    )


def test_the_treasurer_does_not_refund_his_own_gift(people, pocket):
    gift = paid(pocket, email=people.treasurer.email.upper())
    assert refusal_of(people, gift) == "own"


@pytest.mark.parametrize("who", ["signatory", "auditor", "communication", "administrator", "chair"])
def test_nobody_else_refunds(people, gift, who):
    with pytest.raises(Refused) as refused:
        giving_back.order_refund(
            by=getattr(people, who),
            gift=gift,
            amount_cents=100,
            reason="donor_asked",
            risk_accepted=False,
            form_token=uuid.uuid4(),
        )
    assert refused.value.refusal.code == "role"


@pytest.mark.parametrize(("how", "when"), [("timeout", "before"), ("timeout", "after"), ("429", "before")])
def test_a_lost_answer_is_asked_again_and_gives_back_once(people, gift, how, when):
    asked = order(people, gift, 1_000)
    faults.break_next(5, how, when=when, only="post refunds")
    waiting = ask(asked)
    assert (waiting.state, waiting.problem) == ("asked", "no_answer")
    faults.mend()
    assert giving_back.ask_waiting_refunds() == "1 answered of 1"
    assert made() == [1_000]
    deliver()
    assert RefundOrder.objects.get().state == "booked"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_provider_that_broke_is_looked_at_before_it_is_asked_anew(people, gift, when):
    """It plays its 5xx back to the same key: only a new key goes on, and only once nothing was given back."""
    asked = order(people, gift, 1_000)
    faults.break_next(5, "500", when=when, only="post refunds")
    broken = ask(asked)
    assert (broken.state, broken.problem) == ("asked", "broke")
    faults.mend()
    again = ask(broken)
    assert (again.state, made()) == ("sent", [1_000])
    assert (again.idempotency_key == asked.idempotency_key) == (when == "after")


def test_a_worker_that_saw_an_older_try_asks_nothing(people, gift):
    """Two workers: what one saw before the other's try may be true no more."""
    seen = order(people, gift, 1_000)
    faults.break_next(5, "500", only="post refunds")
    ask(seen)
    faults.mend()
    assert giving_back._begin_try(seen) is None
    assert giving_back._begin_try(RefundOrder.objects.get()) is not None


def test_a_worker_that_looked_before_the_provider_broke_asks_nothing_under_a_new_key(people, gift):
    """It looked while another worker's call was on its way: that call made the refund, then broke."""
    asked = order(people, gift, 1_000)
    looked = giving_back._begin_try(asked)
    assert looked is not None and giving_back.stripe_refunds.find_refund(looked) is None
    faults.break_next(5, "500", when="after", only="post refunds")
    with pytest.raises(ProviderBroke):
        giving_back.stripe_refunds.create_refund(looked)
    giving_back._write(asked, partial(giving_back._note_problem, problem=BROKE))
    faults.mend()
    assert giving_back._begin_try(looked) is None
    assert (ask(asked).state, made()) == ("sent", [1_000])


def test_a_refusal_of_the_provider_is_told_and_another_order_may_follow(people, pocket):
    """All the money was paid out: there is nothing to refund from."""
    gift = paid(pocket)
    payments.make_payout()
    deliver()
    refused = ask(order(people, gift))
    assert (refused.state, refused.problem, refused.stripe_id) == ("refused", "no_balance", None)
    assert made() == []
    assert AuditEvent.objects.filter(action="refund.order_refused").count() == 1
    paid(pocket, cents=50_000, email="autre@example.org")
    assert ask(order(people, gift)).state == "sent"


def test_a_month_goes_back_to_the_payment_that_its_invoice_was_tied_to(people, pocket):
    gift = paid(pocket, rhythm="monthly", cents=1_500)
    paid(pocket, cents=50_000, email="autre@example.org")
    asked = order(people, gift, 500)
    assert asked.payment_id.startswith("pi_")
    ask(asked)
    deliver()
    assert Gift.objects.get(pk=gift.pk).refunded_cents == 500


def test_a_refund_that_the_bank_sends_back_leaves_room_for_another(people, gift):
    ask(order(people, gift))
    deliver()
    payments.fail_refund(Refund.objects.get().stripe_id)
    deliver()
    assert Gift.objects.get(pk=gift.pk).state == "succeeded"
    ask(order(people, gift))
    deliver()
    assert [row.state for row in Refund.objects.order_by("pk")] == ["failed", "succeeded"]


def test_the_database_keeps_what_an_order_asked_for(people, gift):
    asked = order(people, gift, 1_000)
    for change in ({"amount_cents": 2_000}, {"payment_id": "pi_other"}, {"reason": "paid_twice"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            RefundOrder.objects.filter(pk=asked.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        RefundOrder.objects.filter(pk=asked.pk).update(stripe_id="re_1")


def test_what_a_company_gave_is_given_back_from_its_own_account(people, pocket):
    gift = paid(pocket, giver=company())
    paid(pocket, cents=50_000, email="autre@example.org")
    assert balances.balance_cents(chart.COMPANY_GIFTS) == -5_000
    ask(order(people, gift, 2_000))
    deliver()
    assert balances.balance_cents(chart.COMPANY_GIFTS) == -3_000
    assert Movement.objects.get(kind=Kind.REFUND).debit_id == chart.COMPANY_GIFTS
    payments.fail_refund(Refund.objects.get().stripe_id)
    deliver()
    assert balances.balance_cents(chart.COMPANY_GIFTS) == -5_000


@pytest.mark.parametrize(("outcome", "left"), [("won", -5_000), ("lost", 0)])
def test_a_contested_gift_of_a_company_ends_on_its_own_account(pocket, outcome, left):
    gift = paid(pocket, giver=company())
    contested = payments.open_dispute(gift.attempts.get().payment_intent_id)
    deliver()
    assert balances.balance_cents(chart.COMPANY_GIFTS) == -5_000
    payments.close_dispute(contested["id"], outcome)
    deliver()
    assert balances.balance_cents(chart.COMPANY_GIFTS) == left
    assert balances.balance_cents(chart.GIFTS) == balances.balance_cents(chart.DISPUTED_GIFTS) == 0


def company():
    return Giver(
        "Ada", "Essai", kind="company", company_name="Essai SAS", legal_form="SAS", siren="732829320"
    )


def test_a_debit_that_the_bank_took_back_is_not_given_back_in_addition(people, pocket):
    """Failure 9, the other way round; a company's comes out of its own account."""
    gift = paid(pocket, by_debit=True, giver=company())
    later = timezone.now() + timedelta(days=3)
    undoing.hear_failure(payment_id=gift.attempts.get().payment_intent_id, failed_at=later)
    assert refusal_of(people, Gift.objects.get(pk=gift.pk)) == "undone"
    assert balances.balance_cents(chart.COMPANY_GIFTS) == balances.balance_cents(chart.GIFTS) == 0


def test_a_form_of_one_gift_asks_nothing_of_another(people, gift, pocket):
    token = uuid.uuid4()
    order(people, gift, 100, form_token=token)
    assert refusal_of(people, paid(pocket, email="tiers@example.org"), 100, form_token=token) == "form"
