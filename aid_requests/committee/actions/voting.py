"""What committee members do: vote, and step back. The last vote decides, inside its own transaction (`concluding`)."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests.committee import agendas, modes, papers, permissions, reasons, redirecting, seats
from aid_requests.committee.actions import concluding, ending
from aid_requests.committee.actions.reopening import reopen_if_unsigned
from aid_requests.committee.rules import Mode
from aid_requests.models import Adjournment, AidRequest, Recusal, RulesVersion, Vote
from aid_requests.models.decisions import RecusalGround, VoteChoice
from aid_requests.models.requests import DECIDED_STATES, RequestState
from aid_requests.models.rules import RulesState
from fund import audit, clock, vault, workflow
from fund.models import User
from fund.roles import Refusal, Refused, demand
from fund.workflow import AlreadyDone, WrongState

# What a vote may make.
Cast = concluding.Made | None


def cast_vote(
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
    note: str = "",
) -> Cast:
    """One member's vote on the `revision`, the round and the turn that were read; the Decision, the Adjournment or
    the Opinion when it makes one, else None.

    The committee's rules decide (`committee.rules`; without any, the scheme's number of votes that say the same: two,
    so that a third member is needed at one against one). Votes of a member who stepped back or left no longer count;
    an abstention is kept and takes no side. A vote to grant « even if the money must come first » grants when the money
    is there, and puts the request on the waiting list when it is not.

    Raises AlreadyDone (voted before), WrongState (decided, or changed since it was read), Refused
    (`permissions.can_vote`, a cap, an amount the schedule no longer gives, too little money for a plain grant: then the
    vote is not kept and may be cast again later).
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        demand_as_read(by, request, revision, round_number, turn)
        demand(permissions.can_vote(by, request))
        demand(choice_refusal(request, choice, reason_code, door_code, paper_codes))
        vote = make_vote(request, by, choice, reason_code, door_code, paper_codes, note)
        vote.agenda_item = agendas.binding_item(request)
        return _count(request, vote, by)


def make_vote(
    request: AidRequest,
    member: User,
    choice: str,
    reason_code: str,
    door_code: str,
    paper_codes: Sequence[str],
    note: str,
) -> Vote:
    """A vote on the request as it is, under its rules, with what its choice asks for and nothing that was sent besides;
    not kept yet."""
    return Vote(
        request=request,
        revision=request.revision,
        round=request.round,
        turn=request.turn,
        member=member,
        choice=choice,
        reason_code=reason_code if choice in reasons.BY_CHOICE else "",
        door_code=door_code if choice == VoteChoice.REDIRECT else "",
        paper_codes=list(dict.fromkeys(paper_codes)) if choice == VoteChoice.GRANT_SUBJECT else [],
        note_sealed=vault.seal_text(note) if note else "",
        rules=_rules_under_lock(request),
        cast_at=clock.moment(),
    )


def _rules_under_lock(request: AidRequest) -> RulesVersion | None:
    """The file's rules. A delegation is read under its version's lock: whoever decides alone does so while it holds.

    Raises WrongState when other rules opened meanwhile."""
    version = seats.rules_of(request)
    if version is None or Mode.DELEGATION not in seats.read(version).modes_used:
        return version
    if agendas.binding_item(request) is not None:
        return version  # those of the convocation hold, and nobody decides alone what is on an agenda
    locked = workflow.lock(RulesVersion, version.pk)
    if locked.state != RulesState.OPEN and not seats.standing_votes(request).exists():
        raise WrongState(_("Le règlement du comité vient de changer : relisez le dossier."))
    return locked


def _count(request: AidRequest, vote: Vote, by: User) -> Cast:
    """Adds the vote; decides when the committee's rules say so. Without the money a plain grant is not added: its
    refusal takes the vote back too."""
    votes = [*seats.standing_votes(request).order_by("pk"), vote]
    add_vote(request, vote, by)
    weighing = seats.weigh(request, seats.read(vote.rules), votes)
    may_wait = vote.choice == VoteChoice.FUND_LATER
    made = concluding.conclude(request, votes, weighing, may_wait=may_wait, by=by)
    if made is not None and vote.agenda_item is not None:
        ending.note_made(vote.agenda_item, made, weighing, by=by)
    return made


def add_vote(request: AidRequest, vote: Vote, by: User) -> None:
    vote.save(force_insert=True)
    audit.record("vote.cast", request, by=by, vote=vote.pk, revision=vote.revision, round=vote.round)


def recuse(*, by: User, request: AidRequest, ground: str) -> Recusal:
    """A member steps back from a file for good (CRPA R133-12): no reading, no vote, and a vote cast no longer counts.
    Where nobody else may sign the opinion that was given, the committee takes the file up anew.

    Raises Refused (not a reader, unknown ground), AlreadyDone, and WrongState once the file is decided.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        if Recusal.objects.filter(request=request, member=by).exists():
            raise AlreadyDone(_("Vous vous êtes déjà déporté·e de ce dossier."))
        demand(permissions.can_read_file(by, request))
        if request.state != RequestState.IN_REVIEW:
            raise WrongState(_("La décision est déjà prise : écrivez à la présidence du comité."))
        if ground not in RecusalGround.values:
            raise Refused(Refusal("ground", _("Choisissez le lien que vous avez avec ce dossier.")))
        recusal = Recusal.objects.create(
            request=request, member=by, ground=ground, declared_at=clock.moment()
        )
        audit.record("request.recused", request, by=by, recusal=recusal.pk)
        reopen_if_unsigned(request, by=by)
    return recusal


def demand_as_read(by: User, request: AidRequest, revision: int, round_number: int, turn: int) -> None:
    """Raises AlreadyDone when `by` voted on it, WrongState when it was decided or is no longer what was read."""
    read = {"revision": revision, "round": round_number, "turn": turn}
    votes = Vote.objects.filter(agendas.STANDING, request=request, member=by, **read)
    if votes.exists() and (request.round, request.turn) == (round_number, turn):
        raise AlreadyDone(_("Vous avez déjà voté sur ce dossier."))
    if request.state in DECIDED_STATES:
        raise WrongState(_("La décision est déjà prise : votre vote n’a pas été compté."))
    demand_unchanged(request, revision=revision, round_number=round_number, turn=turn)


def demand_unchanged(request: AidRequest, *, revision: int, round_number: int, turn: int) -> None:
    """Raises WrongState unless the file in review is the one that was read."""
    if request.state == RequestState.WITHDRAWN:
        raise WrongState(_("Cette demande a été retirée."))
    ended = Adjournment.objects.filter(request=request, turn=request.turn - 1)
    if request.round == round_number and request.turn > turn and ended.exists():
        raise WrongState(_("Le comité a ajourné ce dossier pendant votre lecture : relisez-le."))
    now = (request.revision, request.round, request.turn)
    if now != (revision, round_number, turn) or request.state != RequestState.IN_REVIEW:
        raise WrongState(_("Le dossier a changé pendant votre lecture : relisez-le."))


def choice_refusal(
    request: AidRequest, choice: str, reason_code: str, door_code: str, paper_codes: Sequence[str]
) -> Refusal | None:
    """Why this cannot be asked for: a reason, a door or a paper that is missing, or that this file does not know."""
    if choice not in VoteChoice.values:
        return Refusal("choice", _("Choisissez votre vote."))
    if choice == VoteChoice.ABSTAIN and modes.way_of(request).delegate is not None:
        sentence = _("Par délégation, vous décidez seul·e : décidez, ou déportez-vous.")
        return Refusal("abstains", sentence)
    known = reasons.BY_CHOICE.get(choice)
    if known is not None and reason_code not in known:
        return Refusal("reason", reasons.REASON_MISSING[choice])
    if choice == VoteChoice.REDIRECT and door_code not in redirecting.doors_for(request):
        return Refusal("door", reasons.DOOR_MISSING)
    if choice == VoteChoice.GRANT_SUBJECT and (
        not paper_codes or not set(paper_codes) <= papers.papers_for(request).keys()
    ):
        return Refusal("papers", reasons.PAPER_MISSING)
    return None
