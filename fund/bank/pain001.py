"""The transfer file: pain.001.001.09, one payment block, written as a stream.

Made for the SEPA credit transfer: service level SEPA, charges shared (SLEV), euro, no
postal address (unstructured ones are refused since 15 November 2026, and none is needed
inside the EEA), ``NOTPROVIDED`` where the debtor's BIC is unknown. Equal input gives equal
bytes: the file is written once, its hash kept, and never made again.

Nothing is repaired silently but spelling: names and texts are folded to the SEPA character
set, while references, amounts and accounts must be right or the file is refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from lxml import etree

from fund.bank.charset import fold, is_reference
from fund.bank.iban import IbanError, compact_iban
from fund.money import MAX_CENTS, plain_euros

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_NAME, _REMITTANCE = 70, 140
_PARIS = ZoneInfo("Europe/Paris")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")

MESSAGES: Final = {
    "no_transfer": _("Le lot est vide : ajoutez au moins un paiement."),
    "message_id": _(
        "La référence du fichier doit compter 1 à 35 caractères du jeu SEPA, sans « // »"
        " ni barre au début ou à la fin."
    ),
    "created_at": _("L’heure de création doit porter son fuseau horaire."),
    "execution_on": _("La date d’exécution doit être une date sans heure."),
    "debtor_name": _("Le nom du compte à débiter manque ou ne contient aucune lettre latine."),
    "debtor_iban": _("L’IBAN du compte à débiter n’est pas valable."),
    "debtor_bic": _("Le BIC du compte à débiter n’est pas valable."),
    "end_to_end_id": _(
        "La référence du paiement %(position)d doit compter 1 à 35 caractères du jeu SEPA, sans"
        " « // » ni barre au début ou à la fin."
    ),
    "duplicate": _("La référence du paiement %(position)d figure déjà dans le lot."),
    "amount": _("Le montant du paiement %(position)d doit être compris entre 0,01 € et 999 999 999,99 €."),
    "name": _("Le titulaire du paiement %(position)d manque ou n’a aucune lettre latine."),
    "iban": _("L’IBAN du paiement %(position)d n’est pas valable."),
    "bic": _("Le BIC du paiement %(position)d n’est pas valable."),
}


class TransferFileError(ValueError):
    """The file cannot be written; ``code`` is a key of ``MESSAGES``.

    ``position`` counts the transfers from 1; it is None for what concerns the whole file.
    """

    def __init__(self, code: str, position: int | None = None) -> None:
        super().__init__(code if position is None else f"{code} ({position})")
        self.code = code
        self.position = position

    @property
    def message(self) -> str:
        """The sentence for the treasurer, in the active language, without anything personal."""
        return str(MESSAGES[self.code]) % {"position": self.position}


@dataclass(frozen=True, slots=True)
class Debtor:
    """The account that pays."""

    name: str
    iban: str = field(repr=False)
    bic: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment: ``amount_cents`` in euro cents, the payee's name as on the bank's paper.

    ``end_to_end_id`` is unique per attempt and comes back in returns (failures 5 and 14).
    """

    end_to_end_id: str
    amount_cents: int
    name: str = field(repr=False)
    iban: str = field(repr=False)
    remittance: str = field(repr=False)
    bic: str | None = None


def write_pain001(
    *,
    message_id: str,
    created_at: datetime,
    execution_on: date,
    debtor: Debtor,
    transfers: Sequence[Transfer],
    batch_booking: bool = True,
) -> bytes:
    """The whole file as bytes (UTF-8). Raises TransferFileError before the first byte.

    ``created_at`` must be aware and is written in Paris time; ``execution_on`` is a Paris
    date. ``batch_booking``: one debit for the file (true) or one line per payment (false).
    """
    out = BytesIO()
    stream_pain001(
        out,
        message_id=message_id,
        created_at=created_at,
        execution_on=execution_on,
        debtor=debtor,
        transfers=transfers,
        batch_booking=batch_booking,
    )
    return out.getvalue()


def stream_pain001(
    out: BinaryIO,
    *,
    message_id: str,
    created_at: datetime,
    execution_on: date,
    debtor: Debtor,
    transfers: Sequence[Transfer],
    batch_booking: bool = True,
) -> None:
    """Like ``write_pain001``, into ``out``; at no time is the whole tree in memory."""
    _check_file(message_id, created_at, execution_on, debtor)
    accounts = _check_transfers(transfers)
    count = str(len(transfers))
    total = plain_euros(sum(transfer.amount_cents for transfer in transfers))
    with etree.xmlfile(out, encoding="UTF-8") as xml:
        xml.write_declaration()
        with (
            xml.element(_q("Document"), nsmap={None: NAMESPACE}),
            xml.element(_q("CstmrCdtTrfInitn")),
        ):
            xml.write(_group_header(message_id, created_at, count, total, debtor))
            with xml.element(_q("PmtInf")):
                for node in _block_header(
                    message_id, execution_on, debtor, count, total, batch_booking=batch_booking
                ):
                    xml.write(node)
                for transfer, account in zip(transfers, accounts, strict=True):
                    xml.write(_transaction(transfer, account))


def _check_file(message_id: str, created_at: datetime, execution_on: date, debtor: Debtor) -> None:
    if not is_reference(message_id):
        raise TransferFileError("message_id")
    if created_at.utcoffset() is None:
        raise TransferFileError("created_at")
    if isinstance(execution_on, datetime):
        raise TransferFileError("execution_on")
    if not fold(debtor.name, _NAME):
        raise TransferFileError("debtor_name")
    if debtor.bic is not None and not _BIC.fullmatch(debtor.bic):
        raise TransferFileError("debtor_bic")
    try:
        compact_iban(debtor.iban)
    except IbanError:
        raise TransferFileError("debtor_iban") from None


def _check_transfers(transfers: Sequence[Transfer]) -> list[str]:
    """The payees' accounts in compact form, in order. Raises TransferFileError."""
    if not transfers:
        raise TransferFileError("no_transfer")
    seen: set[str] = set()
    accounts: list[str] = []
    for position, transfer in enumerate(transfers, start=1):
        if not is_reference(transfer.end_to_end_id):
            raise TransferFileError("end_to_end_id", position)
        if transfer.end_to_end_id in seen:
            raise TransferFileError("duplicate", position)
        seen.add(transfer.end_to_end_id)
        accounts.append(_check_payee(transfer, position))
    return accounts


def _check_payee(transfer: Transfer, position: int) -> str:
    # A bool is an int for Python, and a float would be written with its own rounding.
    if type(transfer.amount_cents) is not int or not 1 <= transfer.amount_cents <= MAX_CENTS:
        raise TransferFileError("amount", position)
    if not fold(transfer.name, _NAME):
        raise TransferFileError("name", position)
    if transfer.bic is not None and not _BIC.fullmatch(transfer.bic):
        raise TransferFileError("bic", position)
    try:
        return compact_iban(transfer.iban, bic=transfer.bic or "")
    except IbanError:
        raise TransferFileError("iban", position) from None


def _group_header(message_id: str, created_at: datetime, count: str, total: str, debtor: Debtor) -> Any:
    return _node(
        "GrpHdr",
        _node("MsgId", text=message_id),
        _node("CreDtTm", text=created_at.astimezone(_PARIS).isoformat(timespec="seconds")),
        _node("NbOfTxs", text=count),
        _node("CtrlSum", text=total),
        _node("InitgPty", _node("Nm", text=fold(debtor.name, _NAME))),
    )


def _block_header(
    message_id: str,
    execution_on: date,
    debtor: Debtor,
    count: str,
    total: str,
    *,
    batch_booking: bool,
) -> list[Any]:
    """The children of PmtInf before the transactions, in the order the XSD fixes."""
    return [
        _node("PmtInfId", text=message_id),
        _node("PmtMtd", text="TRF"),
        _node("BtchBookg", text="true" if batch_booking else "false"),
        _node("NbOfTxs", text=count),
        _node("CtrlSum", text=total),
        _node("PmtTpInf", _node("SvcLvl", _node("Cd", text="SEPA"))),
        _node("ReqdExctnDt", _node("Dt", text=execution_on.isoformat())),
        _node("Dbtr", _node("Nm", text=fold(debtor.name, _NAME))),
        _account("DbtrAcct", compact_iban(debtor.iban)),
        _agent("DbtrAgt", debtor.bic),
        _node("ChrgBr", text="SLEV"),
    ]


def _transaction(transfer: Transfer, account: str) -> Any:
    amount = _node("InstdAmt", text=plain_euros(transfer.amount_cents))
    amount.set("Ccy", "EUR")
    node = _node(
        "CdtTrfTxInf",
        _node("PmtId", _node("EndToEndId", text=transfer.end_to_end_id)),
        _node("Amt", amount),
    )
    if transfer.bic is not None:
        node.append(_agent("CdtrAgt", transfer.bic))
    node.append(_node("Cdtr", _node("Nm", text=fold(transfer.name, _NAME))))
    node.append(_account("CdtrAcct", account))
    remittance = fold(transfer.remittance, _REMITTANCE)
    if remittance:
        node.append(_node("RmtInf", _node("Ustrd", text=remittance)))
    return node


def _account(tag: str, iban: str) -> Any:
    return _node(tag, _node("Id", _node("IBAN", text=iban)))


def _agent(tag: str, bic: str | None) -> Any:
    if bic is None:
        return _node(tag, _node("FinInstnId", _node("Othr", _node("Id", text="NOTPROVIDED"))))
    return _node(tag, _node("FinInstnId", _node("BICFI", text=bic)))


def _node(tag: str, *children: Any, text: str | None = None) -> Any:
    # Without namespace on purpose: written inside Document it falls under the default one, while
    # a node that carries its own would declare it again for each of thousands of transfers.
    node = etree.Element(tag)
    node.text = text
    node.extend(children)
    return node


def _q(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"
