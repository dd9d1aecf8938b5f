"""The proofs about receipts find what they are there to find; what the database refuses is taken away first."""

import contextlib

import pytest
from django.db import connection

from donations.models import Gift, Receipt, ReceiptCounter, ReceiptLine
from donations.receipts import proofs
from fund import guards, vault
from tests.donations.receipts.factories import received, run_worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation")]
CHECKS = (
    proofs.numbers_have_no_hole,
    proofs.receipts_say_what_stands,
    proofs.a_gift_is_on_one_live_receipt,
    proofs.receipts_are_as_they_were_given,
)


def broken() -> dict[str, list[str]]:
    return {check.__name__: found for check in CHECKS if (found := list(check()))}


@contextlib.contextmanager
def unguarded():
    """The append-only triggers are away."""
    guards.remove(connection)
    try:
        yield
    finally:
        guards.install(connection)


@pytest.fixture
def receipts(basis, pocket) -> list[Receipt]:
    for name in "abc":
        received(pocket, email=f"{name}@example.org")
    run_worker()
    assert broken() == {}
    return list(Receipt.objects.order_by("pk"))


def test_a_number_that_is_missing_is_found(receipts):
    with unguarded():
        Receipt.objects.filter(pk=receipts[1].pk).update(number=9)
    assert list(broken()) == ["numbers_have_no_hole"]


def test_a_counter_that_ran_ahead_is_found(receipts):
    ReceiptCounter.objects.update(last=4)
    assert "the counter is at 4" in broken()["numbers_have_no_hole"][0]


def test_a_counter_without_receipts_is_found(basis):
    ReceiptCounter.objects.create(issuer="000000000", year=2019, last=2)
    assert "there is no receipt" in broken()["numbers_have_no_hole"][0]


def test_a_receipt_that_says_more_than_what_stands_is_found(receipts):
    gift = receipts[0].lines.get().gift
    Gift.objects.filter(pk=gift.pk).update(refunded_cents=1_000)
    assert broken()["receipts_say_what_stands"] == [
        f"receipt {receipts[0].pk}: 5000 cents of gift {gift.pk}, 4000 stand."
    ]


def test_a_changed_amount_is_found(receipts):
    with unguarded():
        Receipt.objects.filter(pk=receipts[0].pk).update(amount_cents=1)
    assert list(broken()) == ["receipts_say_what_stands"]


def test_a_line_that_ended_without_a_void_is_found(receipts):
    ReceiptLine.objects.filter(receipt=receipts[0]).update(is_live=False)
    assert broken()["receipts_say_what_stands"] == [f"receipt {receipts[0].pk}: void and its lines disagree."]


def test_a_gift_on_two_live_receipts_is_found(receipts):
    gift = receipts[0].lines.get().gift
    line = ReceiptLine(
        receipt=receipts[1], gift=gift, amount_cents=5_000, received_on="2020-05-15", is_live=False
    )
    line.save()
    assert broken()["a_gift_is_on_one_live_receipt"] == [f"gift {gift.pk}: on 2 live receipts."]


def test_changed_bytes_are_found_and_ended_keeping_is_no_fault(receipts):
    with unguarded():
        Receipt.objects.filter(pk=receipts[0].pk).update(
            pdf_sealed=vault.seal_for(receipts[0].key, b"%PDF-other")
        )
        Receipt.objects.filter(pk=receipts[1].pk).update(pdf_sealed=b"nothing")
    vault.erase_subject(receipts[2].key)
    said = broken()["receipts_are_as_they_were_given"]
    assert said == [
        f"receipt {receipts[0].pk}: its bytes are not those that were given.",
        f"receipt {receipts[1].pk}: its bytes cannot be read.",
    ]
