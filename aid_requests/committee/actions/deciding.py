"""A decision written down: state, row, letter, audit, mail; and for a grant the ledger and its payment order.

The caller holds the request's lock, and for a grant those of `funding.reserve`, in its transaction.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from aid_requests import advances, notifications
from aid_requests.actions.advances import note_decision
from aid_requests.actions.owing import order_transfer, post_owed
from aid_requests.actions.second_looks import draw
from aid_requests.committee.letters import Ruling, render_letter, signer
from aid_requests.models import AidRequest, Decision, Opinion, RulesVersion, Vote
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.reference import KIND
from aid_requests.workflow import REQUEST
from fund import audit, clock, ledger, vault, workflow
from fund.models import Movement, Pocket, User
from fund.models.ledger import Kind

_STEP = {
    DecisionOutcome.GRANTED: "grant",
    DecisionOutcome.CONDITIONAL: "grant_subject",
    DecisionOutcome.UNFUNDED: "put_on_list",
    DecisionOutcome.REFUSED: "refuse",
    DecisionOutcome.REDIRECTED: "redirect",
}
# The step of a decision that follows another one: (what that one was, what this one is).
_NEXT_STEP = {
    (DecisionOutcome.UNFUNDED, DecisionOutcome.GRANTED): "grant_from_list",
    (DecisionOutcome.UNFUNDED, DecisionOutcome.CONDITIONAL): "grant_subject_from_list",
    (DecisionOutcome.CONDITIONAL, DecisionOutcome.GRANTED): "grant_with_papers",
    (DecisionOutcome.CONDITIONAL, DecisionOutcome.REFUSED): "refuse_without_papers",
}


@dataclass(frozen=True)
class Passed:
    """A decision about to be written: the votes it rests on, the rules that counted them, who cast the last one.

    `pocket` pays, or would have paid; of a request put on the list it is the scheme's own.
    """

    ruling: Ruling
    vote_ids: Sequence[int]
    rules: RulesVersion | None
    last_vote_by: User
    pocket: Pocket
    follows: Decision | None = None
    opinion: Opinion | None = None


def passed_by(votes: Sequence[Vote], last: Vote, ruling: Ruling, pocket: Pocket) -> Passed:
    """What `votes` decided, `last` being the one just cast."""
    return Passed(ruling, [vote.pk for vote in votes], last.rules, last.member, pocket)


def decide(request: AidRequest, passed: Passed, *, by: User | None) -> Decision:
    """Writes it; `by` is None where time decides (the list served, a paper not brought). What follows another decision
    rests on the same votes."""
    ruling, follows = passed.ruling, passed.follows
    letter, signed_by, decided_at = render_letter(request, ruling), signer(ruling), clock.moment()
    workflow.move(REQUEST, request, _step(ruling, follows), by=by, fields={"decided_at": decided_at})
    decision = Decision.objects.create(
        request=request,
        revision=request.revision,
        round=request.round,
        outcome=ruling.outcome,
        follows=follows,
        case_code=request.case_code,
        amount_cents=request.amount_cents or 0,
        pocket=passed.pocket,
        reason_codes=list(ruling.reason_codes),
        door_codes=list(ruling.door_codes),
        paper_codes=list(ruling.paper_codes),
        due_on=ruling.due_on,
        delegation=ruling.delegation,
        opinion=passed.opinion,
        signed_by=signed_by if passed.opinion is not None else None,
        departure_code=ruling.departure_code,
        vote_ids=list(passed.vote_ids),
        rules=passed.rules,
        last_vote_by=passed.last_vote_by,
        decided_at=decided_at,
        letter_sealed=vault.seal_for(request.applicant.subject_key, letter),
        letter_sha256=hashlib.sha256(letter).hexdigest(),
    )
    _record(request, decision, signed_by, by)
    _settle(request, decision, by)
    key = _mail_key(request, decision)
    if decision.outcome == DecisionOutcome.CONDITIONAL:
        notifications.tell(request, "papers", key=key, until=decision.due_on)
    else:
        notifications.tell(request, "decided", key=key)
    return decision


def _step(ruling: Ruling, follows: Decision | None) -> str:
    outcome = DecisionOutcome(ruling.outcome)
    return _STEP[outcome] if follows is None else _NEXT_STEP[DecisionOutcome(follows.outcome), outcome]


def _record(request: AidRequest, decision: Decision, signed_by: User | None, by: User | None) -> None:
    audit.record(
        f"request.{decision.outcome}",
        request,
        by=by,
        decision=decision.pk,
        revision=request.revision,
        round=request.round,
        amount_cents=decision.amount_cents,
        letter_sha256=decision.letter_sha256,
        signed_by=signed_by.pk if signed_by else None,
    )


def _settle(request: AidRequest, decision: Decision, by: User | None) -> None:
    """What the decision does to the money, all of it less the advance that was paid before: nothing where that was all
    of it. A conditional grant owes the aid and orders nothing until its papers are there; without them it is taken
    back by a linked entry."""
    rest = advances.rest_cents(request)
    after_papers = decision.follows is not None and decision.follows.outcome == DecisionOutcome.CONDITIONAL
    is_grant, waits = (
        decision.outcome == outcome for outcome in (DecisionOutcome.GRANTED, DecisionOutcome.CONDITIONAL)
    )
    if rest and (waits or (is_grant and not after_papers)):
        post_owed(
            request,
            subject_kind=KIND,
            movement_kind=Kind.GRANT,
            cause_key=_cause(request),
            amount_cents=rest,
            pocket=decision.pocket,
        )
    if rest and is_grant:
        order_transfer(request, subject_kind=KIND, amount_cents=rest, pocket=decision.pocket, by=by)
    if rest and after_papers and not is_grant:
        owed = Movement.objects.get(cause_key=_cause(request))
        cause = f"{_cause(request)}:lapsed"
        ledger.reverse(owed, cause_key=cause, kind=Kind.GRANT_WITHDRAWN, occurred_on=clock.today())
    if is_grant:
        draw(decision)
    note_decision(request, decision, by=by)


def _mail_key(request: AidRequest, decision: Decision) -> str:
    again = f":{request.round}" if request.round > 1 else ""
    return f"{request.revision}{again}" + (f":{decision.outcome}" if decision.follows is not None else "")


def _cause(request: AidRequest) -> str:
    """A grant taken back for want of a paper may be granted again after re-examination: another cause."""
    again = f":{request.round}" if request.round > 1 else ""
    return f"grant:{request.pk}:{request.revision}{again}"
