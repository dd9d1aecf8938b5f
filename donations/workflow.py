"""The states of a gift, of its refunds and disputes, of a monthly gift and of public words, on one screen."""

from donations.models.gifts import GiftState, MonthlyState, WordsState
from donations.models.reversals import DisputeState, RefundState
from fund.workflow import Step, Workflow

PLEDGED, PENDING, SUCCEEDED, FAILED, REFUNDED = GiftState

# A failed gift may still succeed: a first card is declined, the second pays; an event may come late (failure 3).
# A gift whose refund fails at the bank is a gift again.
GIFT = Workflow(
    {
        "wait_for_bank": Step((PLEDGED, FAILED), PENDING),
        "confirm": Step((PLEDGED, PENDING, FAILED), SUCCEEDED),
        "fail": Step((PLEDGED, PENDING), FAILED),
        "give_back": Step((SUCCEEDED,), REFUNDED),
        "restore": Step((REFUNDED,), SUCCEEDED),
    },
)

# The bank may send back a refund that had succeeded; a failed one stays failed.
REFUND = Workflow(
    {
        "succeed": Step((RefundState.PENDING,), RefundState.SUCCEEDED),
        "fail": Step((RefundState.PENDING, RefundState.SUCCEEDED), RefundState.FAILED),
    },
)

# Only an open dispute has taken money; an inquiry, even closed, may still become one.
DISPUTE = Workflow(
    {
        "close": Step((DisputeState.INQUIRY,), DisputeState.CLOSED),
        "open": Step((DisputeState.INQUIRY, DisputeState.CLOSED), DisputeState.OPEN),
        "win": Step((DisputeState.OPEN,), DisputeState.WON),
        "lose": Step((DisputeState.OPEN,), DisputeState.LOST),
    },
)

MONTHLY = Workflow(
    {
        "activate": Step((MonthlyState.PENDING, MonthlyState.PAST_DUE), MonthlyState.ACTIVE),
        "fall_behind": Step((MonthlyState.ACTIVE,), MonthlyState.PAST_DUE),
        "stop": Step(
            (MonthlyState.PENDING, MonthlyState.ACTIVE, MonthlyState.PAST_DUE), MonthlyState.STOPPED
        ),
    },
)

WORDS = Workflow(
    {
        "approve": Step((WordsState.WAITING, WordsState.HIDDEN), WordsState.APPROVED),
        "hide": Step((WordsState.WAITING, WordsState.APPROVED), WordsState.HIDDEN),
    },
)
