"""The provider's fee and its payouts, up to the line of the bank's statement."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from config.demo import payments
from config.demo.models import StandInDelivery, StandInObject
from donations.actions import fees, paying
from fund import balances, chart, clock, registry
from fund.models import BankLine, BankStatement, Movement
from fund.models.ledger import Kind
from fund.treasury.line_facts import LineFacts, seal_facts
from tests.donations import test_paying
from tests.donations.factories import event, make_gift, post_event, post_raw, session_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("proved")]


def pay(gift) -> str:
    """Pays a gift by card at the stand-in and delivers the events; the id of the payment intent."""
    session = payments.pay_by_card(paying.start_payment(gift=gift).rpartition("/")[2])
    for delivery in StandInDelivery.objects.filter(delivered_at=None).order_by("pk"):
        assert post_raw(delivery.payload.encode()).status_code == 200
    StandInDelivery.objects.update(delivered_at=timezone.now())
    return session["payment_intent"]


@pytest.fixture
def line(people):
    """A function that makes the bank's credit line, alone on a statement that it leads from opening to closing."""

    def make(amount_cents: int, remittance: str, index: int = 0, **values) -> BankLine:
        statement = BankStatement.objects.create(
            account="FR14",
            statement_id=f"2020-{BankStatement.objects.count() + 1}",
            file_format="camt.053",
            file_sha256="0" * 64,
            file_sealed=b"x",
            opening_cents=0,
            closing_cents=amount_cents,
            imported_by=people.treasurer,
            imported_at=clock.moment(),
        )
        return BankLine.objects.create(
            statement=statement,
            entry_index=index,
            amount_cents=amount_cents,
            booked_on=date(2020, 5, 18),
            text_sealed=seal_facts(LineFacts(remittance=remittance)),
            state="parked",
            reason="unread",
            **values,
        )

    return make


def read(line: BankLine) -> registry.Claim | None:
    """Asks who knows the line and writes the answer on it, as the import of a statement does."""
    claim = registry.claim(line)
    if claim is not None:
        line.state, line.reason, line.matched_kind, line.matched_id = "matched", "", claim.kind, claim.id
        line.save()
    return claim


# Fees -------------------------------------------------------------------------------------------------------


def test_the_fee_is_booked_beside_its_gift_once(pocket):
    gift = make_gift(pocket)
    payment = pay(gift)
    assert [fees.record_fee.func(payment) for _turn in range(2)] == ["booked", "booked"]
    fee = Movement.objects.get(kind=Kind.FEE)
    assert (fee.debit_id, fee.credit_id, fee.amount_cents) == (chart.FEES, chart.STRIPE, 100)
    assert (fee.entry_ref, fee.pocket, fee.subject_id) == (gift.reference, pocket, str(gift.pk))
    assert balances.left_cents() == 4_900


def test_a_fee_that_could_not_be_fetched_is_fetched_by_the_timed_work(pocket, settings):
    payment = pay(make_gift(pocket))
    settings.STRIPE_HTTP_CLIENT = test_paying.through(test_paying.Unreachable)
    assert fees.record_fee.func(payment) == "not now"
    settings.STRIPE_HTTP_CLIENT = "config.demo.stripe_client.StandInClient"
    assert fees.fetch_missing_fees() == "0 booked of 0"  # the queued task has its two minutes first
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert fees.fetch_missing_fees() == "1 booked of 1"
        assert fees.fetch_missing_fees() == "0 booked of 0"
    assert "missing_fees" in registry.jobs()


def test_a_fee_not_known_yet_is_not_guessed(pocket):
    gift = make_gift(pocket)
    payment = pay(gift)
    charge = StandInObject.objects.get(kind="charge")
    charge.body["balance_transaction"] = None
    charge.save()
    assert fees.record_fee.func(payment) == "not known yet"
    assert not Movement.objects.filter(kind=Kind.FEE).exists()


# Payouts ----------------------------------------------------------------------------------------------------


def payout_event(amount_cents: int, **values):
    body = {"id": "po_1Pgc79B7WZ01", "object": "payout", "amount": amount_cents, "currency": "eur"}
    return event("payout.paid", {**body, **values})


def test_a_payout_moves_what_the_provider_owes_and_no_more(pocket):
    post_event(event("checkout.session.completed", session_of(make_gift(pocket))))
    assert post_event(payout_event(5_001)).reason == "payout_too_large"
    assert post_event(payout_event(4_900)).state == "acted"
    assert post_event(payout_event(4_900)).state == "acted"  # another event about the same payout
    conflict = post_event(payout_event(100))
    assert (conflict.state, conflict.reason) == ("parked", "cause_conflict")
    assert balances.balance_cents(chart.STRIPE) == 100
    assert balances.balance_cents(chart.INTERNAL_TRANSFER) == 4_900
    assert balances.left_cents() == 5_000


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"amount": 0}, "payout_amount"),
        ({"amount": -500}, "payout_amount"),
        ({"amount": "500"}, "payout_amount"),
        ({"currency": "usd"}, "currency_mismatch"),
        ({"id": None}, "payout_amount"),
    ],
)
def test_a_payout_that_cannot_be_is_parked(pocket, values, reason):
    assert post_event(payout_event(500, **values)).reason == reason
    assert not Movement.objects.exists()


@pytest.fixture
def announced(pocket):
    post_event(event("checkout.session.completed", session_of(make_gift(pocket))))
    post_event(payout_event(4_900))


@pytest.mark.parametrize(
    "remittance", ["STRIPE po_1Pgc79B7WZ01", "STRIPE PO 1PGC79B7WZ01 VIREMENT", "po-1Pgc79B7WZ01"]
)
@pytest.mark.usefixtures("announced")
def test_the_banks_line_of_a_payout_is_recognised_whatever_the_bank_did_to_its_id(line, remittance):
    claim = read(line(4_900, remittance))
    assert claim == registry.Claim("payout", "po_1Pgc79B7WZ01")
    received = Movement.objects.get(kind=Kind.PAYOUT_RECEIVED)
    assert (received.debit_id, received.credit_id) == (chart.BANK, chart.INTERNAL_TRANSFER)
    assert (received.cause_key, received.occurred_on) == ("bankline:FR14:2020-1:0:0", date(2020, 5, 18))
    assert balances.balance_cents(chart.INTERNAL_TRANSFER) == 0


@pytest.mark.usefixtures("announced")
def test_the_payouts_id_may_stand_in_the_end_to_end_field(line):
    assert read(line(4_900, "", end_to_end_id="po_1Pgc79B7WZ01")) is not None


@pytest.mark.parametrize(
    ("amount", "remittance"),
    [(4_899, "po_1Pgc79B7WZ01"), (-4_900, "po_1Pgc79B7WZ01"), (4_900, "po_another"), (4_900, "")],
)
@pytest.mark.usefixtures("announced")
def test_another_amount_sign_or_id_is_not_claimed(line, amount, remittance):
    assert read(line(amount, remittance)) is None
    assert not Movement.objects.filter(kind=Kind.PAYOUT_RECEIVED).exists()


@pytest.mark.usefixtures("announced")
def test_a_payout_is_claimed_by_one_line(line):
    assert read(line(4_900, "po_1Pgc79B7WZ01")) is not None
    assert read(line(4_900, "po_1Pgc79B7WZ01", index=1)) is None
    assert Movement.objects.filter(kind=Kind.PAYOUT_RECEIVED).count() == 1


def came_back(amount_cents: int = 4_900, **values):
    body = {"id": "po_1Pgc79B7WZ01", "object": "payout", "amount": amount_cents, "currency": "eur"}
    return event("payout.failed", {**body, "status": "failed", **values})


@pytest.mark.usefixtures("announced")
def test_a_payout_that_our_bank_refuses_is_owed_again_once_and_no_line_claims_it(line):
    for _turn in range(2):
        assert post_event(came_back()).state == "acted"
    assert (balances.balance_cents(chart.STRIPE), balances.balance_cents(chart.INTERNAL_TRANSFER)) == (
        5_000,
        0,
    )
    back = Movement.objects.get(kind=Kind.CORRECTION)
    assert back.reverses == Movement.objects.get(kind=Kind.PAYOUT)
    assert read(line(4_900, "po_1Pgc79B7WZ01")) is None
    assert post_event({**payout_event(4_900, id="po_again")}).state == "acted"
    assert read(line(4_900, "po_again", index=1)) is not None


@pytest.mark.parametrize("event_type", ["payout.failed", "payout.canceled"])
def test_a_payout_first_heard_of_when_it_failed_moves_nothing_in_the_end(pocket, event_type):
    post_event(event("checkout.session.completed", session_of(make_gift(pocket))))
    assert post_event({**came_back(), "type": event_type}).state == "acted"
    assert post_event(payout_event(4_900)).state == "acted"  # its sending, told late
    assert (balances.balance_cents(chart.STRIPE), balances.balance_cents(chart.INTERNAL_TRANSFER)) == (
        5_000,
        0,
    )


def test_a_failed_payout_told_after_its_money_left_again_moves_nothing_and_waits_for_nobody(pocket):
    post_event(event("checkout.session.completed", session_of(make_gift(pocket))))
    assert post_event({**payout_event(5_000, id="po_again")}).state == "acted"
    assert post_event(payout_event(4_900)).reason == "payout_too_large"  # the first one's sending, told late
    assert post_event(came_back()).state == "acted"
    assert post_event(payout_event(4_900)).state == "acted"
    assert (balances.balance_cents(chart.STRIPE), balances.balance_cents(chart.INTERNAL_TRANSFER)) == (
        0,
        5_000,
    )


@pytest.mark.usefixtures("announced")
def test_a_payout_that_a_statement_received_and_the_provider_takes_back_is_shown_to_a_person(line):
    assert read(line(4_900, "po_1Pgc79B7WZ01")) is not None
    assert post_event(came_back()).reason == "payout_received"
    assert balances.balance_cents(chart.BANK) == 4_900


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"amount": None}, "payout_amount"),
        ({"currency": "usd"}, "currency_mismatch"),
        ({"amount": 9_000}, "payout_too_large"),
    ],
)
def test_a_failed_payout_that_cannot_be_is_parked(pocket, values, reason):
    assert post_event(came_back(**values)).reason == reason
    assert not Movement.objects.exists()


def test_what_the_stand_in_collects_and_pays_out_closes_to_zero(pocket):
    for amount in (2_000, 12_345):
        fees.record_fee.func(pay(make_gift(pocket, amount_cents=amount)))
    payout = payments.make_payout()
    assert payout is not None
    assert payout["amount"] == 2_000 - 55 + 12_345 - 210
    assert payments.make_payout() is None
    post_raw(StandInDelivery.objects.get(delivered_at=None).payload.encode())
    assert balances.balance_cents(chart.STRIPE) == 0


def test_asking_for_the_fee_tells_how_the_gift_was_paid_too(pocket):
    gift = make_gift(pocket)
    fees.record_fee.func(pay(gift))
    gift.refresh_from_db()
    assert gift.paid_with == "card"
