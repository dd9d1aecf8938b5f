"""The states of a batch, of a payment order and of a bank line, on one screen."""

from fund.models.treasury import BatchState, LineState, OrderState
from fund.workflow import Step, Workflow

BATCH = Workflow(
    {
        "sign": Step((BatchState.PREPARED,), BatchState.SIGNED),
        "cancel": Step((BatchState.PREPARED,), BatchState.CANCELLED),
    },
)

ORDER = Workflow(
    {
        "batch": Step((OrderState.DUE,), OrderState.BATCHED),
        "unbatch": Step((OrderState.BATCHED,), OrderState.DUE),
        "cancel": Step((OrderState.DUE,), OrderState.CANCELLED),
        "send": Step((OrderState.BATCHED,), OrderState.SENT),
        "debit": Step((OrderState.SENT,), OrderState.DEBITED),
        "return": Step((OrderState.DEBITED,), OrderState.RETURNED),
    },
)

LINE = Workflow({"match": Step((LineState.PARKED,), LineState.MATCHED)})
