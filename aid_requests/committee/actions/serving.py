"""The waiting list served: one transaction a request, in the order of the decisions, as far as the money goes."""

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests.committee import papers, waiting_list
from aid_requests.committee.actions import deciding, funding
from aid_requests.committee.letters import Ruling
from aid_requests.models import AidRequest, Decision
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.models.requests import RequestState
from fund import audit, clock, workflow
from fund.models import User
from fund.models.people import Role
from fund.roles import Refused, demand, needs_role_now
from fund.workflow import AlreadyDone


def grant_from_list(*, place: Decision, by: User | None = None) -> Decision:
    """Grants what waits at `place`, if the money is there and nobody before it waits for the same pocket.

    `by` is None for the timed work. Raises Refused (`funding.reserve`), AlreadyDone once it is granted or withdrawn.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, place.request_id)
        if request.state != RequestState.WAITLISTED or request.round != place.round:
            raise AlreadyDone(_("Cette demande n’est plus sur la liste d’attente."))
        pocket = funding.reserve(request, place=place)
        listed_on = clock.paris_date(place.decided_at)
        # A place that asks for papers becomes a grant subject to them: its time begins when the money is there.
        asks = tuple(place.paper_codes)
        ruling = Ruling(
            DecisionOutcome.CONDITIONAL if asks else DecisionOutcome.GRANTED,
            clock.today(),
            paper_codes=asks,
            due_on=papers.due_on(clock.today()) if asks else None,
            listed_on=listed_on,
        )
        passed = deciding.Passed(
            ruling, place.vote_ids, place.rules, place.last_vote_by, pocket, follows=place
        )
        return deciding.decide(request, passed, by=by)


def serve_waiting_list() -> str:
    """Timed work: grants from the top of the list. May run twice, or twice at once: each place is granted once."""
    granted, waiting = _serve(None)
    return f"{granted} granted, {waiting} waiting"


def serve_now(*, by: User) -> int:
    """The chair asks for it without waiting for the timed work; how many were granted. Raises Refused."""
    demand(needs_role_now(by, Role.CHAIR))
    granted, _waiting = _serve(by)
    with transaction.atomic():
        audit.record("waiting_list.served", by, by=by, granted=granted)
    return granted


def _serve(by: User | None) -> tuple[int, int]:
    """How many were granted, how many wait on. Who waits for the same pockets as one that got nothing is not asked:
    `funding.reserve` would say no."""
    granted, waiting = 0, 0
    stopped: set[int] = set()
    for place in list(waiting_list.places()):
        wanted = set(waiting_list.pockets_of(place.request.scheme_version))
        if wanted <= stopped:
            waiting += 1
            continue
        try:
            grant_from_list(place=place, by=by)
            granted += 1
        except AlreadyDone:
            continue
        except Refused as refused:
            waiting += 1
            if refused.refusal.code in funding.NO_MONEY:
                stopped |= wanted
    return granted, waiting
