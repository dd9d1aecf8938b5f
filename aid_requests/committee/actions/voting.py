"""What committee members do: vote, and step back. The last vote decides, inside its own transaction.

Locks, in one order everywhere: the request, the scheme (its own cap), the person (caps), the pockets by pk. What was
read before the locks is read again after them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid_requests.committee import modes, papers, permissions, reasons, redirecting, seats
from aid_requests.committee.actions import deciding, funding
from aid_requests.committee.actions.adjourning import adjourn
from aid_requests.committee.actions.advising import give_opinion
from aid_requests.committee.letters import Ruling
from aid_requests.committee.rules import Mode, Outcome
from aid_requests.models import Adjournment, AidRequest, Decision, Opinion, Recusal, RulesVersion, Vote
from aid_requests.models.decisions import REASONED, DecisionOutcome, RecusalGround, VoteChoice
from aid_requests.models.requests import DECIDED_STATES, RequestState
from aid_requests.models.rules import RulesState
from fund import audit, clock, vault, workflow
from fund.models import Pocket, User
from fund.roles import Refusal, Refused, StrOrPromise, demand
from fund.workflow import AlreadyDone, WrongState

# What the engine's outcomes become; an adjournment decides nothing.
DECIDED = {
    Outcome.GRANTED: DecisionOutcome.GRANTED,
    Outcome.SUBJECT_TO: DecisionOutcome.CONDITIONAL,
    Outcome.NOT_FUNDED: DecisionOutcome.UNFUNDED,
    Outcome.REFUSED: DecisionOutcome.REFUSED,
    Outcome.REDIRECTED: DecisionOutcome.REDIRECTED,
}
# What a vote may make.
Cast = Decision | Adjournment | Opinion | None


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
        _demand_as_read(by, request, revision, round_number, turn)
        demand(permissions.can_vote(by, request))
        demand(choice_refusal(request, choice, reason_code, door_code, paper_codes))
        vote = _vote_of(
            by,
            request,
            choice,
            reason_code=reason_code,
            door_code=door_code,
            paper_codes=paper_codes,
            note=note,
        )
        return _count(request, vote, by)


def _vote_of(
    by: User,
    request: AidRequest,
    choice: str,
    *,
    reason_code: str,
    door_code: str,
    paper_codes: Sequence[str],
    note: str,
) -> Vote:
    """The vote, with what its choice asks for and nothing that was sent besides; not saved yet."""
    return Vote(
        request=request,
        revision=request.revision,
        round=request.round,
        turn=request.turn,
        member=by,
        choice=choice,
        reason_code=reason_code if choice in REASONED else "",
        door_code=door_code if choice == VoteChoice.REDIRECT else "",
        paper_codes=list(dict.fromkeys(paper_codes)) if choice == VoteChoice.GRANT_SUBJECT else [],
        note_sealed=vault.seal_text(note) if note else "",
        cast_at=clock.moment(),
    )


def _count(request: AidRequest, vote: Vote, by: User) -> Cast:
    """Adds the vote; decides when the committee's rules say so. Without the money a plain grant is not added."""
    vote.rules = _rules_under_lock(request)
    votes = [*seats.standing_votes(request).order_by("pk"), vote]
    way = modes.way_under(request, vote.rules)
    weighing = seats.weigh(request, seats.read(vote.rules), votes)
    outcome = weighing.outcome or weighing.opinion
    side = weighing.winners or weighing.advisers
    winners = [one for one in votes if one.member_id in side]
    if outcome is None or outcome is Outcome.ADJOURNED:
        _add(request, vote, by)
        return adjourn(request, vote, winners, by=by) if outcome else None
    asks_papers = outcome is Outcome.SUBJECT_TO
    if weighing.outcome is None and way.signer is not None:
        _add(request, vote, by)
        ruling = ruling_of(DECIDED[outcome], winners, asks_papers=asks_papers)
        return give_opinion(request, vote, winners, ruling, by=by)
    may_wait = vote.choice == VoteChoice.FUND_LATER
    funded, pocket = fund(request, DECIDED[outcome], may_wait=may_wait)
    _add(request, vote, by)
    ruling = ruling_of(funded, winners, asks_papers=asks_papers)
    if way.delegate is not None:
        ruling = replace(ruling, delegation=way.reference, author=by)
    return deciding.decide(request, deciding.passed_by(winners, vote, ruling, pocket), by=by)


def _rules_under_lock(request: AidRequest) -> RulesVersion | None:
    """The file's rules. A delegation is read under its version's lock: whoever decides alone does so while it holds.

    Raises WrongState when other rules opened meanwhile."""
    version = seats.rules_of(request)
    if version is None or Mode.DELEGATION not in seats.read(version).modes_used:
        return version
    locked = workflow.lock(RulesVersion, version.pk)
    if locked.state != RulesState.OPEN and not seats.standing_votes(request).exists():
        raise WrongState(_("Le règlement du comité vient de changer : relisez le dossier."))
    return locked


def _add(request: AidRequest, vote: Vote, by: User) -> None:
    vote.save(force_insert=True)
    audit.record("vote.cast", request, by=by, vote=vote.pk, revision=vote.revision, round=vote.round)


def fund(request: AidRequest, outcome: DecisionOutcome, *, may_wait: bool) -> tuple[DecisionOutcome, Pocket]:
    """What the money makes of a favourable outcome: from the pocket that pays, or on the list where it `may_wait`; any
    other outcome needs none. Raises Refused."""
    own = request.scheme_version.pocket
    if outcome not in (DecisionOutcome.GRANTED, DecisionOutcome.CONDITIONAL, DecisionOutcome.UNFUNDED):
        return outcome, own
    try:
        pocket = funding.reserve(request)
    except Refused as refused:
        waits = may_wait or outcome == DecisionOutcome.UNFUNDED
        if not waits or refused.refusal.code not in funding.NO_MONEY:
            raise
        return DecisionOutcome.UNFUNDED, own
    return DecisionOutcome.GRANTED if outcome == DecisionOutcome.UNFUNDED else outcome, pocket


def ruling_of(outcome: DecisionOutcome, winners: Sequence[Vote], *, asks_papers: bool = False) -> Ruling:
    """The reasons, doors and papers of those who asked for just that; what the rules made of a count says so."""
    asked = {DecisionOutcome.REFUSED: VoteChoice.REFUSE, DecisionOutcome.REDIRECTED: VoteChoice.REDIRECT}
    votes = [vote for vote in winners if vote.choice == asked.get(outcome)]
    reason_codes = tuple(dict.fromkeys(vote.reason_code for vote in votes))
    if outcome == DecisionOutcome.REFUSED and not reason_codes:
        reason_codes = (reasons.NO_MAJORITY,)
    door_codes = tuple(dict.fromkeys(vote.door_code for vote in votes if vote.door_code))
    named = (code for vote in winners for code in vote.paper_codes)
    return Ruling(
        outcome,
        clock.today(),
        reason_codes,
        door_codes,
        paper_codes=tuple(dict.fromkeys(named)) if asks_papers else (),
        due_on=papers.due_on(clock.today()) if outcome == DecisionOutcome.CONDITIONAL else None,
    )


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


def _demand_as_read(by: User, request: AidRequest, revision: int, round_number: int, turn: int) -> None:
    read = {"revision": revision, "round": round_number, "turn": turn}
    votes = Vote.objects.filter(request=request, member=by, **read)
    if votes.exists() and (request.round, request.turn) == (round_number, turn):
        raise AlreadyDone(_("Vous avez déjà voté sur ce dossier."))
    if request.state in DECIDED_STATES:
        raise WrongState(_("La décision est déjà prise : votre vote n’a pas été compté."))
    demand_unchanged(request, revision=revision, round_number=round_number, turn=turn)


def demand_unchanged(request: AidRequest, *, revision: int, round_number: int, turn: int) -> None:
    """Raises WrongState unless the file in review is the one that was read."""
    if request.state == RequestState.WITHDRAWN:
        raise WrongState(_("Cette demande a été retirée."))
    if request.round == round_number and request.turn > turn:
        raise WrongState(_("Le comité a ajourné ce dossier pendant votre lecture : relisez-le."))
    now = (request.revision, request.round, request.turn)
    if now != (revision, round_number, turn) or request.state != RequestState.IN_REVIEW:
        raise WrongState(_("Le dossier a changé pendant votre lecture : relisez-le."))


_WITHOUT_REASON: dict[str, tuple[Mapping[str, StrOrPromise], StrOrPromise]] = {
    VoteChoice.REFUSE: (reasons.REFUSALS, gettext_lazy("Choisissez le motif du refus : l’élève le lira.")),
    VoteChoice.REDIRECT: (
        reasons.REDIRECTIONS,
        gettext_lazy("Choisissez pourquoi vous réorientez : l’élève le lira."),
    ),
    VoteChoice.ADJOURN: (reasons.ADJOURNMENTS, gettext_lazy("Choisissez ce qui manque : l’élève le lira.")),
}


def choice_refusal(
    request: AidRequest, choice: str, reason_code: str, door_code: str, paper_codes: Sequence[str]
) -> Refusal | None:
    """Why this cannot be asked for: a reason, a door or a paper that is missing, or that this file does not know."""
    if choice not in VoteChoice.values:
        return Refusal("choice", _("Choisissez votre vote."))
    if choice == VoteChoice.ABSTAIN and modes.way_of(request).delegate is not None:
        sentence = _("Par délégation, vous décidez seul·e : décidez, ou déportez-vous.")
        return Refusal("abstains", sentence)
    if choice in _WITHOUT_REASON:
        known, asked = _WITHOUT_REASON[choice]
        if reason_code not in known:
            return Refusal("reason", asked)
    if choice == VoteChoice.REDIRECT and door_code not in redirecting.doors_for(request):
        return Refusal("door", _("Choisissez vers qui vous réorientez : l’élève le lira."))
    if choice == VoteChoice.GRANT_SUBJECT and (
        not paper_codes or not set(paper_codes) <= papers.papers_for(request).keys()
    ):
        return Refusal("papers", _("Choisissez la pièce que l’élève doit apporter."))
    return None
