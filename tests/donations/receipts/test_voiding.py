"""Receipts voided by what became of the money, or by a person; what still stands gets a new number (failure 26)."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from donations.givers import Address, giver_of
from donations.models import Gift, Receipt, ReceiptVoid
from donations.receipts import copies, queries, runs, voiding
from fund import clock, vault
from fund.models import OutgoingMail
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.donations.factories import dispute_of, event, post_event, refund_of
from tests.donations.receipts.factories import ZOE, received, received_month, run_worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]


@pytest.fixture
def gift(basis, pocket) -> Gift:
    """50 €, received, on receipt 2020-000001."""
    gift = received(pocket)
    run_worker()
    return gift


def told() -> list[tuple[str, int, str]]:
    """Number, cents and why it is void, of every receipt in turn."""
    rows = Receipt.objects.select_related("void").order_by("pk")
    return [(row.reference, row.amount_cents, row.void.reason if row.is_void else "") for row in rows]


def mail_about(receipt: Receipt) -> str:
    return vault.open_text(OutgoingMail.objects.get(key=f"receipt:{receipt.pk}:void").text_sealed)


def test_a_full_refund_voids_the_receipt_at_once_and_tells_the_donor(gift):
    post_event(event("refund.created", refund_of(gift)))
    assert told() == [("2020-000001", 5_000, "refund")]
    assert run_worker() == ["void"]
    text = mail_about(Receipt.objects.get())
    assert "2020-000001" in text and "annulé" in text and "remplace" not in text


def test_a_partial_refund_leaves_a_new_receipt_of_the_rest(gift):
    post_event(event("refund.created", refund_of(gift, "re_1", 2_000)))
    assert run_worker() == ["replaced"]
    assert told() == [("2020-000001", 5_000, "refund"), ("2020-000002", 3_000, "")]
    second = Receipt.objects.latest("pk")
    assert second.replaces == Receipt.objects.earliest("pk")
    assert copies.facts_of(second).replaces == "2020-000001"
    assert "2020-000002" in mail_about(second.replaces) and second.token in mail_about(second.replaces)


def test_a_second_partial_refund_voids_the_second_receipt(gift):
    for name in ("re_1", "re_2"):
        post_event(event("refund.created", refund_of(gift, name, 1_000)))
        run_worker()
    assert [row[1:] for row in told()] == [(5_000, "refund"), (4_000, "refund"), (3_000, "")]


def test_a_refund_that_fails_gives_the_whole_receipt_back_under_a_new_number(gift):
    post_event(event("refund.created", refund_of(gift, "re_1", 2_000)))
    run_worker()
    post_event(event("refund.failed", refund_of(gift, "re_1", 2_000, "failed")))
    run_worker()
    assert [row[1:] for row in told()] == [(5_000, "refund"), (3_000, "restored"), (5_000, "")]


def test_a_whole_refund_that_fails_too(gift):
    post_event(event("refund.created", refund_of(gift)))
    run_worker()
    post_event(event("refund.failed", refund_of(gift, status="failed")))
    run_worker()
    assert told() == [("2020-000001", 5_000, "refund"), ("2020-000002", 5_000, "")]


def test_an_open_dispute_voids_and_a_won_one_brings_a_new_number(gift):
    post_event(event("charge.dispute.created", dispute_of(gift)))
    run_worker()
    assert told() == [("2020-000001", 5_000, "dispute")] and not queries.certifiable_cents(
        Gift.objects.get(pk=gift.pk)
    )
    post_event(event("charge.dispute.closed", dispute_of(gift, status="won")))
    run_worker()
    assert told() == [("2020-000001", 5_000, "dispute"), ("2020-000002", 5_000, "")]


def test_a_lost_dispute_of_a_part_leaves_a_receipt_of_the_rest(gift):
    """While it is open nothing is certified, though a part is not contested."""
    post_event(event("charge.dispute.created", dispute_of(gift, cents=2_000)))
    run_worker()
    assert told() == [("2020-000001", 5_000, "dispute")]
    post_event(event("charge.dispute.closed", dispute_of(gift, cents=2_000, status="lost")))
    run_worker()
    assert told()[1:] == [("2020-000002", 3_000, "")]


def test_the_other_gifts_of_a_years_receipt_stand_on_its_replacement(basis, pocket):

    days = [datetime(2020, month, 5, tzinfo=clock.PARIS) for month in (1, 2, 3)]
    gifts = [received_month(pocket, day) for day in days]
    with clock.at(datetime(2021, 1, 10, tzinfo=clock.PARIS)):
        runs.start_run(by=None, year=2020)
        run_worker()
        post_event(event("refund.created", refund_of(gifts[1])))
        run_worker()
    assert [row[1:] for row in told()] == [(15_000, "refund"), (10_000, "")]
    standing = Receipt.objects.latest("pk")
    assert list(standing.lines.order_by("gift").values_list("gift", flat=True)) == [gifts[0].pk, gifts[2].pk]


def test_the_same_void_is_followed_once(gift):
    post_event(event("refund.created", refund_of(gift, "re_1", 2_000)))
    run_worker()
    assert voiding.follow_void.func(Receipt.objects.earliest("pk").pk) == "replaced"
    assert len(told()) == 2
    assert OutgoingMail.objects.filter(key__endswith=":void").count() == 1


def test_a_void_receipt_is_handed_out_stamped_and_its_own_bytes_stay(gift):
    before = copies.frozen_pdf_of(Receipt.objects.get())
    post_event(event("refund.created", refund_of(gift)))
    receipt = Receipt.objects.select_related("void").get()
    copy = copies.handed_out_pdf_of(receipt)
    assert "ANNULÉ" in PdfReader(BytesIO(copy)).pages[0].extract_text()
    assert copies.file_name_of(receipt) == "recu-2020-000001-annule.pdf"
    assert copies.frozen_pdf_of(receipt) == before != copy
    run_worker()


def test_a_treasurer_voids_one_that_the_donor_does_not_want(gift, people):
    receipt = Receipt.objects.get()
    void = voiding.void_receipt(by=people.treasurer, receipt=receipt, reason="asked")
    assert (void.voided_by, run_worker()) == (people.treasurer, ["void"])
    with pytest.raises(AlreadyDone):
        voiding.void_receipt(by=people.treasurer, receipt=receipt, reason="asked")
    assert list(queries.gifts_to_certify(2020)) == [gift]


def test_one_that_the_donor_did_not_want_stays_away_from_runs_and_refunds(gift, people):
    voiding.void_receipt(by=people.treasurer, receipt=Receipt.objects.get(), reason="asked")
    run_worker()
    run = runs.open_run(by=None, year=2020)
    runs.carry_on.func(run.pk)
    run.refresh_from_db()
    assert run.outcomes == {"set_aside": 1}
    post_event(event("refund.created", refund_of(gift, "re_1", 2_000)))
    assert run_worker() == ["set_aside"]
    assert told() == [("2020-000001", 5_000, "asked")]


@pytest.mark.parametrize("reason", ["asked", "mistake"])
def test_a_treasurer_asks_anew_for_what_still_stands_once(gift, people, reason):
    first = Receipt.objects.get()
    voiding.void_receipt(by=people.treasurer, receipt=first, reason=reason)
    post_event(event("refund.created", refund_of(gift, "re_1", 2_000)))
    run_worker()
    for role in ("auditor", "administrator"):
        with pytest.raises(Refused, match="role"):
            voiding.ask_anew(by=getattr(people, role), receipt=first)
    for _click in range(2):
        voiding.ask_anew(by=people.treasurer, receipt=first)
    assert run_worker() == ["issued", "nothing to certify"]
    second = Receipt.objects.latest("pk")
    assert (second.amount_cents, second.replaces, second.issued_by) == (3_000, first, people.treasurer)
    with pytest.raises(Refused, match="not_aside"):
        voiding.ask_anew(by=people.treasurer, receipt=first)
    post_event(event("refund.created", refund_of(gift, "re_2", 1_000)))
    run_worker()
    assert told()[1:] == [("2020-000002", 3_000, "refund"), ("2020-000003", 2_000, "")], "wanted since"


def test_a_gift_set_aside_holds_up_no_other_gift_of_its_donor(gift, people, pocket):
    voiding.void_receipt(by=people.treasurer, receipt=Receipt.objects.get(), reason="asked")
    month = received_month(pocket, datetime(2020, 4, 5, tzinfo=clock.PARIS))
    run_worker()
    run = runs.open_run(by=None, year=2020)
    runs.carry_on.func(run.pk)
    run.refresh_from_db()
    assert run.outcomes == {"set_aside": 1, "issued": 1}
    assert [line.gift for line in Receipt.objects.latest("pk").lines.all()] == [month]


@pytest.mark.parametrize("reason", ["", "refund", "identity", "restored"])
def test_a_person_gives_only_a_persons_reason(gift, people, reason):
    with pytest.raises(Refused, match="reason"):
        voiding.void_receipt(by=people.treasurer, receipt=Receipt.objects.get(), reason=reason)


@pytest.mark.parametrize("role", ["auditor", "signatory", "administrator", "communication"])
def test_only_the_treasury_voids_and_corrects(gift, people, role):
    receipt = Receipt.objects.get()
    with pytest.raises(Refused, match="role"):
        voiding.void_receipt(by=getattr(people, role), receipt=receipt, reason="asked")
    with pytest.raises(Refused, match="role"):
        voiding.correct_receipt(by=getattr(people, role), receipt=receipt, giver=ZOE)
    assert not ReceiptVoid.objects.exists()


def test_a_corrected_name_is_on_the_new_receipt_and_stays_with_the_gift(gift, people):
    right = replace(ZOE, last_name="Essai-Martin", address=Address("3 quai Neuf", "13002", "Marseille"))
    voiding.correct_receipt(by=people.treasurer, receipt=Receipt.objects.get(), giver=right)
    run_worker()
    assert told() == [("2020-000001", 5_000, "identity"), ("2020-000002", 5_000, "")]
    assert copies.facts_of(Receipt.objects.latest("pk")).giver == right
    assert giver_of(Gift.objects.get(pk=gift.pk)) == right
    assert copies.facts_of(Receipt.objects.earliest("pk")).giver == ZOE


def test_an_incomplete_correction_changes_nothing(gift, people):
    with pytest.raises(Refused, match="incomplete"):
        voiding.correct_receipt(
            by=people.treasurer, receipt=Receipt.objects.get(), giver=replace(ZOE, address=Address())
        )
    assert told() == [("2020-000001", 5_000, "")] and giver_of(gift) == ZOE


def test_an_erased_donor_is_written_nothing_and_the_rest_is_replaced_all_the_same(gift):
    vault.erase_subject(gift.donor.subject_key)
    post_event(event("refund.created", refund_of(gift, "re_1", 2_000)))
    run_worker()
    assert [row[1:] for row in told()] == [(5_000, "refund"), (3_000, "")]
    assert copies.facts_of(Receipt.objects.latest("pk")).giver == ZOE
    assert not OutgoingMail.objects.filter(key__endswith=":void").exists()


@pytest.mark.parametrize(("reason", "by"), [("refund", True), ("mistake", False)])
def test_a_void_is_a_fact_of_the_money_or_an_act_of_somebody(gift, people, reason, by):
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceiptVoid.objects.create(
            receipt=Receipt.objects.get(),
            reason=reason,
            voided_by=people.treasurer if by else None,
            voided_at=clock.moment(),
        )
