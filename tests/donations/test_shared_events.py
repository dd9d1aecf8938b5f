"""Every file of the third-party samples, posted signed to the real endpoint: acted on or parked, never a crash."""

import json
from pathlib import Path

import pytest

from donations.models import Gift, ProviderEvent
from fund import clock
from fund.models import Movement
from tests.conftest import SHARED, shared_data
from tests.donations.factories import event, make_gift, post_event, post_raw, session_of

pytestmark = [pytest.mark.django_db, pytest.mark.shared, pytest.mark.usefixtures("proved")]
FILES = sorted(
    path.relative_to(SHARED / "stripe").as_posix()
    for path in (SHARED / "stripe").rglob("*")
    if path.is_file()
)

# What each event ends as where no gift of ours is concerned; everything else that is in the folder is no event.
OUTCOMES = {
    "derived/01-checkout.session.completed.json": "unknown_gift",
    "derived/02-checkout.session.async_payment_succeeded.json": "unknown_gift",
    "derived/03-checkout.session.async_payment_failed.json": "unknown_gift",
    "derived/04-checkout.session.expired.json": "unknown_gift",
    "derived/06-payout.paid.json": "payout_too_large",
    "derived/07-payout.reconciliation_completed.json": "",
    "events-2017-12-14/charge.dispute.funds_withdrawn.json": "unknown_gift",
    "events-2018-02-28/payment_intent.processing.json": "",
    "events-2020-08-27/charge.dispute.created.json": "unknown_gift",
    "events-2020-08-27/charge.refund.updated.json": "unknown_gift",
    "events-2020-08-27/charge.refunded.json": "unknown_gift",
    "events-2020-08-27/checkout.session.completed.json": "unknown_gift",
    "events-2020-08-27/customer.subscription.deleted.json": "unknown_subscription",
    "events-2020-08-27/invoice.paid.json": "unknown_invoice",
    "events-2020-08-27/invoice.payment_failed.json": "unknown_invoice",
    "events-2020-08-27/payment_intent.payment_failed.json": "",
    "events-2020-08-27/payment_intent.succeeded.json": "unknown_gift",
    "events-2020-08-27/payout.paid.json": "currency_mismatch",
    "events-2025-04-30.basil/payment_intent.payment_failed.json": "",
    "events-2025-04-30.basil/payment_intent.succeeded.json": "unknown_gift",
    "events-2026-04-22.dahlia/charge.dispute.created.json": "unknown_gift",
    "events-2026-04-22.dahlia/customer.subscription.deleted.json": "unknown_subscription",
    "events-unversioned/charge.dispute.closed.json": "unknown_gift",
    "events-unversioned/checkout.session.completed.payment_mode.json": "unknown_gift",
    "objects-2026-07-29.dahlia/event.json": "not_handled",
}


def body_of(name: str) -> bytes:
    return Path(shared_data("stripe", *name.split("/"))).read_bytes()


@pytest.fixture
def promised(pocket) -> Gift:
    """The gift of 52 € that the derived events speak of."""
    gift = make_gift(pocket, amount_cents=5_200)
    gift.reference = "don-0001"
    gift.save(update_fields=["reference"])
    return gift


def state_after(*names: str) -> str:
    for name in names:
        assert post_raw(body_of(f"derived/{name}")).status_code == 200
    return Gift.objects.get().state


@pytest.mark.parametrize("name", FILES or [""])
def test_each_file_ends_acted_on_or_parked_with_its_reason(pocket, name):
    reason = OUTCOMES.get(name, "not_an_event")
    answers = [post_raw(body_of(name)).status_code for _turn in range(2)]
    row = ProviderEvent.objects.get()
    assert answers == [200, 200]
    assert (row.state, row.reason, row.deliveries) == ("parked" if reason else "acted", reason, 2)
    assert not Movement.objects.exists()


def test_all_files_together_are_as_many_rows_as_there_are_files(pocket):
    """Several events share one id, in two families of samples: none swallows another."""
    for name in FILES or shared_data("stripe"):
        assert post_raw(body_of(name)).status_code == 200
    assert ProviderEvent.objects.count() == len(FILES) == 46


COMPLETED = "01-checkout.session.completed.json"
SUCCEEDED = "02-checkout.session.async_payment_succeeded.json"
FAILED = "03-checkout.session.async_payment_failed.json"
EXPIRED = "04-checkout.session.expired.json"


def test_the_derived_debit_counts_when_it_is_paid_and_not_before(promised):
    assert state_after(COMPLETED) == "pending"
    assert not Movement.objects.exists()
    assert state_after(SUCCEEDED) == "succeeded"
    assert Movement.objects.get().amount_cents == 5_200


def test_the_derived_debit_refused_is_a_failed_gift_in_either_order(promised):
    assert state_after(COMPLETED, FAILED, COMPLETED) == "failed"
    assert not Movement.objects.exists()


def test_the_derived_refusal_read_first_is_not_undone_by_the_promise(promised):
    assert state_after(FAILED, COMPLETED) == "failed"


def test_a_page_that_expires_fails_the_gift_it_was_for_and_no_other(promised):
    assert state_after(EXPIRED) == "pledged"
    promised.reference = "don-0002"
    promised.save(update_fields=["reference"])
    assert state_after(EXPIRED) == "failed"


def test_the_derived_payout_is_booked_once_the_gifts_behind_it_are(pocket):
    """It came before its gifts: parked; delivered again after them: booked."""
    assert post_raw(body_of("derived/06-payout.paid.json")).json() == {"state": "parked"}
    gift = make_gift(pocket, amount_cents=20_000)
    with clock.at(clock.DEMO_START):
        post_event(event("checkout.session.completed", session_of(gift)))
        assert post_raw(body_of("derived/06-payout.paid.json")).json() == {"state": "acted"}
    payout = Movement.objects.get(kind="payout")
    sent = json.loads(body_of("derived/06-payout.paid.json"))["data"]["object"]
    assert (payout.amount_cents, payout.entry_ref) == (17_008, sent["id"])
