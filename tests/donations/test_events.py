"""What events make true: money counted once, by the fact, in whatever order they come."""

import json
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, OperationalError, transaction
from django_tasks_db.models import DBTaskResult

from donations.actions import confirming, receiving
from donations.models import Gift, ProviderEvent
from fund import balances, chart, clock, vault
from fund.models import Movement, OutgoingMail
from fund.models.ledger import Kind
from tests.donations.factories import (
    event,
    intent_of,
    make_attempt,
    make_gift,
    post_event,
    post_raw,
    session_of,
    write_thanks,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("proved")]
COMPLETED = "checkout.session.completed"
PAID_LATER = "checkout.session.async_payment_succeeded"
REFUSED_LATER = "checkout.session.async_payment_failed"
EXPIRED = "checkout.session.expired"
DECLINED = "payment_intent.payment_failed"


def state_of(gift: Gift) -> str:
    return Gift.objects.get(pk=gift.pk).state


def gifts_booked() -> list[int]:
    return list(Movement.objects.filter(kind=Kind.GIFT).values_list("amount_cents", flat=True))


def seconds_ago(seconds: int) -> int:
    return int(time.time()) - seconds


@pytest.fixture
def gift(pocket):
    return make_gift(pocket)


# Paid --------------------------------------------------------------------------------------------------------


def test_a_paid_session_books_the_gift_thanks_once_and_asks_for_the_fee(gift):
    row = post_event(event(COMPLETED, session_of(gift)))
    gift.refresh_from_db()
    movement = Movement.objects.get()
    assert (row.state, row.reason, row.gift) == ("acted", "", gift)
    assert gift.state == "succeeded" and gift.succeeded_at is not None
    assert (movement.debit_id, movement.credit_id, movement.amount_cents) == (
        chart.STRIPE,
        chart.GIFTS,
        5_000,
    )
    assert (movement.cause_key, movement.entry_ref) == (f"stripe:pi_{gift.pk}:gift", gift.reference)
    assert (movement.subject_kind, movement.subject_id, movement.pocket) == (
        "gift",
        str(gift.pk),
        gift.pocket,
    )
    write_thanks()
    mail = OutgoingMail.objects.get()
    assert mail.key == f"gift:{gift.pk}:thanks"
    assert "50\u00a0€" in vault.open_text(mail.text_sealed)
    assert DBTaskResult.objects.filter(task_path__endswith="record_fee").count() == 1


def test_both_events_of_one_payment_count_once_whichever_comes_first(pocket):
    """Failures 2 and 6: idempotence by the fact, not only by the event."""
    one, other = make_gift(pocket), make_gift(pocket)
    post_event(event(COMPLETED, session_of(one)))
    second = post_event(event("payment_intent.succeeded", intent_of(one)))
    post_event(event("payment_intent.succeeded", intent_of(other)))
    post_event(event(COMPLETED, session_of(other)))
    assert (second.state, second.note) == ("acted", "already_known")
    assert gifts_booked() == [5_000, 5_000]
    write_thanks()
    assert OutgoingMail.objects.count() == 2


def test_the_same_delivery_five_times_is_one_row_that_counts_them(gift):
    """Failure 6."""
    sent = event(COMPLETED, session_of(gift))
    rows = {post_event(sent).pk for _turn in range(5)}
    assert len(rows) == 1
    assert ProviderEvent.objects.get().deliveries == 5
    assert gifts_booked() == [5_000]


def test_two_events_under_one_id_are_two_events(pocket):
    """Old samples share one id: a store keyed by it would swallow the second."""
    one, other = make_gift(pocket), make_gift(pocket)
    for gift in (one, other):
        post_raw(json.dumps(event(COMPLETED, session_of(gift), id="evt_00000000000000")).encode())
    assert gifts_booked() == [5_000, 5_000]


def test_an_event_hours_late_still_counts_from_a_gift_that_looked_failed(gift):
    """Failure 3: an unexpected state never drops money."""
    declined = intent_of(gift, id="pi_declined", status="requires_payment_method", amount_received=0)
    post_event(event(DECLINED, declined))
    assert state_of(gift) == "failed"
    post_event(event(COMPLETED, session_of(gift), created=seconds_ago(6 * 3600)))
    assert state_of(gift) == "succeeded"


def test_the_event_may_come_before_the_request_wrote_the_session(gift):
    """Failure 4: reference and attempt number, given back by the provider, find the gift."""
    attempt = make_attempt(gift)
    post_event(event(COMPLETED, session_of(gift, client_reference_id=None)))
    attempt.refresh_from_db()
    assert state_of(gift) == "succeeded"
    assert (attempt.session_id, attempt.payment_intent_id) == (f"cs_test_{gift.pk}", f"pi_{gift.pk}")


def test_a_session_known_by_its_id_needs_no_reference(gift):
    make_attempt(gift, session_id="cs_known")
    sent = session_of(gift, id="cs_known", client_reference_id=None, metadata={})
    assert post_event(event(COMPLETED, sent)).gift == gift
    assert state_of(gift) == "succeeded"


def test_a_payment_intent_sent_as_a_whole_object_is_read_too(gift):
    post_event(
        event(COMPLETED, session_of(gift, payment_intent={"id": "pi_whole", "object": "payment_intent"}))
    )
    assert Movement.objects.get().cause_key == "stripe:pi_whole:gift"


def test_thanks_are_sent_once_when_a_debit_is_promised_then_paid(gift):
    """Failure 7."""
    post_event(event(COMPLETED, session_of(gift, payment_status="unpaid"), created=seconds_ago(60)))
    assert state_of(gift) == "pending"
    write_thanks()
    assert (OutgoingMail.objects.count(), gifts_booked()) == (0, [])
    post_event(event(PAID_LATER, session_of(gift)))
    post_event(event("payment_intent.succeeded", intent_of(gift)))
    write_thanks()
    assert (OutgoingMail.objects.count(), gifts_booked()) == (1, [5_000])


@pytest.mark.parametrize(
    ("created", "day"),
    [
        (datetime(2020, 12, 31, 22, 30, tzinfo=UTC), date(2020, 12, 31)),
        (datetime(2020, 12, 31, 23, 30, tzinfo=UTC), date(2021, 1, 1)),
    ],
)
def test_outside_the_demo_the_paris_date_of_the_payment_decides_the_year(settings, gift, created, day):
    """Failure 30."""
    settings.DEMO, settings.STRIPE_SECRET_KEY = False, "sk_test_x"
    post_event(event(COMPLETED, session_of(gift), created=int(created.timestamp())))
    assert Movement.objects.get().occurred_on == day
    assert Gift.objects.get().succeeded_at == created


def test_in_the_demo_the_date_is_the_one_of_the_funds_clock(gift):
    with clock.at(clock.DEMO_START + timedelta(days=2)):
        post_event(event(COMPLETED, session_of(gift)))
    assert Movement.objects.get().occurred_on == date(2020, 5, 17)


# Paid twice -----------------------------------------------------------------------------------------------


def test_a_second_payment_of_one_gift_is_a_gift_of_its_own_with_a_notice(gift):
    """Failure 8: a state per payment; refunding one of the two must not undo the other."""
    post_event(event(COMPLETED, session_of(gift)))
    row = post_event(event(COMPLETED, session_of(gift, id="cs_two", payment_intent="pi_two")))
    second = Gift.objects.get(paid_twice_as=gift)
    assert (row.state, row.note, row.gift) == ("acted", "paid_twice", second)
    assert (second.state, second.reference != gift.reference) == ("succeeded", True)
    assert gifts_booked() == [5_000, 5_000]
    write_thanks()
    assert OutgoingMail.objects.count() == 1
    again = post_event(event("payment_intent.succeeded", intent_of(gift, id="pi_two")))
    assert (again.note, again.gift, len(gifts_booked())) == ("already_known", second, 2)


# Not paid ---------------------------------------------------------------------------------------------------


def test_a_refused_debit_fails_the_gift(gift):
    post_event(event(COMPLETED, session_of(gift, payment_status="unpaid"), created=seconds_ago(9)))
    post_event(event(REFUSED_LATER, session_of(gift, payment_status="unpaid")))
    write_thanks()
    assert (state_of(gift), gifts_booked(), OutgoingMail.objects.count()) == ("failed", [], 0)


def test_events_out_of_order_end_in_what_happened_last(gift):
    """The refusal of a debit overtakes its promise: the promise, read later, changes nothing."""
    promised = event(COMPLETED, session_of(gift, payment_status="unpaid"), created=seconds_ago(60))
    refused = event(REFUSED_LATER, session_of(gift, payment_status="unpaid"))
    post_event(refused)
    assert post_event(promised).note == "overtaken"
    assert state_of(gift) == "failed"


def test_an_old_decline_read_late_does_not_fail_a_debit_under_way(gift):
    post_event(event(COMPLETED, session_of(gift, payment_status="unpaid")))
    late = event(DECLINED, intent_of(gift, status="requires_payment_method"), created=seconds_ago(30))
    assert post_event(late).note == "overtaken"
    assert state_of(gift) == "pending"


def test_no_failure_undoes_a_gift_received(gift):
    post_event(event(COMPLETED, session_of(gift)))
    for event_type in (REFUSED_LATER, EXPIRED):
        assert post_event(event(event_type, session_of(gift))).note == "overtaken"
    assert post_event(event("payment_intent.canceled", intent_of(gift))).note == "overtaken"
    assert state_of(gift) == "succeeded"


def test_an_expired_page_fails_a_gift_unless_a_later_try_is_open(gift):
    make_attempt(gift, session_id=f"cs_test_{gift.pk}")
    make_attempt(gift, number=2, session_id="cs_two")
    assert post_event(event(EXPIRED, session_of(gift, payment_status="unpaid"))).note == "overtaken"
    assert state_of(gift) == "pledged"
    last = session_of(
        gift, id="cs_two", payment_status="unpaid", metadata={"gift": gift.reference, "attempt": "2"}
    )
    assert post_event(event(EXPIRED, last)).note == ""
    assert state_of(gift) == "failed"


def test_a_declined_card_then_a_good_one_on_the_same_page_is_a_gift(gift):
    post_event(event(DECLINED, intent_of(gift, status="requires_payment_method"), created=seconds_ago(5)))
    post_event(event(COMPLETED, session_of(gift)))
    assert (state_of(gift), gifts_booked()) == ("succeeded", [5_000])


# Parked -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount_total": 4_999}, "amount_mismatch"),
        ({"amount_total": 5_000.0}, "amount_mismatch"),
        ({"amount_total": None}, "amount_mismatch"),
        ({"currency": "usd"}, "currency_mismatch"),
        ({"payment_intent": None}, "no_payment"),
        ({"payment_status": "no_payment_required"}, "no_payment"),
        ({"mode": "subscription"}, "gift_mismatch"),
    ],
)
def test_what_does_not_agree_with_the_gift_is_parked_and_counts_nothing(gift, changes, reason):
    row = post_event(event(COMPLETED, session_of(gift, **changes)))
    assert (row.state, row.reason) == ("parked", reason)
    write_thanks()
    assert (state_of(gift), gifts_booked(), OutgoingMail.objects.count()) == ("pledged", [], 0)


def test_an_event_that_names_one_gift_with_the_session_of_another_is_parked(pocket):
    one, other = make_gift(pocket), make_gift(pocket)
    make_attempt(one, session_id="cs_one")
    row = post_event(event(COMPLETED, session_of(other, id="cs_one")))
    assert (row.state, row.reason) == ("parked", "gift_mismatch")
    assert gifts_booked() == []


def test_a_session_without_a_payment_never_finds_the_gift_of_another(pocket):
    """An attempt that has no payment yet is not the one of a page that had none."""
    make_attempt(make_gift(pocket), session_id="cs_ours")
    foreign = {"id": "cs_foreign", "object": "checkout.session", "payment_intent": None, "status": "expired"}
    assert post_event(event(EXPIRED, foreign)).reason == "unknown_gift"
    assert Gift.objects.get().state == "pledged"


def test_one_payment_cannot_pay_two_gifts(pocket):
    one, other = make_gift(pocket), make_gift(pocket)
    post_event(event("payment_intent.succeeded", intent_of(one, id="pi_same")))
    row = post_event(event("payment_intent.succeeded", intent_of(other, id="pi_same")))
    assert (row.reason, state_of(other), gifts_booked()) == ("gift_mismatch", "pledged", [5_000])


@pytest.mark.parametrize("reference", ["D-2020-999999", "", None, 7, "x" * 500])
def test_a_payment_for_no_gift_of_ours_is_parked(db, pocket, reference):
    gift = make_gift(pocket)
    body = session_of(gift, client_reference_id=reference, metadata=None)
    row = post_event(event(COMPLETED, body))
    assert (row.state, row.reason) == ("parked", "unknown_gift")


def test_events_of_the_other_mode_are_parked_both_ways(settings, gift):
    live = post_event(event(COMPLETED, session_of(gift), livemode=True))
    settings.DEMO, settings.STRIPE_SECRET_KEY = False, "sk_live_x"
    test = post_event(event(COMPLETED, session_of(gift)))
    assert (live.reason, test.reason, gifts_booked()) == ("livemode", "livemode", [])


@pytest.mark.parametrize(
    ("event_type", "reason"),
    [
        ("charge.refunded", "unknown_gift"),
        ("refund.created", "unknown_gift"),
        ("charge.dispute.created", "unknown_gift"),
        ("customer.subscription.deleted", "unknown_subscription"),
        ("invoice.paid", "unknown_invoice"),
        ("invoice_payment.paid", "unknown_invoice"),
        ("payout.refused", "payout_not_handled"),
        ("plan.created", "not_handled"),
    ],
)
def test_what_this_version_does_not_handle_is_parked_with_its_reason(db, event_type, reason):
    row = post_event(event(event_type, {"id": "x"}))
    assert (row.state, row.reason) == ("parked", reason)


def test_an_error_of_ours_parks_the_event_whole_and_a_redelivery_mends_it(gift, monkeypatch):
    """Nothing half done: the movement posted before the error is undone with it."""

    def breaks(_gift):
        raise KeyError("a bug")

    sent = event(COMPLETED, session_of(gift))
    with monkeypatch.context() as patched:
        patched.setattr(confirming.standing, "gift_came", breaks)
        row = post_event(sent)
    assert (row.state, row.reason) == ("parked", "unexpected: KeyError")
    assert (state_of(gift), gifts_booked()) == ("pledged", [])
    row = post_event(sent)
    assert (row.state, row.reason, row.deliveries, state_of(gift)) == ("acted", "", 2, "succeeded")


def test_a_database_in_trouble_keeps_nothing_so_that_the_event_comes_again(gift, monkeypatch):
    def busy(_event):
        raise OperationalError("database is locked")

    monkeypatch.setitem(receiving.HANDLERS, COMPLETED, busy)
    with pytest.raises(OperationalError):
        post_raw(json.dumps(event(COMPLETED, session_of(gift))).encode())
    assert not ProviderEvent.objects.exists()


def test_the_payload_is_kept_as_it_came_and_as_ciphertext(gift):
    sent = event(COMPLETED, session_of(gift, customer_email="a@example.org"))
    raw = json.dumps(sent, indent=3).encode()
    assert post_raw(raw).status_code == 200
    row = ProviderEvent.objects.get()
    assert b"example.org" not in bytes(row.payload_sealed)
    assert vault.open_bytes(row.payload_sealed) == raw
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        ProviderEvent.objects.filter(pk=row.pk).update(event_type="other")


def test_what_the_fund_has_grows_by_exactly_what_was_paid(pocket):
    for amount in (100, 12_345, 2_000_000):
        gift = make_gift(pocket, amount_cents=amount)
        post_event(event(COMPLETED, session_of(gift)))
    assert balances.left_cents() == balances.balance_cents(chart.STRIPE) == 2_012_445
