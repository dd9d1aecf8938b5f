"""Announced transfers count by their reference for what really came; other credits by two persons."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from donations.actions import paying
from donations.actions.thanking import thank_donor
from donations.givers import Giver, giver_of
from donations.models import ExpectedTransfer, Gift, PaymentAttempt, TransferTie
from donations.models.gifts import GiftState
from donations.outside import proofs, transfers
from donations.outside.references import TRANSFER, written
from donations.outside.transfers import DonorTold
from fund import balances, chart, clock, vault
from fund.models import BankLine, Movement, OutgoingMail
from fund.roles import Refused
from fund.treasury.statements import import_statement
from fund.workflow import AlreadyDone, WrongState
from tests.donations.outside import factories
from tests.donations.outside.factories import bank_says

BANK_DAY = date(2020, 5, 18)
TOLD = Giver("Ines", "Inattendue")


def amounts() -> list[tuple[int, str]]:
    return list(Gift.objects.order_by("pk").values_list("amount_cents", "state"))


def test_an_announced_transfer_is_a_promise_with_a_reference_and_one_mail(house):
    token, pledge = uuid.uuid4(), factories.announced(house.pocket)
    first, second = [transfers.expect_transfer(pledge=pledge, form_token=token) for _ in "ab"]
    assert first == second and (first.gift.state, first.gift.channel) == ("pledged", "transfer")
    assert first.lapses_on == clock.today() + timedelta(days=60)
    (mail,) = OutgoingMail.objects.all()
    text = vault.open_text(mail.text_sealed)
    assert first.reference in text and "FR14" in text and first.reference not in mail.subject
    assert not Movement.objects.exists()


def test_the_same_form_with_another_amount_is_another_transfer(house):
    token = uuid.uuid4()
    for cents in (5_000, 6_000):
        pledge = factories.announced(house.pocket, amount_cents=cents)
        transfers.expect_transfer(pledge=pledge, form_token=token)
    assert ExpectedTransfer.objects.count() == 2


def test_the_line_with_the_reference_counts_the_gift_at_the_banks_date(house):
    expected = factories.announce(house.pocket)
    result = bank_says(
        house.treasurer, (5_000, f"VIR ZOE {expected.reference.replace('-', '').lower()} MERCI")
    )
    gift = Gift.objects.get()
    assert (result.matched, gift.state, clock.paris_date(gift.succeeded_at)) == (1, "succeeded", BANK_DAY)
    movement = Movement.objects.get()
    assert (movement.debit_id, movement.credit_id, movement.occurred_on) == ("512", "75411", BANK_DAY)
    expected.refresh_from_db()
    line = BankLine.objects.get()
    assert expected.state == "received" and (line.matched_kind, line.matched_id) == (
        "transfer_gift",
        str(gift.pk),
    )
    assert thank_donor.func(gift.pk) == "thanked"


def test_a_companys_transfer_is_mecenat(house):
    expected = factories.announce(house.pocket, giver=factories.COMPANY)
    bank_says(house.treasurer, (5_000, expected.reference))
    assert balances.balance_cents(chart.COMPANY_GIFTS) == -5_000


@pytest.mark.parametrize("cents", [4_000, 6_000])
def test_another_amount_makes_a_gift_of_what_came_and_closes_the_promise(house, cents):
    expected = factories.announce(house.pocket)
    bank_says(house.treasurer, (cents, expected.reference))
    assert amounts() == [(5_000, "failed"), (cents, "succeeded")]
    promise, gift = Gift.objects.order_by("pk")
    assert giver_of(gift) == giver_of(promise) and gift.donor == promise.donor and gift.channel == "transfer"


def test_a_standing_order_is_a_gift_each_time_even_of_the_promised_amount(house):
    expected = factories.announce(house.pocket)
    bank_says(house.treasurer, (4_000, expected.reference), (5_000, expected.reference))
    bank_says(house.treasurer, (5_000, expected.reference))
    assert amounts() == [(5_000, "failed"), (4_000, "succeeded"), (5_000, "succeeded"), (5_000, "succeeded")]
    assert TransferTie.objects.filter(expected=expected).count() == 3


def test_two_statements_of_the_same_line_count_it_once(house):
    expected = factories.announce(house.pocket)
    bank_says(house.treasurer, (5_000, expected.reference))
    file = vault.open_bytes(BankLine.objects.get().statement.file_sealed)
    with pytest.raises(AlreadyDone):
        import_statement(by=house.treasurer, data=file)
    assert amounts() == [(5_000, "succeeded")]


@pytest.mark.parametrize("change", ["typo", "none", "two", "return"])
def test_what_is_not_surely_the_reference_stays_parked(house, change):
    expected, other = factories.announce(house.pocket), factories.announce(house.pocket, amount_cents=900)
    right = expected.reference
    typo = right[:4] + ("A" if right[4] != "A" else "C") + right[5:]
    words = {"typo": typo, "none": "DON POUR LES ETUDIANTS", "two": f"{right} {other.reference}"}
    if change == "return":
        from tests.fund.treasury.camt import camt, credit  # noqa: PLC0415

        data = camt("RETOUR", 0, [credit(5_000, remittance=right, code="AC04")])
        result = import_statement(by=house.treasurer, data=data)
    else:
        result = bank_says(house.treasurer, (5_000, words[change]))
    assert (result.matched, result.parked) == (0, 1) and not Movement.objects.exists()


def test_a_promise_lapses_and_late_money_still_finds_it(house):
    expected = factories.announce(house.pocket)
    with clock.at(clock.DEMO_START + timedelta(days=60)):
        assert transfers.lapse_expected_transfers() == "0 lapsed"
    with clock.at(clock.DEMO_START + timedelta(days=61)):
        assert transfers.lapse_expected_transfers() == "1 lapsed"
        assert transfers.lapse_expected_transfers() == "0 lapsed"
    expected.refresh_from_db()
    assert (expected.state, amounts()) == ("lapsed", [(5_000, "failed")])
    bank_says(house.treasurer, (5_000, expected.reference))
    assert amounts() == [(5_000, "succeeded")]


def test_a_transfer_is_not_paid_by_card_as_well(house):
    gift = factories.announce(house.pocket).gift
    assert "/don/" in paying.start_payment(gift=gift) and "/don/" in paying.pay_again(gift=gift)
    assert not PaymentAttempt.objects.exists()


# Credits that two persons tie -------------------------------------------------------------------------------------


@pytest.fixture
def parked(house) -> BankLine:
    bank_says(house.treasurer, (8_000, "VIREMENT DE MADAME INATTENDUE"))
    return BankLine.objects.get()


def test_one_person_ties_a_credit_to_a_donor_and_another_counts_it(house, parked):
    told = DonorTold(TOLD, house.pocket)
    tie = transfers.tie_to_donor(by=house.treasurer, line=parked, told=told)
    assert amounts() == [(8_000, "pledged")] and not Movement.objects.exists()
    with pytest.raises(AlreadyDone):
        transfers.tie_to_donor(by=house.treasurer2, line=parked, told=told)
    with pytest.raises(Refused, match="recorder"):
        transfers.agree_tie(by=house.treasurer, tie=tie)
    tie = transfers.agree_tie(by=house.signatory, tie=tie)
    gift = Gift.objects.get()
    assert (tie.state, gift.state, clock.paris_date(gift.succeeded_at)) == ("counted", "succeeded", BANK_DAY)
    assert balances.balance_cents(chart.BANK) == 8_000
    with pytest.raises(AlreadyDone):
        transfers.agree_tie(by=house.treasurer2, tie=tie)
    assert Movement.objects.count() == 1


def test_a_credit_may_be_an_announced_transfer_that_lost_its_reference(house):
    expected = factories.announce(house.pocket)
    bank_says(house.treasurer, (4_500, "DON"))
    tie = transfers.tie_to_expected(by=house.treasurer, line=BankLine.objects.get(), expected=expected)
    assert amounts() == [(5_000, "pledged")]
    transfers.agree_tie(by=house.treasurer2, tie=tie)
    assert amounts() == [(5_000, "failed"), (4_500, "succeeded")]


def test_a_refused_tie_frees_the_line_and_ends_the_promise(house, parked):
    tie = transfers.tie_to_donor(by=house.treasurer, line=parked, told=DonorTold(TOLD, house.pocket))
    transfers.refuse_tie(by=house.treasurer, tie=tie)
    with pytest.raises(WrongState):
        transfers.agree_tie(by=house.signatory, tie=tie)
    again = transfers.tie_to_donor(by=house.treasurer2, line=parked, told=DonorTold(TOLD, house.pocket))
    transfers.agree_tie(by=house.treasurer, tie=again)
    assert amounts() == [(8_000, "failed"), (8_000, "succeeded")]


def test_a_proposed_tie_waits_whatever_is_tried_again(house, parked):
    transfers.tie_to_donor(by=house.treasurer, line=parked, told=DonorTold(TOLD, house.pocket))
    bank_says(house.treasurer, (100, "AUTRE"))
    assert amounts() == [(8_000, "pledged")]


def test_only_a_parked_credit_of_nobody_can_be_tied(house):
    expected = factories.announce(house.pocket)
    bank_says(house.treasurer, (5_000, expected.reference), (-300, "FRAIS"))
    for line in BankLine.objects.order_by("pk"):
        with pytest.raises((Refused, AlreadyDone)):
            transfers.tie_to_donor(by=house.treasurer, line=line, told=DonorTold(TOLD, house.pocket))
    for who in (house.signatory, house.auditor):
        with pytest.raises(Refused, match="role"):
            transfers.tie_to_donor(by=who, line=line, told=DonorTold(TOLD, house.pocket))


def test_the_database_refuses_a_tie_decided_by_its_author(house, parked):
    tie = transfers.tie_to_donor(by=house.treasurer, line=parked, told=DonorTold(TOLD, house.pocket))
    alone = TransferTie.objects.filter(pk=tie.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        alone.update(state="counted", decided_by=house.treasurer, decided_at=clock.moment())


def test_a_transfer_counted_without_a_line_is_found(house):
    gift = factories.announce(house.pocket).gift
    Gift.objects.filter(pk=gift.pk).update(state=GiftState.SUCCEEDED, succeeded_at=clock.moment())
    assert any("without a bank line" in fault for fault in proofs.received_transfers_have_a_bank_line())
    Gift.objects.filter(pk=gift.pk).update(state=GiftState.PLEDGED, succeeded_at=None)


def test_a_reference_that_somebody_has_is_drawn_again(house, monkeypatch):
    first = factories.announce(house.pocket)
    drawn = iter([first.reference, first.reference, written(TRANSFER, "7K4Q")])
    monkeypatch.setattr(transfers, "draw_reference", lambda prefix: next(drawn))
    assert factories.announce(house.pocket, email="autre@example.org").reference == written(TRANSFER, "7K4Q")
