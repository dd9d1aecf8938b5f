"""What the treasury's pages read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from fund.models import BankLine, BankStatement, PaymentBatch, PaymentOrder
from fund.models.treasury import LIVE_ORDER_STATES, BatchState, LineState, OrderState
from fund.treasury import reasons


@dataclass(frozen=True)
class LineRow:
    line: BankLine
    sentence: str

    @property
    def number(self) -> str:
        """Its place in the statement: « 17 », or « 17.2 » for a transfer inside a line."""
        index = str(self.line.entry_index + 1)
        return f"{index}.{self.line.detail_index}" if self.line.detail_index else index

    @property
    def reference(self) -> str:
        return self.line.end_to_end_id or self.line.message_id


def due_orders() -> list[PaymentOrder]:
    """What waits for a batch, oldest first."""
    return list(PaymentOrder.objects.filter(state=OrderState.DUE).order_by("pk"))


def returned_orders() -> list[PaymentOrder]:
    """Returns that still wait for another account: no newer attempt is alive."""
    rows = PaymentOrder.objects.filter(state=OrderState.RETURNED).order_by("-returned_on", "-pk")
    live = set(
        PaymentOrder.objects.filter(state__in=LIVE_ORDER_STATES).values_list("reference_kind", "reference_id")
    )
    return [order for order in rows if (order.reference_kind, order.reference_id) not in live]


def unsigned_batches() -> QuerySet[PaymentBatch]:
    return (
        PaymentBatch.objects.filter(state=BatchState.PREPARED)
        .select_related("prepared_by")
        .order_by("number")
    )


def batches_at_the_bank() -> QuerySet[PaymentBatch]:
    """Signed batches of which some transfer has not been seen on a statement."""
    sent = Q(orders__state=OrderState.SENT)
    found = PaymentBatch.objects.filter(state=BatchState.SIGNED).annotate(
        waiting=Count("orders", filter=sent)
    )
    return found.filter(waiting__gt=0).order_by("number")


def parked_lines() -> QuerySet[BankLine]:
    return BankLine.objects.filter(state=LineState.PARKED).select_related("statement").order_by("pk")


def statements() -> QuerySet[BankStatement]:
    """Latest first, with how many lines were matched and parked."""
    parked = Count("lines", filter=Q(lines__state=LineState.PARKED))
    rows = BankStatement.objects.annotate(line_count=Count("lines"), parked_count=parked).defer("file_sealed")
    return rows.order_by("-closing_on", "-pk")


def line_rows(lines: Iterable[BankLine]) -> list[LineRow]:
    """Each line with the sentence that says what it is, or why it is parked."""
    return [LineRow(line, _explained(line)) for line in lines]


def _explained(line: BankLine) -> str:
    return (
        reasons.matched(line.matched_kind)
        if line.state == LineState.MATCHED
        else reasons.sentence(line.reason)
    )
