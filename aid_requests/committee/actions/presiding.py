"""At the table: the sitting opens, people come and go, one file after the other is voted on; then it is closed.

Nothing of it is for a consultation, which nobody runs: each act is refused there (`sitting_permissions.NO_DESK`).

Locks: the request (of several, by pk), then the sitting, then what a decision locks (`voting`). A vote and the closing
of its item meet at the request: each vote is counted or refused, and the file is decided once.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests.committee import rules, seats, sitting_permissions, table
from aid_requests.committee.actions import concluding, ending, minuting, preparing
from aid_requests.committee.actions.voting import add_vote, choice_refusal, demand_as_read, make_vote
from aid_requests.models import AgendaItem, AidRequest, Attendance, Sitting, SittingSeat, Vote
from aid_requests.models.requests import RequestState
from aid_requests.models.sittings import Adjourned, Attended, ItemState, SittingKind, SittingState
from aid_requests.workflow import AGENDA_ITEM, SITTING
from fund import audit, clock, workflow
from fund.models import User
from fund.roles import Refusal, demand
from fund.workflow import AlreadyDone, WrongState

# Nobody may be kept out of a sitting by holding it before they could come: it would close without quorum, and the
# second call needs none.
OPENS_BEFORE = timedelta(hours=1)
# Why the table may put a file off; the other reasons are found by a count.
PUT_OFF = (Adjourned.DISCUSSED, Adjourned.NO_MONEY, Adjourned.BLOCKED, Adjourned.CHANGED)


def open_sitting(*, by: User, sitting: Sitting) -> Sitting:
    """The chair presides, and is there. From `OPENS_BEFORE` the convened hour on; members named since get a seat.

    Raises Refused (too early, who keeps the minutes does not preside), WrongState.
    """
    with transaction.atomic():
        sitting = workflow.lock(Sitting, sitting.pk)
        demand(sitting_permissions.can_prepare(by))
        if sitting.is_consultation:
            demand(sitting_permissions.NO_DESK)
        if clock.moment() < sitting.scheduled_at - OPENS_BEFORE:
            sentence = _("La séance s’ouvre une heure avant l’heure de la convocation, pas avant.")
            demand(Refusal("too_early", sentence))
        if sitting.secretary_id == by.pk:
            demand(
                Refusal(
                    "secretary",
                    _("Vous tenez le secrétariat de cette séance : une autre présidence l’ouvre."),
                )
            )
        workflow.move(SITTING, sitting, "open", by=by, fields={"opened_by": by, "opened_at": clock.moment()})
        seated = set(sitting.seats.values_list("member", flat=True))
        for user in sitting_permissions.seated_users():
            if user.pk not in seated:
                SittingSeat.objects.create(sitting=sitting, member=user)
        presence = Attended.REMOTE if sitting.kind == SittingKind.REMOTE else Attended.ROOM
        _note(sitting, by, presence, by=by)
        audit.record("sitting.opened", sitting, by=by)
    return sitting


def note_presence(*, by: User, sitting: Sitting, member: User, presence: str) -> Attendance:
    """Somebody came or left, now. Raises AlreadyDone when it is noted so, Refused, WrongState."""
    with transaction.atomic():
        sitting = workflow.lock(Sitting, sitting.pk)
        demand(sitting_permissions.can_run(by, sitting))
        demand(_presence_refusal(sitting, member, presence))
        if table.presences(sitting).get(member.pk, Attended.ABSENT) == presence:
            raise AlreadyDone(_("C’est déjà noté."))
        row = _note(sitting, member, presence, by=by)
        audit.record("sitting.presence_noted", sitting, by=by, member=member.pk, presence=presence)
    return row


def take_item(*, by: User, item: AgendaItem) -> AgendaItem:
    """Puts one file to the vote, on its present revision; one at a time.

    Raises Refused (no quorum, a file that changed), AlreadyDone, WrongState when another is being voted on.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, item.request_id)
        sitting = workflow.lock(Sitting, item.sitting_id)
        item = workflow.lock(AgendaItem, item.pk)
        demand(sitting_permissions.can_run_item(by, item, request))
        if sitting.items.filter(state=ItemState.TAKEN).exclude(pk=item.pk).exists():
            raise WrongState(_("Un autre dossier est au vote : closez-le d’abord."))
        if not table.has_quorum(sitting):
            demand(Refusal("no_quorum", rules.quorum_words(table.quorum_of(sitting))))
        demand(sitting_permissions.agenda_refusal(request, sitting))
        fields = {
            "revision": request.revision,
            "round": request.round,
            "taken_by": by,
            "taken_at": clock.moment(),
        }
        workflow.move(AGENDA_ITEM, item, "take", by=by, fields=fields)
        audit.record("agenda_item.taken", item, by=by, sitting=sitting.pk, request=request.pk)
    return item


def vote_in_sitting(
    *,
    by: User,
    item: AgendaItem,
    choice: str,
    revision: int,
    round_number: int = 1,
    turn: int = 1,
    voter: User | None = None,
    reason_code: str = "",
    door_code: str = "",
    paper_codes: Sequence[str] = (),
    note: str = "",
) -> Vote:
    """A vote on the file that is being voted on: the own one, or one given by hand (`voter`) that the desk enters.

    Nothing is counted before the item is closed. Raises AlreadyDone, WrongState (closed, changed), Refused.
    """
    person = voter or by
    with transaction.atomic():
        request = workflow.lock(AidRequest, item.request_id)
        item = AgendaItem.objects.select_related("sitting__rules").get(pk=item.pk)
        if item.sitting.is_consultation:
            demand(sitting_permissions.NO_DESK)
        demand_as_read(person, request, revision, round_number, turn)
        if item.state != ItemState.TAKEN:
            raise WrongState(_("Le vote sur ce dossier n’est pas ouvert : votre vote n’a pas été compté."))
        if person.pk == by.pk:
            demand(sitting_permissions.can_vote_in(by, item, request))
        else:
            demand(sitting_permissions.can_enter(by, item, request, person))
        demand(choice_refusal(request, choice, reason_code, door_code, paper_codes))
        vote = make_vote(request, person, choice, reason_code, door_code, paper_codes, note)
        vote.agenda_item = item
        vote.entered_by = by if person.pk != by.pk else None
        add_vote(request, vote, by)
    return vote


def close_item(*, by: User, item: AgendaItem) -> AgendaItem:
    """Ends the vote on a file: the rules weigh it, and it is decided, adjourned or, of an opinion, left to sign.

    Raises AlreadyDone, and Refused when a grant has not its money: then the vote goes on, or the file is put off.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, item.request_id)
        sitting = workflow.lock(Sitting, item.sitting_id)
        item = workflow.lock(AgendaItem, item.pk)
        item.sitting = sitting
        if item.ended_at is not None:
            raise AlreadyDone(_("Le vote sur ce dossier est déjà clos."))
        demand(sitting_permissions.can_run_item(by, item, request))
        if item.state != ItemState.TAKEN:
            raise WrongState(_("Ce dossier n’est pas au vote."))
        return conclude(item, request, by=by)


def adjourn_item(*, by: User, item: AgendaItem, why: str) -> AgendaItem:
    """Puts a file off to the next agenda; votes already cast on it no longer stand. Raises AlreadyDone, Refused."""
    with transaction.atomic():
        request = workflow.lock(AidRequest, item.request_id)
        sitting = workflow.lock(Sitting, item.sitting_id)
        item = workflow.lock(AgendaItem, item.pk)
        demand(sitting_permissions.can_run(by, sitting))
        if why not in PUT_OFF:
            demand(Refusal("why", _("Dites pourquoi ce dossier est ajourné.")))
        demand(sitting_permissions.can_put_off(by, item, request, why))
        return ending.adjourn(item, why, by=by)


def conclude(item: AgendaItem, request: AidRequest, *, by: User | None) -> AgendaItem:
    """Weighs the votes of an item as closed, and writes what comes of it; the request is locked.

    Raises Refused where a grant cannot be made.
    """
    is_taken = item.state == ItemState.TAKEN
    has_changed = is_taken and (item.revision, item.round) != (request.revision, request.round)
    if has_changed or sitting_permissions.agenda_refusal(request, item.sitting) is not None:
        return ending.adjourn(item, Adjourned.CHANGED, by=by)
    votes = list(seats.standing_votes(request).select_related("member", "rules").order_by("pk"))
    weighing = table.weigh(item, request, votes, is_closed=True)
    made = concluding.conclude(request, votes, weighing, may_wait=False, by=by)
    return ending.note_made(item, made, weighing, by=by)


def close_sitting(*, by: User, sitting: Sitting) -> Sitting:
    """Ends it: files not reached come back on the next agenda, those without quorum by a second call where the rules
    know one; the minutes take their number. Raises WrongState while a file is being voted on, AlreadyDone, Refused."""
    with transaction.atomic():
        waiting = sitting.items.filter(ended_at=None).order_by("request").values_list("request", flat=True)
        for pk in list(waiting):
            workflow.lock(AidRequest, pk)
        sitting = workflow.lock(Sitting, sitting.pk)
        if sitting.state in (SittingState.CLOSED, SittingState.SIGNED):
            raise AlreadyDone(_("La séance est déjà levée."))
        demand(sitting_permissions.can_run(by, sitting))
        if sitting.items.filter(state=ItemState.TAKEN).exists():
            raise WrongState(_("Un dossier est au vote : closez-le ou ajournez-le d’abord."))
        why = Adjourned.NOT_REACHED if table.has_quorum(sitting) else Adjourned.NO_QUORUM
        for item in sitting.items.filter(ended_at=None).order_by("number"):
            ending.adjourn(item, why, by=by)
        end_sitting(sitting, by=by)
        _call_again(sitting, by=by)
    return sitting


def end_sitting(sitting: Sitting, *, by: User | None) -> None:
    """Every item has ended: the sitting is closed and its minutes are written. The sitting is locked."""
    workflow.move(SITTING, sitting, "close", by=by, fields={"closed_by": by, "closed_at": clock.moment()})
    audit.record("sitting.closed", sitting, by=by)
    minuting.write_minutes(sitting)


def _call_again(sitting: Sitting, *, by: User) -> None:
    """The second call, for what had no quorum at the first."""
    if sitting.call > 1 or table.book_of(sitting).second_call is None:
        return
    items = sitting.items.filter(why=Adjourned.NO_QUORUM).select_related("request").order_by("number")
    requests = [item.request for item in items if item.request.state == RequestState.IN_REVIEW]
    if requests:
        preparing.prepare_second_call(sitting, requests, by=by)


def _note(sitting: Sitting, member: User, presence: str, *, by: User) -> Attendance:
    return Attendance.objects.create(
        sitting=sitting, member=member, presence=presence, noted_by=by, noted_at=clock.moment()
    )


def _presence_refusal(sitting: Sitting, member: User, presence: str) -> Refusal | None:
    if presence not in Attended.values:
        return Refusal("presence", _("Dites en salle, à distance ou absent·e."))
    if not sitting.seats.filter(member=member).exists():
        return Refusal("seat", _("Cette personne n’a pas de siège à cette séance."))
    wrong = {SittingKind.ROOM: Attended.REMOTE, SittingKind.REMOTE: Attended.ROOM}.get(
        SittingKind(sitting.kind)
    )
    if presence == wrong:
        return Refusal("kind", _("Cette séance ne se tient pas sous cette forme."))
    return None
