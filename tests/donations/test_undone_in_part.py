"""A direct debit of which a part was given back or contested before its bank took it back: the rest is undone."""

import itertools
import logging

import pytest
from django.db.models import Sum

from donations import proofs
from donations.actions import handling, receiving, undoing
from donations.models import Gift, ProviderEvent
from donations.models.gifts import GiftState
from fund import balances, chart
from fund.models import Movement, OutgoingMail
from fund.models.ledger import Kind
from reports.figures import read_figures
from tests.donations.factories import dispute_of, event, refund_of, take_event
from tests.donations.orders import try_orders, unlike
from tests.donations.test_undone import (
    DAYS,
    LONG_AGO,
    failed_charge,
    failed_intent,
    gift,
    not_there_yet,
    proof_is_clean,
    succeeded,
)

__all__ = ["gift"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation")]


def refunded_and_taken_back(gift: Gift) -> list[dict]:
    """A debit paid, given back in part, taken back whole by its bank, and the refund that fails at last."""
    refund = refund_of(gift, "re_1", 2_000)
    return [
        succeeded(gift),
        event("refund.created", refund, created=LONG_AGO + DAYS // 2),
        failed_intent(gift, created=LONG_AGO + DAYS),
        event("refund.failed", {**refund, "status": "failed"}, created=LONG_AGO + 2 * DAYS),
    ]


def ledger_sums() -> dict[tuple, int]:
    """Cents by kind, accounts and pocket: however many movements said so."""
    by = Movement.objects.values_list("kind", "debit_id", "credit_id", "pocket__code")
    return {tuple(row[:4]): row[4] for row in by.annotate(cents=Sum("amount_cents")).order_by()}


def waiting_events() -> int:
    return ProviderEvent.objects.filter(state="parked").count()


def test_every_order_of_a_refund_that_fails_and_a_debit_taken_back_ends_in_one_ledger(gift):
    sent = refunded_and_taken_back(gift)
    orders = list(itertools.permutations(range(4)))

    def look():
        row = Gift.objects.get()
        is_proven = not [*proofs.undone_gifts_were_taken_back(), *proofs.gifts_say_what_was_given_back()]
        return row.state, row.refunded_cents, ledger_sums(), waiting_events(), is_proven

    seen = try_orders(sent, look, orders)
    sums = seen[0, 1, 2, 3][2]
    assert sum(cents for (kind, *_), cents in sums.items() if kind == Kind.GIFT_UNDONE) == 5_000
    assert seen[0, 1, 2, 3][0:2] == (GiftState.UNDONE, 0) and seen[0, 1, 2, 3][3:] == (0, True)
    assert unlike(seen, orders, seen[0, 1, 2, 3]) == {}


def test_every_order_of_a_part_refund_and_a_debit_taken_back_ends_at_zero_and_shows_the_part_once(gift):
    sent = refunded_and_taken_back(gift)[:3]
    orders = list(itertools.permutations(range(3)))

    def look():
        left = read_figures().left_cents
        return Gift.objects.get().state, balances.balance_cents(chart.STRIPE), left, waiting_events()

    seen = try_orders(sent, look, orders)
    assert unlike(seen, orders, (GiftState.UNDONE, 0, 0, 1)) == {}


def test_what_a_refund_left_is_undone_and_what_left_twice_is_shown_until_the_refund_fails(gift):
    paid, refund, taken, failed = refunded_and_taken_back(gift)
    for sent in (paid, refund):
        take_event(sent)
    row = take_event(taken)
    assert (row.state, row.reason) == ("parked", "undone_too_large")
    assert Movement.objects.get(kind=Kind.GIFT_UNDONE).amount_cents == 3_000
    assert (Gift.objects.get().state, read_figures().raised_cents) == (GiftState.UNDONE, 0)
    assert OutgoingMail.objects.filter(key=f"gift:{gift.pk}:undone").exists()
    assert proof_is_clean()
    assert receiving.take_up_waiting_events() == "0 taken up", "it stays before a person's eyes"
    take_event(failed)
    row.refresh_from_db()
    assert (row.state, row.note) == ("acted", "already_known")
    undone = Movement.objects.filter(kind=Kind.GIFT_UNDONE).order_by("pk")
    assert [line.amount_cents for line in undone] == [3_000, 2_000]
    assert balances.balance_cents(chart.STRIPE) == 0
    assert proof_is_clean()


def test_a_part_contested_and_won_after_the_debit_was_taken_back_is_undone_too(gift):
    take_event(succeeded(gift))
    contested = dispute_of(gift, cents=2_000, balance_transactions=[])
    take_event(event("charge.dispute.created", contested))
    row = take_event(failed_intent(gift, created=LONG_AGO + DAYS))
    assert (row.state, row.reason) == ("parked", "undone_too_large")
    assert balances.balance_cents(chart.STRIPE) == 0
    take_event(event("charge.dispute.closed", {**contested, "status": "won"}))
    row.refresh_from_db()
    assert (row.state, balances.balance_cents(chart.STRIPE)) == ("acted", 0)
    assert proof_is_clean()


def test_a_debit_taken_back_after_all_was_refunded_is_shown_and_undone_if_the_refund_fails(gift):
    take_event(succeeded(gift))
    refund = refund_of(gift)
    take_event(event("refund.created", refund))
    row = take_event(failed_intent(gift, created=LONG_AGO + DAYS))
    assert (row.state, row.reason) == ("parked", "undone_too_large")
    take_event(event("refund.failed", {**refund, "status": "failed"}))
    row.refresh_from_db()
    assert (row.state, row.note, balances.balance_cents(chart.STRIPE)) == ("acted", "undone", 0)


def test_the_proof_sees_a_part_that_was_not_taken_back(gift):
    for sent in refunded_and_taken_back(gift)[:3]:
        take_event(sent)
    assert list(proofs.undone_gifts_were_taken_back()) == []
    Gift.objects.filter(pk=gift.pk).update(refunded_cents=1_000)
    assert len(list(proofs.undone_gifts_were_taken_back())) == 1


def test_a_crossed_debit_of_which_a_part_was_given_back_is_undone_by_the_timed_work_and_told(
    gift, monkeypatch, caplog
):
    """Two processes at the same instant did not see each other's rows, and a refund came before the timed work."""
    monkeypatch.setattr(undoing, "gift_of_payment", not_there_yet)
    take_event(failed_charge(gift, created=LONG_AGO + DAYS))
    monkeypatch.undo()
    monkeypatch.setattr(handling.undoing, "after_success", lambda outcome, succeeded_at: outcome)
    take_event(succeeded(gift))
    monkeypatch.undo()
    take_event(event("refund.created", refund_of(gift, "re_1", 2_000)))
    with caplog.at_level(logging.WARNING):
        assert undoing.undo_crossed_debits() == "1 undone"
    assert f"gift {gift.pk} was undone, a part of it left twice" in caplog.text
    assert (Gift.objects.get().state, balances.balance_cents(chart.STRIPE)) == (GiftState.UNDONE, 0)
    assert proof_is_clean()
