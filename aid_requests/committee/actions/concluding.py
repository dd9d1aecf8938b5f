"""What a count makes: a decision, an adjournment, an opinion that somebody signs, or nothing yet. The same for votes in
writing, in a sitting and in a consultation.

Locks, in one order everywhere: the request, the scheme (its own cap), the person (caps), the pockets by pk. What was
read before the locks is read again after them.
"""

from collections.abc import Sequence
from dataclasses import replace

from aid_requests.committee import modes, papers, reasons
from aid_requests.committee.actions import deciding, funding
from aid_requests.committee.actions.adjourning import adjourn
from aid_requests.committee.actions.advising import give_opinion
from aid_requests.committee.letters import Ruling
from aid_requests.committee.rules import How, Outcome, Weighing
from aid_requests.models import Adjournment, AidRequest, Decision, Opinion, Vote
from aid_requests.models.decisions import FAVOURABLE, DecisionOutcome, VoteChoice
from fund import clock
from fund.models import Pocket, User
from fund.roles import Refused

# What the engine's outcomes become; an adjournment decides nothing.
DECIDED = {
    Outcome.GRANTED: DecisionOutcome.GRANTED,
    Outcome.SUBJECT_TO: DecisionOutcome.CONDITIONAL,
    Outcome.NOT_FUNDED: DecisionOutcome.UNFUNDED,
    Outcome.REFUSED: DecisionOutcome.REFUSED,
    Outcome.REDIRECTED: DecisionOutcome.REDIRECTED,
}
Made = Decision | Adjournment | Opinion


def conclude(
    request: AidRequest, votes: Sequence[Vote], weighing: Weighing, *, may_wait: bool, by: User | None
) -> Made | None:
    """What `votes` make, the last of them cast last; None while the rules say « not yet ». The request is locked.

    Raises Refused where a grant cannot be made; where it only has not its money and `may_wait`, it goes on the list.
    """
    outcome = weighing.outcome or weighing.opinion
    if outcome is None or not votes:  # nobody voted by the end date: nothing is made of it
        return None
    side, last = weighing.winners or weighing.advisers, votes[-1]
    winners = [vote for vote in votes if vote.member_id in side]
    if outcome is Outcome.ADJOURNED:
        return adjourn(request, last, winners, by=by, otherwise=_why_adjourned(weighing))
    asks_papers = outcome is Outcome.SUBJECT_TO
    way = modes.way_under(request, last.rules)
    if weighing.outcome is None and way.signer is not None:
        ruling = ruling_of(DECIDED[outcome], winners, asks_papers=asks_papers)
        return give_opinion(request, last, winners, ruling, by=by)
    funded, pocket = fund(request, DECIDED[outcome], may_wait=may_wait)
    ruling = ruling_of(funded, winners, asks_papers=asks_papers)
    if way.delegate is not None:
        ruling = replace(ruling, delegation=way.reference, author=last.member)
    return deciding.decide(request, deciding.passed_by(winners, last, ruling, pocket), by=by)


def _why_adjourned(weighing: Weighing) -> str:
    """Why the rules adjourn what no vote asked to put off: as many on both sides, or too few who said the same."""
    tally, how = weighing.tally, weighing.opinion_how or weighing.how
    is_split = how is not How.NOT_CONCORDANT or tally.in_favour == tally.against > 0
    return reasons.TIED if is_split else reasons.TOO_FEW


def fund(request: AidRequest, outcome: DecisionOutcome, *, may_wait: bool) -> tuple[DecisionOutcome, Pocket]:
    """What the money makes of a favourable outcome: from the pocket that pays, or on the list where it `may_wait`; any
    other outcome needs none. Raises Refused."""
    own = request.scheme_version.pocket
    if outcome not in FAVOURABLE:
        return outcome, own
    try:
        pocket = funding.reserve(request)
    except Refused as refused:
        waits = may_wait or outcome == DecisionOutcome.UNFUNDED
        if not waits or refused.refusal.code not in funding.NO_MONEY:
            raise
        return DecisionOutcome.UNFUNDED, own
    return DecisionOutcome.GRANTED if outcome == DecisionOutcome.UNFUNDED else outcome, pocket


def ruling_of(outcome: DecisionOutcome, winners: Sequence[Vote], *, asks_papers: bool = False) -> Ruling:
    """The reasons, doors and papers of those who asked for just that; what the rules made of a count says so."""
    asked = {DecisionOutcome.REFUSED: VoteChoice.REFUSE, DecisionOutcome.REDIRECTED: VoteChoice.REDIRECT}
    votes = [vote for vote in winners if vote.choice == asked.get(outcome)]
    reason_codes = tuple(dict.fromkeys(vote.reason_code for vote in votes))
    if outcome == DecisionOutcome.REFUSED and not reason_codes:
        reason_codes = (reasons.NO_MAJORITY,)
    door_codes = tuple(dict.fromkeys(vote.door_code for vote in votes if vote.door_code))
    named = (code for vote in winners for code in vote.paper_codes)
    return Ruling(
        outcome,
        clock.today(),
        reason_codes,
        door_codes,
        paper_codes=tuple(dict.fromkeys(named)) if asks_papers else (),
        due_on=papers.due_on(clock.today()) if outcome == DecisionOutcome.CONDITIONAL else None,
    )
