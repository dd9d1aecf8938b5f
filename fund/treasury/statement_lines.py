"""A statement read from a file → the lines the fund keeps: one per entry, or per transfer inside a grouped entry."""

from collections.abc import Iterator
from datetime import date

from fund.bank.statements import Detail, Entry, Statement
from fund.models import BankLine
from fund.models.treasury import LineState
from fund.treasury.line_facts import LineFacts, seal_facts

UNREAD = "unread"
_LONGEST_REFERENCE = (
    35  # ours are shorter; what a bank writes longer than ISO 20022 allows is not one of ours
)
_LONGEST_CODE = 4


def draft_lines(statement: Statement) -> Iterator[BankLine]:
    """The unsaved lines of the booked entries, parked as unread; their amounts add up to the statement's movement.

    An entry becomes one line per detail only when its details add up to it and name their transfers; otherwise one
    line for the whole, so that nothing is counted that the bank did not say. Entries of 0 cents move nothing.
    """
    for entry in statement.booked:
        if entry.amount_cents == 0:
            continue
        if is_itemised(entry):
            for detail in entry.details:
                if detail.amount_cents:
                    yield _line(statement, entry, detail, detail.index + 1, detail.amount_cents)
        else:
            only = entry.details[0] if len(entry.details) == 1 else None
            yield _line(statement, entry, only, 0, entry.amount_cents)


def is_itemised(entry: Entry) -> bool:
    """Whether the details say what the entry is made of, transfer by transfer."""
    if len(entry.details) < 2 or not any(detail.end_to_end_id for detail in entry.details):
        return False
    amounts = [detail.amount_cents for detail in entry.details if detail.amount_cents is not None]
    is_one_currency = all(detail.currency == entry.currency for detail in entry.details)
    return len(amounts) == len(entry.details) and is_one_currency and sum(amounts) == entry.amount_cents


def _line(
    statement: Statement, entry: Entry, detail: Detail | None, detail_index: int, amount_cents: int
) -> BankLine:
    return BankLine(
        entry_index=entry.index,
        detail_index=detail_index,
        amount_cents=amount_cents,
        booked_on=day_of(entry, statement),
        end_to_end_id=_reference(detail.end_to_end_id if detail else ""),
        message_id=next(iter(_batch_ids(entry, detail)), ""),
        return_code=_code(detail.return_code if detail else ""),
        text_sealed=seal_facts(_facts(entry, detail)),
        state=LineState.PARKED,
        reason=UNREAD,
    )


def day_of(entry: Entry, statement: Statement) -> date:
    """The day the bank booked it. Raises ValueError when there is none, which `check_statement` refuses before."""
    day = entry.booked_on or entry.value_on or statement.closing_on
    if day is None:
        raise ValueError("An entry without any date cannot be booked.")
    return day


def _facts(entry: Entry, detail: Detail | None) -> LineFacts:
    if detail is None:
        joined = " ".join(part.remittance for part in entry.details if part.remittance)
        return LineFacts(
            batch_ids=_batch_ids(entry, None),
            operation_code=entry.operation_code,
            bank_reference=entry.reference,
            remittance=joined,
            text=entry.text,
        )
    return LineFacts(
        is_return=detail.is_return,
        batch_ids=_batch_ids(entry, detail),
        operation_code=detail.operation_code or entry.operation_code,
        bank_reference=entry.reference,
        counterparty_name=detail.counterparty_name,
        counterparty_iban=detail.counterparty_iban,
        remittance=detail.remittance,
        text=entry.text,
    )


def _batch_ids(entry: Entry, detail: Detail | None) -> tuple[str, ...]:
    ids = [entry.batch.message_id, entry.batch.payment_information_id] if entry.batch else []
    for part in entry.details if detail is None else (detail,):
        ids += [part.message_id, part.payment_information_id]
    return tuple(dict.fromkeys(kept for one in ids if (kept := _reference(one))))


def _reference(text: str) -> str:
    return text if len(text) <= _LONGEST_REFERENCE else ""


def _code(text: str) -> str:
    return text if len(text) <= _LONGEST_CODE else ""
