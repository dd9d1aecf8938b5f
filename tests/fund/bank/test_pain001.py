"""fund.bank.pain001"""

import importlib.resources
from datetime import UTC, date, datetime

import pytest
from lxml import etree
from sepaxml import SepaTransfer

from fund.bank.pain001 import Debtor, Transfer, TransferFileError, write_pain001
from tests.fund.bank.shared_data import SHARED, needs_shared

N = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
FOUNDATION = Debtor("Fondation de l’École", "FR14 2004 1010 0505 0001 3M02 606")
STUDENTS = (
    Transfer("CS-2026-000001-1", 15000, "Zoé Lefèvre", "DE89370400440532013000", "Aide & soutien"),
    Transfer("CS-2026-000002-1", 1, "A" * 80, "GB29NWBK60161331926819", "é" * 200, bic="NWBKGB2L"),
    Transfer("CS-2026-000003-2", 99_999_999_999, "Cœur Straße", "LT121000011101001000", ""),
)


def write(**changes):
    given = {
        "message_id": "LOT-2026-0001",
        "created_at": datetime(2026, 11, 21, 22, 30, tzinfo=UTC),
        "execution_on": date(2026, 11, 24),
        "debtor": FOUNDATION,
        "transfers": STUDENTS,
    }
    return write_pain001(**{**given, **changes})


def one(**changes):
    given = {
        "end_to_end_id": "CS-1",
        "amount_cents": 15000,
        "name": "Zoé",
        "iban": "DE89370400440532013000",
        "remittance": "Aide",
    }
    return Transfer(**{**given, **changes})


def values(data, path):
    return etree.fromstring(data).xpath(path, namespaces=N)


def packaged_schema():
    resource = importlib.resources.files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
    return etree.XMLSchema(etree.fromstring(resource.read_bytes()))


def test_the_file_is_valid_against_the_schema():
    schema = packaged_schema()
    for data in (write(), write(batch_booking=False), write(debtor=Debtor("X", FOUNDATION.iban, "PSSTFRPP"))):
        schema.assertValid(etree.fromstring(data))


@needs_shared
def test_the_file_is_valid_against_the_schema_of_iso():
    schema = etree.XMLSchema(etree.parse(SHARED / "bank" / "xsd" / "pain.001.001.09.xsd"))
    schema.assertValid(etree.fromstring(write()))


def test_the_file_says_what_sepa_wants():
    data = write()
    assert values(data, "string(//p:MsgId)") == values(data, "string(//p:PmtInfId)") == "LOT-2026-0001"
    assert values(data, "string(//p:CreDtTm)") == "2026-11-21T23:30:00+01:00"
    assert values(data, "string(//p:ReqdExctnDt/p:Dt)") == "2026-11-24"
    assert values(data, "string(//p:SvcLvl/p:Cd)") == "SEPA"
    assert values(data, "string(//p:ChrgBr)") == "SLEV"
    assert values(data, "string(//p:DbtrAgt//p:Othr/p:Id)") == "NOTPROVIDED"
    assert values(data, "count(//p:PmtInf)") == 1
    assert values(data, "//p:PstlAdr") == []
    assert values(data, "//p:NbOfTxs/text()") == ["3", "3"]
    assert values(data, "//p:CtrlSum/text()") == ["1000000150.00", "1000000150.00"]
    assert values(data, "//p:InstdAmt/text()") == ["150.00", "0.01", "999999999.99"]
    assert set(values(data, "//p:InstdAmt/@Ccy")) == {"EUR"}
    assert values(data, "//p:CdtrAgt//p:BICFI/text()") == ["NWBKGB2L"]


def test_names_and_texts_are_folded_and_cut():
    """Failure 22."""
    data = write()
    assert values(data, "//p:Cdtr/p:Nm/text()") == ["Zoe Lefevre", "A" * 70, "Coeur Strasse"]
    assert values(data, "//p:Ustrd/text()") == ["Aide + soutien", "e" * 140]
    assert values(data, "string(//p:InitgPty/p:Nm)") == "Fondation de l'Ecole"
    assert data.isascii()


def test_batch_booking_asks_for_one_debit_or_for_one_line_each():
    assert values(write(), "string(//p:BtchBookg)") == "true"
    assert values(write(batch_booking=False), "string(//p:BtchBookg)") == "false"


def test_equal_input_gives_equal_bytes():
    assert write() == write(created_at=datetime.fromisoformat("2026-11-21T23:30:00+01:00"))


def test_the_namespace_is_declared_once():
    assert write().count(b"xmlns") == 1


def test_an_independent_writer_says_the_same_of_the_same_transfers():
    oracle = SepaTransfer(
        {
            "name": "Fondation de l'Ecole",
            "IBAN": "FR1420041010050500013M02606",
            "batch": True,
            "currency": "EUR",
        },
        schema="pain.001.001.09",
    )
    for transfer in STUDENTS:
        oracle.add_payment(
            {
                "name": transfer.name,
                "IBAN": transfer.iban,
                "amount": transfer.amount_cents,
                "execution_date": date(2026, 11, 24),
                "description": transfer.remittance or "x",
                "endtoend_id": transfer.end_to_end_id,
            }
        )
    theirs, ours = oracle.export(validate=True), write()
    for path in (
        "//p:EndToEndId/text()",
        "//p:InstdAmt/text()",
        "//p:CdtrAcct//p:IBAN/text()",
        "//p:DbtrAcct//p:IBAN/text()",
        "//p:Cdtr/p:Nm/text()",
        "//p:ReqdExctnDt/p:Dt/text()",
        "//p:GrpHdr/p:NbOfTxs/text()",
        "//p:GrpHdr/p:CtrlSum/text()",
        "//p:SvcLvl/p:Cd/text()",
    ):
        assert values(ours, path) == values(theirs, path), path


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"transfers": ()}, "no_transfer"),
        ({"message_id": "L" * 36}, "message_id"),
        ({"message_id": "/LOT"}, "message_id"),
        ({"created_at": datetime(2026, 11, 21)}, "created_at"),  # noqa: DTZ001 - what is refused
        ({"execution_on": datetime(2026, 11, 21, tzinfo=UTC)}, "execution_on"),
        ({"debtor": Debtor("", FOUNDATION.iban)}, "debtor_name"),
        ({"debtor": Debtor("X", "FR00")}, "debtor_iban"),
        ({"debtor": Debtor("X", FOUNDATION.iban, "PSST")}, "debtor_bic"),
    ],
)
def test_a_file_that_would_be_wrong_is_not_written(changes, code):
    with pytest.raises(TransferFileError) as caught:
        write(**changes)
    assert (caught.value.code, caught.value.position) == (code, None)
    assert caught.value.message


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_cents": 0}, "amount"),
        ({"amount_cents": -1}, "amount"),
        ({"amount_cents": 100_000_000_000}, "amount"),
        ({"amount_cents": 150.0}, "amount"),
        ({"amount_cents": True}, "amount"),
        ({"end_to_end_id": ""}, "end_to_end_id"),
        ({"end_to_end_id": "é"}, "end_to_end_id"),
        ({"end_to_end_id": "C" * 36}, "end_to_end_id"),
        ({"end_to_end_id": "CS//1"}, "end_to_end_id"),
        ({"end_to_end_id": "CS-2026-000001-1"}, "duplicate"),
        ({"name": "☃"}, "name"),
        ({"iban": "DE89370400440532013001"}, "iban"),
        ({"iban": "TN5910006035183598478831"}, "iban"),
        ({"bic": "bad"}, "bic"),
    ],
)
def test_one_wrong_transfer_refuses_the_file_and_is_told_by_its_place(changes, code):
    with pytest.raises(TransferFileError) as caught:
        write(transfers=(*STUDENTS, one(**changes)))
    assert (caught.value.code, caught.value.position) == (code, 4)
    assert "4" in caught.value.message
    assert "Zoé" not in caught.value.message and "DE89" not in str(caught.value)


def test_the_repr_of_a_transfer_hides_who_is_paid():
    assert "Lefèvre" not in repr(STUDENTS[0]) and "DE89" not in repr(STUDENTS[0])
