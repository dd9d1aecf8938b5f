"""camt.052, camt.053 and camt.054 of any version (ISO 20022 bank-to-customer statements).

Read by local names: a file without namespace is accepted, as is one its own XSD refuses;
what counts is that amounts, directions and currencies are certain. Decisions on odd files:

* no balance element: accepted, the balances are None;
* a balance without direction: read as a credit, and said so;
* an entry without direction or currency: the whole file is refused;
* an entry without status: booked in a camt.053 (a statement holds what is booked), neither
  booked nor counted in a camt.052 or camt.054;
* RvslInd does not touch the sign: CdtDbtInd is the sign on this account.
"""

from typing import Final

from fund.bank.camt_details import RETURN_FAMILIES, operation_code, read_details
from fund.bank.findings import balance_problems, entry_problems, problem
from fund.bank.statements import BOOKED, Batch, Entry, Statement, StatementError
from fund.bank.xml_tree import (
    Element,
    Spot,
    child,
    children,
    day,
    direction,
    first_text,
    local_name,
    message_version,
    money,
    number,
    reference,
    text,
)

# message element -> (name without version, element of one statement)
MESSAGES: Final = {
    "BkToCstmrAcctRpt": ("camt.052", "Rpt"),
    "BkToCstmrStmt": ("camt.053", "Stmt"),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn"),
}


class _Balance:
    """One Bal element, signed."""

    def __init__(self, element: Element, spot: Spot) -> None:
        amount = child(element, "Amt")
        if amount is None:
            raise StatementError("missing", spot.at(element))
        cents, self.currency = money(amount, spot)
        self.has_direction = child(element, "CdtDbtInd") is not None
        self.cents = cents * (direction(element, spot) if self.has_direction else 1)
        self.on = day(element, spot, "Dt")
        self.kind = first_text(element, ("Tp", "CdOrPrtry", "Cd"), ("Tp", "CdOrPrtry", "Prtry"), ("Tp", "Cd"))


def read_camt(message: Element) -> tuple[Statement, ...]:
    """The statements of a parsed camt message. Raises StatementError."""
    name, tag = MESSAGES[local_name(message)]
    version = message_version(message)
    label = version if version.startswith(name) else name
    found = children(message, tag)
    if not found:
        raise StatementError("not_a_statement")
    return tuple(_statement(node, label, Spot(position)) for position, node in enumerate(found, start=1))


def _statement(node: Element, label: str, spot: Spot) -> Statement:
    nodes = children(node, "Ntry")
    balances = [_Balance(balance, spot) for balance in children(node, "Bal")]
    currency = _currency(node, balances, nodes)
    iban = text(node, "Acct", "Id", "IBAN").replace(" ", "").upper()
    account = iban or text(node, "Acct", "Id", "Othr", "Id")
    is_statement = label.startswith("camt.053")
    entries: list[Entry] = []
    problems: list[str] = []
    for index, element in enumerate(nodes):
        entry, told = _entry(
            element, index, Spot(spot.statement, index + 1), account, is_statement=is_statement
        )
        entries.append(entry)
        problems += told
        if entry.currency != currency:
            problems.append(problem("entry_currency", entry=index + 1, currency=entry.currency))
    opening, closing, told = _limits(balances, currency)
    booked = tuple(entry for entry in entries if entry.is_booked and entry.currency == currency)
    bounds = (opening.cents if opening else None, closing.cents if closing else None)
    return Statement(
        format=label,
        account=account,
        account_scheme="IBAN" if iban else "other",
        currency=currency,
        statement_id=text(node, "Id"),
        sequence=first_text(node, ("ElctrncSeqNb",), ("LglSeqNb",)) or None,
        opening_cents=bounds[0],
        closing_cents=bounds[1],
        opening_on=opening.on if opening else None,
        closing_on=closing.on if closing else None,
        opening_kind=opening.kind if opening else "",
        closing_kind=closing.kind if closing else "",
        entries=tuple(entries),
        problems=(*told, *balance_problems(*bounds, booked, currency), *problems),
    )


def _currency(node: Element, balances: list[_Balance], entries: list[Element]) -> str:
    """The account's currency: its own, or that of its first balance, or of its first entry."""
    declared = text(node, "Acct", "Ccy")
    if declared:
        return declared
    if balances:
        return balances[0].currency
    amount = child(entries[0], "Amt") if entries else None
    return "" if amount is None else (amount.get("Ccy") or "")


def _limits(balances: list[_Balance], currency: str) -> tuple[_Balance | None, _Balance | None, list[str]]:
    """Opening and closing balance among those given, and what is odd about them.

    OPBD, else PRCD (the previous closing) opens; CLBD closes. ITBD, the interim balance of a
    page, opens when it comes first and closes when it comes last.
    """
    problems: list[str] = []
    kept: dict[str, list[_Balance]] = {}
    for balance in balances:
        if balance.currency != currency:
            problems.append(problem("balance_currency", kind=balance.kind))
            continue
        kept.setdefault(balance.kind, []).append(balance)
    interim = kept.get("ITBD", [])
    opening = next((kept[kind][0] for kind in ("OPBD", "PRCD") if kind in kept), None)
    closing = kept["CLBD"][-1] if "CLBD" in kept else None
    if opening is None and interim and (closing is not None or len(interim) > 1):
        opening = interim[0]
    if closing is None and interim and interim[-1] is not opening:
        closing = interim[-1]
    problems += [
        problem("balance_direction", kind=limit.kind)
        for limit in (opening, closing)
        if limit is not None and not limit.has_direction
    ]
    return opening, closing, problems


def _entry(
    element: Element, index: int, spot: Spot, account: str, *, is_statement: bool
) -> tuple[Entry, list[str]]:
    amount = child(element, "Amt")
    if amount is None:
        raise StatementError("missing", spot.at(element))
    cents, currency = money(amount, spot)
    groups = children(element, "NtryDtls")
    batches = [batch for group in groups for batch in children(group, "Btch")]
    sign = direction(element, spot)
    code = operation_code(element)
    entry = Entry(
        index=index,
        amount_cents=sign * cents,
        currency=currency,
        booked_on=day(element, spot, "BookgDt"),
        value_on=day(element, spot, "ValDt"),
        status=first_text(element, ("Sts", "Cd"), ("Sts", "Prtry"), ("Sts",))
        or (BOOKED if is_statement else ""),
        reference=reference(element, "AcctSvcrRef") or reference(element, "NtryRef"),
        operation_code=code,
        is_reversal=text(element, "RvslInd") in ("true", "1"),
        batch=_batch(batches[0], currency, spot) if len(batches) == 1 else None,
        details=read_details(groups, sign * cents, currency, code, account, spot),
        text=text(element, "AddtlNtryInf"),
    )
    problems = entry_problems(entry)
    if len(batches) > 1:
        problems.append(problem("several_batches", entry=index + 1))
    if not entry.status:
        problems.append(problem("no_status", entry=index + 1))
    if code.rpartition("/")[2] in RETURN_FAMILIES and not entry.details:
        problems.append(problem("return_without_detail", entry=index + 1))
    return entry, problems


def _batch(element: Element, currency: str, spot: Spot) -> Batch:
    total = child(element, "TtlAmt")
    cents, total_currency = (None, currency) if total is None else money(total, spot)
    return Batch(
        message_id=reference(element, "MsgId"),
        payment_information_id=reference(element, "PmtInfId"),
        count=number(element, spot, "NbOfTxs"),
        total_cents=cents,
        currency=total_currency,
    )
