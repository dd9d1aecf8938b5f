"""A decision signed after the committee's opinion: as advised, or otherwise for a coded reason.

Locks, in one order everywhere: the request, the scheme (its own cap), the person (caps), the pockets by pk.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests.committee import modes, papers, permissions, reasons, seats
from aid_requests.committee.actions import concluding, deciding, voting
from aid_requests.committee.letters import Ruling
from aid_requests.models import AidRequest, Decision, Opinion
from aid_requests.models.decisions import FAVOURABLE, DecisionOutcome, VoteChoice
from aid_requests.models.requests import DECIDED_STATES
from fund import clock, workflow
from fund.models import Pocket, User
from fund.roles import Refusal, Refused, demand
from fund.workflow import AlreadyDone

# What may be signed: whoever decides neither abstains nor puts off.
SIGNED_CHOICES = (
    VoteChoice.GRANT,
    VoteChoice.FUND_LATER,
    VoteChoice.GRANT_SUBJECT,
    VoteChoice.REFUSE,
    VoteChoice.REDIRECT,
)


def sign_decision(
    *,
    by: User,
    request: AidRequest,
    choice: str,
    revision: int,
    round_number: int = 1,
    turn: int = 1,
    reason_code: str = "",
    door_code: str = "",
    paper_codes: Sequence[str] = (),
    departure_code: str = "",
) -> Decision:
    """The decision on the `revision`, the round and the turn that were read. What agrees with the opinion takes its
    reasons, doors and papers; what departs from it gives its own, and says why by `departure_code`.

    Raises AlreadyDone (signed before), WrongState (changed since it was read), Refused (`permissions.can_sign`, a
    choice that is not whole, a cap, too little money for a plain grant).
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        if request.state in DECIDED_STATES:
            raise AlreadyDone(_("La décision est déjà prise."))
        voting.demand_unchanged(request, revision=revision, round_number=round_number, turn=turn)
        demand(permissions.can_sign(by, request))
        opinion = modes.standing_opinion(request)
        if opinion is None or choice not in SIGNED_CHOICES:
            raise Refused(Refusal("choice", _("Choisissez la décision.")))
        agrees = agrees_with(opinion, choice)
        if not agrees:
            demand(_departure_refusal(departure_code))
            demand(voting.choice_refusal(request, choice, reason_code, door_code, paper_codes))
        wanted = concluding.DECIDED[seats.BALLOTS[choice].outcome]  # type: ignore[index]  # none of them abstains
        outcome, pocket = concluding.fund(request, wanted, may_wait=choice == VoteChoice.FUND_LATER)
        other = _otherwise(outcome, reason_code, door_code, paper_codes, departure_code)
        ruling = _as_advised(opinion, outcome) if agrees else other
        return deciding.decide(request, _passed(opinion, ruling, pocket, by), by=by)


def _passed(opinion: Opinion, ruling: Ruling, pocket: Pocket, by: User) -> deciding.Passed:
    return deciding.Passed(
        replace(ruling, author=by),
        opinion.vote_ids,
        opinion.rules,
        opinion.last_vote.member,
        pocket,
        opinion=opinion,
    )


def agrees_with(opinion: Opinion, choice: str) -> bool:
    """Whether signing `choice` follows the opinion. To wait for money follows every favourable one."""
    advised = DecisionOutcome(opinion.outcome)
    if choice == VoteChoice.FUND_LATER:
        return advised in FAVOURABLE
    if choice == VoteChoice.GRANT:
        return advised in (DecisionOutcome.GRANTED, DecisionOutcome.UNFUNDED)
    outcome = seats.BALLOTS[choice].outcome
    return outcome is not None and concluding.DECIDED[outcome] == advised


def _departure_refusal(departure_code: str) -> Refusal | None:
    if departure_code not in reasons.DEPARTURES:
        return Refusal(
            "departure", _("Dites pourquoi vous vous écartez de l’avis du comité : l’élève le lira.")
        )
    return None


def _as_advised(opinion: Opinion, outcome: DecisionOutcome) -> Ruling:
    asks = tuple(opinion.paper_codes)
    if (
        asks and outcome == DecisionOutcome.GRANTED
    ):  # advised with a paper, signed to wait, and the money is there
        outcome = DecisionOutcome.CONDITIONAL
    return Ruling(
        outcome,
        clock.today(),
        tuple(opinion.reason_codes),
        tuple(opinion.door_codes),
        paper_codes=asks,
        due_on=papers.due_on(clock.today()) if outcome == DecisionOutcome.CONDITIONAL else None,
    )


def _otherwise(
    outcome: DecisionOutcome,
    reason_code: str,
    door_code: str,
    paper_codes: Sequence[str],
    departure_code: str,
) -> Ruling:
    against = outcome not in FAVOURABLE
    asks = outcome == DecisionOutcome.CONDITIONAL
    return Ruling(
        outcome,
        clock.today(),
        (reason_code,) if against else (),
        (door_code,) if outcome == DecisionOutcome.REDIRECTED else (),
        paper_codes=tuple(dict.fromkeys(paper_codes)) if asks else (),
        due_on=papers.due_on(clock.today()) if asks else None,
        departure_code=departure_code,
    )
