"""A direct debit that its bank takes back after it had succeeded: undone once, whatever the order of the events."""

import itertools
from datetime import datetime

import pytest
from django.core.management import call_command
from django.urls import reverse

from donations import proofs
from donations.actions import handling, undoing
from donations.actions.fees import post_fee
from donations.givers import Giver
from donations.models import DebitFailure, Gift, ProviderEvent
from donations.models.gifts import GiftState, GiverKind
from donations.reasons import EventParked
from fund import balances, chart, clock
from fund.models import Movement, OutgoingMail, Pocket
from fund.models.ledger import Kind
from reports.figures import read_figures
from tests.donations.factories import (
    dispute_of,
    event,
    intent_of,
    invoice_of,
    invoice_payment_of,
    make_attempt,
    make_gift,
    post_event,
    refund_of,
    session_of,
    take_event,
    write_thanks,
)
from tests.donations.orders import ledger_content, try_orders, unlike

pytestmark = pytest.mark.django_db
LONG_AGO = 1_700_000_000  # a moment of the provider's clock; the bank answers days later
DAYS = 3 * 86_400


def promised(gift: Gift) -> dict:
    return event(
        "checkout.session.completed", session_of(gift, payment_status="unpaid"), created=LONG_AGO - DAYS
    )


def succeeded(gift: Gift, **values) -> dict:
    return event("payment_intent.succeeded", intent_of(gift, **values), created=LONG_AGO)


def failed_intent(gift: Gift, *, created: int, **values) -> dict:
    body = {**intent_of(gift, amount_received=0, status="requires_payment_method"), **values}
    return event("payment_intent.payment_failed", body, created=created)


def failed_charge(gift: Gift, *, created: int) -> dict:
    charge = {
        "id": f"py_{gift.pk}",
        "object": "charge",
        "payment_intent": f"pi_{gift.pk}",
        "status": "failed",
    }
    return event("charge.failed", charge, created=created)


def failed_session(gift: Gift, *, created: int) -> dict:
    body = session_of(gift, payment_status="unpaid")
    return event("checkout.session.async_payment_failed", body, created=created)


@pytest.fixture
def gift(pocket: Pocket) -> Gift:
    made = make_gift(pocket)
    make_attempt(made, session_id=f"cs_test_{made.pk}")
    return made


def proof_is_clean() -> bool:
    call_command("check_ledger")
    return True


TELLERS = [failed_intent, failed_charge, failed_session]


@pytest.mark.usefixtures("foundation")
@pytest.mark.parametrize("teller", TELLERS)
def test_a_failure_newer_than_the_success_takes_the_whole_gift_back_once(gift, teller):
    post_event(promised(gift))
    post_event(succeeded(gift))
    assert read_figures().raised_cents == 5_000
    row = post_event(teller(gift, created=LONG_AGO + DAYS))
    assert (row.state, row.note, row.gift_id) == ("acted", "undone", gift.pk)
    gift.refresh_from_db()
    assert gift.state == GiftState.UNDONE and gift.succeeded_at is not None
    line = Movement.objects.get(kind=Kind.GIFT_UNDONE)
    assert (line.debit_id, line.credit_id, line.amount_cents) == (chart.GIFTS, chart.STRIPE, 5_000)
    assert line.reverses == Movement.objects.get(kind=Kind.GIFT)
    figures = read_figures()
    assert (figures.raised_cents, figures.gifts, figures.donors, figures.left_cents) == (0, 0, 0, 0)
    assert balances.balance_cents(chart.STRIPE) == 0
    assert proof_is_clean()
    for again in TELLERS:
        assert post_event(again(gift, created=LONG_AGO + DAYS + 1)).note == "already_known"
    assert Movement.objects.count() == 2


def test_a_company_s_gift_goes_back_from_its_own_account(pocket):
    company = Giver("Zoé", "Essai", kind=GiverKind.COMPANY, company_name="Essais réunis", siren="732829320")
    gift = make_gift(pocket, giver=company)
    take_event(succeeded(gift))
    take_event(failed_intent(gift, created=LONG_AGO + DAYS))
    assert Movement.objects.get(kind=Kind.GIFT_UNDONE).debit_id == chart.COMPANY_GIFTS


@pytest.mark.parametrize("created", [LONG_AGO - 1, LONG_AGO])
@pytest.mark.parametrize("teller", TELLERS)
def test_a_failure_that_is_not_newer_than_the_success_was_overtaken(gift, teller, created):
    post_event(succeeded(gift))
    assert post_event(teller(gift, created=created)).note == "overtaken"
    gift.refresh_from_db()
    assert gift.state == GiftState.SUCCEEDED
    assert not Movement.objects.filter(kind=Kind.GIFT_UNDONE).exists()


def sent_of(gift: Gift) -> list[dict]:
    """A debit promised, paid as two types tell it, and taken back."""
    arrived = event("checkout.session.async_payment_succeeded", session_of(gift), created=LONG_AGO + 2)
    return [promised(gift), succeeded(gift), arrived, failed_intent(gift, created=LONG_AGO + DAYS)]


def test_every_order_of_a_debit_taken_back_ends_in_one_ledger(gift):
    sent = sent_of(gift)
    orders = list(itertools.permutations(range(4)))

    def look():
        return Gift.objects.get().state, ledger_content()

    seen = try_orders(sent, look, orders)
    assert seen[0, 1, 2, 3][0] == GiftState.UNDONE
    assert unlike(seen, orders, seen[0, 1, 2, 3]) == {}


def test_every_order_of_a_decline_then_a_success_counts_the_gift(gift):
    sent = [
        failed_intent(gift, created=LONG_AGO - 60),
        failed_charge(gift, created=LONG_AGO - 60),
        succeeded(gift),
        event("checkout.session.completed", session_of(gift), created=LONG_AGO + 1),
    ]
    orders = list(itertools.permutations(range(4)))

    def look():
        return Gift.objects.get().state, ledger_content()

    seen = try_orders(sent, look, orders)
    assert seen[0, 1, 2, 3][0] == GiftState.SUCCEEDED
    assert unlike(seen, orders, seen[0, 1, 2, 3]) == {}


@pytest.mark.parametrize("failed_at", [LONG_AGO - 1, LONG_AGO + DAYS])
def test_a_success_and_a_failure_that_crossed_are_settled_by_the_timed_work(gift, monkeypatch, failed_at):
    """Two processes at the same instant do not see each other's rows."""
    monkeypatch.setattr(undoing, "gift_of_payment", not_there_yet)
    take_event(failed_charge(gift, created=failed_at))
    monkeypatch.undo()
    monkeypatch.setattr(handling.undoing, "after_success", lambda outcome, succeeded_at: outcome)
    take_event(succeeded(gift))
    monkeypatch.undo()
    assert Gift.objects.get().state == GiftState.SUCCEEDED
    is_newer = failed_at > LONG_AGO
    assert undoing.undo_crossed_debits() == ("1 undone" if is_newer else "0 undone")
    assert undoing.undo_crossed_debits() == "0 undone"
    assert Gift.objects.get().state == (GiftState.UNDONE if is_newer else GiftState.SUCCEEDED)
    assert balances.balance_cents(chart.STRIPE) == (0 if is_newer else 5_000)


def not_there_yet(payment_id: str) -> Gift:
    raise EventParked("unknown_gift", waits_for=payment_id)


@pytest.mark.usefixtures("foundation")
def test_the_donor_is_told_kindly_once_and_not_thanked_for_what_is_gone(gift):
    take_event(failed_intent(gift, created=LONG_AGO + DAYS))
    take_event(succeeded(gift))
    take_event(failed_charge(gift, created=LONG_AGO + DAYS))
    write_thanks()
    assert [mail.key for mail in OutgoingMail.objects.order_by("pk")] == [f"gift:{gift.pk}:undone"]


def test_the_fee_stays_paid(gift):
    take_event(succeeded(gift))
    post_fee(payment_id=f"pi_{gift.pk}", fee_cents=100)
    take_event(failed_intent(gift, created=LONG_AGO + DAYS))
    assert (balances.balance_cents(chart.FEES), balances.balance_cents(chart.STRIPE)) == (100, -100)
    assert proof_is_clean(), "a bank imposed the loss"


def test_another_payment_of_an_undone_gift_counts_as_a_gift_of_its_own_and_is_thanked(gift):
    take_event(succeeded(gift))
    take_event(failed_intent(gift, created=LONG_AGO + DAYS))
    row = take_event(event("payment_intent.succeeded", intent_of(gift, id="pi_again")))
    assert row.note == "paid_again"
    assert (row.gift.paid_twice_as_id, row.gift.state) == (gift.pk, GiftState.SUCCEEDED)
    assert read_figures().raised_cents == 5_000
    write_thanks()
    assert OutgoingMail.objects.filter(key=f"gift:{row.gift.pk}:thanks").exists()
    assert take_event(succeeded(gift)).note == "already_known", "the same payment never counts again"


# Never twice with a dispute or a refund -----------------------------------------------------------------------


def test_a_dispute_that_took_the_money_leaves_nothing_to_undo(gift):
    take_event(succeeded(gift))
    take_event(event("charge.dispute.created", dispute_of(gift)))
    row = take_event(failed_intent(gift, created=LONG_AGO + DAYS))
    assert (row.state, row.note) == ("acted", "dispute_tells")
    assert balances.balance_cents(chart.STRIPE) == -2_000  # the fee of the dispute


def test_a_dispute_of_a_gift_that_was_undone_takes_nothing_more(gift):
    take_event(succeeded(gift))
    take_event(failed_intent(gift, created=LONG_AGO + DAYS))
    row = take_event(event("charge.dispute.created", dispute_of(gift)))
    assert (row.state, row.reason) == ("parked", "dispute_too_large")
    row = take_event(event("refund.created", refund_of(gift)))
    assert (row.state, row.reason) == ("parked", "refund_too_large")
    assert balances.balance_cents(chart.STRIPE) == 0


def test_a_whole_refund_that_failed_does_not_hinder_the_undoing(gift):
    take_event(succeeded(gift))
    refund = refund_of(gift)
    take_event(event("refund.created", refund))
    take_event(event("refund.failed", {**refund, "status": "failed"}))
    assert take_event(failed_intent(gift, created=LONG_AGO + DAYS)).note == "undone"
    assert proof_is_clean()


# Months ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def monthly(pocket: Pocket) -> Gift:
    gift = make_gift(pocket, rhythm="monthly")
    make_attempt(gift)
    return gift


def month_of(gift: Gift) -> list[dict]:
    """A month paid by a debit, tied to its payment, and the charge of it that fails days later."""
    return [
        event("invoice.paid", invoice_of(gift), created=LONG_AGO),
        event("invoice_payment.paid", invoice_payment_of("in_1", f"pi_{gift.pk}"), created=LONG_AGO),
        failed_charge(gift, created=LONG_AGO + DAYS),
    ]


def test_a_month_taken_back_is_undone_in_every_order(monthly):
    sent = month_of(monthly)
    orders = list(itertools.permutations(range(3)))

    def look():
        waiting = ProviderEvent.objects.filter(state="parked").count()
        return Gift.objects.get().state, ledger_content(), waiting

    seen = try_orders(sent, look, orders)
    assert seen[0, 1, 2][0] == GiftState.UNDONE and seen[0, 1, 2][2] == 0
    assert unlike(seen, orders, seen[0, 1, 2]) == {}


def test_the_payment_of_a_month_told_failed_later_undoes_it_too(monthly):
    for sent in month_of(monthly)[:2]:
        take_event(sent)
    details = {"customer_reference": None, "order_reference": "in_1"}
    body = {"metadata": {}, "payment_details": details}
    assert take_event(failed_intent(monthly, created=LONG_AGO + DAYS, **body)).note == "undone"


# Proofs and pages ---------------------------------------------------------------------------------------------


def test_the_proof_sees_a_state_that_the_ledger_does_not_know(gift):
    take_event(succeeded(gift))
    assert list(proofs.undone_gifts_were_taken_back()) == []
    Gift.objects.filter(pk=gift.pk).update(state=GiftState.UNDONE)
    assert len(list(proofs.undone_gifts_were_taken_back())) == 1
    Gift.objects.filter(pk=gift.pk).update(state=GiftState.SUCCEEDED)
    take_event(failed_intent(gift, created=LONG_AGO + DAYS))
    assert list(proofs.undone_gifts_were_taken_back()) == []
    Gift.objects.filter(pk=gift.pk).update(state=GiftState.SUCCEEDED)
    assert len(list(proofs.undone_gifts_were_taken_back())) == 1


@pytest.mark.usefixtures("foundation")
def test_the_donor_s_page_says_what_happened_and_asks_for_nothing(client, gift):
    take_event(succeeded(gift))
    take_event(failed_intent(gift, created=LONG_AGO + DAYS))
    page = client.get(reverse("gift_page", args=[gift.token])).content.decode()
    assert "Votre banque a repris ce don" in page and "Vous ne devez rien" in page
    assert "hx-get" not in page, "what is final asks the server nothing more"


def test_the_newest_failure_is_kept_whatever_comes_last(gift):
    for created in (LONG_AGO, LONG_AGO + DAYS, LONG_AGO + 1):
        take_event(failed_charge(gift, created=created))
    kept = DebitFailure.objects.get()
    assert kept.failed_at == datetime.fromtimestamp(LONG_AGO + DAYS, tz=clock.PARIS)
