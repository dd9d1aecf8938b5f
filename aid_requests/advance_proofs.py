"""What `check_ledger` proves about advances: each is paid once, within its caps, and says what became of it."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import F

from aid_requests.advances import rest_of
from aid_requests.models import Advance, AdvanceOutcome, AidRequest, Decision, Vote
from aid_requests.models.advances import AdvanceEnd
from aid_requests.models.decisions import FAVOURABLE
from aid_requests.models.requests import RequestState
from fund import clock, registry
from fund.models import Movement, PaymentOrder
from fund.models.ledger import Kind
from fund.models.treasury import LIVE_ORDER_STATES, OrderState


def register() -> None:
    registry.register_check("advance_movements", each_advance_moved_once)
    registry.register_check("advance_orders", each_advance_is_ordered)
    registry.register_check("advance_caps", caps_were_kept)
    registry.register_check("advance_outcomes", outcomes_follow_decisions)


def each_advance_moved_once() -> Iterator[str]:
    """One movement of its amount out of its pocket, and no movement of that kind without an advance."""
    moved: dict[str, list[tuple[int, int]]] = {}
    rows = Movement.objects.filter(kind=Kind.ADVANCE).order_by("pk")
    for subject, cents, pocket in rows.values_list("subject_id", "amount_cents", "pocket"):
        moved.setdefault(subject, []).append((cents, pocket))
    for pk, request, cents, pocket in _rows("pk", "request", "amount_cents", "pocket"):
        if moved.pop(str(request), []) != [(cents, pocket)]:
            yield f"advance {pk}: its movement is not its amount, once, out of its pocket."
    for subject in sorted(moved):
        yield f"request {subject}: money was advanced in the ledger, and no advance says so."


def each_advance_is_ordered() -> Iterator[str]:
    """One live order of its amount for the same person, or a last one that came back; a request of which the advance
    is the whole aid is paid when that order is."""
    orders: dict[str, list[PaymentOrder]] = {}
    for order in PaymentOrder.objects.filter(reference_kind=Advance.KIND).order_by("reference_id", "attempt"):
        orders.setdefault(order.reference_id, []).append(order)
    for advance in Advance.objects.select_related("request").order_by("pk"):
        found = orders.pop(str(advance.request_id), [])
        if any(
            (order.amount_cents, order.payee_id) != (advance.amount_cents, str(advance.request.applicant_id))
            for order in found
        ):
            yield f"advance {advance.pk}: an order is for another amount or person."
        live = sum(order.state in LIVE_ORDER_STATES for order in found)
        came_back = bool(found) and found[-1].state in (OrderState.RETURNED, OrderState.REJECTED)
        if live != (0 if came_back else 1):
            yield f"advance {advance.pk}: {live} live orders."
        elif _differs(advance, found[-1]):
            yield f"advance {advance.pk}: the request is {advance.request.state}, its order {found[-1].state}."
    for request in sorted(orders):
        yield f"request {request}: an order pays an advance that nobody gave."


def _differs(advance: Advance, order: PaymentOrder) -> bool:
    request: AidRequest = advance.request
    if rest_of(request.amount_cents or 0, advance.amount_cents):
        return False
    is_debited = order.state == OrderState.DEBITED
    return (request.state == RequestState.PAID) != is_debited and request.state in (
        RequestState.GRANTED,
        RequestState.PAID,
    )


def caps_were_kept() -> Iterator[str]:
    """Each within the caps of the rules it was given under, with all that the Paris month had given before it."""
    given: Counter[str] = Counter()
    for advance in Advance.objects.select_related("rules").order_by("pk"):
        month = f"{clock.paris_date(advance.given_at):%Y-%m}"
        given[month] += advance.amount_cents
        if advance.amount_cents > advance.rules.cap_cents:
            yield f"advance {advance.pk}: {advance.amount_cents} cents, {advance.rules.cap_cents} at most."
        if given[month] > advance.rules.month_cap_cents:
            yield f"advance {advance.pk}: {given[month]} cents in {month}, {advance.rules.month_cap_cents} at most."
        if advance.pocket_id != advance.rules.pocket_id:
            yield f"advance {advance.pk}: out of another pocket than its rules say."


def outcomes_follow_decisions() -> Iterator[str]:
    """Ratified by each favourable decision that does not follow another, not by any other; withdrawn with its request;
    and nobody who gave an advance voted on it."""
    said = {
        row.decision_id: (row.advance_id, row.outcome)
        for row in AdvanceOutcome.objects.exclude(decision=None).order_by("pk")
    }
    decisions = Decision.objects.filter(request__advance__isnull=False, follows=None).order_by("pk")
    for pk, advance, outcome in decisions.values_list("pk", "request__advance", "outcome"):
        expected = AdvanceEnd.RATIFIED if outcome in FAVOURABLE else AdvanceEnd.NOT_RATIFIED
        if said.pop(pk, None) != (advance, expected):
            yield f"decision {pk}: the advance does not say that it is {expected}."
    for stray in said:
        yield f"decision {stray}: an advance rests on it that is not its own."
    ended = Advance.objects.filter(outcomes=None, request__state=RequestState.WITHDRAWN).order_by("pk")
    for pk in ended.values_list("pk", flat=True):
        yield f"advance {pk}: its request is withdrawn, and it is still to be ratified."
    own = Vote.objects.filter(member=F("request__advance__given_by")).order_by("pk")
    for pk in own.values_list("pk", flat=True):
        yield f"vote {pk}: its member gave the advance on that request."


def _rows(*columns: str) -> list[tuple[int, ...]]:
    return list(Advance.objects.order_by("pk").values_list(*columns))
