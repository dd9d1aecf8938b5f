"""What `check_ledger` proves about requests: decisions, movements and orders say the same."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from aid_requests.advances import rest_of
from aid_requests.caps import GRANTED_STATES
from aid_requests.committee.reasons import NO_MAJORITY
from aid_requests.correspondence.proofs import (
    nothing_is_decided_with_a_correction_open,
    revisions_and_declarations_agree,
)
from aid_requests.models import (
    Adjournment,
    Advance,
    AidRequest,
    Decision,
    Opinion,
    PaperRuling,
    Reexamination,
    Vote,
)
from aid_requests.models.decisions import CONTESTABLE, IN_FAVOUR, DecisionOutcome, VoteChoice
from aid_requests.models.requests import RequestState
from fund import registry
from fund.models import Movement, PaymentOrder
from fund.models.ledger import Kind
from fund.models.treasury import LIVE_ORDER_STATES, OrderState

KIND = "aid_request"
_AGAINST = (VoteChoice.REFUSE, VoteChoice.REDIRECT, VoteChoice.ADJOURN)
_CHOICES: dict[str, tuple[str, ...]] = {
    DecisionOutcome.GRANTED: IN_FAVOUR,
    DecisionOutcome.CONDITIONAL: IN_FAVOUR,
    DecisionOutcome.UNFUNDED: IN_FAVOUR,
    DecisionOutcome.REFUSED: _AGAINST,
    DecisionOutcome.REDIRECTED: _AGAINST,
}


def register() -> None:
    registry.register_check("requests", granted_requests_are_committed)
    registry.register_check("request_orders", requests_and_orders_agree)
    registry.register_check("decisions", decisions_rest_on_votes)
    registry.register_check("waiting_list", waiting_requests_have_a_place)
    registry.register_check("followed_decisions", what_follows_was_awaited)
    registry.register_check("conditional_requests", conditional_requests_wait_for_papers)
    registry.register_check("adjournments", adjournments_open_turns)
    registry.register_check("reexaminations", other_members_reexamine)
    registry.register_check("corrections", nothing_is_decided_with_a_correction_open)
    registry.register_check("signed_revisions", revisions_and_declarations_agree)


def _granted_cents() -> Counter[str]:
    """Cents that the ledger grants, less those it took back, by the id of the request."""
    rows = Movement.objects.filter(subject_kind=KIND, kind__in=(Kind.GRANT, Kind.GRANT_WITHDRAWN)).order_by()
    granted: Counter[str] = Counter()
    for subject, kind, cents in rows.values_list("subject_id", "kind").annotate(total=Sum("amount_cents")):
        granted[subject] += cents if kind == Kind.GRANT else -cents
    return granted


def _advances() -> dict[int, int]:
    """Cents that were advanced, by the request."""
    return dict(Advance.objects.values_list("request", "amount_cents"))


def granted_requests_are_committed() -> Iterator[str]:
    """A request that stands as granted has its amount, less its advance, in the ledger once; any other has nothing."""
    granted, advanced = _granted_cents(), _advances()
    rows = AidRequest.objects.order_by("pk").values_list("pk", "state", "amount_cents")
    for pk, state, amount_cents in rows.iterator(chunk_size=1000):
        expected = rest_of(amount_cents or 0, advanced.get(pk, 0)) if state in GRANTED_STATES else 0
        found = granted[str(pk)]
        if found != expected:
            yield f"request {pk}: {found} cents granted in the ledger, its state says {expected}."


def requests_and_orders_agree() -> Iterator[str]:
    """Granted or paid: exactly one live order of the decided amount, less an advance; otherwise none (invariant 4)."""
    advanced = _advances()
    live: dict[str, list[PaymentOrder]] = {}
    orders_of_requests = PaymentOrder.objects.filter(reference_kind=KIND, state__in=LIVE_ORDER_STATES)
    for order in orders_of_requests.only("reference_id", "state", "amount_cents", "payee_id").order_by("pk"):
        live.setdefault(order.reference_id, []).append(order)
    told = AidRequest.objects.only("state", "amount_cents", "applicant_id").order_by("pk")
    for request in told.exclude(state=RequestState.DRAFT).iterator(chunk_size=1000):
        orders = live.get(str(request.pk), [])
        rest = rest_of(request.amount_cents or 0, advanced.get(request.pk, 0))
        expected = 1 if rest and request.state in (RequestState.GRANTED, RequestState.PAID) else 0
        if len(orders) != expected:
            yield f"request {request.pk}: {len(orders)} live orders, {expected} expected."
        for order in orders:
            if order.amount_cents != rest or order.payee_id != str(request.applicant_id):
                yield f"request {request.pk}: its order is for another amount or person."
            if (order.state == OrderState.DEBITED) != (request.state == RequestState.PAID):
                yield f"request {request.pk}: {request.state}, but its order is {order.state}."


def waiting_requests_have_a_place() -> Iterator[str]:
    """A request waits for money by the favourable decision of its round; what was granted after one was on the list."""
    places = Decision.objects.filter(
        outcome=DecisionOutcome.UNFUNDED, round=F("request__round"), revision=F("request__revision")
    )
    waiting = AidRequest.objects.filter(state=RequestState.WAITLISTED)
    for pk in waiting.exclude(pk__in=places.values("request")).order_by("pk").values_list("pk", flat=True):
        yield f"request {pk}: it waits for money without a favourable decision."
    followed = places.filter(followed_by__isnull=False, request__state=RequestState.WAITLISTED)
    for pk in followed.order_by("pk").values_list("pk", flat=True):
        yield f"decision {pk} still waits for money, and was granted."


def what_follows_was_awaited() -> Iterator[str]:
    """What follows a decision is what that one waited for, on the same votes and for the same amount: the list served,
    or the papers that came or did not."""
    followers = Decision.objects.filter(follows__isnull=False)
    good = followers.filter(
        Q(follows__outcome=DecisionOutcome.UNFUNDED, outcome__in=("granted", "conditional"))
        | Q(follows__outcome=DecisionOutcome.CONDITIONAL, outcome__in=("granted", "refused")),
        follows__request=F("request"),
        follows__round=F("round"),
        follows__revision=F("revision"),
        follows__amount_cents=F("amount_cents"),
    )
    strays = followers.exclude(pk__in=good.values("pk"))
    for pk in strays.order_by("pk").values_list("pk", flat=True):
        yield f"decision {pk} follows one that did not await it."
    unmet = Decision.objects.filter(follows__outcome=DecisionOutcome.CONDITIONAL, outcome="granted")
    for decision in unmet.select_related("follows").order_by("pk"):
        asked = decision.follows
        rulings = PaperRuling.objects.filter(paper__decision=asked, is_accepted=True)
        if asked is None or set(rulings.values_list("paper__code", flat=True)) != set(asked.paper_codes):
            yield f"decision {decision.pk} grants without the papers that were asked for."


def conditional_requests_wait_for_papers() -> Iterator[str]:
    """A request waits for papers by the conditional decision of its round, that nothing follows yet."""
    awaited = Decision.objects.filter(
        outcome=DecisionOutcome.CONDITIONAL,
        round=F("request__round"),
        revision=F("request__revision"),
        followed_by=None,
    )
    waiting = AidRequest.objects.filter(state=RequestState.CONDITIONAL)
    for pk in waiting.exclude(pk__in=awaited.values("request")).order_by("pk").values_list("pk", flat=True):
        yield f"request {pk}: it waits for papers that no decision asks for."
    stale = awaited.exclude(request__state=RequestState.CONDITIONAL)
    for pk in stale.order_by("pk").values_list("pk", flat=True):
        yield f"decision {pk} waits for papers, its request does not."


def adjournments_open_turns() -> Iterator[str]:
    """Each turn before the present one was ended by an adjournment, or by an opinion that nobody could sign."""
    put_off, dropped = _turns(Adjournment.objects.all()), _turns(Opinion.objects.filter(decision=None))
    rows = AidRequest.objects.filter(Q(turn__gt=1) | Q(pk__in=put_off)).order_by("pk")
    for pk, turn in rows.values_list("pk", "turn"):
        ended, before = put_off.get(pk, set()), set(range(1, turn))
        if not ended <= before <= ended | dropped.get(pk, set()):
            yield f"request {pk}: its turn {turn} and its adjournments do not go together."


def _turns(rows: QuerySet[Any]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for request, turn in rows.values_list("request", "turn"):
        found.setdefault(request, set()).add(turn)
    return found


def decisions_rest_on_votes() -> Iterator[str]:
    """Each decision names votes of its revision that all say what was decided, by different members.

    A count that the rules refuse by themselves (a tie, abstentions) may have no vote against.
    """
    known = Vote.objects.in_bulk()
    told = Decision.objects.select_related("follows", "opinion")
    told = told.defer("letter_sealed", "follows__letter_sealed")
    for decision in told.order_by("pk").iterator(chunk_size=1000):
        votes = [known[pk] for pk in set(decision.vote_ids) & known.keys()]
        # What follows a decision rests on its votes, and signed decisions on those of the opinion.
        said = decision.follows or decision.opinion or decision
        choices = _CHOICES[DecisionOutcome(said.outcome)]
        good = [
            v
            for v in votes
            if (v.request_id, v.revision, v.round) == (decision.request_id, decision.revision, decision.round)
            and v.choice in choices
        ]
        by_the_rules = said.reason_codes == [NO_MAJORITY]
        if (not good and not by_the_rules) or len({vote.member_id for vote in good}) != len(
            decision.vote_ids
        ):
            yield f"decision {decision.pk} does not rest on its votes."


def other_members_reexamine() -> Iterator[str]:
    """A second round follows a refusal that was contested, and nobody votes in both rounds."""
    asked = dict(Reexamination.objects.values_list("request", "contested"))
    again = AidRequest.objects.filter(round__gt=1).order_by("pk").values_list("pk", flat=True)
    for pk in sorted(set(again) ^ set(asked)):
        yield f"request {pk}: its second round and its contested refusal do not go together."
    refusals = Decision.objects.filter(pk__in=asked.values(), round=1, outcome__in=CONTESTABLE)
    good = set(refusals.values_list("request", "pk"))
    for pair in sorted(set(asked.items()) - good):
        yield f"request {pair[0]}: decision {pair[1]} is no refusal of its first round."
    first = set(Vote.objects.filter(round=1, request__in=asked).values_list("request", "member"))
    second = set(Vote.objects.filter(round__gt=1).values_list("request", "member"))
    for request, member in sorted(first & second):
        yield f"request {request}: member {member} voted in both rounds."
