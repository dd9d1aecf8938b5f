"""`replay_stripe_events`: what the provider could not deliver is fetched and taken through the same door, once."""

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.demo import delivery, faults, payments, stripe_objects
from config.demo.models import StandInDelivery
from donations.actions import paying
from donations.models import Gift, ProviderEvent
from fund.models import Movement
from tests.donations.factories import make_gift, post_raw

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(pocket) -> Gift:
    """A gift paid at the stand-in while our endpoint was away."""
    gift = make_gift(pocket)
    payments.pay_by_card(paying.start_payment(gift=gift).rpartition("/")[2])
    return gift


def run(*arguments: str) -> tuple[int, dict]:
    """The exit status and the report."""
    out, status = StringIO(), 0
    try:
        call_command("replay_stripe_events", "--json", *arguments, stdout=out)
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    return status, json.loads(out.getvalue())


def test_what_was_missed_is_taken_in_the_order_it_happened_and_counts_once(paid):
    status, report = run()
    assert (status, report["ok"], report["listed"]) == (0, True, 2)
    assert [one["type"] for one in report["events"]] == [
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    assert (report["known"], report["outcomes"]) == ({"new": 2}, {"acted": 2})
    paid.refresh_from_db()
    assert paid.state == "succeeded" and Movement.objects.count() == 1


def test_a_second_replay_and_the_late_delivery_add_nothing(paid):
    run()
    status, report = run()
    assert (status, report["known"], report["outcomes"]) == (0, {"acted": 2}, {"acted": 2})
    for row in StandInDelivery.objects.order_by("pk"):
        delivery.deliver(row, post=lambda _to, body, header: post_raw(body, header=header).status_code)
    assert ProviderEvent.objects.count() == 2 and Movement.objects.count() == 1
    assert run()[1]["listed"] == 0, "what was delivered is missed no more"


def test_a_dry_run_lists_and_takes_nothing(paid):
    status, report = run("--dry-run")
    assert (status, report["listed"], report["outcomes"]) == (0, 2, {})
    assert not ProviderEvent.objects.exists()


def test_what_is_parked_makes_the_status_one(paid):
    stripe_objects.announce("plan.created", {"id": "plan_1", "object": "plan"})
    for _turn in range(2):
        status, report = run()
        assert (status, report["ok"], report["outcomes"]) == (1, False, {"acted": 2, "parked": 1})


def test_a_provider_that_does_not_answer_makes_the_status_one(paid):
    faults.break_next(1, faults.BROKEN, only="get events")
    status, report = run()
    assert (status, report["reached"], report["listed"]) == (1, False, 0)
    assert run()[0] == 0


def test_many_events_are_walked_page_by_page(paid, monkeypatch):
    monkeypatch.setattr("donations.stripe_lookups.PAGE_SIZE", 1)
    assert run()[1]["listed"] == 2


def test_only_the_days_asked_for_are_listed_and_a_list_that_was_cut_says_so(paid):
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert run("--since-days", "2")[1]["listed"] == 0
        assert run("--since-days", "4", "--dry-run")[1]["listed"] == 2
        assert run("--since-days", "45", "--dry-run")[1]["cut"] is True
        assert run("--dry-run")[1]["cut"] is False
        out = StringIO()
        call_command("replay_stripe_events", "--since-days", "45", "--dry-run", stdout=out)
        assert "thirty days only" in out.getvalue() and "2 not delivered; 2 new" in out.getvalue()
    with pytest.raises(CommandError, match="at least 1"):
        call_command("replay_stripe_events", "--since-days", "0")
