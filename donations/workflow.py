"""The states of a gift, on one screen."""

from donations.models.gifts import GiftState
from fund.workflow import Step, Workflow

PLEDGED, PENDING, SUCCEEDED, FAILED = (
    GiftState.PLEDGED,
    GiftState.PENDING,
    GiftState.SUCCEEDED,
    GiftState.FAILED,
)

# A failed gift may still succeed: a first card is declined, the second pays; an event may come late (failure 3).
GIFT = Workflow(
    {
        "wait_for_bank": Step((PLEDGED, FAILED), PENDING),
        "confirm": Step((PLEDGED, PENDING, FAILED), SUCCEEDED),
        "fail": Step((PLEDGED, PENDING), FAILED),
    },
)
