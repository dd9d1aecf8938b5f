"""`compare_with_stripe`: what no event told is repaired by the same acts, in silence; doubts are shown, not settled."""

import json
from datetime import timedelta
from io import StringIO

import pytest
import stripe
from django.core.management import call_command
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from config.demo import faults, payments, stripe_objects
from config.demo.models import StandInDelivery, StandInObject
from config.demo.stripe_client import StandInClient
from donations import staff_tasks, stripe_lookups
from donations.actions import comparing, fees, paying
from donations.actions.pledging import MONTHLY
from donations.models import ComparisonFinding, ComparisonRun, Gift, MonthlyGift
from donations.models.provider import Difference
from fund import clock, registry
from fund.models import Movement, OutgoingMail
from fund.models.ledger import Kind
from tests.donations.factories import make_gift, post_raw
from tests.second_factor import prove

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_in_one_round(monkeypatch):
    monkeypatch.setattr(comparing, "ROUNDS", 1)


def open_page(pocket, **values) -> tuple[Gift, str]:
    gift = make_gift(pocket, **values)
    return gift, paying.start_payment(gift=gift).rpartition("/")[2]


def compare(*, minutes: int = 20) -> ComparisonRun:
    """A comparison some minutes later: what is young is left alone."""
    with clock.at(clock.moment() + timedelta(minutes=minutes)):
        return comparing.compare()


def counts(run: ComparisonRun) -> tuple[int, int, int, int]:
    return run.checked, run.repaired, run.differing, run.unreachable


def deliver_all() -> None:
    for row in StandInDelivery.objects.filter(delivered_at=None).order_by("pk"):
        secret = stripe.WebhookSignature.generate_signature_header(row.payload, "whsec_tests_only")
        assert post_raw(row.payload.encode(), header=secret).status_code == 200


def no_mail_was_written() -> bool:
    thanks = DBTaskResult.objects.filter(task_path__endswith="thank_donor")
    return not thanks.exists() and not OutgoingMail.objects.exists()


# Open gifts -------------------------------------------------------------------------------------------------


def test_a_paid_gift_that_no_event_told_is_counted_in_silence_and_its_late_event_adds_nothing(pocket):
    gift, session = open_page(pocket)
    payments.pay_by_card(session)
    run = compare()
    gift.refresh_from_db()
    assert (gift.state, counts(run)[:2]) == ("succeeded", (2, 1)), "then looked at as a counted one"
    assert run.finished_at is not None and no_mail_was_written()
    assert gift.attempts.get().payment_intent_id
    deliver_all()
    assert Movement.objects.filter(kind=Kind.GIFT).count() == 1
    assert counts(compare()) == (1, 0, 0, 0)
    assert no_mail_was_written()


def test_the_fee_of_what_was_repaired_is_fetched_as_ever(pocket):
    _gift, session = open_page(pocket)
    payments.pay_by_card(session)
    compare()
    asked = DBTaskResult.objects.get(task_path__endswith="record_fee")
    assert fees.record_fee.func(*asked.args_kwargs["args"]) == "booked"
    assert Movement.objects.get(kind=Kind.FEE).amount_cents == 100


def test_a_debit_that_no_event_told_came_on_the_day_of_its_money_not_of_its_order(pocket):
    """Failure 30: ordered on 30 December, paid in January, it is a gift of the new year."""
    _gift, session = open_page(pocket)
    payments.start_debit(session)
    payments.confirm_debit(session)
    charge = StandInObject.objects.filter(kind="charge").latest("pk")
    charge.body["created"] -= 5 * 86_400  # Stripe’s is the one that was made when the debit was ordered
    charge.save()
    entry = StandInObject.objects.get(kind="balance_transaction")
    page = stripe_lookups.read_page(session)
    assert page is not None and page.intent is not None and page.intent.paid_at is not None
    assert page.intent.paid_at.timestamp() == entry.body["created"]


def test_what_is_younger_than_a_quarter_of_an_hour_is_left_alone(pocket):
    gift, session = open_page(pocket)
    payments.pay_by_card(session)
    assert counts(compare(minutes=10)) == (0, 0, 0, 0)
    gift.refresh_from_db()
    assert gift.state == "pledged"


def test_an_open_page_and_an_untouched_gift_are_no_difference(pocket):
    open_page(pocket)
    make_gift(pocket)  # never had a page
    assert counts(compare()) == (1, 0, 0, 0)


def test_a_debit_is_followed_from_promise_to_refusal_without_a_mail(pocket):
    gift, session = open_page(pocket)
    payments.start_debit(session)
    states = []
    for act in (lambda: None, lambda: payments.refuse_debit(session), lambda: None):
        act()
        compare()
        gift.refresh_from_db()
        states.append(gift.state)
    assert states == ["pending", "failed", "failed"]
    assert no_mail_was_written()


def test_an_expired_page_fails_its_gift(pocket):
    gift, session = open_page(pocket)
    provider = stripe.StripeClient("sk_test_x", http_client=StandInClient(), max_network_retries=0)
    provider.v1.checkout.sessions.expire(session)
    assert counts(compare())[:2] == (1, 1)
    gift.refresh_from_db()
    assert gift.state == "failed"


def test_a_failed_gift_whose_former_page_was_paid_after_all_is_counted(pocket):
    gift, session = open_page(pocket)
    payments.start_debit(session)
    deliver_all()
    Gift.objects.filter(pk=gift.pk).update(state="failed")
    payments.confirm_debit(session)
    assert compare().repaired == 1
    gift.refresh_from_db()
    assert gift.state == "succeeded"


def test_an_amount_that_is_not_the_gifts_is_shown_until_it_is_gone(pocket):
    gift, session = open_page(pocket)
    paid = payments.pay_by_card(session)
    intent = StandInObject.objects.get(pk=paid["payment_intent"])
    stripe_objects.keep({**intent.body, "amount_received": 4_000})
    for _turn in range(2):
        assert counts(compare()) == (1, 0, 1, 0)
    finding = ComparisonFinding.objects.get()
    assert (finding.gift, finding.kind, finding.reason) == (gift, Difference.NOT_REPAIRED, "amount_mismatch")
    assert not Movement.objects.exists()
    stripe_objects.keep(intent.body)
    assert compare().repaired == 1
    finding.refresh_from_db()
    assert finding.closed_at is not None


def test_a_page_that_the_provider_does_not_know_is_shown(pocket):
    _gift, session = open_page(pocket)
    StandInObject.objects.filter(pk=session).delete()
    assert counts(compare()) == (1, 0, 1, 0)
    assert ComparisonFinding.objects.get().kind == Difference.UNKNOWN_THERE


# Monthly gifts ----------------------------------------------------------------------------------------------


def test_a_monthly_gift_whose_events_were_lost_begins_catches_up_and_ends(pocket):
    _gift, session = open_page(pocket, rhythm=MONTHLY)
    subscription = payments.pay_by_card(session)["subscription"]
    assert compare().repaired == 1
    monthly = MonthlyGift.objects.get()
    assert (monthly.state, monthly.subscription_id) == ("active", subscription)
    MonthlyGift.objects.update(state="past_due")
    payments.renew(subscription)
    compare()
    monthly.refresh_from_db()
    assert (monthly.state, monthly.gifts.filter(state="succeeded").count()) == ("active", 2)
    assert all(gift.attempts.get().payment_intent_id for gift in monthly.gifts.order_by("pk"))
    MonthlyGift.objects.update(state="past_due")
    payments.end_subscription(subscription)
    compare()
    monthly.refresh_from_db()
    assert monthly.state == "stopped"
    deliver_all()
    assert Movement.objects.filter(kind=Kind.GIFT).count() == 2
    assert no_mail_was_written()


def test_a_monthly_gift_that_is_truly_behind_stays_so_and_one_whose_page_expired_fails(pocket):
    _gift, session = open_page(pocket, rhythm=MONTHLY)
    subscription = payments.pay_by_card(session)["subscription"]
    compare()
    payments.fail_renewal(subscription)
    MonthlyGift.objects.update(state="past_due")
    compare()
    assert MonthlyGift.objects.get().state == "past_due"
    other, session = open_page(pocket, rhythm=MONTHLY)
    stripe_objects.keep({**StandInObject.objects.get(pk=session).body, "status": "expired", "url": None})
    assert compare().repaired == 1
    other.refresh_from_db()
    assert other.state == "failed"


# What is counted --------------------------------------------------------------------------------------------


def test_money_that_the_provider_says_is_not_there_is_shown_and_never_taken_away(pocket):
    gift, session = open_page(pocket)
    payments.start_debit(session)
    payments.confirm_debit(session)
    deliver_all()
    payments.undo_debit(session)
    for _turn in range(2):
        assert counts(compare()) == (1, 0, 1, 0)
    finding = ComparisonFinding.objects.get()
    assert (finding.gift, finding.kind) == (gift, Difference.COUNTED_NOT_PAID)
    gift.refresh_from_db()
    assert gift.state == "succeeded"
    # The stand-in's acts of one second are a tie: as if the bank had answered a day later.
    for row in StandInDelivery.objects.filter(delivered_at=None):
        told = json.loads(row.payload)
        StandInDelivery.objects.filter(pk=row.pk).update(
            payload=json.dumps({**told, "created": told["created"] + 86_400}),
            delivered_at=None if told["type"] == "charge.failed" else clock.moment(),
        )
    deliver_all()
    gift.refresh_from_db()
    assert gift.state == "undone"
    assert counts(compare()) == (1, 0, 0, 0)
    finding.refresh_from_db()
    assert finding.closed_at is not None


def test_a_month_whose_payment_is_gone_is_shown(pocket):
    _gift, session = open_page(pocket, rhythm=MONTHLY)
    payments.start_debit(session)
    payments.confirm_debit(session)
    deliver_all()
    assert counts(compare()) == (1, 0, 0, 0)
    payments.undo_debit(payments.confirm_debit(session)["invoice"])
    assert counts(compare()) == (1, 0, 1, 0)


def test_a_debit_undone_here_and_paid_there_is_shown(pocket):
    gift, session = open_page(pocket)
    payments.pay_by_card(session)
    deliver_all()
    Gift.objects.filter(pk=gift.pk).update(state="undone")
    assert counts(compare()) == (1, 0, 1, 0)
    assert ComparisonFinding.objects.get().kind == Difference.UNDONE_PAID
    Gift.objects.filter(pk=gift.pk).update(state="succeeded")


def test_each_counted_gift_has_its_turn_within_a_day(pocket, monkeypatch):
    monkeypatch.setattr(comparing, "ROUNDS", 3)
    for _number in range(4):
        payments.pay_by_card(open_page(pocket)[1])
    deliver_all()
    assert sum(compare().checked for _turn in range(3)) == 4


# The provider, the switch, the doors ------------------------------------------------------------------------


def test_a_silent_provider_is_counted_and_given_up_on(pocket):
    for _number in range(5):
        open_page(pocket)
    faults.break_next(1, faults.TOO_MANY)
    assert counts(compare()) == (5, 0, 0, 1)
    faults.break_next(99, faults.SILENT)
    assert counts(compare()) == (3, 0, 0, 3)


def test_nothing_is_asked_outside_while_a_row_is_locked(pocket, transactional_db):
    gift, session = open_page(pocket)
    payments.pay_by_card(session)
    assert compare().repaired == 1, "the gateway refuses to speak inside a transaction"
    gift.refresh_from_db()
    assert gift.state == "succeeded"


def command(*arguments: str) -> tuple[int, dict]:
    out, status = StringIO(), 0
    try:
        with clock.at(clock.moment() + timedelta(minutes=20)):
            call_command("compare_with_stripe", "--json", *arguments, stdout=out)
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    return status, json.loads(out.getvalue())


def test_the_command_repairs_tells_and_obeys_the_switch(pocket):
    gift, session = open_page(pocket)
    payments.pay_by_card(session)
    assert command("--disable") == (0, {"ok": True, "on": False})
    assert command() == (0, {"ok": True, "on": False})
    assert comparing.compare_hourly() == "turned off" and not ComparisonRun.objects.exists()
    assert command("--enable") == (0, {"ok": True, "on": True})
    status, report = command()
    assert (status, report["repaired"]) == (0, 1)
    gift.refresh_from_db()
    assert gift.state == "succeeded"


def test_a_difference_or_silence_makes_the_status_one(pocket):
    _gift, session = open_page(pocket)
    faults.break_next(1, faults.BROKEN)
    assert command()[0] == 1
    StandInObject.objects.filter(pk=session).delete()
    assert command()[1]["differing"] == 1


def test_the_hourly_job_is_known_and_says_what_it_did(pocket):
    every, job = registry.jobs()["comparison"]
    assert every == timedelta(hours=1)
    assert job() == "0 checked, 0 repaired, 0 differing, 0 unreachable"


def test_the_events_page_shows_the_last_runs_the_findings_and_the_switch(client, pocket, people):
    gift, session = open_page(pocket)
    StandInObject.objects.filter(pk=session).delete()
    compare()
    client.force_login(people.auditor, backend="django.contrib.auth.backends.ModelBackend")
    prove(client, people.auditor)
    page = client.get(reverse("event_inbox")).content.decode()
    assert "Comparaison avec le prestataire" in page and gift.reference in page
    assert "Le prestataire ne connaît pas cette page de paiement." in page
    assert "arrêtée" not in page
    assert [told.title for told in staff_tasks.told()] == ["1 don diffère chez le prestataire"]
    comparing.turn(to="off")
    assert "arrêtée" in client.get(reverse("event_inbox")).content.decode()
