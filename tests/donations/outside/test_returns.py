"""Gifts by cheque or transfer that went back by the bank: one person ties the debit, another confirms, once."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from donations import story
from donations.models import Cheque, Gift, Receipt, Refund, ReturnTie
from donations.models.returns import ReturnReason
from donations.outside import cheques, returns
from donations.receipts import queries
from fund import balances, chart, clock, vault
from fund.models import BankLine, Movement, OutgoingMail
from fund.models.treasury import LineState
from fund.roles import Refused
from fund.treasury import settlement
from fund.workflow import AlreadyDone, WrongState
from tests.donations import factories as gifts
from tests.donations.outside import factories
from tests.donations.outside.factories import bank_says, counted_transfer, debit_of
from tests.donations.receipts.factories import ZOE, allow_receipts, run_worker
from tests.donations.sponsors import make_offer
from tests.fund.treasury.camt import camt, entry, transfer

RECALLED, GIVEN_BACK = ReturnReason.RECALLED, ReturnReason.GIVEN_BACK
BACK_ON = date(2020, 5, 20)


def given_back(house, line: BankLine, gift: Gift, reason: str = GIVEN_BACK) -> ReturnTie:
    """Tied by the treasurer, confirmed by the signatory."""
    tie = returns.tie_return(by=house.treasurer, line=line, gift=gift, reason=reason)
    return returns.agree_return(by=house.signatory, tie=tie)


def written() -> list[tuple[str, str, int]]:
    rows = Movement.objects.order_by("pk")
    return [(row.debit_id, row.credit_id, row.amount_cents) for row in rows]


def test_two_persons_give_a_whole_transfer_back_on_the_banks_day(house):
    gift = counted_transfer(house.treasurer, house.pocket)
    line = debit_of(house.treasurer, 5_000)
    tie = returns.tie_return(by=house.treasurer, line=line, gift=gift, reason=RECALLED)
    assert Movement.objects.count() == 1 and Refund.objects.count() == 0
    with pytest.raises(Refused, match="recorder"):
        returns.agree_return(by=house.treasurer, tie=tie)
    tie = returns.agree_return(by=house.signatory, tie=tie)
    gift.refresh_from_db()
    line.refresh_from_db()
    assert (gift.state, gift.refunded_cents, tie.state) == ("refunded", 5_000, "counted")
    assert (line.state, line.matched_kind, line.matched_id) == (
        "matched",
        "gift_returned",
        str(tie.refund_id),
    )
    counted, back = Movement.objects.order_by("pk")
    assert written() == [("512", "75411", 5_000), ("75411", "512", 5_000)]
    assert (back.occurred_on, back.reverses_id) == (BACK_ON, counted.pk)
    assert balances.balance_cents(chart.BANK) == 0
    (mail,) = OutgoingMail.objects.filter(key=f"refund:{tie.refund_id}:told")
    assert "a rappelé votre virement" in vault.open_text(mail.text_sealed)
    told = [line.words for line in story.story_of(gift)]
    assert "Un débit du relevé a rendu ce don." in told and "Le don a été rendu en entier." in told


def test_a_second_click_and_a_second_reading_change_nothing(house):
    gift = counted_transfer(house.treasurer, house.pocket)
    line = debit_of(house.treasurer, 5_000)
    tie = returns.tie_return(by=house.treasurer, line=line, gift=gift, reason=GIVEN_BACK)
    with pytest.raises(AlreadyDone):
        returns.tie_return(by=house.treasurer2, line=line, gift=gift, reason=GIVEN_BACK)
    settlement.match_parked_lines(by=house.treasurer)
    assert Movement.objects.count() == 1  # a proposal books nothing, whatever is tried again
    returns.agree_return(by=house.signatory, tie=tie)
    with pytest.raises(AlreadyDone):
        returns.agree_return(by=house.treasurer2, tie=tie)
    settlement.match_parked_lines(by=house.treasurer)
    assert Movement.objects.count() == 2 and Refund.objects.count() == 1


def test_a_part_leaves_the_rest_and_two_parts_make_the_whole(house):
    gift = counted_transfer(house.treasurer, house.pocket)
    given_back(house, debit_of(house.treasurer, 2_000), gift)
    gift.refresh_from_db()
    assert (gift.state, gift.refunded_cents) == ("succeeded", 2_000)
    with pytest.raises(Refused, match="too_much") as refused:
        given_back(house, debit_of(house.treasurer, 3_001), gift)
    assert "30,00\u00a0€" in str(refused.value.refusal.sentence)
    given_back(house, debit_of(house.treasurer, 3_000), gift)
    gift.refresh_from_db()
    assert (gift.state, gift.refunded_cents) == ("refunded", 5_000)


def test_what_was_taken_between_the_two_persons_is_checked_again(house):
    gift = counted_transfer(house.treasurer, house.pocket)
    lines = [debit_of(house.treasurer, 5_000) for _ in "ab"]
    ties = [returns.tie_return(by=house.treasurer, line=line, gift=gift, reason=RECALLED) for line in lines]
    returns.agree_return(by=house.signatory, tie=ties[0])
    with pytest.raises(Refused, match="nothing_left"):
        returns.agree_return(by=house.signatory, tie=ties[1])
    ties[1].refresh_from_db()
    assert ties[1].state == "proposed" and Refund.objects.count() == 1
    returns.refuse_return(by=house.signatory, tie=ties[1])
    assert BankLine.objects.get(pk=lines[1].pk).state == LineState.PARKED


def test_the_receipt_and_the_matching_follow(house):
    allow_receipts(house.administrator)
    with clock.at(clock.DEMO_START):
        offer = make_offer(house)
    gift = counted_transfer(house.treasurer, house.pocket, giver=ZOE)
    run_worker()
    assert queries.live_receipt_of(gift) is not None
    offer.refresh_from_db()
    assert offer.consumed_cents == 5_000
    given_back(house, debit_of(house.treasurer, 2_000), gift)
    run_worker()
    receipts = list(Receipt.objects.order_by("pk"))
    assert [receipt.lines.get().amount_cents for receipt in receipts] == [5_000, 3_000]
    assert receipts[0].void.reason == "refund"
    offer.refresh_from_db()
    assert offer.consumed_cents == 3_000
    given_back(house, debit_of(house.treasurer, 3_000), gift)
    run_worker()
    offer.refresh_from_db()
    assert queries.live_receipt_of(gift) is None and offer.consumed_cents == 0


def test_a_companys_gift_leaves_7542(house):
    gift = counted_transfer(house.treasurer, house.pocket, giver=factories.COMPANY)
    given_back(house, debit_of(house.treasurer, 1_000), gift)
    assert written()[-1] == ("7542", "512", 1_000)


def test_a_cheque_is_given_back_but_never_recalled_nor_unpaid_as_well(house):
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000)
    bank_says(house.treasurer, (5_000, f"REMISE {deposit.reference}"))
    cheque = Cheque.objects.get()
    line = debit_of(house.treasurer, 5_000)
    with pytest.raises(Refused, match="cheque"):
        given_back(house, line, cheque.gift, RECALLED)
    cheque = cheques.contest_cheque(by=house.treasurer, cheque=cheque)
    with pytest.raises(Refused, match="contested"):
        given_back(house, line, cheque.gift)
    cheque = cheques.keep_cheque(by=house.treasurer, cheque=cheque)
    given_back(house, line, cheque.gift)
    assert written()[-1] == ("75411", "512", 5_000)
    with pytest.raises(Refused, match="given_back"):
        cheques.contest_cheque(by=house.treasurer, cheque=cheque)
    unpaid = debit_of(house.treasurer, 5_000, f"IMPAYE {cheque.number}")
    assert (unpaid.state, Gift.objects.get().state) == ("parked", "refunded")


def test_a_cheque_given_back_after_it_was_contested_is_not_undone(house):
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000)
    bank_says(house.treasurer, (5_000, f"REMISE {deposit.reference}"))
    cheque = cheques.contest_cheque(by=house.treasurer, cheque=Cheque.objects.get())
    Gift.objects.update(refunded_cents=1_000)
    with pytest.raises(Refused, match="given_back"):
        cheques.undo_cheque(by=house.signatory, cheque=cheque)
    Gift.objects.update(refunded_cents=0)


def test_a_debit_that_the_bank_marks_as_a_return_can_be_a_recall(house):
    gift = counted_transfer(house.treasurer, house.pocket)
    data = camt("RAPPEL", 5_000, [entry(-5_000, transfer(-5_000, code="FOCR"), on="2020-05-20")])
    factories.import_statement(by=house.treasurer, data=data)
    line = BankLine.objects.latest("pk")
    assert line.reason == "unknown_return"
    given_back(house, line, gift, RECALLED)
    assert Gift.objects.get().state == "refunded"


def test_a_refused_tie_frees_the_line_for_another(house):
    other = counted_transfer(house.treasurer, house.pocket)
    line = debit_of(house.treasurer, 5_000, "VIREMENT EMIS")
    tie = returns.tie_return(by=house.treasurer, line=line, gift=other, reason=GIVEN_BACK)
    returns.refuse_return(by=house.treasurer, tie=tie)
    with pytest.raises(WrongState):
        returns.agree_return(by=house.signatory, tie=tie)
    given_back(house, line, other)
    assert ReturnTie.objects.filter(line=line).count() == 2


def test_only_a_parked_debit_can_give_a_gift_back(house):
    gift = counted_transfer(house.treasurer, house.pocket)
    credited = BankLine.objects.get()
    bank_says(house.treasurer, (700, "INCONNU"))
    for line in (credited, BankLine.objects.latest("pk")):
        with pytest.raises(Refused, match="not_parked"):
            returns.tie_return(by=house.treasurer, line=line, gift=gift, reason=GIVEN_BACK)


def test_a_gift_that_is_not_there_or_not_the_banks_is_refused(house):
    line = debit_of(house.treasurer, 1_000)
    awaited = factories.announce(house.pocket).gift
    online = gifts.make_gift(house.pocket)
    later = counted_transfer(house.treasurer, house.pocket)
    early = debit_of(house.treasurer, 1_000, on="2020-05-17")
    cases = ((line, awaited, "not_received"), (line, online, "online"), (early, later, "too_early"))
    for debit, gift, code in cases:
        with pytest.raises(Refused, match=code):
            returns.tie_return(by=house.treasurer, line=debit, gift=gift, reason=GIVEN_BACK)
    for who in (house.signatory, house.auditor):
        with pytest.raises(Refused, match="role"):
            returns.tie_return(by=who, line=line, gift=later, reason=GIVEN_BACK)


def test_nobody_gives_his_own_gift_back(house):
    gift = counted_transfer(house.treasurer, house.pocket, email=house.signatory.email)
    line = debit_of(house.treasurer, 1_000)
    tie = returns.tie_return(by=house.treasurer, line=line, gift=gift, reason=GIVEN_BACK)
    with pytest.raises(Refused, match="own"):
        returns.agree_return(by=house.signatory, tie=tie)
    returns.agree_return(by=house.treasurer2, tie=tie)


def test_the_database_refuses_one_person_two_ties_and_a_refund_from_nowhere(house):
    gift = counted_transfer(house.treasurer, house.pocket)
    line = debit_of(house.treasurer, 1_000)
    tie = returns.tie_return(by=house.treasurer, line=line, gift=gift, reason=GIVEN_BACK)
    alone = {"decided_by": house.treasurer, "decided_at": clock.moment()}
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnTie.objects.filter(pk=tie.pk).update(state="agreed", **alone)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnTie.objects.filter(pk=tie.pk).update(
            state="counted", **{**alone, "decided_by": house.signatory}
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnTie.objects.create(
            line=line, gift=gift, reason=GIVEN_BACK, tied_by=house.treasurer2, made_at=clock.moment()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.create(
            gift=gift, amount_cents=1, happened_on=BACK_ON, recorded_at=clock.moment(), state="succeeded"
        )


def test_the_ledger_finds_a_return_whose_line_says_something_else(house):
    gift = counted_transfer(house.treasurer, house.pocket)
    tie = given_back(house, debit_of(house.treasurer, 5_000), gift)
    line = BankLine.objects.filter(pk=tie.line_id)
    line.update(matched_id="999999")
    with pytest.raises(SystemExit):
        call_command("check_ledger")
    line.update(matched_id=str(tie.refund_id))


# Pages ------------------------------------------------------------------------------------------------------------


def page(client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_pages_lead_from_the_gift_to_the_debit_and_its_second_person(house, client_of):
    gift = counted_transfer(house.treasurer, house.pocket)
    line = debit_of(house.treasurer, 5_000, "VIR RETOUR ZOE")
    treasurer, second = client_of(house.treasurer), client_of(house.signatory)
    assert f"?don={gift.reference}#debits" in page(treasurer, "gift_story", gift.reference)
    listed = page(treasurer, "transfer_list", query=f"?don={gift.reference}")
    address = reverse("return_line", args=[line.pk])
    assert f"{address}?don={gift.reference}" in listed and "1 débit sans explication" in listed
    form = page(treasurer, "return_line", line.pk, query=f"?don={gift.reference}")
    assert f'value="{gift.reference}"' in form and "VIR RETOUR ZOE" in form
    sent = {"reference": gift.reference.lower(), "reason": "given_back"}
    for _click in range(2):
        assert treasurer.post(address, sent).status_code == 302
    tie = ReturnTie.objects.get()
    step = reverse("decide_return", args=[tie.pk, "confirmer"])
    assert "Confirmer que ce don est rendu" not in page(treasurer, "transfer_list")
    assert treasurer.post(step).status_code == 403
    assert "Confirmer que ce don est rendu" in page(second, "transfer_list")
    for _click in range(2):
        assert second.post(step).status_code == 302
    assert Gift.objects.get().state == "refunded"
    assert "Un débit du relevé a rendu ce don." in page(treasurer, "gift_story", gift.reference)
    assert "Don rendu par la banque" in page(treasurer, "statement_page", line.statement_id)
    assert treasurer.get(address).status_code == 404
    assert second.post(reverse("decide_return", args=[tie.pk, "autre"])).status_code == 404


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"reference": "D-1999-000001", "reason": "given_back"}, 422),
        ({"reference": "", "reason": ""}, 422),
        ({"reason": "given_back"}, 409),
    ],
)
def test_a_wrong_form_is_given_back_with_its_sentence(house, client_of, sent, status):
    gift = counted_transfer(house.treasurer, house.pocket)
    line = debit_of(house.treasurer, 5_001)
    values = {"reference": gift.reference, **sent}
    answer = client_of(house.treasurer).post(reverse("return_line", args=[line.pk]), values)
    assert answer.status_code == status and not ReturnTie.objects.exists()
    if status == 409:
        assert "c’est trop" in answer.content.decode()
