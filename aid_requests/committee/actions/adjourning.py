"""A file put off by the committee: a row, a letter and a mail; the votes of the turn stand no more.

The caller holds the request's lock, in its transaction.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from aid_requests import notifications
from aid_requests.committee import reasons
from aid_requests.committee.adjournment_letters import Putting, render_adjournment
from aid_requests.models import Adjournment, AidRequest, Vote
from aid_requests.models.decisions import VoteChoice
from aid_requests.workflow import REQUEST
from fund import audit, clock, vault, workflow
from fund.models import User


def adjourn(
    request: AidRequest, last: Vote, votes: Sequence[Vote], *, by: User | None, otherwise: str = reasons.TIED
) -> Adjournment:
    """Puts the file off, `last` being the vote cast last and `votes` those that asked for it; where none did, the rules
    made it of the count, and `otherwise` says why. The file stays in review, in its next turn. `by` is None where a
    consultation ended by its date."""
    asked = [vote.reason_code for vote in votes if vote.choice == VoteChoice.ADJOURN]
    codes = list(dict.fromkeys(asked)) or [otherwise]
    now, today = clock.moment(), clock.today()
    again = today + timedelta(days=settings.ADJOURNED_DAYS)
    letter = render_adjournment(request, Putting(today, again, tuple(codes)))
    row = Adjournment.objects.create(
        request=request,
        revision=request.revision,
        round=request.round,
        turn=request.turn,
        reason_codes=codes,
        vote_ids=[vote.pk for vote in votes],
        rules=last.rules,
        last_vote_by=last.member,
        adjourned_at=now,
        read_again_on=again,
        letter_sealed=vault.seal_for(request.applicant.subject_key, letter),
        letter_sha256=hashlib.sha256(letter).hexdigest(),
    )
    workflow.move(REQUEST, request, "adjourn", by=by, fields={"turn": request.turn + 1})
    audit.record(
        "request.adjourned",
        request,
        by=by,
        adjournment=row.pk,
        revision=row.revision,
        round=row.round,
        turn=row.turn,
        letter_sha256=row.letter_sha256,
    )
    notifications.tell(request, "adjourned", key=str(row.turn))
    return row
