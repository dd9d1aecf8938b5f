"""What becomes of an agenda item: decided, advised or adjourned, with its count in numbers. The request is locked."""

from django.utils import translation

from aid_requests.committee import rules
from aid_requests.committee.actions.concluding import Made
from aid_requests.committee.rules import How, Unheard, Weighing
from aid_requests.models import AgendaItem, Decision, Opinion
from aid_requests.models.sittings import Adjourned
from aid_requests.workflow import AGENDA_ITEM
from fund import audit, clock, workflow
from fund.models import User

_WHY = {How.NO_QUORUM: Adjourned.NO_QUORUM, How.NOBODY: Adjourned.NOBODY}


def note_made(item: AgendaItem, made: Made | None, weighing: Weighing, *, by: User | None) -> AgendaItem:
    """What `concluding` just made of the count, in this transaction; where it made nothing, the file comes back on the
    next agenda."""
    result = result_of(weighing)
    if isinstance(made, Decision):
        return _end(item, "decide", by=by, decision=made, result=result)
    if isinstance(made, Opinion):
        return _end(item, "advise", by=by, result=result)
    if made is not None:
        return adjourn(item, Adjourned.VOTES, by=by, result={**result, "missing": made.reason_codes})
    return adjourn(item, _WHY.get(weighing.how, Adjourned.VOTES), by=by, result=result)


def adjourn(
    item: AgendaItem, why: str, *, by: User | None, result: dict[str, object] | None = None
) -> AgendaItem:
    """Without a decision, and why."""
    return _end(item, "adjourn", by=by, why=why, result=result or {})


def result_of(weighing: Weighing) -> dict[str, object]:
    """Numbers and French sentences (the minutes are French) that name nobody, and of the quorum where one is asked;
    `heard`: the accounts whose votes were counted, wherever they were given, for the complete minutes alone."""
    tally = weighing.tally
    away = (Unheard.BARRED, Unheard.OWN_SCHOOL)
    with translation.override("fr"):
        told = rules.explain(weighing)
    return {
        "in_favour": tally.in_favour,
        "against": tally.against,
        "abstained": tally.abstained,
        "silent": tally.silent,
        "taking_no_part": sum(why in away for why in weighing.unheard.values()),
        "how": weighing.how.value,
        "put_off_by_vote": weighing.is_put_off_by_vote,
        "heard": [voice.person for voice in weighing.voices],
        "told": told,
    }


def _end(item: AgendaItem, step: str, *, by: User | None, **fields: object) -> AgendaItem:
    ended = {**fields, "ended_by": by, "ended_at": clock.moment()}
    why = str(fields.get("why", ""))
    workflow.move(AGENDA_ITEM, item, step, by=by, why=why, fields=ended)
    audit.record(
        f"agenda_item.{item.state}", item, by=by, sitting=item.sitting_id, request=item.request_id, why=why
    )
    return item
