"""The committee's opinion written down, where somebody else signs the decision: nothing is told to the student yet.

The caller holds the request's lock, in its transaction.
"""

from collections.abc import Sequence

from aid_requests.committee.letters import Ruling
from aid_requests.models import AidRequest, Opinion, Vote
from fund import audit, clock
from fund.models import User


def give_opinion(
    request: AidRequest, last: Vote, votes: Sequence[Vote], ruling: Ruling, *, by: User | None
) -> Opinion:
    """What `votes` advise, `last` being the one cast last: the decision waits for its signature."""
    if last.rules is None:
        raise ValueError("Without rules nobody signs.")
    opinion = Opinion.objects.create(
        request=request,
        revision=request.revision,
        round=request.round,
        turn=request.turn,
        outcome=ruling.outcome,
        reason_codes=list(ruling.reason_codes),
        door_codes=list(ruling.door_codes),
        paper_codes=list(ruling.paper_codes),
        vote_ids=[vote.pk for vote in votes],
        rules=last.rules,
        last_vote=last,
        given_at=clock.moment(),
    )
    audit.record(
        "opinion.given", request, by=by, opinion=opinion.pk, revision=opinion.revision, round=opinion.round
    )
    return opinion
