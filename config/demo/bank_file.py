"""The files of the demo bank: reads a pain.001 as a bank would, writes a camt.053.001.08 that its XSD accepts."""

from dataclasses import dataclass, field
from datetime import date, datetime

from lxml import etree

from fund.bank.amounts import cents_from_decimal
from fund.money import plain_euros

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


@dataclass(frozen=True)
class Ordered:
    """One transfer as the file orders it; amounts in cents."""

    end_to_end_id: str
    amount_cents: int
    name: str = field(repr=False)
    iban: str = field(repr=False)
    remittance: str = field(repr=False)


@dataclass(frozen=True)
class TransferFile:
    message_id: str
    payment_information_id: str
    execution_on: date
    transfers: tuple[Ordered, ...]

    @property
    def total_cents(self) -> int:
        return sum(transfer.amount_cents for transfer in self.transfers)


@dataclass(frozen=True)
class Booking:
    """One entry of the statement, already written: its amount, signed as the account sees it, and its element."""

    amount_cents: int
    node: etree._Element


@dataclass(frozen=True)
class Page:
    """The statement around its entries. `made_at` is aware; the balances are those of the account."""

    number: int
    account: str
    bic: str
    opening_cents: int
    on: date
    made_at: datetime


def read_transfers(data: bytes) -> TransferFile:
    """The transfers of one of our pain.001.001.09 files."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    block = root.find(f".//{_PAIN}PmtInf")
    return TransferFile(
        message_id=_text(root, "GrpHdr", "MsgId"),
        payment_information_id=_text(block, "PmtInfId"),
        execution_on=date.fromisoformat(_text(block, "ReqdExctnDt", "Dt")),
        transfers=tuple(_ordered(node) for node in block.iter(f"{_PAIN}CdtTrfTxInf")),
    )


def payout_booking(reference: str, payout_id: str, amount_cents: int, on: date) -> Booking:
    """The payment provider's money arrives, its payout named in the text."""
    detail = _node(
        "TxDtls",
        _node("Refs", _leaf("EndToEndId", "NOTPROVIDED")),
        _amount("Amt", amount_cents),
        _leaf("CdtDbtInd", "CRDT"),
        _node("RltdPties", _node("Dbtr", _node("Pty", _leaf("Nm", "STRIPE PAYMENTS")))),
        _node("RmtInf", _leaf("Ustrd", f"STRIPE PAYOUT {payout_id}")),
    )
    return _entry(reference, amount_cents, on, ("RCDT", "ESCT"), _node("NtryDtls", detail))


def outside_booking(reference: str, words: str, amount_cents: int, on: date) -> Booking:
    """Money from elsewhere, or a cheque taken back when the amount is below zero, with the words that came with it."""
    detail = _node(
        "TxDtls",
        _node("Refs", _leaf("EndToEndId", "NOTPROVIDED")),
        _amount("Amt", abs(amount_cents)),
        _leaf("CdtDbtInd", "CRDT" if amount_cents > 0 else "DBIT"),
        _node("RmtInf", _leaf("Ustrd", words)),
    )
    family = ("RCDT", "ESCT") if amount_cents > 0 else ("ICHQ", "UPCQ")
    return _entry(reference, amount_cents, on, family, _node("NtryDtls", detail))


def batch_booking(reference: str, file: TransferFile, on: date) -> Booking:
    """One debit for the whole file, with its transfers as details."""
    batch = _node(
        "Btch",
        _leaf("MsgId", file.message_id),
        _leaf("PmtInfId", file.payment_information_id),
        _leaf("NbOfTxs", str(len(file.transfers))),
        _amount("TtlAmt", file.total_cents),
        _leaf("CdtDbtInd", "DBIT"),
    )
    details = [_transfer_detail(file, transfer, "DBIT") for transfer in file.transfers]
    return _entry(reference, -file.total_cents, on, ("ICDT", "ESCT"), _node("NtryDtls", batch, *details))


def return_booking(reference: str, file: TransferFile, transfer: Ordered, on: date) -> Booking:
    """One transfer comes back: the payee's account is closed (AC04)."""
    detail = _transfer_detail(file, transfer, "CRDT")
    detail.append(_node("RtrInf", _node("Rsn", _leaf("Cd", "AC04")), _leaf("AddtlInf", "Compte clos")))
    return _entry(reference, transfer.amount_cents, on, ("ICDT", "RRTN"), _node("NtryDtls", detail))


def write_statement(page: Page, bookings: list[Booking]) -> bytes:
    """The statement as bytes; equal input gives equal bytes."""
    closing = page.opening_cents + sum(booking.amount_cents for booking in bookings)
    name = f"BANQUE-ESSAI-{page.number:05d}"
    made_at = page.made_at.replace(microsecond=0).isoformat()
    servicer = [_node("Svcr", _node("FinInstnId", _leaf("BICFI", page.bic)))] if page.bic else []
    account = _node("Acct", _node("Id", _leaf("IBAN", page.account)), _leaf("Ccy", "EUR"), *servicer)
    statement = _node(
        "Stmt",
        _leaf("Id", name),
        _leaf("ElctrncSeqNb", str(page.number)),
        _leaf("CreDtTm", made_at),
        account,
        _balance("OPBD", page.opening_cents, page.on),
        _balance("CLBD", closing, page.on),
        *(booking.node for booking in bookings),
    )
    header = _node("GrpHdr", _leaf("MsgId", name), _leaf("CreDtTm", made_at))
    document = _node("Document", _node("BkToCstmrStmt", header, statement))
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _entry(
    reference: str, amount_cents: int, on: date, family: tuple[str, str], details: etree._Element
) -> Booking:
    code = _node(
        "Domn", _leaf("Cd", "PMNT"), _node("Fmly", _leaf("Cd", family[0]), _leaf("SubFmlyCd", family[1]))
    )
    node = _node(
        "Ntry",
        _leaf("NtryRef", reference),
        _amount("Amt", abs(amount_cents)),
        _leaf("CdtDbtInd", "CRDT" if amount_cents > 0 else "DBIT"),
        _node("Sts", _leaf("Cd", "BOOK")),
        _node("BookgDt", _leaf("Dt", on.isoformat())),
        _node("ValDt", _leaf("Dt", on.isoformat())),
        _leaf("AcctSvcrRef", reference),
        _node("BkTxCd", code),
        details,
    )
    return Booking(amount_cents, node)


def _transfer_detail(file: TransferFile, transfer: Ordered, direction: str) -> etree._Element:
    return _node(
        "TxDtls",
        _node(
            "Refs",
            _leaf("MsgId", file.message_id),
            _leaf("PmtInfId", file.payment_information_id),
            _leaf("EndToEndId", transfer.end_to_end_id),
        ),
        _amount("Amt", transfer.amount_cents),
        _leaf("CdtDbtInd", direction),
        _node(
            "RltdPties",
            _node("Cdtr", _node("Pty", _leaf("Nm", transfer.name))),
            _node("CdtrAcct", _node("Id", _leaf("IBAN", transfer.iban))),
        ),
        _node("RmtInf", _leaf("Ustrd", transfer.remittance)),
    )


def _balance(code: str, cents: int, on: date) -> etree._Element:
    return _node(
        "Bal",
        _node("Tp", _node("CdOrPrtry", _leaf("Cd", code))),
        _amount("Amt", abs(cents)),
        _leaf("CdtDbtInd", "CRDT" if cents >= 0 else "DBIT"),
        _node("Dt", _leaf("Dt", on.isoformat())),
    )


def _ordered(node: etree._Element) -> Ordered:
    amount = node.find(f"{_PAIN}Amt/{_PAIN}InstdAmt")
    return Ordered(
        end_to_end_id=_text(node, "PmtId", "EndToEndId"),
        amount_cents=cents_from_decimal(amount.text, amount.get("Ccy")),
        name=_text(node, "Cdtr", "Nm"),
        iban=_text(node, "CdtrAcct", "Id", "IBAN"),
        remittance=_text(node, "RmtInf", "Ustrd"),
    )


def _text(node: etree._Element, *path: str) -> str:
    return str(node.findtext(".//" + "/".join(_PAIN + part for part in path)) or "")


def _amount(tag: str, cents: int) -> etree._Element:
    node = _leaf(tag, plain_euros(cents))
    node.set("Ccy", "EUR")
    return node


def _leaf(tag: str, text: str) -> etree._Element:
    node = _node(tag)
    node.text = text
    return node


def _node(tag: str, *children: etree._Element) -> etree._Element:
    node = etree.Element(f"{{{NAMESPACE}}}{tag}", nsmap={None: NAMESPACE})
    node.extend(children)
    return node
