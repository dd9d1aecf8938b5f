"""Money out: batches under two signatures, the bank's answers, and the account that is corrected."""

import hashlib
import importlib.resources

from django.urls import reverse
from lxml import etree

from fund import chart
from fund.models import BankLine, Foundation, PaymentBatch, PaymentOrder
from tests.stories.asking import EMERGENCY, IBAN, IDENTITY, OTHER_IBAN, e2e, request_of, sign
from tests.stories.giving import cash
from tests.stories.world import World


def batch_of(world: World, number: int) -> tuple[PaymentBatch, str]:
    """One batch under two signatures and its file, checked; (the batch, the transfer's reference)."""
    (order,) = PaymentOrder.objects.filter(state="due")
    world.act("treasurer", "prepare_batch", data={"orders": [order.pk]})
    world.expect()
    world.act("signatory", "sign_batch", number)
    world.expect()
    batch = PaymentBatch.objects.get(number=number)
    file = world.take("treasurer", "download_batch", number)
    assert world.take("signatory", "download_batch", number) == file
    assert hashlib.sha256(file).hexdigest() == batch.file_sha256
    check_file(file, order)
    return batch, order.end_to_end_id


def check_file(file: bytes, order: PaymentOrder) -> None:
    """Valid for the schema of the bank's format, and one transfer of 150.00 to the account in force."""
    schema = importlib.resources.files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
    document = etree.fromstring(file)
    etree.XMLSchema(etree.fromstring(schema.read_bytes())).assertValid(document)
    said = {etree.QName(node).localname: node.text for node in document.iter() if not len(node)}
    paid_to = [node.text for node in document.findall(".//{*}CdtrAcct//{*}IBAN")]
    account = OTHER_IBAN if order.attempt == 2 else IBAN
    assert (said["EndToEndId"], said["InstdAmt"], said["NbOfTxs"], said["CtrlSum"]) == (
        order.end_to_end_id,
        "150.00",
        "1",
        "150.00",
    )
    assert paid_to == [account.replace(" ", "")]
    assert Foundation.objects.get().iban.encode() in file


def transfer_comes_back(world: World) -> None:
    """The bank pays and takes back (AC04) in one statement, which counts once however often it is read."""
    with world.on(4, 27):
        batch, reference = batch_of(world, 1)
    with world.on(4, 28):
        form = {"message_id": batch.message_id, "returned": reference}
        statement = world.take("visitor1", "demo_bank_answer", data=form)
        assert b"AC04" in statement
        world.act("treasurer", "import_statement", file=statement)
        world.expect()
        assert "a déjà été lu le 28 avril" in world.refused("treasurer", "import_statement", file=statement)
        world.expect()
        assert list(
            BankLine.objects.filter(statement__closing_on="2020-04-28")
            .order_by("entry_index")
            .values_list("state", "amount_cents")
        ) == [
            ("matched", -15_000),
            ("matched", 15_000),
        ]
        order = PaymentOrder.objects.get()
        assert (order.state, order.return_code, request_of(EMERGENCY).state) == (
            "returned",
            "AC04",
            "returned",
        )
        assert cash()[chart.BANK] == 17_983


def student_gives_another_account(world: World) -> None:
    """The account that was just refused is refused here too; another one is signed for and a new attempt is due."""
    with world.on(4, 29):
        world.expect()
        request = request_of(EMERGENCY)
        address = reverse("request_other_account", args=[request.token])
        holder = " ".join(IDENTITY["zelie"].values())
        page = world.post("zelie", address, {"act": "account", "iban": IBAN, "holder": holder})
        assert "La banque vient de refuser ce compte" in page.content.decode()
        account = {"act": "account", "iban": OTHER_IBAN, "holder": holder}
        world.act("zelie", "request_other_account", request.token, data=account)
        sign(world, "zelie", EMERGENCY, "request_other_account")
        orders = PaymentOrder.objects.order_by("attempt").values_list("end_to_end_id", "state", "iban_tail")
        assert list(orders) == [(e2e(request, 1), "returned", "0189"), (e2e(request, 2), "due", "3000")]
        world.expect()


def student_is_paid(world: World) -> None:
    with world.on(4, 30):
        batch, _reference = batch_of(world, 2)
    with world.on(5, 4):
        statement = world.take(
            "visitor1", "demo_bank_answer", data={"message_id": batch.message_id, "returned": ""}
        )
        world.act("treasurer", "import_statement", file=statement)
        world.expect(promised_cents=0, given_cents=15_000, students_helped=1)
        assert "a déjà été lu le 4 mai" in world.refused("treasurer", "import_statement", file=statement)
        world.expect()
        assert PaymentOrder.objects.get(attempt=2).state == "debited"
        assert request_of(EMERGENCY).state == "paid"
        assert cash() == {chart.STRIPE: 0, chart.INTERNAL_TRANSFER: 0, chart.BANK: 2_983}
        world.work()
