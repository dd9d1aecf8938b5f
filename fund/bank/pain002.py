"""pain.002: the bank's answer to a transfer file (ISO 20022 customer payment status report).

Two answers share this message and must not be mixed: the status of a payment (RJCT is a
rejection: no money left) and the result of the payee check (verification of payee, Reg.
(EU) 2024/886: RCVC match, RVMC close, RVNM none, RVNA not possible), which rejects nothing
and has no reason code. ACSC is no proof the payee kept the money: a return may follow.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from fund.bank.amounts import AmountError, cents_from_decimal
from fund.bank.statements import StatementError
from fund.bank.xml_tree import (
    Element,
    Spot,
    child,
    children,
    first_text,
    local_name,
    message_version,
    money,
    number,
    parse_message,
    reference,
    text,
)

MESSAGE: Final = "CstmrPmtStsRpt"
REJECTED: Final = "RJCT"
PAYEE_CHECKS: Final = frozenset({"RCVC", "RVMC", "RVNM", "RVNA", "RVNC", "RVCM"})
_MAX_BYTES: Final = 20 * 1024 * 1024
_HEADER: Final = Spot(1)


@dataclass(frozen=True, slots=True)
class StatusItem:
    """The answer on one payment, or on a whole block when ``end_to_end_id`` and the rest are empty.

    ``status`` falls back on the block's, then on the file's. ``amount_cents`` is in the
    smallest unit of ``currency``, None when the bank does not repeat it.
    """

    end_to_end_id: str
    instruction_id: str
    payment_information_id: str
    status: str
    reason_code: str
    amount_cents: int | None
    currency: str
    text: str = field(default="", repr=False)

    @property
    def is_rejection(self) -> bool:
        return self.status == REJECTED

    @property
    def is_payee_check(self) -> bool:
        return self.status in PAYEE_CHECKS


@dataclass(frozen=True, slots=True)
class BlockStatus:
    """The answer on one payment block (PmtInf); ``status`` is ``""`` when only its payments have one."""

    payment_information_id: str
    status: str
    reason_code: str
    count: int | None
    total_cents: int | None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """``original_message_id`` is the MsgId of the file answered. Totals are those of that file,
    in euro cents as announced by the bank (the message gives them no currency)."""

    message: str
    message_id: str
    original_message_id: str
    original_message: str
    original_count: int | None
    original_total_cents: int | None
    group_status: str
    group_reason_code: str
    blocks: tuple[BlockStatus, ...]
    items: tuple[StatusItem, ...]

    @property
    def is_rejected_whole(self) -> bool:
        """No payment of the file was taken."""
        return self.group_status == REJECTED

    @property
    def rejections(self) -> tuple[StatusItem, ...]:
        return tuple(item for item in self.items if item.is_rejection)

    @property
    def payee_checks(self) -> tuple[StatusItem, ...]:
        return tuple(item for item in self.items if item.is_payee_check)


def read_status_report(data: bytes, *, max_bytes: int = _MAX_BYTES) -> StatusReport:
    """The report in ``data``. Raises StatementError, with the same codes as the statements."""
    if len(data) > max_bytes:
        raise StatementError("too_big")
    if not data.strip():
        raise StatementError("empty")
    if b"<" not in data[:64].replace(b"\x00", b""):
        raise StatementError("not_a_status_report")
    message = parse_message(data)
    if local_name(message) != MESSAGE:
        raise StatementError("not_a_status_report")
    return read_pain002(message)


def read_pain002(message: Element) -> StatusReport:
    """The report of a parsed pain.002 message. Raises StatementError."""
    group = child(message, "OrgnlGrpInfAndSts")
    if group is None:
        raise StatementError("missing", _HEADER.at(message))
    group_status = text(group, "GrpSts")
    blocks: list[BlockStatus] = []
    items: list[StatusItem] = []
    for position, node in enumerate(children(message, "OrgnlPmtInfAndSts"), start=1):
        block = _block(node, Spot(position))
        blocks.append(block)
        items += [
            _item(payment, block, block.status or group_status, Spot(position, line))
            for line, payment in enumerate(children(node, "TxInfAndSts"), start=1)
        ]
    return StatusReport(
        message=message_version(message) or "pain.002",
        message_id=text(message, "GrpHdr", "MsgId"),
        original_message_id=text(group, "OrgnlMsgId"),
        original_message=text(group, "OrgnlMsgNmId"),
        original_count=number(group, _HEADER, "OrgnlNbOfTxs"),
        original_total_cents=_total(group, _HEADER),
        group_status=group_status,
        group_reason_code=_reason(group),
        blocks=tuple(blocks),
        items=tuple(items),
    )


def _block(node: Element, spot: Spot) -> BlockStatus:
    return BlockStatus(
        payment_information_id=text(node, "OrgnlPmtInfId"),
        status=text(node, "PmtInfSts"),
        reason_code=_reason(node),
        count=number(node, spot, "OrgnlNbOfTxs"),
        total_cents=_total(node, spot),
    )


def _item(node: Element, block: BlockStatus, inherited: str, spot: Spot) -> StatusItem:
    amount = child(node, "OrgnlTxRef", "Amt", "InstdAmt")
    cents, currency = (None, "") if amount is None else money(amount, spot)
    return StatusItem(
        end_to_end_id=reference(node, "OrgnlEndToEndId"),
        instruction_id=reference(node, "OrgnlInstrId"),
        payment_information_id=block.payment_information_id,
        status=text(node, "TxSts") or inherited,
        reason_code=_reason(node) or block.reason_code,
        amount_cents=cents,
        currency=currency,
        text=" ".join(
            part
            for info in children(node, "StsRsnInf")
            for line in children(info, "AddtlInf")
            if (part := (line.text or "").strip())
        ),
    )


def _reason(node: Element) -> str:
    """The first reason code; banks may repeat StsRsnInf, some of them with text alone."""
    found = (first_text(info, ("Rsn", "Cd"), ("Rsn", "Prtry")) for info in children(node, "StsRsnInf"))
    return next((code for code in found if re.fullmatch(r"\S{1,35}", code)), "")


def _total(node: Element, spot: Spot) -> int | None:
    element = child(node, "OrgnlCtrlSum")
    if element is None:
        return None
    try:
        return cents_from_decimal(element.text or "", "EUR")
    except AmountError as error:
        raise StatementError(error.code, spot.at(element)) from None
