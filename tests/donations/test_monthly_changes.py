"""A donor changes, pauses, resumes and stops a monthly gift: asked once, told to the provider, done once."""

import json
import time
import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from config.demo import faults, payments, stripe_objects
from config.demo.models import StandInDelivery
from donations.actions import paying
from donations.actions.monthly_changes import ask_change, carry_out_waiting_changes, change_monthly
from donations.models import Gift, MonthlyChange, MonthlyGift, ProviderEvent
from donations.models.monthly_changes import AskedFrom, ChangeKind
from donations.monthly_rules import Wanted, after_months
from fund import balances, clock, vault
from fund.models import OutgoingMail
from fund.roles import Refused
from tests.donations.factories import event, invoice_of, make_gift, post_event, post_raw, subscription_of
from tests.standin import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]
PAID, UPDATED, ENDED = "invoice.paid", "customer.subscription.updated", "customer.subscription.deleted"
TO_25 = Wanted(ChangeKind.AMOUNT, amount_cents=2_500)
PAUSE, RESUME, STOP = Wanted(ChangeKind.PAUSE), Wanted(ChangeKind.RESUME), Wanted(ChangeKind.STOP)
UPDATES = "post subscriptions"


@pytest.fixture
def monthly(pocket) -> MonthlyGift:
    """15 € a month, the first one paid at the stand-in."""
    gift = make_gift(pocket, amount_cents=1_500, rhythm="monthly")
    payments.pay_by_card(paying.start_payment(gift=gift).rpartition("/")[2])
    deliver()
    return MonthlyGift.objects.get()


def change(monthly: MonthlyGift, wanted: Wanted, form: uuid.UUID | None = None) -> MonthlyChange:
    return change_monthly(
        monthly=monthly, wanted=wanted, form_token=form or uuid.uuid4(), asked_from=AskedFrom.LINK
    )


def there(monthly: MonthlyGift) -> dict:
    return stripe_objects.read(monthly.subscription_id or "", "subscription") or {}


def mails(name: str) -> list[str]:
    rows = OutgoingMail.objects.filter(key__contains=name).order_by("pk")
    return [vault.open_text(row.text_sealed) for row in rows]


def test_another_amount_is_taken_from_the_next_month_on(monthly):
    done = change(monthly, TO_25)
    monthly.refresh_from_db()
    assert (done.state, monthly.amount_cents, monthly.state) == ("done", 2_500, "active")
    assert there(monthly)["items"]["data"][0]["price"]["unit_amount"] == 2_500
    assert Gift.objects.count() == 1  # nothing is taken in between
    payments.renew(monthly.subscription_id)
    deliver()
    assert list(Gift.objects.order_by("pk").values_list("amount_cents", flat=True)) == [1_500, 2_500]
    assert balances.left_cents() == 4_000
    assert not ProviderEvent.objects.filter(state="parked").exists()
    assert "25" in mails(":done")[0] and "/don-mensuel/" in mails(":done")[0]


def test_an_invoice_under_way_at_the_old_amount_counts_with_its_own(pocket, monthly):
    change(monthly, TO_25)
    first = Gift.objects.get()
    late = invoice_of(first, "in_late", amount_paid=1_500)
    late["parent"]["subscription_details"]["subscription"] = monthly.subscription_id
    assert post_event(event(PAID, late)).state == "acted"
    assert Gift.objects.get(invoice_id="in_late").amount_cents == 1_500
    wrong = invoice_of(first, "in_wrong", amount_paid=2_000)
    wrong["parent"]["subscription_details"]["subscription"] = monthly.subscription_id
    row = post_event(event(PAID, wrong))
    assert (row.state, row.reason, row.gift) == ("parked", "amount_mismatch", first)
    assert (Gift.objects.count(), balances.left_cents()) == (2, 3_000)


def test_a_pause_takes_nothing_until_its_day_and_ends_by_itself(monthly):
    until = after_months(clock.today(), 2)
    change(monthly, Wanted(ChangeKind.PAUSE, resumes_on=until))
    monthly.refresh_from_db()
    assert (monthly.state, monthly.paused_until) == ("paused", until)
    resumes_at = there(monthly)["pause_collection"]["resumes_at"]
    assert resumes_at > time.time() + 50 * 86_400
    payments.renew(monthly.subscription_id)
    deliver()
    assert (Gift.objects.count(), MonthlyGift.objects.get().state) == (1, "paused")
    stripe_objects.keep(there(monthly) | {"pause_collection": {"behavior": "void", "resumes_at": 1}})
    MonthlyGift.objects.update(changed_at=clock.moment() - timedelta(days=70))
    payments.renew(monthly.subscription_id)
    deliver()
    monthly.refresh_from_db()
    assert (monthly.state, monthly.paused_at, monthly.paused_until) == ("active", None, None)
    assert (Gift.objects.filter(state="succeeded").count(), len(mails(":resumed:"))) == (2, 1)
    assert not ProviderEvent.objects.filter(state="parked").exists()


def test_a_pause_without_end_is_resumed_by_hand(monthly):
    change(monthly, PAUSE)
    monthly.refresh_from_db()
    assert there(monthly)["pause_collection"] == {"behavior": "void", "resumes_at": None}
    assert (monthly.state, monthly.paused_until) == ("paused", None)
    change(monthly, RESUME)
    deliver()
    monthly.refresh_from_db()
    assert (monthly.state, there(monthly)["pause_collection"]) == ("active", None)
    assert not ProviderEvent.objects.filter(state="parked").exists()


@pytest.mark.parametrize("before", [[], [PAUSE]])
def test_a_stop_ends_it_at_once_and_is_told_once(monthly, before):
    for wanted in before:
        change(monthly, wanted)
    done = change(monthly, STOP)
    deliver()
    monthly.refresh_from_db()
    assert (done.state, monthly.state, there(monthly)["status"]) == ("done", "stopped", "canceled")
    assert monthly.paused_at is None and len(mails(":stopped")) == 1
    for wanted in (TO_25, PAUSE, RESUME, STOP):
        with pytest.raises(Refused) as refused:
            change(monthly, wanted)
        assert refused.value.refusal.code == "stopped"
    assert MonthlyChange.objects.count() == 1 + len(before)


def test_a_double_click_is_one_change_even_when_more_came_since(monthly):
    form = uuid.uuid4()
    first, second = change(monthly, PAUSE, form), change(monthly, PAUSE, form)
    change(monthly, RESUME, form)
    again = change(monthly, PAUSE, form)
    monthly.refresh_from_db()
    assert first == second == again
    assert (MonthlyChange.objects.count(), monthly.state) == (2, "active")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (RESUME, "not_paused"),
        (Wanted(ChangeKind.AMOUNT, amount_cents=1_500), "same_amount"),
        (Wanted(ChangeKind.AMOUNT, amount_cents=1), "bounds"),
        (Wanted(ChangeKind.AMOUNT, amount_cents=99_999_999), "bounds"),
    ],
)
def test_what_makes_no_sense_is_refused_by_a_sentence(monthly, wanted, code):
    with pytest.raises(Refused) as refused:
        change(monthly, wanted)
    assert refused.value.refusal.code == code
    assert not MonthlyChange.objects.exists()


def test_before_its_first_payment_there_is_nothing_to_change(pocket):
    make_gift(pocket, amount_cents=1_500, rhythm="monthly")
    with pytest.raises(Refused) as refused:
        change(MonthlyGift.objects.get(), STOP)
    assert refused.value.refusal.code == "not_begun"


@pytest.mark.parametrize("how", [faults.BROKEN, faults.TOO_MANY, faults.SILENT])
@pytest.mark.parametrize("wanted", [TO_25, PAUSE, STOP])
def test_a_provider_that_does_not_answer_is_told_again_by_the_timed_work(monthly, how, wanted):
    faults.break_next(1, how)
    asked = change(monthly, wanted)
    assert asked.state == "asked"
    assert carry_out_waiting_changes() == "0 done of 0"  # the request that asked has its own minute
    with clock.at(clock.moment() + timedelta(minutes=5)):
        assert carry_out_waiting_changes() == "1 done of 1"
    asked.refresh_from_db()
    assert asked.state == "done"
    deliver()
    assert not ProviderEvent.objects.filter(state="parked").exists()


def test_an_answer_that_was_lost_is_told_by_the_event(monthly):
    faults.break_next(1, faults.SILENT, when=faults.AFTER, only=UPDATES)
    asked = change(monthly, PAUSE)
    assert (asked.state, MonthlyGift.objects.get().state) == ("asked", "active")
    deliver()
    asked.refresh_from_db()
    assert (asked.state, MonthlyGift.objects.get().state) == ("done", "paused")
    assert len(mails(":done")) == 1


def test_a_broken_answer_is_not_asked_for_again_under_the_same_key(monthly):
    """The provider would repeat its 500 for a day (failure 5)."""
    faults.break_next(1, faults.BROKEN, only=UPDATES)
    asked = change(monthly, PAUSE)
    first_key = asked.idempotency_key.removesuffix("2")
    assert (asked.tries, first_key) == (2, f"monthly-change-{asked.once}-")


def test_one_change_at_a_time_and_only_a_stop_takes_the_place_of_another(monthly):
    faults.break_next(1, faults.TOO_MANY)
    asked = change(monthly, TO_25)
    with pytest.raises(Refused) as refused:
        change(monthly, PAUSE)
    assert refused.value.refusal.code == "under_way"
    done = change(monthly, STOP)
    asked.refresh_from_db()
    assert (asked.state, done.state, MonthlyGift.objects.get().state) == ("superseded", "done", "stopped")
    with clock.at(clock.moment() + timedelta(minutes=5)):
        assert carry_out_waiting_changes() == "0 done of 0"


def test_what_the_provider_refuses_changes_nothing_and_is_told(monthly):
    payments.end_subscription(monthly.subscription_id)  # its event is still on its way
    refused = change(monthly, TO_25)
    monthly.refresh_from_db()
    assert (refused.state, monthly.amount_cents, len(mails(":refused"))) == ("refused", 1_500, 1)
    deliver()
    monthly.refresh_from_db()
    assert monthly.state == "stopped"


def test_stopping_what_ended_at_the_provider_is_done(monthly):
    payments.end_subscription(monthly.subscription_id)
    assert change(monthly, STOP).state == "done"
    deliver()
    assert len(mails(":stopped")) == 1


def test_an_end_told_by_the_event_settles_a_stop_that_got_no_answer(monthly):
    faults.break_next(1, faults.SILENT, when=faults.AFTER, only="delete subscriptions")
    asked = change(monthly, STOP)
    assert asked.state == "asked"
    deliver()
    asked.refresh_from_db()
    assert (asked.state, MonthlyGift.objects.get().state) == ("done", "stopped")


def test_older_news_of_a_subscription_change_nothing(pocket, monthly):
    change(monthly, PAUSE)
    body = {**subscription_of(Gift.objects.get()), "id": monthly.subscription_id, "pause_collection": None}
    old = post_event(event(UPDATED, body, created=int(time.time()) - 60))
    assert (old.note, MonthlyGift.objects.get().state) == ("overtaken", "paused")
    new = post_event(event(UPDATED, body, created=int(time.time()) + 60))
    assert (new.note, MonthlyGift.objects.get().state) == ("", "active")


def test_a_pause_made_at_the_provider_is_followed_and_an_unknown_subscription_is_only_information(monthly):
    until = int(time.time()) + 40 * 86_400
    paused = {"behavior": "void", "resumes_at": until}
    body = {"id": monthly.subscription_id, "object": "subscription", "pause_collection": paused}
    assert post_event(event(UPDATED, body, created=int(time.time()) + 5)).note == ""
    monthly.refresh_from_db()
    assert (monthly.state, monthly.paused_until is not None) == ("paused", True)
    assert post_event(event(UPDATED, {**body, "id": "sub_of_others"})).note == "information"


def test_the_database_keeps_what_was_asked_and_one_change_at_a_time(monthly):
    faults.break_next(2, faults.TOO_MANY)
    asked = change(monthly, TO_25)
    for values in ({"amount_cents": 9_900}, {"kind": "stop"}, {"once": uuid.uuid4()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MonthlyChange.objects.filter(pk=asked.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyChange.objects.create(
            monthly=monthly, kind="stop", once=uuid.uuid4(), idempotency_key="x", asked_at=clock.moment()
        )
    asked.refresh_from_db()
    assert (asked.kind, asked.amount_cents) == ("amount", 2_500)


def test_the_same_form_in_two_threads_is_one_row(monthly):
    form = uuid.uuid4()
    rows = [
        ask_change(monthly=monthly, wanted=PAUSE, form_token=form, asked_from=AskedFrom.SPACE)
        for _turn in range(2)
    ]
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2020, 5, 15), 12, date(2021, 5, 15)),
        (date(2020, 11, 30), 3, date(2021, 2, 28)),
        (date(2020, 12, 1), 1, date(2021, 1, 1)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_one(day, months, wanted):
    assert after_months(day, months) == wanted


def test_no_event_of_a_change_is_parked_in_any_order(monthly):
    change(monthly, TO_25)
    change(monthly, PAUSE)
    change(monthly, RESUME)
    change(monthly, STOP)
    waiting = StandInDelivery.objects.filter(delivered_at=None).order_by("-pk")
    kinds = {json.loads(row.payload)["type"] for row in waiting}
    assert kinds == {UPDATED, ENDED}
    for row in waiting:
        assert post_raw(row.payload.encode()).status_code == 200
    monthly.refresh_from_db()
    assert (monthly.state, monthly.amount_cents) == ("stopped", 2_500)
    assert not ProviderEvent.objects.filter(state="parked").exists()
