"""Refunds: each once by its own id, in whatever order the events come, to the cent."""

import time

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from donations.actions import receiving
from donations.models import Gift, ProviderEvent, Refund
from fund import balances, chart, vault
from fund.models import Movement, OutgoingMail
from fund.models.ledger import Kind
from tests.donations.factories import (
    charge_of,
    event,
    make_gift,
    post_event,
    refund_of,
    session_of,
)
from tests.donations.orders import BOTH, ledger_content, try_orders, unlike

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]
COMPLETED = "checkout.session.completed"


@pytest.fixture
def gift(pocket):
    """A gift of 50 €, received."""
    gift = make_gift(pocket)
    post_event(event(COMPLETED, session_of(gift)))
    return gift


def said(gift: Gift) -> tuple[str, int, int]:
    """State, what was given back, and what the fund has left of it."""
    row = Gift.objects.get(pk=gift.pk)
    return row.state, row.refunded_cents, balances.left_cents()


def test_a_full_refund_takes_the_gift_back_and_tells_the_donor(gift):
    row = post_event(event("refund.created", refund_of(gift)))
    refund = Movement.objects.get(kind=Kind.REFUND)
    assert (row.state, row.note, row.gift) == ("acted", "", gift)
    assert (refund.debit_id, refund.credit_id, refund.amount_cents) == (chart.GIFTS, chart.STRIPE, 5_000)
    assert refund.reverses == Movement.objects.get(kind=Kind.GIFT)
    assert (refund.pocket, refund.entry_ref, refund.subject_id) == (gift.pocket, gift.reference, str(gift.pk))
    assert said(gift) == ("refunded", 5_000, 0)
    mail = OutgoingMail.objects.get(key=f"refund:{Refund.objects.get().pk}:told")
    assert "50" not in mail.subject and "rembours" not in mail.subject.lower()
    assert "50,00\u00a0€" in vault.open_text(mail.text_sealed)
    assert "contact@fondation.example" in vault.open_text(mail.text_sealed)


def test_several_refunds_of_one_gift_add_up_and_never_pass_it(gift):
    """Failure 23: the second refund is its own, and neither is counted twice."""
    for number, cents in enumerate((1_000, 1_500)):
        post_event(event("refund.created", refund_of(gift, f"re_{number}", cents)))
        post_event(event("refund.updated", refund_of(gift, f"re_{number}", cents)))
    assert said(gift) == ("succeeded", 2_500, 2_500)
    too_much = post_event(event("refund.created", refund_of(gift, "re_9", 2_501)))
    assert (too_much.state, too_much.reason) == ("parked", "refund_too_large")
    post_event(event("refund.created", refund_of(gift, "re_3", 2_500)))
    assert said(gift) == ("refunded", 5_000, 0)
    assert OutgoingMail.objects.filter(key__startswith="refund:").count() == 3


def test_the_same_refund_by_three_events_and_five_deliveries_counts_once(gift):
    sent = event("refund.created", refund_of(gift, cents=700, status="pending"))
    for _turn in range(5):
        post_event(sent)
    again = post_event(event("charge.refund.updated", refund_of(gift, cents=700)))
    last = post_event(event("charge.refunded", charge_of(gift, 700)))
    assert (again.note, last.note) == ("", "already_known")
    assert Refund.objects.get().state == "succeeded"
    assert said(gift) == ("succeeded", 700, 4_300)


def test_a_refund_that_the_bank_sends_back_is_undone_by_a_linked_entry(gift):
    post_event(event("refund.created", refund_of(gift)))
    post_event(event("refund.failed", refund_of(gift, status="failed")))
    undone = Movement.objects.get(kind=Kind.CORRECTION)
    assert undone.reverses == Movement.objects.get(kind=Kind.REFUND)
    assert (undone.debit_id, undone.credit_id, undone.amount_cents) == (chart.STRIPE, chart.GIFTS, 5_000)
    assert said(gift) == ("succeeded", 0, 5_000)
    assert post_event(event("refund.updated", refund_of(gift))).note == "already_known"
    post_event(event("refund.created", refund_of(gift, "re_2")))
    assert said(gift) == ("refunded", 5_000, 0)


def test_a_refund_read_before_its_payment_waits_for_it(pocket):
    gift = make_gift(pocket)
    early = post_event(event("refund.created", refund_of(gift, cents=2_000)))
    assert (early.reason, early.waits_for, said(gift)) == ("unknown_gift", f"pi_{gift.pk}", ("pledged", 0, 0))
    post_event(event(COMPLETED, session_of(gift)))
    early.refresh_from_db()
    assert (early.state, early.reason, early.waits_for, early.gift) == ("acted", "", "", gift)
    assert said(gift) == ("succeeded", 2_000, 3_000)


def test_events_that_crossed_are_taken_up_by_the_timed_work(pocket, monkeypatch):
    """Two processes at the same instant do not see each other's rows."""
    gift = make_gift(pocket)
    early = post_event(event("refund.created", refund_of(gift)))
    monkeypatch.setattr(receiving, "_take_up", lambda known: None)
    post_event(event(COMPLETED, session_of(gift)))
    monkeypatch.undo()
    assert ProviderEvent.objects.get(pk=early.pk).state == "parked"
    assert receiving.take_up_waiting_events() == "1 taken up"
    assert receiving.take_up_waiting_events() == "0 taken up"
    assert said(gift) == ("refunded", 5_000, 0)


def test_each_order_of_a_gift_and_its_refunds_ends_in_the_same_ledger(pocket):
    """The payment, a refund that fails, and a second one for which the first must make room; then the charge's sum."""
    gift, now = make_gift(pocket), int(time.time())
    first = {"created": now}
    sent = [
        event(COMPLETED, session_of(gift), created=now),
        event("refund.created", refund_of(gift, "re_1", status="pending", **first), created=now),
        event("refund.failed", refund_of(gift, "re_1", status="failed", **first), created=now + 1),
        event("refund.created", refund_of(gift, "re_2", 4_000, **first), created=now + 2),
        event("charge.refunded", charge_of(gift, 4_000), created=now + 2),
    ]

    def look() -> tuple[object, ...]:
        return said(gift), list(ProviderEvent.objects.filter(state="parked")), ledger_content()

    seen = try_orders(sent, look, BOTH)
    wanted = seen[0, 1, 2, 3]
    assert wanted[:2] == (("succeeded", 4_000, 1_000), [])
    assert len(wanted[2]) == 4 and len(seen) == 48
    assert unlike(seen, list(seen), wanted) == {}


def test_an_older_charge_that_lists_its_refunds_needs_no_other_event(gift):
    listed = [
        {"id": f"re_{number}", "object": "refund", "amount": cents, "currency": "eur", "status": "succeeded"}
        for number, cents in enumerate((500, 700))
    ]
    refunds = {"object": "list", "data": listed, "has_more": False}
    row = post_event(event("charge.refunded", charge_of(gift, 1_200, refunds=refunds)))
    assert (row.state, said(gift)) == ("acted", ("succeeded", 1_200, 3_800))


def test_a_sum_without_its_refund_is_parked_until_the_refund_tells_itself(gift):
    row = post_event(event("charge.refunded", charge_of(gift, 1_200)))
    assert (row.state, row.reason, said(gift)) == ("parked", "refund_to_come", ("succeeded", 0, 5_000))
    post_event(event("refund.created", refund_of(gift, cents=1_200)))
    row.refresh_from_db()
    assert (row.state, row.note) == ("acted", "already_known")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"currency": "usd"}, "currency_mismatch"),
        ({"amount": 12.5}, "refund_amount"),
        ({"amount": -5}, "refund_amount"),
        ({"id": None}, "refund_amount"),
        ({"payment_intent": "pi_other"}, "unknown_gift"),
        ({"payment_intent": None}, "unknown_gift"),
    ],
)
def test_a_refund_that_cannot_be_is_parked(gift, values, reason):
    assert post_event(event("refund.created", refund_of(gift, **values))).reason == reason
    assert said(gift) == ("succeeded", 0, 5_000)


def test_a_refund_known_with_another_amount_is_parked(gift):
    post_event(event("refund.created", refund_of(gift, cents=100)))
    assert post_event(event("refund.updated", refund_of(gift, cents=200))).reason == "cause_conflict"
    assert said(gift) == ("succeeded", 100, 4_900)


def test_a_late_second_payment_is_refunded_alone(gift):
    """Failure 8: refunding one of two payments does not undo the other."""
    post_event(event(COMPLETED, session_of(gift, id="cs_two", payment_intent="pi_two")))
    post_event(event("refund.created", refund_of(gift, payment_intent="pi_two")))
    assert said(gift) == ("succeeded", 0, 5_000)
    assert Gift.objects.get(paid_twice_as=gift).state == "refunded"


def test_nothing_about_the_payment_brings_a_refunded_gift_back(gift):
    post_event(event("refund.created", refund_of(gift)))
    failed = session_of(gift, payment_status="unpaid")
    old, new = int(time.time()) - 60, int(time.time()) + 60
    row = post_event(event("checkout.session.async_payment_failed", failed, created=old))
    assert row.note == "overtaken"
    row = post_event(event("checkout.session.async_payment_failed", failed, created=new))
    assert (row.state, row.reason) == ("parked", "undone_too_large"), "given back and taken back: paid twice"
    assert (
        post_event(event(COMPLETED, session_of(gift), created=int(time.time()) + 1)).note == "already_known"
    )
    assert said(gift) == ("refunded", 5_000, 0)


def test_a_donor_who_was_erased_is_refunded_without_a_mail(gift):
    vault.erase_subject(gift.donor.subject_key)
    assert post_event(event("refund.created", refund_of(gift))).state == "acted"
    assert not OutgoingMail.objects.filter(key__startswith="refund:").exists()


def test_the_facts_of_a_refund_never_change(gift):
    post_event(event("refund.created", refund_of(gift)))
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Refund.objects.update(amount_cents=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Gift.objects.filter(pk=gift.pk).update(refunded_cents=5_001)


def test_after_a_part_was_given_back_the_donors_page_begins_with_what_stands(client, pocket):
    gift = make_gift(pocket, amount_cents=15_050)
    post_event(event(COMPLETED, session_of(gift)))
    post_event(event("refund.created", refund_of(gift, cents=5_050)))
    for name in ("gift_page", "gift_state"):
        page = client.get(reverse(name, args=[gift.token])).content.decode()
        heading, _mark, below = page.partition("<h1>")[2].partition("</h1>")
        assert "arrivé\u00a0: 100\u00a0€" in heading
        assert below.lstrip().startswith(
            '<p class="lead">Vous aviez donné 150,50\u00a0€\u202f; nous vous en avons'
        )
        assert "rendu 50,50\u00a0€" in below


def test_a_whole_gift_s_page_speaks_of_nothing_given_back(client, gift):
    page = client.get(reverse("gift_page", args=[gift.token])).content.decode()
    assert "arrivé\u00a0: 50\u00a0€" in page and "rendu" not in page.split("<main")[1].split("</main")[0]
