"""A decision written down: state, row, letter, audit, mail; and for a grant the ledger and its payment order.

The caller holds the request's lock, and for a grant those of `funding.reserve`, in its transaction.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from aid_requests import advances, notifications
from aid_requests.actions.advances import note_decision
from aid_requests.actions.owing import owe
from aid_requests.actions.second_looks import draw
from aid_requests.committee.letters import Ruling, render_letter, signer
from aid_requests.models import AidRequest, Decision, RulesVersion, Vote
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.reference import KIND
from aid_requests.workflow import REQUEST
from fund import audit, clock, vault, workflow
from fund.models import Pocket, User
from fund.models.ledger import Kind

_STEP = {
    DecisionOutcome.GRANTED: "grant",
    DecisionOutcome.UNFUNDED: "put_on_list",
    DecisionOutcome.REFUSED: "refuse",
    DecisionOutcome.REDIRECTED: "redirect",
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


def passed_by(votes: Sequence[Vote], last: Vote, ruling: Ruling, pocket: Pocket) -> Passed:
    """What `votes` decided, `last` being the one just cast."""
    return Passed(ruling, [vote.pk for vote in votes], last.rules, last.member, pocket)


def decide(request: AidRequest, passed: Passed, *, by: User | None) -> Decision:
    """Writes it; `by` is None when the list is served by itself. An aid granted from the list follows its place."""
    ruling, amount, follows = passed.ruling, request.amount_cents or 0, passed.follows
    letter, signed_by, decided_at = render_letter(request, ruling), signer(), clock.moment()
    step = _STEP[DecisionOutcome(ruling.outcome)] if follows is None else "grant_from_list"
    workflow.move(REQUEST, request, step, by=by, fields={"decided_at": decided_at})
    decision = Decision.objects.create(
        request=request,
        revision=request.revision,
        round=request.round,
        outcome=ruling.outcome,
        follows=follows,
        case_code=request.case_code,
        amount_cents=amount,
        pocket=passed.pocket,
        reason_codes=list(ruling.reason_codes),
        door_codes=list(ruling.door_codes),
        vote_ids=list(passed.vote_ids),
        rules=passed.rules,
        last_vote_by=passed.last_vote_by,
        decided_at=decided_at,
        letter_sealed=vault.seal_for(request.applicant.subject_key, letter),
        letter_sha256=hashlib.sha256(letter).hexdigest(),
    )
    audit.record(
        f"request.{ruling.outcome}",
        request,
        by=by,
        decision=decision.pk,
        revision=request.revision,
        round=request.round,
        amount_cents=amount,
        letter_sha256=decision.letter_sha256,
        signed_by=signed_by.pk if signed_by else None,
    )
    if ruling.is_grant:
        _commit(request, decision, by)
    note_decision(request, decision, by=by)
    notifications.tell(request, "decided", key=_mail_key(request, follows))
    return decision


def _mail_key(request: AidRequest, follows: Decision | None) -> str:
    again = f":{request.round}" if request.round > 1 else ""
    return f"{request.revision}{again}" + (":granted" if follows is not None else "")


def _commit(request: AidRequest, decision: Decision, by: User | None) -> None:
    """The aid is owed from its decision on, less the advance that was paid before; nothing where that was all of it."""
    rest = advances.rest_cents(request)
    if rest:
        owe(
            request,
            subject_kind=KIND,
            movement_kind=Kind.GRANT,
            cause_key=f"grant:{request.pk}:{request.revision}",
            amount_cents=rest,
            pocket=decision.pocket,
            by=by,
        )
    draw(decision)
