"""« Rappelez-moi »: asked by anyone, taken by one referent, tried three times at most, forgotten some days after."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aid_requests import call_backs
from aid_requests.actions.lookalikes import renew_marks
from aid_requests.call_backs import Caller
from aid_requests.models import AidRequest, CallBack
from aid_requests.models.call_backs import MAX_TRIES, CallBackOutcome, CallBackState
from aid_requests.workflow import CALL_BACK
from aid_requests.working_time import due_after
from fund import audit, clock, vault, workflow
from fund.models import School, User
from fund.roles import demand
from fund.workflow import AlreadyDone

# Open calls to one number over all schools: a stranger cannot have somebody's telephone ring all day.
MAX_OPEN_A_PHONE = 2


@dataclass(frozen=True)
class Wish:
    """What was typed. `request` is the person's own, when the call was asked for on its page."""

    caller: Caller
    part_of_day: str
    school: School
    through_school: bool
    request: AidRequest | None = None


def promised_at() -> datetime:
    """Until when a call asked for now is made: CALL_BACK_WORKING_DAYS working days, at 18:00 in Paris."""
    return due_after(clock.moment(), settings.CALL_BACK_WORKING_DAYS)


def ask_call_back(*, wish: Wish, form_token: UUID, by: User | None) -> datetime:
    """Puts a call into the referents' queue and returns until when it is promised (an instant).

    The answer is the same for a number that waits already, for one asked for too often, and for a form sent twice:
    nobody learns from it who else asked. A request that avoids the school makes the call avoid it too.
    """
    now, due_at = clock.moment(), promised_at()
    through_school = wish.through_school and (wish.request is None or wish.request.through_school)
    fingerprint = vault.blind_index("phone", wish.caller.phone)
    try:
        with transaction.atomic():
            waiting = CallBack.objects.filter(phone_fingerprint=fingerprint, state__in=call_backs.OPEN_STATES)
            same_form = CallBack.objects.filter(form_token=form_token)
            if same_form.exists() or waiting.count() >= MAX_OPEN_A_PHONE:
                return due_at
            key = vault.make_subject_key("call_back")
            call_back = CallBack.objects.create(
                form_token=form_token,
                subject_key=key,
                school=wish.school,
                through_school=through_school,
                request=wish.request,
                person_sealed=vault.seal_json_for(key, asdict(wish.caller)),
                phone_fingerprint=fingerprint,
                part_of_day=wish.part_of_day,
                asked_at=now,
                due_at=due_at,
            )
            if wish.request is not None:
                renew_marks(wish.request)
            audit.record("call_back.asked", call_back, by=by, school=wish.school.code)
    except (
        IntegrityError
    ):  # the same number and school wait already, or the same form arrived at the same instant
        return due_at
    return due_at


def take_call_back(*, by: User, call_back: CallBack) -> CallBack:
    """Makes this person the one who calls. Raises AlreadyDone when it is taken or done, Refused to anyone else."""
    with transaction.atomic():
        call_back = workflow.lock(CallBack, call_back.pk)
        demand(call_backs.can_take(by, call_back))
        if call_back.state == CallBackState.TAKEN:
            mine = call_back.taken_by_id == by.pk
            raise AlreadyDone(
                _("Vous avez déjà pris cet appel.")
                if mine
                else _("Une autre personne vient de prendre cet appel.")
            )
        if call_back.state == CallBackState.DONE:
            raise AlreadyDone(_("Cet appel est terminé."))
        workflow.move(
            CALL_BACK, call_back, "take", by=by, fields={"taken_by": by, "taken_at": clock.moment()}
        )
        audit.record("call_back.taken", call_back, by=by)
    return call_back


def take_over_call_back(*, by: User, call_back: CallBack, from_whom: int) -> CallBack:
    """Takes a late call out of somebody else's hands (or one left by who is gone); the promise and the tries stay.

    `from_whom` is the id of who had it on the page. Raises AlreadyDone when it changed hands since, Refused.
    """
    with transaction.atomic():
        call_back = workflow.lock(CallBack, call_back.pk)
        if call_back.state != CallBackState.TAKEN or call_back.taken_by_id != from_whom:
            raise AlreadyDone(_("Cet appel a changé de mains entre-temps."))
        demand(call_backs.can_take_over(by, call_back))
        workflow.move(
            CALL_BACK, call_back, "take_over", by=by, fields={"taken_by": by, "taken_at": clock.moment()}
        )
        audit.record("call_back.taken_over", call_back, by=by, from_whom=from_whom)
    return call_back


def note_no_answer(*, by: User, call_back: CallBack, tries_seen: int) -> CallBack:
    """Counts a call nobody answered; the third one ends it as unreachable.

    `tries_seen` is the count the page showed: the same click twice is one try. Raises AlreadyDone, Refused.
    """
    with transaction.atomic():
        call_back = _lock_taken(by, call_back)
        if call_back.tries != tries_seen:
            raise AlreadyDone(_("Cet essai est déjà noté."))
        number = call_back.tries + 1
        workflow.move(CALL_BACK, call_back, "no_answer", by=by, fields={"tries": number})
        audit.record("call_back.no_answer", call_back, by=by, tries=number)
        if number == MAX_TRIES:
            _close(by, call_back, CallBackOutcome.UNREACHABLE)
    return call_back


def hand_over_call_back(*, by: User, call_back: CallBack, note: str) -> CallBack:
    """Puts the call back into the queue, with a note for whoever takes it next; the time promised stays."""
    with transaction.atomic():
        call_back = _lock_taken(by, call_back)
        fields = {"taken_by": None, "taken_at": None, **_note(call_back, note)}
        workflow.move(CALL_BACK, call_back, "hand_over", by=by, fields=fields)
        audit.record("call_back.handed_over", call_back, by=by)
    return call_back


def close_call_back(*, by: User, call_back: CallBack, outcome: str, note: str) -> CallBack:
    """Ends the call with what came of it. Raises AlreadyDone, or Refused to whoever has not taken it."""
    with transaction.atomic():
        call_back = _lock_taken(by, call_back)
        _close(by, call_back, outcome, **_note(call_back, note))
    return call_back


def _lock_taken(by: User, call_back: CallBack) -> CallBack:
    call_back = workflow.lock(CallBack, call_back.pk)
    if call_back.state == CallBackState.DONE and call_back.done_by_id == by.pk:
        raise AlreadyDone(_("Cet appel est terminé."))
    demand(call_backs.can_work_on(by, call_back))
    return call_back


def _note(call_back: CallBack, note: str) -> dict[str, str]:
    return {"note_sealed": vault.seal_text_for(call_back.subject_key, note)} if note else {}


def _close(by: User, call_back: CallBack, outcome: str, **fields: str) -> None:
    ended = {"done_by": by, "done_at": clock.moment(), "outcome": outcome}
    workflow.move(CALL_BACK, call_back, "close", by=by, fields={**ended, **fields})
    audit.record("call_back.done", call_back, by=by, outcome=str(outcome))


def forget_old_call_backs() -> str:
    """Timed work: of calls ended CALL_BACK_KEPT_DAYS ago only what is counted stays (RGPD art. 5-1-e)."""
    before = clock.moment() - timedelta(days=settings.CALL_BACK_KEPT_DAYS)
    rows = CallBack.objects.filter(state=CallBackState.DONE, done_at__lt=before, erased_at=None)
    forgotten = 0
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            forgotten += _forget(workflow.lock(CallBack, pk))
    return f"{forgotten} forgotten"


def _forget(call_back: CallBack) -> bool:
    if call_back.erased_at is not None:
        return False
    vault.erase_subject(call_back.subject_key)
    request = call_back.request
    call_back.person_sealed = call_back.phone_fingerprint = call_back.note_sealed = ""
    call_back.request, call_back.erased_at = None, clock.moment()
    call_back.save(
        update_fields=["person_sealed", "phone_fingerprint", "note_sealed", "request", "erased_at"]
    )
    if request is not None:
        renew_marks(request)
    audit.record("call_back.erased", call_back, by=None)
    return True
