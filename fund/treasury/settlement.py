"""What a bank line does to a payment order: debited, or returned; and how lines find their orders.

A line is matched by the reference that travelled with the transfer (EndToEndId) and the exact amount, never by date,
name or likeness (failures 13 and 20). What does not fit is parked with its reason; nothing is guessed or repaired.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from fund import audit, chart, ledger, registry, workflow
from fund.ledger import CauseConflict, Subject
from fund.models import BankLine, Foundation, Movement, PaymentBatch, PaymentOrder, User
from fund.models.ledger import Kind
from fund.models.treasury import LineState, OrderState
from fund.registry import Claim
from fund.treasury.line_facts import LineFacts, facts_of
from fund.treasury.reasons import FINAL
from fund.treasury.workflow import LINE, ORDER

DEBIT, RETURN, BATCH_DEBIT = "order_debit", "order_return", "batch_debit"


@dataclass(frozen=True)
class Parked:
    """Not matched; `reason` is a key of `reasons.PARKED`."""

    reason: str


def match_line(line: BankLine, *, by: User | None) -> BankLine:
    """Ties a parked line to what explains it and books it, or keeps it parked with the reason of today.

    Runs inside the transaction of an import, which holds the foundation's row.
    """
    try:
        with transaction.atomic():
            found = _explain(line, by)
    except CauseConflict:
        found = Parked("already_recorded")
    if isinstance(found, Parked):
        if line.reason != found.reason:
            line.reason = found.reason
            line.save(update_fields=["reason"])
        return line
    fields = {"reason": "", "matched_kind": found.kind, "matched_id": found.id}
    return workflow.move(LINE, line, "match", by=by, why=found.kind, fields=fields)


def match_parked_lines(*, by: User | None) -> int:
    """Tries again the lines that a later statement or event may explain; returns how many found their match.

    Oldest first and until nothing moves any more: one match may be what another line waited for.
    """
    matched = 0
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        while True:
            waiting = BankLine.objects.filter(state=LineState.PARKED).exclude(reason__in=FINAL).order_by("pk")
            now = [match_line(line, by=by) for line in waiting.select_related("statement")]
            new = sum(line.state == LineState.MATCHED for line in now)
            matched += new
            if not new:
                return matched


def match_waiting_lines() -> str:
    """Timed work: a payout may be announced after the statement that shows it was imported."""
    return f"{match_parked_lines(by=None)} matched"


def _explain(line: BankLine, by: User | None) -> Claim | Parked:
    facts = facts_of(line)
    order = _order_of(line)
    if order is not None:
        explained = (
            _debit_of(line, facts, order, by) if line.amount_cents < 0 else _return_of(line, facts, order, by)
        )
        return explained
    batch = (
        PaymentBatch.objects.filter(message_id__in=facts.batch_ids).first()
        if line.detail_index == 0
        else None
    )
    if batch is not None and line.amount_cents < 0:
        return _batch_of(line, batch, by)
    claim = registry.claim(line)
    if claim is not None:
        return claim
    if facts.is_return:
        return Parked("unknown_return")
    return Parked("unknown_debit" if line.amount_cents < 0 else "unknown_credit")


def _order_of(line: BankLine) -> PaymentOrder | None:
    if not line.end_to_end_id:
        return None
    locked = PaymentOrder.objects.select_for_update(of=("self",), no_key=True)
    return locked.filter(end_to_end_id=line.end_to_end_id).first()


def _debit_of(line: BankLine, facts: LineFacts, order: PaymentOrder, by: User | None) -> Claim | Parked:
    if facts.is_return:
        return Parked("debit_is_return")
    if -line.amount_cents != order.amount_cents:
        return Parked("amount_differs")
    if order.state in (OrderState.DEBITED, OrderState.RETURNED, OrderState.REJECTED):
        return Parked("debited_twice")
    if order.state != OrderState.SENT:
        return Parked("never_sent")
    _settle(order, line.booked_on, by)
    return Claim(DEBIT, str(order.pk))


def _return_of(line: BankLine, facts: LineFacts, order: PaymentOrder, by: User | None) -> Claim | Parked:
    if not facts.is_return:
        return Parked("not_marked_return")
    if line.amount_cents != order.amount_cents:
        return Parked("amount_differs")
    if order.state == OrderState.RETURNED:
        return Parked("returned_twice")
    if order.state != OrderState.DEBITED:
        return Parked("return_before_debit")
    _take_back(order, line.booked_on, line.return_code, by)
    return Claim(RETURN, str(order.pk))


def _batch_of(line: BankLine, batch: PaymentBatch, by: User | None) -> Claim | Parked:
    """One debit for the whole batch: all of its transfers at once, or none."""
    if -line.amount_cents != batch.total_cents:
        return Parked("batch_amount")
    orders = list(batch.orders.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if not orders or any(order.state != OrderState.SENT for order in orders):
        return Parked("batch_partly_settled")
    for order in orders:
        _settle(order, line.booked_on, by)
    return Claim(BATCH_DEBIT, str(batch.pk))


def _settle(order: PaymentOrder, booked_on: date, by: User | None) -> None:
    """The bank took the money: D 4672 / C 512 (law.md §4), the order is debited, its approval hears it."""
    workflow.move(ORDER, order, "debit", by=by, fields={"debited_on": booked_on})
    ledger.post(
        cause_key=_debit_cause(order),
        debit=chart.AIDS_OWED,
        credit=chart.BANK,
        amount_cents=order.amount_cents,
        kind=Kind.TRANSFER_DEBITED,
        entry_ref=order.end_to_end_id,
        occurred_on=booked_on,
        pocket=order.pocket,
        scheme=order.scheme,
        school=order.school,
        subject=Subject(order.reference_kind, order.reference_id),
    )
    audit.record("order.debited", order, by=by, amount_cents=order.amount_cents)
    registry.reference_for(order.reference_kind).on_outcome(order, OrderState.DEBITED, by=by)


def _take_back(order: PaymentOrder, booked_on: date, code: str, by: User | None) -> None:
    """The bank gave the money back: D 512 / C 4672, the debt revives and waits for a new attempt."""
    workflow.move(
        ORDER, order, "return", by=by, why=code, fields={"returned_on": booked_on, "return_code": code}
    )
    ledger.reverse(
        Movement.objects.get(cause_key=_debit_cause(order)),
        cause_key=f"order:{order.end_to_end_id}:return",
        kind=Kind.TRANSFER_RETURNED,
        occurred_on=booked_on,
    )
    audit.record("order.returned", order, by=by, amount_cents=order.amount_cents, code=code)
    registry.reference_for(order.reference_kind).on_outcome(order, OrderState.RETURNED, by=by)


def _debit_cause(order: PaymentOrder) -> str:
    return f"order:{order.end_to_end_id}:debit"
