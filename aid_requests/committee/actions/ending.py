"""What becomes of an agenda item: decided, advised or adjourned, with its count in numbers. The request is locked."""

from django.utils import translation

from aid_requests.committee import rules
from aid_requests.committee.rules import How, Unheard, Weighing
from aid_requests.models import AgendaItem, Decision
from aid_requests.models.sittings import Adjourned
from aid_requests.workflow import AGENDA_ITEM
from fund import audit, clock, workflow
from fund.models import User

_WHY = {How.NO_QUORUM: Adjourned.NO_QUORUM, How.NOBODY: Adjourned.NOBODY}


def note_decided(item: AgendaItem, decision: Decision, weighing: Weighing, *, by: User | None) -> AgendaItem:
    """The decision was just written, in this transaction."""
    return _end(item, "decide", by=by, decision=decision, result=result_of(weighing))


def note_advised(item: AgendaItem, weighing: Weighing, *, by: User | None) -> AgendaItem:
    """The opinion is given; a person still signs."""
    return _end(item, "advise", by=by, result=result_of(weighing))


def note_undecided(item: AgendaItem, weighing: Weighing, *, by: User | None) -> AgendaItem:
    """The count decides nothing: the file comes back on the next agenda."""
    return adjourn(item, _WHY.get(weighing.how, Adjourned.VOTES), by=by, result=result_of(weighing))


def adjourn(
    item: AgendaItem, why: str, *, by: User | None, result: dict[str, object] | None = None
) -> AgendaItem:
    """Without a decision, and why."""
    return _end(item, "adjourn", by=by, why=why, result=result or {})


def result_of(weighing: Weighing) -> dict[str, object]:
    """Numbers and French sentences (the minutes are French) that name nobody, and of the quorum where one is asked."""
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
