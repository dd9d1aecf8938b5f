"""What `check_ledger` proves about requests: decisions, movements and orders say the same."""

from collections.abc import Iterator

from django.db.models import Sum

from aid_requests.models import AidRequest, Decision, Reexamination, Vote
from aid_requests.models.decisions import DecisionOutcome, VoteChoice
from aid_requests.models.requests import RequestState
from fund import registry
from fund.models import Movement, PaymentOrder
from fund.models.ledger import Kind
from fund.models.treasury import LIVE_ORDER_STATES, OrderState

KIND = "aid_request"


def register() -> None:
    registry.register_check("requests", granted_requests_are_committed)
    registry.register_check("request_orders", requests_and_orders_agree)
    registry.register_check("decisions", decisions_rest_on_votes)
    registry.register_check("reexaminations", other_members_reexamine)


def _granted_cents(request: AidRequest) -> int:
    rows = Movement.objects.filter(subject_kind=KIND, subject_id=str(request.pk))
    given = rows.filter(kind=Kind.GRANT).aggregate(total=Sum("amount_cents"))["total"] or 0
    taken = rows.filter(kind=Kind.GRANT_WITHDRAWN).aggregate(total=Sum("amount_cents"))["total"] or 0
    return given - taken


def granted_requests_are_committed() -> Iterator[str]:
    """A request that stands as granted has its amount in the ledger once; any other has nothing."""
    standing = (RequestState.GRANTED, RequestState.PAID, RequestState.RETURNED)
    for request in AidRequest.objects.order_by("pk").iterator(chunk_size=1000):
        expected = (request.amount_cents or 0) if request.state in standing else 0
        found = _granted_cents(request)
        if found != expected:
            yield f"request {request.pk}: {found} cents granted in the ledger, its state says {expected}."


def requests_and_orders_agree() -> Iterator[str]:
    """Granted or paid: exactly one live order of the decided amount; otherwise none (invariant 4)."""
    for request in (
        AidRequest.objects.exclude(state=RequestState.DRAFT).order_by("pk").iterator(chunk_size=1000)
    ):
        orders = list(
            PaymentOrder.objects.filter(
                reference_kind=KIND, reference_id=str(request.pk), state__in=LIVE_ORDER_STATES
            )
        )
        expected = 1 if request.state in (RequestState.GRANTED, RequestState.PAID) else 0
        if len(orders) != expected:
            yield f"request {request.pk}: {len(orders)} live orders, {expected} expected."
        for order in orders:
            if order.amount_cents != request.amount_cents or order.payee_id != str(request.applicant_id):
                yield f"request {request.pk}: its order is for another amount or person."
            if (order.state == OrderState.DEBITED) != (request.state == RequestState.PAID):
                yield f"request {request.pk}: {request.state}, but its order is {order.state}."


def decisions_rest_on_votes() -> Iterator[str]:
    """Each decision names votes of its revision that all say what was decided, by different members."""
    for decision in Decision.objects.order_by("pk").iterator(chunk_size=1000):
        votes = list(Vote.objects.filter(pk__in=decision.vote_ids))
        choice = VoteChoice.GRANT if decision.outcome == DecisionOutcome.GRANTED else VoteChoice.REFUSE
        good = [
            v
            for v in votes
            if (v.request_id, v.revision, v.round) == (decision.request_id, decision.revision, decision.round)
            and v.choice == choice
        ]
        if not good or len({vote.member_id for vote in good}) != len(decision.vote_ids):
            yield f"decision {decision.pk} does not rest on its votes."


def other_members_reexamine() -> Iterator[str]:
    """A second round follows a refusal that was contested, and nobody votes in both rounds."""
    asked = dict(Reexamination.objects.values_list("request", "contested"))
    again = AidRequest.objects.filter(round__gt=1).order_by("pk").values_list("pk", flat=True)
    for pk in sorted(set(again) ^ set(asked)):
        yield f"request {pk}: its second round and its contested refusal do not go together."
    refusals = Decision.objects.filter(pk__in=asked.values(), round=1, outcome=DecisionOutcome.REFUSED)
    good = set(refusals.values_list("request", "pk"))
    for pair in sorted(set(asked.items()) - good):
        yield f"request {pair[0]}: decision {pair[1]} is no refusal of its first round."
    first = set(Vote.objects.filter(round=1, request__in=asked).values_list("request", "member"))
    second = set(Vote.objects.filter(round__gt=1).values_list("request", "member"))
    for request, member in sorted(first & second):
        yield f"request {request}: member {member} voted in both rounds."
