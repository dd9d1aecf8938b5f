"""What committee members do: vote, and step back. The last vote decides, inside its own transaction.

Locks, in one order everywhere: the request, the scheme (its own cap), the person (caps), the pockets by pk. What was
read before the locks is read again after them.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests.committee import agendas, permissions, reasons, redirecting, seats
from aid_requests.committee.actions import deciding, ending, funding
from aid_requests.committee.letters import Ruling
from aid_requests.committee.rules import Outcome
from aid_requests.models import AidRequest, Decision, Recusal, Vote
from aid_requests.models.decisions import DecisionOutcome, RecusalGround, VoteChoice
from aid_requests.models.requests import DECIDED_STATES, RequestState
from fund import audit, clock, vault, workflow
from fund.models import Pocket, User
from fund.roles import Refusal, Refused, demand
from fund.workflow import AlreadyDone, WrongState

# What the engine's outcomes become; an adjournment decides nothing, and no vote asks for a paper.
DECIDED = {
    Outcome.GRANTED: DecisionOutcome.GRANTED,
    Outcome.NOT_FUNDED: DecisionOutcome.UNFUNDED,
    Outcome.REFUSED: DecisionOutcome.REFUSED,
    Outcome.REDIRECTED: DecisionOutcome.REDIRECTED,
}


def cast_vote(
    *,
    by: User,
    request: AidRequest,
    choice: str,
    revision: int,
    round_number: int = 1,
    reason_code: str = "",
    door_code: str = "",
    note: str = "",
) -> Decision | None:
    """One member's vote on the `revision` and the round that were read; the Decision when it decides, else None.

    The committee's rules decide (`committee.rules`; without any, the scheme's number of votes that say the same: two,
    so that a third member is needed at one against one). Votes of a member who stepped back or left no longer count;
    an abstention is kept and takes no side. A vote to grant « even if the money must come first » grants when the money
    is there, and puts the request on the waiting list when it is not.

    Raises AlreadyDone (voted before), WrongState (decided, or changed since it was read), Refused
    (`permissions.can_vote`, a cap, an amount the schedule no longer gives, too little money for a plain grant: then the
    vote is not kept and may be cast again later).
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        demand_as_read(by, request, revision, round_number)
        demand(permissions.can_vote(by, request))
        demand(reason_refusal(request, choice, reason_code, door_code))
        vote = make_vote(request, by, choice=choice, reason_code=reason_code, door_code=door_code, note=note)
        vote.agenda_item = agendas.binding_item(request)
        return _count(request, vote, by)


def make_vote(
    request: AidRequest, member: User, *, choice: str, reason_code: str, door_code: str, note: str
) -> Vote:
    """A vote on the request as it is, under its rules; not kept yet."""
    return Vote(
        request=request,
        revision=request.revision,
        round=request.round,
        member=member,
        choice=choice,
        reason_code=reason_code if choice in reasons.BY_CHOICE else "",
        door_code=door_code if choice == VoteChoice.REDIRECT else "",
        note_sealed=vault.seal_text(note) if note else "",
        rules=seats.rules_of(request),
        cast_at=clock.moment(),
    )


def _count(request: AidRequest, vote: Vote, by: User) -> Decision | None:
    """Adds the vote; decides when the committee's rules say so. Without the money a plain grant is not added."""
    votes = [*seats.standing_votes(request).order_by("pk"), vote]
    weighing = seats.weigh(request, seats.read(vote.rules), votes)
    outcome = DECIDED.get(weighing.outcome) if weighing.outcome else None
    pocket = request.scheme_version.pocket
    if outcome in (DecisionOutcome.GRANTED, DecisionOutcome.UNFUNDED):
        may_wait = outcome == DecisionOutcome.UNFUNDED or vote.choice == VoteChoice.FUND_LATER
        outcome, pocket = funded(request, may_wait=may_wait)
    vote.save(force_insert=True)
    audit.record("vote.cast", request, by=by, vote=vote.pk, revision=vote.revision, round=vote.round)
    if outcome is None:
        return None
    winners = [one for one in votes if one.member_id in weighing.winners]
    passed = deciding.passed_by(winners, vote, ruling_of(outcome, winners), pocket)
    decision = deciding.decide(request, passed, by=by)
    if vote.agenda_item is not None:
        ending.note_decided(vote.agenda_item, decision, weighing, by=by)
    return decision


def funded(request: AidRequest, *, may_wait: bool) -> tuple[DecisionOutcome, Pocket]:
    """Granted from the pocket that pays, or put on the list where that `may_wait`. Raises Refused."""
    try:
        return DecisionOutcome.GRANTED, funding.reserve(request)
    except Refused as refused:
        if not may_wait or refused.refusal.code not in funding.NO_MONEY:
            raise
        return DecisionOutcome.UNFUNDED, request.scheme_version.pocket


def ruling_of(outcome: DecisionOutcome, winners: list[Vote]) -> Ruling:
    """The reasons and doors of those who asked for just that; what the rules made of a count says so."""
    asked = {DecisionOutcome.REFUSED: VoteChoice.REFUSE, DecisionOutcome.REDIRECTED: VoteChoice.REDIRECT}
    votes = [vote for vote in winners if vote.choice == asked.get(outcome)]
    reason_codes = tuple(dict.fromkeys(vote.reason_code for vote in votes))
    if outcome == DecisionOutcome.REFUSED and not reason_codes:
        reason_codes = (reasons.NO_MAJORITY,)
    door_codes = tuple(dict.fromkeys(vote.door_code for vote in votes if vote.door_code))
    return Ruling(outcome, clock.today(), reason_codes, door_codes)


def recuse(*, by: User, request: AidRequest, ground: str) -> Recusal:
    """A member steps back from a file for good (CRPA R133-12): no reading, no vote, and a vote cast no longer counts.

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
    return recusal


def demand_as_read(by: User, request: AidRequest, revision: int, round_number: int) -> None:
    """Raises AlreadyDone when `by` voted on it, WrongState when it was decided or is no longer what was read."""
    votes = Vote.objects.filter(request=request, revision=revision, round=round_number, member=by)
    if votes.filter(agendas.STANDING).exists() and request.round == round_number:
        raise AlreadyDone(_("Vous avez déjà voté sur ce dossier."))
    if request.state in DECIDED_STATES:
        raise WrongState(_("La décision est déjà prise : votre vote n’a pas été compté."))
    if request.state == RequestState.WITHDRAWN:
        raise WrongState(_("Cette demande a été retirée."))
    if (request.revision, request.round) != (
        revision,
        round_number,
    ) or request.state != RequestState.IN_REVIEW:
        raise WrongState(_("Le dossier a changé pendant votre lecture : relisez-le."))


def reason_refusal(request: AidRequest, choice: str, reason_code: str, door_code: str) -> Refusal | None:
    """A refusal and a redirection say why, and where to."""
    if choice not in VoteChoice.values:
        return Refusal("choice", _("Choisissez votre vote."))
    known = reasons.BY_CHOICE.get(choice)
    if known is not None and reason_code not in known:
        return Refusal("reason", reasons.REASON_MISSING[choice])
    if choice == VoteChoice.REDIRECT and door_code not in redirecting.doors_for(request):
        return Refusal("door", reasons.DOOR_MISSING)
    return None
