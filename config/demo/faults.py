"""What goes wrong at the stand-in on purpose: the next calls are answered by an error, or by silence.

A row says so, so that the pages of the demo, tests and other processes can set it. Each call that matches uses one up.
"""

from dataclasses import dataclass

import stripe
from django.db import transaction

from config.demo import stripe_objects
from config.demo.models import StandInObject
from config.demo.stripe_objects import Body

KIND = "fault"
BEFORE, AFTER = "before", "after"
BROKEN, TOO_MANY, SILENT = "500", "429", "timeout"
_ANSWERS = {
    BROKEN: (500, {"error": {"type": "api_error", "message": "An unknown error occurred."}}),
    TOO_MANY: (
        429,
        {"error": {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many."}},
    ),
}


@dataclass(frozen=True)
class Fault:
    """`how` is 500, 429 or timeout; `when` tells whether it strikes before the provider acts, or after."""

    how: str
    when: str

    @property
    def is_kept(self) -> bool:
        """A 500 is played back to its idempotency key; a refusal for now and a lost answer are not."""
        return self.how == BROKEN

    def answer(self) -> tuple[int, Body]:
        """Raises stripe.APIConnectionError for silence, which the library tries again."""
        if self.how == SILENT:
            raise stripe.APIConnectionError("The stand-in does not answer.", should_retry=True)
        return _ANSWERS[self.how]


def break_next(calls: int, how: str, *, when: str = BEFORE, only: str = "") -> None:
    """The next `calls` calls go wrong; `only` those whose « method path » begins so (« post refunds »).

    Raises ValueError for what is not played here: a refusal for now comes before anything is done.
    """
    if how not in (*_ANSWERS, SILENT) or when not in (BEFORE, AFTER) or (how == TOO_MANY and when == AFTER):
        raise ValueError(f"no such fault: {how} {when}")
    fault = {"id": stripe_objects.new_id(KIND), "object": KIND, "how": how, "when": when}
    stripe_objects.keep({**fault, "only": only, "left": calls})


def mend() -> None:
    """Everything answers again."""
    StandInObject.objects.filter(kind=KIND).delete()


def next_fault(call: str) -> Fault | None:
    """The fault that strikes this call, used up once; None nearly always."""
    if not StandInObject.objects.filter(kind=KIND).exists():
        return None
    with transaction.atomic():
        rows = StandInObject.objects.select_for_update(of=("self",)).filter(kind=KIND)
        for row in rows.order_by("created_at", "pk"):
            if row.body["left"] > 0 and call.startswith(row.body["only"]):
                left = row.body["left"] - 1
                stripe_objects.keep({**row.body, "left": left}) if left else row.delete()
                return Fault(row.body["how"], row.body["when"])
    return None
