"""The demo bank answers as a bank would: from the file alone, once, and with balances that close."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from lxml import etree

from config.demo import bank, stripe_objects
from config.demo.models import BankAnswer
from fund import balances, chart, clock
from fund.bank.reading import read_statements
from fund.models import PaymentOrder
from fund.treasury import batches
from fund.treasury.statements import import_statement
from tests.conftest import shared_data
from tests.fund.treasury.conftest import order_of, things, treasury  # noqa: F401

pytestmark = pytest.mark.usefixtures("proved")


@pytest.fixture
def signed(treasury, order_of):  # noqa: F811
    ids = [order_of(number).pk for number in (1, 2, 3)]
    batch = batches.prepare_batch(by=treasury.treasurer, order_ids=ids)
    return batches.sign_batch(by=treasury.signatory, batch=batch)


def test_the_answer_settles_the_batch_and_returns_one(signed, treasury):  # noqa: F811
    answer = bank.answer(signed.message_id, "CS-2020-000002-1")
    assert (answer.number, answer.opening_cents, answer.closing_cents) == (1, 100_000, 70_000)
    result = import_statement(by=treasury.treasurer, data=bytes(answer.file))
    assert (result.matched, result.parked, result.warnings) == (4, 0, ())
    states = dict(PaymentOrder.objects.values_list("end_to_end_id", "state"))
    assert states == {
        "CS-2020-000001-1": "debited",
        "CS-2020-000002-1": "returned",
        "CS-2020-000003-1": "debited",
    }
    assert PaymentOrder.objects.get(state="returned").return_code == "AC04"
    assert balances.balance_cents(chart.BANK) == 70_000


def test_the_statement_says_what_the_bank_booked(signed):
    (statement,) = read_statements(bytes(bank.answer(signed.message_id, "CS-2020-000001-1").file))
    debit, credit = statement.entries
    assert statement.balances and statement.format == "camt.053.001.08"
    assert debit.batch is not None and debit.amount_cents == -45_000
    assert (debit.batch.message_id, debit.batch.count) == (signed.message_id, 3)
    assert (credit.amount_cents, credit.details[0].return_code) == (15_000, "AC04")


def test_the_bank_pays_on_the_day_the_file_asks_for_and_its_statements_follow_one_another(signed, treasury):  # noqa: F811
    """Signed on Friday 15 May 2020 for Monday: no debit before Monday, and no statement dated before the last."""
    payout("po_one", 9_850)
    first = bank.answer(signed.message_id, "CS-2020-000001-1")
    payout("po_two", 4_900)
    second = bank.receive_payouts()
    booked = [
        [entry.booked_on for entry in read_statements(bytes(row.file))[0].booked] for row in (first, second)
    ]
    assert signed.execution_on == date(2020, 5, 18) > clock.today()
    assert booked == [[signed.execution_on] * 3, [signed.execution_on]]
    results = [import_statement(by=treasury.treasurer, data=bytes(row.file)) for row in (first, second)]
    assert [result.warnings for result in results] == [(), ()]
    assert PaymentOrder.objects.get(state="returned").returned_on == signed.execution_on


def test_a_file_handed_in_late_is_paid_on_the_day_it_comes(signed):
    with clock.at(clock.DEMO_START + timedelta(days=6)):
        (statement,) = read_statements(bytes(bank.answer(signed.message_id, None).file))
        assert statement.booked[0].booked_on == statement.closing_on == clock.today() == date(2020, 5, 21)


def test_the_schema_of_iso_accepts_the_statement(signed):
    path = shared_data("bank", "xsd", "camt.053.001.08.xsd")
    payout("po_schema", 9_850)
    data = bytes(bank.answer(signed.message_id, "CS-2020-000001-1").file)
    etree.XMLSchema(etree.parse(str(path))).assertValid(etree.fromstring(data))


def test_a_second_click_gives_the_same_bytes(signed):
    first = bank.answer(signed.message_id, "CS-2020-000001-1")
    second = bank.answer(signed.message_id, "CS-2020-000003-1")
    assert bytes(first.file) == bytes(second.file) and BankAnswer.objects.count() == 1


def test_nothing_comes_back_when_nothing_is_chosen(signed, treasury):  # noqa: F811
    answer = bank.answer(signed.message_id, None)
    assert answer.closing_cents == 55_000
    assert import_statement(by=treasury.treasurer, data=bytes(answer.file)).matched == 3


@pytest.mark.parametrize("message_id", ["CS-LOT-000009", ""])
def test_a_file_that_nobody_signed_has_no_answer(treasury, message_id):  # noqa: F811
    with pytest.raises(bank.NothingToBook):
        bank.answer(message_id, None)


def test_only_a_transfer_of_the_file_can_come_back(signed):
    with pytest.raises(bank.NothingToBook):
        bank.answer(signed.message_id, "CS-2020-000042-1")
    assert not BankAnswer.objects.exists()


def payout(payout_id: str, cents: int) -> None:
    stripe_objects.keep({**stripe_objects.payout(amount_cents=cents), "id": payout_id})


def test_payouts_on_their_way_are_shown_once_and_each_statement_opens_where_the_last_closed(signed):
    payout("po_one", 9_850)
    first = bank.receive_payouts()
    payout("po_two", 4_900)
    second = bank.answer(signed.message_id, None)
    assert (first.opening_cents, first.closing_cents) == (100_000, 109_850)
    assert (second.number, second.opening_cents) == (2, 109_850)
    assert second.closing_cents == 109_850 + 4_900 - 45_000
    assert b"po_one" not in bytes(second.file) and b"po_two" in bytes(second.file)
    with pytest.raises(bank.NothingToBook):
        bank.receive_payouts()


def test_the_counter_shows_references_only_and_gives_statements(signed, client, treasury):  # noqa: F811
    text = client.get(reverse("demo_bank")).content.decode()
    assert "CS-LOT-000001" in text and "CS-2020-000001-1" in text and "OEuvrard" not in text
    form = {"message_id": "CS-LOT-000001", "returned": "CS-2020-000001-1"}
    given = client.post(reverse("demo_bank_answer"), form)
    assert given["Content-Disposition"] == 'attachment; filename="releve-00001.xml"'
    assert client.post(reverse("demo_bank_answer"), {"number": "1"}).content == given.content
    assert client.post(reverse("demo_bank_answer"), {"number": "x"}).status_code == 404
    assert client.post(reverse("demo_bank_answer")).url == reverse("demo_bank")


def test_money_from_outside_comes_with_the_words_that_were_asked_for(treasury):  # noqa: F811
    answer = bank.book_from_outside(amount_cents=25_000, words="VIR DON-7K4Q-59")
    (statement,) = read_statements(bytes(answer.file))
    (line,) = statement.booked
    assert (line.amount_cents, line.details[0].remittance) == (25_000, "VIR DON-7K4Q-59")
    assert statement.balances and answer.closing_cents == answer.opening_cents + 25_000


def test_a_cheque_that_comes_back_leaves_the_account(treasury):  # noqa: F811
    path = shared_data("bank", "xsd", "camt.053.001.08.xsd")
    answer = bank.book_from_outside(amount_cents=-5_000, words="IMPAYE 1234567")
    etree.XMLSchema(etree.parse(str(path))).assertValid(etree.fromstring(bytes(answer.file)))
    (statement,) = read_statements(bytes(answer.file))
    assert statement.booked[0].amount_cents == -5_000 and answer.closing_cents == answer.opening_cents - 5_000


@pytest.mark.parametrize(("amount", "words"), [("", "DON"), ("dix", "DON"), ("10", "")])
def test_the_counter_gives_back_a_line_it_cannot_write(treasury, client, amount, words):  # noqa: F811
    sent = {"direction": "in", "amount": amount, "words": words}
    assert client.post(reverse("demo_bank_outside"), sent).status_code == 422
    assert not BankAnswer.objects.exists()
