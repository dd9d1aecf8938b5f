"""What `check_ledger` proves about second looks: promises kept, draws by the rule, nothing left unread."""

from collections.abc import Iterator

from aid_requests import second_looks
from aid_requests.models import Decision, SecondLook, SecondLookMonth
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.models.second_looks import PAYABLE_STATES
from fund import clock, registry, vault
from fund.models import PaymentOrder
from fund.models.treasury import OrderState

KIND = "aid_request"


def register() -> None:
    registry.register_check("second_look_promises", promises_are_kept)
    registry.register_check("second_look_draws", draws_follow_the_rule)
    registry.register_check("second_look_payments", nothing_unread_is_paid)


def promises_are_kept() -> Iterator[str]:
    """The seed of each month, secret or revealed, is the one that was promised, with its proportion and amount."""
    for month in SecondLookMonth.objects.order_by("month"):
        kept = vault.open_text(month.seed_sealed)
        promised = second_looks.commitment_of(
            month.month, one_in=month.one_in, from_cents=month.from_cents, seed=kept
        )
        if promised != month.commitment or month.seed not in ("", kept):
            yield f"second look {month.month:%Y-%m}: the seed is not the one that was promised."


def draws_follow_the_rule() -> Iterator[str]:
    """A row for each grant that the rule draws, and for no other."""
    drawn = set(SecondLook.objects.values_list("decision", flat=True))
    for month in SecondLookMonth.objects.order_by("month"):
        grants = Decision.objects.filter(
            outcome=DecisionOutcome.GRANTED, decided_at__gte=month.committed_at
        ).defer("letter_sealed")
        is_drawn = second_looks.draw_of(month)
        for decision in grants.order_by("pk").iterator():
            if second_looks.first_day(clock.paris_date(decision.decided_at)) != month.month:
                continue
            wanted = is_drawn(decision)
            if wanted != (decision.pk in drawn):
                told = "was not drawn and should be" if wanted else "was drawn and should not be"
                yield f"decision {decision.pk}: it {told}."


def nothing_unread_is_paid() -> Iterator[str]:
    """No transfer in a batch, sent or debited for a grant whose second look is open or sent back."""
    waiting = SecondLook.objects.exclude(state__in=PAYABLE_STATES).select_related("decision")
    asked = {str(look.decision.request_id): look for look in waiting}
    left = (OrderState.BATCHED, OrderState.SENT, OrderState.DEBITED)
    orders = PaymentOrder.objects.filter(reference_kind=KIND, reference_id__in=asked, state__in=left)
    for order in orders.order_by("pk"):
        yield f"order {order.end_to_end_id}: it left before its second look."
