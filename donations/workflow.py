"""The states of a gift, of its refunds and disputes, of a monthly gift and of public words, on one screen."""

from donations.models.gifts import GiftState, MonthlyState, WordsState
from donations.models.matching import OfferState
from donations.models.monthly_changes import ChangeState
from donations.models.reversals import DisputeState, RefundState
from donations.models.staff import RefundOrderState
from donations.models.teams import TeamState, TextState
from fund.workflow import Step, Workflow

PLEDGED, PENDING, SUCCEEDED, FAILED, REFUNDED, UNDONE = GiftState

# A failed gift may still succeed: a first card is declined, the second pays; an event may come late (failure 3).
# A gift whose refund fails at the bank is a gift again; one whose debit the bank took back is undone for good.
GIFT = Workflow(
    {
        "wait_for_bank": Step((PLEDGED, FAILED), PENDING),
        "confirm": Step((PLEDGED, PENDING, FAILED), SUCCEEDED),
        "fail": Step((PLEDGED, PENDING), FAILED),
        "give_back": Step((SUCCEEDED,), REFUNDED),
        "restore": Step((REFUNDED,), SUCCEEDED),
        "undo": Step((SUCCEEDED,), UNDONE),
    },
)

# The bank may send back a refund that had succeeded; a failed one stays failed.
REFUND = Workflow(
    {
        "succeed": Step((RefundState.PENDING,), RefundState.SUCCEEDED),
        "fail": Step((RefundState.PENDING, RefundState.SUCCEEDED), RefundState.FAILED),
    },
)

# The provider answers once; the refund's own event, which may overtake the answer, books it.
REFUND_ORDER = Workflow(
    {
        "send": Step((RefundOrderState.ASKED,), RefundOrderState.SENT),
        "book": Step((RefundOrderState.SENT,), RefundOrderState.BOOKED),
        "refuse": Step((RefundOrderState.ASKED,), RefundOrderState.REFUSED),
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
        "pause": Step((MonthlyState.ACTIVE,), MonthlyState.PAUSED),
        "resume": Step((MonthlyState.PAUSED,), MonthlyState.ACTIVE),
        "stop": Step(
            (MonthlyState.PENDING, MonthlyState.ACTIVE, MonthlyState.PAST_DUE, MonthlyState.PAUSED),
            MonthlyState.STOPPED,
        ),
    },
)

# What the donor asked for and the provider did not answer yet; only a stop takes the place of another change.
MONTHLY_CHANGE = Workflow(
    {
        "settle": Step((ChangeState.ASKED,), ChangeState.DONE),
        "refuse": Step((ChangeState.ASKED,), ChangeState.REFUSED),
        "supersede": Step((ChangeState.ASKED,), ChangeState.SUPERSEDED),
    },
)

WORDS = Workflow(
    {
        "approve": Step((WordsState.WAITING, WordsState.HIDDEN), WordsState.APPROVED),
        "hide": Step((WordsState.WAITING, WordsState.APPROVED), WordsState.HIDDEN),
    },
)

TEAM = Workflow(
    {
        "open": Step((TeamState.PROPOSED, TeamState.HIDDEN, TeamState.CLOSED), TeamState.OPEN),
        "close": Step((TeamState.OPEN,), TeamState.CLOSED),
        "hide": Step((TeamState.PROPOSED, TeamState.OPEN, TeamState.CLOSED), TeamState.HIDDEN),
    },
)

TEAM_TEXT = Workflow(
    {
        "approve": Step((TextState.WAITING,), TextState.APPROVED),
        "refuse": Step((TextState.WAITING,), TextState.REFUSED),
        "replace": Step((TextState.WAITING,), TextState.REPLACED),
    },
)

OFFER = Workflow(
    {
        "confirm": Step((OfferState.RECORDED,), OfferState.ACTIVE),
        "drop": Step((OfferState.RECORDED,), OfferState.DROPPED),
        "end": Step((OfferState.ACTIVE,), OfferState.ENDED),
    },
)
