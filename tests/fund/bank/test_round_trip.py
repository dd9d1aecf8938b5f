"""What is paid comes back in the statement to the cent, whatever the amounts, names and references."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from fund.bank.charset import fold
from fund.bank.pain001 import Debtor, Transfer, write_pain001
from fund.bank.reading import read_statements
from tests.fund.bank.files import ACCOUNT, balance, camt, ntry, party, stmt, tx

N = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
IBANS = (
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "LT121000011101001000",
    "MC5811222000010123456789030",
)
names = st.text(min_size=1, max_size=90).filter(lambda name: fold(name, 70))
payments = st.lists(
    st.tuples(
        st.integers(min_value=1, max_value=99_999_999_999),
        names,
        st.sampled_from(IBANS),
        st.text(max_size=200),
    ),
    min_size=1,
    max_size=12,
)


def transfers_of(rows):
    return [
        Transfer(f"CS-2026-{position:06d}-1", cents, name, iban, remittance)
        for position, (cents, name, iban, remittance) in enumerate(rows)
    ]


def pain001(transfers):
    return write_pain001(
        message_id="LOT-1",
        created_at=datetime(2026, 11, 21, tzinfo=UTC),
        execution_on=date(2026, 11, 24),
        debtor=Debtor("Fondation", ACCOUNT),
        transfers=transfers,
    )


def bank_answer(data):
    """The camt.053 a bank would send for the transfer file: one batch line, one detail each."""
    root = etree.fromstring(data)
    total = root.xpath("string(//p:GrpHdr/p:CtrlSum)", namespaces=N)
    details = []
    for node in root.iterfind(".//p:CdtTrfTxInf", N):
        payee = party("Cdtr", "X", node.findtext("p:CdtrAcct/p:Id/p:IBAN", namespaces=N))
        details.append(
            tx(
                node.findtext("p:Amt/p:InstdAmt", namespaces=N),
                node.findtext("p:PmtId/p:EndToEndId", namespaces=N),
                f"<RltdPties>{payee}</RltdPties>",
            )
        )
    batch = (
        f"<Btch><PmtInfId>{root.xpath('string(//p:PmtInfId)', namespaces=N)}</PmtInfId>"
        f"<NbOfTxs>{root.xpath('string(//p:GrpHdr/p:NbOfTxs)', namespaces=N)}</NbOfTxs></Btch>"
    )
    return camt(
        stmt(
            balance("OPBD", "0.00"),
            balance("CLBD", total, "DBIT"),
            ntry(total, details=batch + "".join(details)),
        )
    )


@given(payments)
def test_what_is_paid_comes_back_to_the_cent(rows):
    transfers = transfers_of(rows)
    (statement,) = read_statements(bank_answer(pain001(transfers)))
    (entry,) = statement.entries
    assert statement.problems == ()
    assert statement.balances is True
    assert entry.amount_cents == -sum(transfer.amount_cents for transfer in transfers)
    assert entry.batch is not None and entry.batch.payment_information_id == "LOT-1"
    assert [
        (detail.end_to_end_id, -(detail.amount_cents or 0), detail.counterparty_iban)
        for detail in entry.details
    ] == [(transfer.end_to_end_id, transfer.amount_cents, transfer.iban) for transfer in transfers]


@given(payments)
def test_the_same_transfers_make_the_same_bytes(rows):
    assert pain001(transfers_of(rows)) == pain001(transfers_of(rows))
