"""Two persons, one file, made once (T1; failures 12 and 22)."""

import hashlib
from importlib.resources import files

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from lxml import etree

from fund import clock, vault
from fund.models import AuditEvent, BankLine, PaymentBatch, PaymentOrder
from fund.roles import Refusal, Refused
from fund.treasury import batches, cash
from fund.treasury.statements import import_statement
from fund.workflow import AlreadyDone, WrongState
from tests.fund.treasury.camt import camt, debit
from tests.fund.treasury.factories import give_by_card

pytestmark = pytest.mark.usefixtures("proved")
SPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


@pytest.fixture
def prepared(treasury, order_of):
    orders = [order_of(1), order_of(2), order_of(3)]
    return batches.prepare_batch(by=treasury.treasurer, order_ids=[order.pk for order in orders])


def states() -> set[str]:
    return set(PaymentOrder.objects.values_list("state", flat=True))


def test_a_batch_is_numbered_counted_and_dated_on_the_next_business_day(prepared):
    assert (prepared.number, prepared.message_id) == (1, "CS-LOT-000001")
    assert (prepared.count, prepared.total_cents) == (3, 45_000)
    assert prepared.execution_on.isoformat() == "2020-05-18"
    assert states() == {"batched"}


def test_the_same_order_cannot_be_in_two_batches(treasury, prepared):
    """Failure 12."""
    order = prepared.orders.first()
    with pytest.raises(AlreadyDone, match="T-2020-0001 est déjà dans le lot nº\u00a01"):
        batches.prepare_batch(by=treasury.treasurer, order_ids=[order.pk])
    assert PaymentBatch.objects.count() == 1


def test_the_second_signature_makes_a_file_that_its_schema_accepts(treasury, prepared):
    signed = batches.sign_batch(by=treasury.signatory, batch=prepared)
    data = batches.download_batch(by=treasury.treasurer, batch=signed)
    schema = files("sepaxml").joinpath("schemas/pain.001.001.09.xsd")
    etree.XMLSchema(etree.fromstring(schema.read_bytes())).assertValid(etree.fromstring(data))
    assert states() == {"sent"}
    root = etree.fromstring(data)
    amounts = [node.text for node in root.iter(f"{SPACE}InstdAmt")]
    assert amounts == ["150.00"] * 3 and root.findtext(f".//{SPACE}CtrlSum") == "450.00"
    assert "Zoe OEuvrard 1" in data.decode() and "aide" not in data.decode().lower()


def test_the_file_is_made_once_and_every_download_is_logged_with_its_hash(treasury, prepared):
    signed = batches.sign_batch(by=treasury.signatory, batch=prepared)
    first = batches.download_batch(by=treasury.treasurer, batch=signed)
    second = batches.download_batch(by=treasury.signatory, batch=signed)
    assert first == second and hashlib.sha256(first).hexdigest() == signed.file_sha256
    events = AuditEvent.objects.filter(action="batch.downloaded")
    assert [event.details["sha256"] for event in events] == [signed.file_sha256] * 2
    assert first not in bytes(signed.file_sealed or b"")


def test_signing_twice_changes_nothing(treasury, prepared):
    signed = batches.sign_batch(by=treasury.signatory, batch=prepared)
    with pytest.raises(AlreadyDone):
        batches.sign_batch(by=treasury.signatory, batch=prepared)
    assert PaymentBatch.objects.get().file_sha256 == signed.file_sha256


def test_who_prepared_cannot_sign(treasury, prepared):
    with pytest.raises(Refused) as refused:
        batches.sign_batch(by=treasury.treasurer, batch=prepared)
    assert str(refused.value.refusal) == "Vous avez préparé ce lot\u00a0: une autre personne doit le signer."


@pytest.mark.parametrize(
    "name", ["member1", "chair", "auditor", "administrator", "referent", "communication"]
)
def test_nobody_outside_the_treasury_prepares_signs_undoes_or_downloads(treasury, prepared, order_of, name):
    """Invariant 5: who decides does not pay."""
    person = getattr(treasury, name)
    with pytest.raises(Refused):
        batches.prepare_batch(by=person, order_ids=[order_of(4).pk])
    for act in (batches.sign_batch, batches.cancel_batch):
        with pytest.raises(Refused):
            act(by=person, batch=prepared)
    signed = batches.sign_batch(by=treasury.signatory, batch=prepared)
    with pytest.raises(Refused):
        batches.download_batch(by=person, batch=signed)


def test_a_signatory_does_not_prepare(treasury, order_of):
    with pytest.raises(Refused):
        batches.prepare_batch(by=treasury.signatory, order_ids=[order_of(1).pk])


def test_a_personal_tie_stops_the_signature_and_the_preparation(treasury, things, order_of):
    things.ties = {("1", treasury.signatory.pk), ("2", treasury.treasurer.pk)}
    first, second = order_of(1), order_of(2)
    with pytest.raises(Refused, match="tie"):
        batches.prepare_batch(by=treasury.treasurer, order_ids=[first.pk, second.pk])
    batch = batches.prepare_batch(by=treasury.treasurer, order_ids=[first.pk])
    with pytest.raises(Refused, match="tie"):
        batches.sign_batch(by=treasury.signatory, batch=batch)
    assert states() == {"batched", "due"}


def test_an_approval_that_no_longer_stands_is_named(treasury, things, order_of):
    things.refusals["2"] = Refusal("account", "Le compte a changé depuis la décision.")
    ids = [order_of(1).pk, order_of(2).pk]
    with pytest.raises(Refused) as refused:
        batches.prepare_batch(by=treasury.treasurer, order_ids=ids)
    expected = "T-2020-0002\u00a0: Le compte a changé depuis la décision. Retirez ce virement du lot."
    assert str(refused.value.refusal) == expected
    assert states() == {"due"}


def test_everything_is_checked_again_at_the_second_signature(treasury, things, prepared):
    """Failure 17: what changed between the two signatures stops the batch."""
    things.refusals["3"] = Refusal("account", "Le compte a changé depuis la décision.")
    with pytest.raises(Refused, match="account"):
        batches.sign_batch(by=treasury.signatory, batch=prepared)
    assert PaymentBatch.objects.get().state == "prepared"


def test_an_erased_person_is_not_paid(treasury, order_of):
    order = order_of(1)
    vault.erase_subject(order.subject_key)
    with pytest.raises(Refused, match="erased"):
        batches.prepare_batch(by=treasury.treasurer, order_ids=[order.pk])


def test_a_batch_never_exceeds_the_settled_cash(treasury, order_of, pocket):
    """1 000 € are settled, 500 more are at the provider: what batches already take does not count twice."""
    give_by_card(pocket, 50_000)
    first = [order_of(number, cents=40_000).pk for number in (1, 2)]
    batches.prepare_batch(by=treasury.treasurer, order_ids=first)
    with pytest.raises(Refused) as refused:
        batches.prepare_batch(by=treasury.treasurer, order_ids=[order_of(3, cents=20_001).pk])
    assert refused.value.refusal.code == "cash"
    assert "200,00\u00a0€ à la banque" in str(refused.value.refusal)
    last = order_of(4, cents=20_000)
    assert batches.prepare_batch(by=treasury.treasurer, order_ids=[last.pk]).number == 2


def test_an_empty_batch_is_refused(treasury):
    with pytest.raises(Refused, match="empty"):
        batches.prepare_batch(by=treasury.treasurer, order_ids=[])


def test_an_undone_batch_gives_its_orders_back(treasury, prepared):
    batches.cancel_batch(by=treasury.treasurer, batch=prepared)
    assert states() == {"due"}
    with pytest.raises(WrongState):
        batches.sign_batch(by=treasury.signatory, batch=prepared)
    again = batches.prepare_batch(
        by=treasury.treasurer, order_ids=PaymentOrder.objects.values_list("pk", flat=True)
    )
    assert again.number == 2


def test_a_signed_batch_cannot_be_undone_nor_its_file_taken_before(treasury, prepared):
    with pytest.raises(WrongState):
        batches.download_batch(by=treasury.treasurer, batch=prepared)
    batches.sign_batch(by=treasury.signatory, batch=prepared)
    with pytest.raises(WrongState):
        batches.cancel_batch(by=treasury.treasurer, batch=prepared)


def test_a_batch_signed_late_is_executed_on_a_later_day(treasury, prepared):
    with clock.at(
        clock.DEMO_START.replace(day=20)
    ):  # the Wednesday before Ascension Day, which is a business day
        signed = batches.sign_batch(by=treasury.signatory, batch=prepared)
    assert signed.execution_on.isoformat() == "2020-05-21"


def an_unexplained_debit(treasury, cents: int) -> None:
    """A statement that shows money leaving for a reason nobody knows: a true line, parked."""
    entries = [debit(cents, "NOT-OURS-1")]
    import_statement(by=treasury.treasurer, data=camt("UNKNOWN-1", 100_000, entries))


def test_money_that_left_unexplained_cannot_be_paid_out_again(treasury, order_of):
    """T1: a batch is checked against what the bank shows, not against what we could match (failure 14)."""
    order = order_of(1)
    an_unexplained_debit(treasury, 95_000)
    assert cash.settled_cents() == 5_000
    with pytest.raises(Refused) as refused:
        batches.prepare_batch(by=treasury.treasurer, order_ids=[order.pk])
    assert refused.value.refusal.code == "cash"


def test_a_batch_prepared_before_such_a_debit_is_not_signed_after_it(treasury, prepared, client_of):
    an_unexplained_debit(treasury, 95_000)
    with pytest.raises(Refused) as refused:
        batches.sign_batch(by=treasury.signatory, batch=prepared)
    assert refused.value.refusal.code == "cash"
    desk = client_of(treasury.treasurer).get(reverse("treasury_desk")).content.decode()
    assert "débits que rien n’explique" in desk and "950,00" in desk


def test_check_ledger_sees_a_line_missing_from_a_statement(treasury, prepared):
    line = BankLine.objects.get()
    with transaction.atomic():
        BankLine.objects.filter(pk=line.pk).delete()
        with pytest.raises(SystemExit):
            call_command("check_ledger")
        line.save(force_insert=True)
