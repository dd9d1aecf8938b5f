"""Cheques count by a second person or by the bank, once, on the right day, and may come back unpaid."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from donations.actions.thanking import thank_donor
from donations.models import Cheque, Deposit, Gift
from donations.models.gifts import GiftState
from donations.outside import cheques, proofs
from fund import balances, chart, clock, vault
from fund.models import BankLine, Movement, OutgoingMail
from fund.models.ledger import Kind
from fund.roles import Refused
from fund.treasury.statements import import_statement
from fund.workflow import AlreadyDone, WrongState
from tests.donations.outside import factories
from tests.donations.outside.factories import SLIP, bank_says

TODAY, BANK_DAY = date(2020, 5, 15), date(2020, 5, 18)


def accounts() -> dict[str, int]:
    codes = (chart.CHEQUES, chart.BANK, chart.GIFTS, chart.COMPANY_GIFTS)
    return {code: balances.balance_cents(code) for code in codes if balances.balance_cents(code)}


def test_a_typed_cheque_is_a_promise_and_nothing_more(house):
    cheque = factories.make_cheque(house.treasurer, house.pocket)
    assert (cheque.gift.state, cheque.gift.channel) == ("pledged", "cheque")
    assert cheque.gift.donor.email_fingerprint is None and cheque.gift.donor.email_sealed == ""
    assert cheques.bank_of(cheque) == "Nordbank" and "Nord" not in cheque.bank_sealed
    assert not Movement.objects.exists()


def test_the_same_form_twice_makes_one_cheque(house):
    deposit, token = cheques.open_deposit(by=house.treasurer), uuid.uuid4()
    told = factories.cheque_told(house.pocket)
    first, second = [
        cheques.add_cheque(by=house.treasurer, deposit=deposit, told=told, form_token=token) for _ in "ab"
    ]
    assert first == second and Gift.objects.count() == 1


def test_the_same_paper_typed_twice_is_refused_but_two_alike_papers_of_two_banks_are_not(house):
    factories.make_cheque(house.treasurer, house.pocket, number="7654321")
    with pytest.raises(Refused, match="same_cheque"):
        factories.make_cheque(house.treasurer, house.pocket, number="7654321", bank_name="NORDBANK")
    factories.make_cheque(house.treasurer, house.pocket, number="7654321", bank_name="Sudbank")
    assert Cheque.objects.count() == 2


def test_one_deposit_is_open_at_a_time(house):
    first = cheques.open_deposit(by=house.treasurer)
    assert cheques.open_deposit(by=house.treasurer2) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        Deposit.objects.create(number=9, reference="x", opened_by=house.treasurer, opened_at=clock.moment())


def test_a_closed_deposit_takes_no_cheque_and_tells_its_total(house):
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000, 12_050)
    assert (deposit.state, deposit.count, deposit.total_cents) == ("closed", 2, 17_050)
    with pytest.raises(WrongState):
        cheques.add_cheque(
            by=house.treasurer,
            deposit=deposit,
            told=factories.cheque_told(house.pocket),
            form_token=uuid.uuid4(),
        )
    with pytest.raises(WrongState):
        cheques.remove_cheque(by=house.treasurer, cheque=deposit.cheques.order_by("pk")[0])
    assert Gift.objects.count() == 2


def test_an_empty_deposit_is_not_closed_and_a_removed_cheque_is_not_in_it(house):
    deposit = cheques.open_deposit(by=house.treasurer)
    cheque = factories.make_cheque(house.treasurer, house.pocket)
    cheques.remove_cheque(by=house.treasurer, cheque=cheque)
    cheque.gift.refresh_from_db()
    assert cheque.gift.state == GiftState.FAILED
    with pytest.raises(Refused, match="empty"):
        cheques.close_deposit(by=house.treasurer, deposit=deposit)


def test_a_closed_deposit_may_be_reopened_and_corrected(house):
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000)
    cheques.reopen_deposit(by=house.treasurer, deposit=deposit)
    factories.make_cheque(house.treasurer, house.pocket, amount_cents=700)
    deposit = cheques.close_deposit(by=house.treasurer, deposit=deposit)
    assert (deposit.count, deposit.total_cents) == (2, 5_700)


def test_who_typed_does_not_confirm_and_the_database_says_so_too(house):
    deposit = factories.closed_deposit(house.treasurer, house.pocket)
    with pytest.raises(Refused, match="recorder"):
        cheques.confirm_deposit(by=house.treasurer, deposit=deposit)
    with pytest.raises(Refused, match="role"):
        cheques.confirm_deposit(by=house.communication, deposit=deposit)
    with pytest.raises(IntegrityError), transaction.atomic():
        Deposit.objects.update(state="confirmed", confirmed_by=house.treasurer, confirmed_at=clock.moment())


def test_who_typed_one_cheque_of_anothers_deposit_does_not_confirm_it(house):
    deposit = cheques.open_deposit(by=house.treasurer)
    factories.make_cheque(house.treasurer2, house.pocket)
    deposit = cheques.close_deposit(by=house.treasurer, deposit=deposit)
    with pytest.raises(Refused, match="recorder"):
        cheques.confirm_deposit(by=house.treasurer2, deposit=deposit)


@pytest.mark.parametrize("who", ["signatory", "treasurer2"])
def test_a_second_person_counts_the_cheques_on_that_day_and_the_bank_clears_5112_later(house, who):
    company = factories.cheque_told(house.pocket, giver=factories.COMPANY, amount_cents=30_000)
    cheques.add_cheque(
        by=house.treasurer,
        deposit=cheques.open_deposit(by=house.treasurer),
        told=company,
        form_token=uuid.uuid4(),
    )
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000)
    deposit = cheques.confirm_deposit(by=getattr(house, who), deposit=deposit)
    assert accounts() == {"5112": 35_000, "75411": -5_000, "7542": -30_000}
    assert {clock.paris_date(gift.succeeded_at) for gift in Gift.objects.all()} == {TODAY}
    assert {row.received_by for row in Cheque.objects.all()} == {getattr(house, who)}
    bank_says(house.treasurer, (35_000, f"REMISE CHEQUES {SLIP}"))
    deposit.refresh_from_db()
    assert (deposit.state, deposit.credited_on) == ("credited", BANK_DAY)
    assert accounts() == {"512": 35_000, "75411": -5_000, "7542": -30_000}
    credited = Movement.objects.get(kind=Kind.DEPOSIT_CREDITED)
    assert (credited.debit_id, credited.credit_id, credited.occurred_on) == ("512", "5112", BANK_DAY)


def test_the_banks_line_alone_counts_the_cheques_at_its_own_date(house):
    deposit = factories.closed_deposit(house.treasurer, house.pocket)
    result = bank_says(house.treasurer, (17_000, f"REM CHQ N {SLIP} 2 CHEQUES"))
    deposit.refresh_from_db()
    assert (result.matched, deposit.state, deposit.confirmed_by) == (1, "credited", None)
    assert {clock.paris_date(gift.succeeded_at) for gift in Gift.objects.all()} == {BANK_DAY}
    assert set(Movement.objects.values_list("occurred_on", flat=True)) == {BANK_DAY}
    assert accounts() == {"512": 17_000, "75411": -17_000}


def test_our_own_reference_on_the_line_does_too(house):
    deposit = factories.closed_deposit(house.treasurer, house.pocket, slip="")
    bank_says(house.treasurer, (17_000, f"remise {deposit.reference.lower()}"))
    deposit.refresh_from_db()
    assert deposit.state == "credited"


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (16_999, f"REMISE {SLIP}"),
        (17_000, "REMISE CHEQUES"),
        (17_000, "REMISE 0048214"),
        (17_000, "REMISE 00482130"),
    ],
)
def test_another_amount_or_another_number_stays_parked(house, cents, words):
    deposit = factories.closed_deposit(house.treasurer, house.pocket)
    result = bank_says(house.treasurer, (cents, words))
    deposit.refresh_from_db()
    assert (result.parked, deposit.state) == (1, "closed") and not Movement.objects.exists()


def test_two_deposits_of_one_total_and_one_slip_are_not_guessed_apart(house):
    for _number in range(2):
        factories.closed_deposit(house.treasurer, house.pocket)
    assert bank_says(house.treasurer, (17_000, SLIP)).parked == 1


def test_a_deposit_typed_after_the_line_was_there_to_copy_needs_its_second_person(house):
    bank_says(house.treasurer, (17_000, f"REMISE {SLIP}"))
    with clock.at(clock.DEMO_START + timedelta(hours=1)):
        deposit = factories.closed_deposit(house.treasurer, house.pocket, slip="")
        deposit = cheques.tell_slip_number(by=house.treasurer, deposit=deposit, slip_number=SLIP)
        assert deposit.state == "closed" and not Movement.objects.exists()
        deposit = cheques.confirm_deposit(by=house.signatory, deposit=deposit)
    assert (deposit.state, deposit.credited_on) == ("credited", BANK_DAY)
    assert {clock.paris_date(gift.succeeded_at) for gift in Gift.objects.all()} == {BANK_DAY}
    assert {row.received_by for row in Cheque.objects.all()} == {house.signatory}


def test_a_slip_number_told_after_confirmation_finds_the_line_that_waits(house):
    deposit = factories.closed_deposit(house.treasurer, house.pocket, slip="")
    cheques.confirm_deposit(by=house.signatory, deposit=deposit)
    assert bank_says(house.treasurer, (17_000, f"REMISE {SLIP}")).parked == 1
    deposit = cheques.tell_slip_number(by=house.treasurer, deposit=deposit, slip_number=SLIP)
    assert deposit.state == "credited" and accounts() == {"512": 17_000, "75411": -17_000}


def test_a_slip_number_too_short_to_mean_anything_is_refused(house):
    factories.make_cheque(house.treasurer, house.pocket)
    with pytest.raises(Refused, match="slip_number"):
        cheques.close_deposit(
            by=house.treasurer, deposit=cheques.open_deposit(by=house.treasurer), slip_number="00012"
        )


def test_confirming_twice_counts_once(house):
    deposit = factories.closed_deposit(house.treasurer, house.pocket)
    cheques.confirm_deposit(by=house.signatory, deposit=deposit)
    with pytest.raises(AlreadyDone):
        cheques.confirm_deposit(by=house.treasurer2, deposit=deposit)
    bank_says(house.treasurer, (17_000, SLIP))
    with pytest.raises(AlreadyDone):
        cheques.confirm_deposit(by=house.treasurer2, deposit=deposit)
    assert Movement.objects.filter(kind=Kind.GIFT).count() == 2


def test_thanks_go_only_where_an_address_is_known(house):
    factories.make_cheque(house.treasurer, house.pocket, email="zoe@example.org")
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000)
    cheques.confirm_deposit(by=house.signatory, deposit=deposit)
    for gift in Gift.objects.order_by("pk"):
        assert thank_donor.func(gift.pk) == "thanked"
    assert OutgoingMail.objects.filter(key__endswith=":thanks").count() == 1


# Unpaid cheques ---------------------------------------------------------------------------------------------------


@pytest.fixture
def received(house) -> Cheque:
    """A cheque of 50 € in a deposit that the bank credited."""
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000, 12_000)
    bank_says(house.treasurer, (17_000, SLIP))
    return deposit.cheques.order_by("pk")[0]


def test_an_unpaid_cheque_is_undone_by_two_persons_then_cleared_by_the_bank(house, received):
    cheque = cheques.contest_cheque(by=house.treasurer, cheque=received)
    with pytest.raises(Refused, match="recorder"):
        cheques.undo_cheque(by=house.treasurer, cheque=cheque)
    cheques.undo_cheque(by=house.signatory, cheque=cheque)
    received.refresh_from_db()
    assert (received.state, received.gift.state) == ("unpaid", "undone")
    assert accounts() == {"5112": -5_000, "512": 17_000, "75411": -12_000}
    undone = Movement.objects.get(kind=Kind.GIFT_UNDONE)
    assert undone.reverses is not None and undone.reverses.kind == Kind.GIFT
    bank_says(house.treasurer, (-5_000, f"CHEQUE IMPAYE {received.number}"))
    received.refresh_from_db()
    assert received.debited_on == BANK_DAY
    assert accounts() == {"512": 12_000, "75411": -12_000}


def test_the_banks_debit_alone_undoes_the_cheque(house, received):
    bank_says(house.treasurer, (-5_000, f"IMPAYE REMISE {SLIP}"))
    received.refresh_from_db()
    assert (received.state, received.undone_by, received.debited_on) == ("unpaid", None, BANK_DAY)
    assert Gift.objects.get(cheque=received).state == GiftState.UNDONE
    assert accounts() == {"512": 12_000, "75411": -12_000}


def test_a_debit_that_names_no_cheque_stays_parked(house, received):
    result = bank_says(house.treasurer, (-5_000, "FRAIS"), (-4_999, f"IMPAYE {received.number}"))
    assert result.parked == 2 and Gift.objects.get(cheque=received).state == GiftState.SUCCEEDED


def test_two_cheques_of_one_amount_are_told_apart_by_their_number(house):
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000, 5_000)
    bank_says(house.treasurer, (10_000, SLIP))
    first, second = deposit.cheques.order_by("pk")
    assert bank_says(house.treasurer, (-5_000, f"IMPAYE REM {SLIP}")).parked == 1
    bank_says(house.treasurer, (-5_000, f"IMPAYE REM {SLIP} CHQ {second.number}"))
    assert [Cheque.objects.get(pk=row.pk).state for row in (first, second)] == ["received", "unpaid"]


def test_a_word_taken_back_leaves_the_cheque_received_and_an_unpaid_one_may_be_presented_again(
    house, received
):
    cheque = cheques.contest_cheque(by=house.treasurer, cheque=received)
    cheque = cheques.keep_cheque(by=house.treasurer, cheque=cheque)
    assert (cheque.state, cheque.contested_by) == ("received", None)
    with pytest.raises(WrongState):
        cheques.undo_cheque(by=house.signatory, cheque=cheque)
    bank_says(house.treasurer, (-5_000, f"IMPAYE REMISE {SLIP}"))
    again = factories.make_cheque(house.treasurer, house.pocket, number=received.number)
    assert again.gift.state == GiftState.PLEDGED


@pytest.mark.parametrize("credited", [17_000, 12_000])
def test_a_cheque_the_bank_never_took_may_be_missing_from_its_credit(house, credited):
    """Undone by two persons before the bank answers: it credits the whole and debits later, or only the rest."""
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000, 12_000)
    cheques.confirm_deposit(by=house.signatory, deposit=deposit)
    never_took = deposit.cheques.order_by("pk")[0]
    cheques.contest_cheque(by=house.treasurer, cheque=never_took)
    cheques.undo_cheque(by=house.signatory, cheque=never_took)
    assert accounts() == {"5112": 12_000, "75411": -12_000}
    assert bank_says(house.treasurer, (credited, SLIP)).matched == 1
    if credited == 17_000:
        bank_says(house.treasurer, (-5_000, f"IMPAYE {never_took.number}"))
    never_took.refresh_from_db()
    assert never_took.debited_on == BANK_DAY and accounts() == {"512": 12_000, "75411": -12_000}


def unpaid_before_credit(house, *cents: int, unpaid: int) -> list[Cheque]:
    """The first `unpaid` cheques of a confirmed deposit, which two persons undid before the bank answered."""
    deposit = factories.closed_deposit(house.treasurer, house.pocket, *cents)
    cheques.confirm_deposit(by=house.signatory, deposit=deposit)
    never_paid = list(deposit.cheques.order_by("pk")[:unpaid])
    for cheque in never_paid:
        cheques.contest_cheque(by=house.treasurer, cheque=cheque)
        cheques.undo_cheque(by=house.signatory, cheque=cheque)
    return never_paid


@pytest.mark.parametrize(("left_out", "debited"), [({0}, {1}), ({1}, {0}), ({0, 1}, set()), (set(), {0, 1})])
def test_a_credit_less_some_of_the_unpaid_cheques_says_which_the_bank_left_out(house, left_out, debited):
    pair = unpaid_before_credit(house, 5_000, 7_000, 12_000, unpaid=2)
    credit = 24_000 - sum((5_000, 7_000)[at] for at in left_out)
    assert bank_says(house.treasurer, (credit, SLIP)).matched == 1
    states = [Cheque.objects.get(pk=cheque.pk).debited_on for cheque in pair]
    assert [at for at in (0, 1) if states[at] == BANK_DAY] == sorted(left_out)
    for at in sorted(debited):
        bank_says(house.treasurer, (-(5_000, 7_000)[at], f"IMPAYE {pair[at].number}"))
    assert accounts() == {"512": 12_000, "75411": -12_000}
    assert not [
        *proofs.deposits_are_what_their_cheques_make(),
        *proofs.cheques_account_is_what_the_bank_owes(),
    ]


@pytest.mark.parametrize(("cents", "credit"), [((5_000, 5_000), 17_000), ((2_000, 3_000, 5_000), 17_000)])
def test_a_credit_that_two_choices_of_unpaid_cheques_explain_stays_parked(house, cents, credit):
    unpaid_before_credit(house, *cents, 22_000 - sum(cents), unpaid=len(cents))
    assert bank_says(house.treasurer, (credit, SLIP)).parked == 1
    assert not Cheque.objects.exclude(debited_on=None).exists()


def test_a_credit_that_no_choice_of_unpaid_cheques_explains_stays_parked(house):
    unpaid_before_credit(house, 5_000, 7_000, 12_000, unpaid=2)
    assert bank_says(house.treasurer, (18_000, SLIP)).parked == 1


def test_the_same_statement_twice_counts_nothing_twice(house):
    factories.closed_deposit(house.treasurer, house.pocket)
    bank_says(house.treasurer, (17_000, SLIP))
    statement = BankLine.objects.get().statement
    with pytest.raises(AlreadyDone):
        import_statement(by=house.treasurer, data=vault.open_bytes(statement.file_sealed))
    assert Movement.objects.count() == 3


def test_a_cheque_counted_without_a_second_look_is_found(house):
    cheque = factories.make_cheque(house.treasurer, house.pocket)
    Cheque.objects.filter(pk=cheque.pk).update(state="received", received_on=TODAY)
    assert any("second person" in fault for fault in proofs.received_cheques_have_a_second_look())
    Cheque.objects.filter(pk=cheque.pk).update(state="recorded", received_on=None)
