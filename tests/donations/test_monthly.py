"""Monthly gifts: each month counts once, the first one by whichever event comes first."""

import itertools
import time

import pytest

from config.demo import payments
from donations.actions import fees, paying
from donations.models import Gift, MonthlyGift, PaymentAttempt, ProviderEvent
from fund import balances, chart, vault
from fund.models import Movement, OutgoingMail
from fund.models.ledger import Kind
from tests.donations.factories import (
    event,
    invoice_of,
    invoice_payment_of,
    make_gift,
    monthly_session_of,
    post_event,
    refund_of,
    subscription_of,
    write_thanks,
)
from tests.donations.orders import BOTH, FIVES, FOURS, ledger_content, try_orders, unlike
from tests.standin import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]
COMPLETED, PAID, MISSED = "checkout.session.completed", "invoice.paid", "invoice.payment_failed"
TIED, ENDED = "invoice_payment.paid", "customer.subscription.deleted"


@pytest.fixture
def gift(pocket):
    """A monthly gift of 15 €, promised."""
    return make_gift(pocket, amount_cents=1_500, rhythm="monthly")


def monthly_state() -> str:
    return MonthlyGift.objects.get().state


def test_a_promise_for_each_month_is_one_gift_and_one_monthly_gift(gift):
    monthly = MonthlyGift.objects.get()
    assert (monthly.state, monthly.amount_cents, monthly.donor) == ("pending", 1_500, gift.donor)
    assert (gift.monthly, gift.state, gift.invoice_id) == (monthly, "pledged", None)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_first_month_counts_once_whichever_event_comes_first(gift, order):
    sent = [
        event(COMPLETED, monthly_session_of(gift)),
        event(PAID, invoice_of(gift)),
        event(TIED, invoice_payment_of("in_1", "pi_month")),
    ]
    for number in order:
        post_event(sent[number])
    assert not ProviderEvent.objects.filter(state="parked").exists()
    movement = Movement.objects.get()
    assert (movement.cause_key, movement.amount_cents, movement.subject_id) == (
        "stripe:in_1:gift",
        1_500,
        str(gift.pk),
    )
    gift.refresh_from_db()
    assert (gift.state, gift.invoice_id, monthly_state()) == ("succeeded", "in_1", "active")
    assert MonthlyGift.objects.get().subscription_id == f"sub_{gift.pk}"
    write_thanks()
    thanks = OutgoingMail.objects.get()
    assert "/don-mensuel/" in vault.open_text(thanks.text_sealed)


def test_the_second_month_is_a_gift_of_its_own(gift):
    post_event(event(PAID, invoice_of(gift)))
    row = post_event(event(PAID, invoice_of(gift, "in_2")))
    second = Gift.objects.exclude(pk=gift.pk).get()
    assert (row.gift, second.state, second.monthly_id) == (second, "succeeded", gift.monthly_id)
    assert (second.donor, second.pocket, second.amount_cents) == (gift.donor, gift.pocket, 1_500)
    assert post_event(event(PAID, invoice_of(gift, "in_2"))).note == "already_known"
    assert balances.left_cents() == 3_000
    write_thanks()
    assert OutgoingMail.objects.filter(key__endswith=":thanks").count() == 2


def test_a_month_that_could_not_be_taken_is_told_once_a_try_and_caught_up(gift):
    now = int(time.time())
    post_event(event(PAID, invoice_of(gift), created=now))
    for number in (1, 2):
        missed = invoice_of(gift, "in_2", attempt_count=number, amount_paid=0)
        sent = event(MISSED, missed, created=now + number)
        post_event(sent)
        post_event(sent)
        assert monthly_state() == "past_due"
    told = OutgoingMail.objects.filter(key__contains=":missed:")
    assert told.count() == 2
    assert "contact@fondation.example" in vault.open_text(told[0].text_sealed)
    post_event(event(PAID, invoice_of(gift, "in_2"), created=now + 3))
    late = invoice_of(gift, "in_2", attempt_count=3, amount_paid=0)
    assert post_event(event(MISSED, late, created=now + 4)).note == "overtaken"
    assert (monthly_state(), balances.left_cents(), told.count()) == ("active", 3_000, 2)


def test_a_first_month_that_is_declined_fails_the_gift_and_may_still_be_paid(gift):
    post_event(event(MISSED, invoice_of(gift, amount_paid=0)))
    gift.refresh_from_db()
    write_thanks()
    assert (gift.state, monthly_state(), OutgoingMail.objects.count()) == ("failed", "pending", 0)
    post_event(event(PAID, invoice_of(gift)))
    gift.refresh_from_db()
    assert (gift.state, monthly_state()) == ("succeeded", "active")


@pytest.mark.parametrize("names", [{}, {"payment_details": {"order_reference": "in_1"}}, {"invoice": "in_1"}])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_card_declined_for_the_first_month_leaves_nothing_to_look_at(gift, order, names):
    """Its payment never names our gift, and its invoice not in every version: the invoice's own event tells it."""
    tried = {"id": "pi_month", "object": "payment_intent", "amount_received": 0, "currency": "eur", **names}
    sent = [
        event("payment_intent.payment_failed", {**tried, "status": "requires_payment_method"}),
        event("payment_intent.canceled", {**tried, "status": "canceled"}),
        event(MISSED, invoice_of(gift, amount_paid=0)),
    ]
    notes = {post_event(sent[number]).note for number in order[:2]} - {""}
    post_event(sent[order[2]])
    gift.refresh_from_db()
    assert notes == {"invoice_tells" if names else "no_money"}
    assert not ProviderEvent.objects.filter(state="parked").exists()
    assert (gift.state, Movement.objects.count()) == ("failed", 0)


def test_a_declined_payment_that_names_an_unknown_gift_is_still_looked_at(gift):
    tried = {"id": "pi_month", "object": "payment_intent", "metadata": {"gift": "D-2020-999999"}}
    row = post_event(event("payment_intent.payment_failed", tried))
    assert (row.state, row.reason) == ("parked", "unknown_gift")


def test_a_subscription_that_ended_stops_and_money_that_still_comes_counts(gift):
    now = int(time.time())
    post_event(event(PAID, invoice_of(gift), created=now))
    for _turn in range(2):
        post_event(event(ENDED, subscription_of(gift), created=now + 9))
    assert monthly_state() == "stopped"
    assert OutgoingMail.objects.filter(key__endswith=":stopped").count() == 1
    post_event(event(PAID, invoice_of(gift, "in_2"), created=now + 5))
    assert (monthly_state(), balances.left_cents()) == ("stopped", 3_000)


def test_each_order_of_two_months_and_an_end_ends_in_the_same_ledger(gift):
    """Two months, of which the second is late; then with the end of the subscription among them."""
    now = int(time.time())
    sent = [
        event(COMPLETED, monthly_session_of(gift), created=now),
        event(PAID, invoice_of(gift), created=now),
        event(MISSED, invoice_of(gift, "in_2", amount_paid=0), created=now + 10),
        event(PAID, invoice_of(gift, "in_2"), created=now + 20),
        event(ENDED, subscription_of(gift), created=now + 30),
    ]

    def look() -> tuple[object, ...]:
        return monthly_state(), list(ProviderEvent.objects.filter(state="parked")), ledger_content()

    seen = try_orders(sent, look, BOTH)
    for orders, state in ((FOURS, "active"), (FIVES, "stopped")):
        wanted = seen[orders[0]]
        assert wanted[:2] == (state, [])
        assert [line[-1] for line in wanted[2]] == ["in_1", "in_2"] and len(seen) == 48
        assert unlike(seen, orders, wanted) == {}


def test_a_month_is_refunded_through_the_payment_of_its_invoice(gift):
    """The refund names a payment, the month an invoice: an event of its own ties them, even the last of all."""
    refund = refund_of(gift, payment_intent="pi_month")
    early = post_event(event("refund.created", refund))
    post_event(event(PAID, invoice_of(gift)))
    early.refresh_from_db()
    assert (early.state, early.reason) == ("parked", "unknown_gift")
    post_event(event(TIED, invoice_payment_of("in_1", "pi_month")))
    early.refresh_from_db()
    assert (early.state, Gift.objects.get().state, balances.left_cents()) == ("acted", "refunded", 0)


def test_the_payment_of_a_month_is_not_counted_beside_its_invoice(gift):
    """Its payment intent succeeds too, under no reference of ours."""
    plain = {"id": "pi_month", "object": "payment_intent", "status": "succeeded", "amount_received": 1_500}
    told = post_event(
        event("payment_intent.succeeded", {**plain, "payment_details": {"order_reference": "in_1"}})
    )
    assert (told.state, told.note) == ("acted", "invoice_tells")
    silent = post_event(event("payment_intent.succeeded", {**plain, "currency": "eur"}))
    assert silent.reason == "unknown_gift"
    post_event(event(PAID, invoice_of(gift)))
    post_event(event(TIED, invoice_payment_of("in_1", "pi_month")))
    silent.refresh_from_db()
    assert (silent.state, silent.note, Movement.objects.count()) == ("acted", "invoice_tells", 1)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"amount_paid": 1_499}, "amount_mismatch"),
        ({"currency": "usd"}, "currency_mismatch"),
        ({"parent": None}, "unknown_invoice"),
        ({"parent": {"subscription_details": {"subscription": "sub_other"}}}, "unknown_subscription"),
    ],
)
def test_an_invoice_that_cannot_be_is_parked_and_counts_nothing(gift, values, reason):
    row = post_event(event(PAID, invoice_of(gift, **values)))
    assert (row.state, row.reason, Movement.objects.count()) == ("parked", reason, 0)
    assert MonthlyGift.objects.get().state == "pending"


def test_an_older_invoice_names_its_payment_itself(gift):
    """No other event ties the two there: the payment is kept with the gift, and a refund of it finds the gift."""
    old = invoice_of(gift, parent=None, subscription=f"sub_{gift.pk}", payment_intent="pi_old")
    assert post_event(event(PAID, old)).reason == "unknown_subscription"
    post_event(event(COMPLETED, monthly_session_of(gift, payment_status="unpaid")))
    gift.refresh_from_db()
    assert (gift.state, gift.invoice_id) == ("succeeded", "in_1")
    assert PaymentAttempt.objects.get().payment_intent_id == "pi_old"
    post_event(event("refund.created", refund_of(gift, payment_intent="pi_old")))
    gift.refresh_from_db()
    assert (gift.state, balances.left_cents()) == ("refunded", 0)


def test_from_the_pay_page_to_the_third_month_at_the_stand_in(pocket, gift):
    session = paying.start_payment(gift=gift).rpartition("/")[2]
    payments.pay_by_card(session)
    deliver()
    subscription = MonthlyGift.objects.get().subscription_id or ""
    payments.renew(subscription)
    deliver()
    payments.fail_renewal(subscription)
    deliver()
    assert monthly_state() == "past_due"
    payments.renew(subscription)
    deliver()
    assert (monthly_state(), Gift.objects.filter(state="succeeded").count()) == ("active", 3)
    for movement in Movement.objects.filter(kind=Kind.GIFT):
        assert fees.record_fee.func(movement.cause_key.split(":")[1]) == "booked"
    assert balances.left_cents() == 3 * (1_500 - 48)
    last = Gift.objects.order_by("-pk")[0]
    payments.refund(last.invoice_id or "")
    deliver()
    last.refresh_from_db()
    assert last.state == "refunded"
    payments.end_subscription(subscription)
    deliver()
    assert monthly_state() == "stopped"
    assert not ProviderEvent.objects.filter(state="parked").exists()
    payout = payments.make_payout()
    deliver()
    assert payout is not None and balances.balance_cents(chart.STRIPE) == 0


def test_a_first_month_by_debit_counts_when_the_bank_pays(gift):
    session = paying.start_payment(gift=gift).rpartition("/")[2]
    payments.start_debit(session)
    deliver()
    gift.refresh_from_db()
    assert (gift.state, monthly_state()) == ("pending", "pending")
    payments.confirm_debit(session)
    deliver()
    gift.refresh_from_db()
    assert (gift.state, monthly_state(), Movement.objects.count()) == ("succeeded", "active", 1)


def test_a_first_month_that_the_bank_refuses_fails(gift):
    session = paying.start_payment(gift=gift).rpartition("/")[2]
    payments.start_debit(session)
    payments.refuse_debit(session)
    deliver()
    gift.refresh_from_db()
    assert (gift.state, monthly_state(), Movement.objects.count()) == ("failed", "stopped", 0)
