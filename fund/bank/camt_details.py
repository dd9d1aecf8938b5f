"""The operations inside one camt entry (NtryDtls/TxDtls)."""

from typing import Final

from fund.bank.statements import Detail
from fund.bank.xml_tree import (
    Element,
    Spot,
    child,
    children,
    direction,
    first_text,
    money,
    reference,
    text,
)

# ISO bank transaction sub-families of money that comes back: a returned credit transfer,
# a returned or unpaid direct debit.
RETURN_FAMILIES: Final = frozenset({"RRTN", "UPDD"})


def operation_code(element: Element) -> str:
    """ "PMNT/RCDT/ESCT" of the ISO domain, else the bank's own code, else ``""``."""
    domain = (
        text(element, "BkTxCd", "Domn", "Cd"),
        text(element, "BkTxCd", "Domn", "Fmly", "Cd"),
        text(element, "BkTxCd", "Domn", "Fmly", "SubFmlyCd"),
    )
    return "/".join(domain) if any(domain) else text(element, "BkTxCd", "Prtry", "Cd")


def read_details(
    groups: list[Element], entry_cents: int, currency: str, entry_code: str, account: str, spot: Spot
) -> tuple[Detail, ...]:
    """All TxDtls of an entry of ``entry_cents`` (signed) on ``account``. Raises StatementError.

    A detail alone without an amount takes the entry's; among several it stays None.
    """
    nodes = [node for group in groups for node in children(group, "TxDtls")]
    is_alone = len(nodes) == 1
    entry_sign = 1 if entry_cents >= 0 else -1
    details: list[Detail] = []
    for index, node in enumerate(nodes):
        sign = entry_sign if child(node, "CdtDbtInd") is None else direction(node, spot)
        given = _amount(node, currency, spot)
        cents, own_currency = given if given is not None else (abs(entry_cents), currency)
        details.append(
            _detail(
                node,
                index,
                None if given is None and not is_alone else sign * cents,
                own_currency,
                sign,
                operation_code(node) or entry_code,
                account,
                spot,
            )
        )
    return tuple(details)


def _detail(
    node: Element,
    index: int,
    amount_cents: int | None,
    currency: str,
    sign: int,
    code: str,
    account: str,
    spot: Spot,
) -> Detail:
    returned = child(node, "RtrInf")
    is_return = returned is not None or code.rpartition("/")[2] in RETURN_FAMILIES
    name, iban = _counterparty(node, sign, account, is_return=is_return)
    return Detail(
        index=index,
        amount_cents=amount_cents,
        currency=currency,
        charges_cents=_charges(node, currency, spot),
        operation_code=code,
        end_to_end_id=reference(node, "Refs", "EndToEndId"),
        instruction_id=reference(node, "Refs", "InstrId"),
        message_id=reference(node, "Refs", "MsgId"),
        payment_information_id=reference(node, "Refs", "PmtInfId"),
        transaction_id=reference(node, "Refs", "TxId"),
        is_return=is_return,
        return_code="" if returned is None else first_text(returned, ("Rsn", "Cd"), ("Rsn", "Prtry")),
        return_text="" if returned is None else _joined(returned, "AddtlInf"),
        counterparty_name=name,
        counterparty_iban=iban,
        remittance=_remittance(node),
    )


def _amount(node: Element, entry_currency: str, spot: Spot) -> tuple[int, str] | None:
    """Amt, else the transaction amount, else the instructed one if in the entry's currency.

    An instructed amount in another currency is what was asked for, not what was booked.
    """
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
        element = child(node, *path)
        if element is None:
            continue
        found = money(element, spot)
        if "InstdAmt" not in path or found[1] == entry_currency:
            return found
    return None


def _charges(node: Element, currency: str, spot: Spot) -> int:
    """What the bank kept, positive, in ``currency`` (records in another currency are left out)."""
    total = 0
    for charges in children(node, "Chrgs"):
        for record in children(charges, "Rcrd") or [charges]:
            amount = child(record, "Amt")
            if amount is None:
                continue
            cents, own_currency = money(amount, spot)
            is_given_back = text(record, "CdtDbtInd") == "CRDT"
            if own_currency == currency:
                total += -cents if is_given_back else cents
    return total


def _counterparty(node: Element, sign: int, account: str, *, is_return: bool) -> tuple[str, str]:
    """(name, IBAN) of the other side: never our own account, else the side the sign points to.

    A return keeps the roles of the payment it undoes, so its sign points to the other side.
    """
    sides = {role: _party(node, role) for role in ("Dbtr", "Cdtr")}
    others = {
        role: side for role, side in sides.items() if any(side) and not (account and side[1] == account)
    }
    pointed = "Dbtr" if (sign > 0) != is_return else "Cdtr"
    if pointed in others:
        return others[pointed]
    return next(iter(others.values()), ("", ""))


def _party(node: Element, role: str) -> tuple[str, str]:
    name = first_text(node, ("RltdPties", role, "Pty", "Nm"), ("RltdPties", role, "Nm"))
    iban = text(node, "RltdPties", f"{role}Acct", "Id", "IBAN")
    return name, iban.replace(" ", "").upper()


def _remittance(node: Element) -> str:
    """The free text, else the structured references."""
    info = child(node, "RmtInf")
    if info is None:
        return ""
    free = _joined(info, "Ustrd")
    if free:
        return free
    structured = children(info, "Strd")
    return " ".join(
        part
        for block in structured
        for part in (text(block, "CdtrRefInf", "Ref"), _joined(block, "AddtlRmtInf"))
        if part
    )


def _joined(element: Element, name: str) -> str:
    return " ".join(part for node in children(element, name) if (part := (node.text or "").strip()))
