"""What committee members do: vote, and step back. The last vote decides, inside its own transaction.

Locks, in one order everywhere: the request, the scheme (its own cap), the person (caps), the pockets by pk. What was
read before the locks is read again after them.
"""

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aid_requests import caps, notifications, sealed
from aid_requests.actions.second_looks import draw
from aid_requests.committee import permissions, reasons, seats
from aid_requests.committee.letters import Ruling, render_letter, signer
from aid_requests.committee.rules import Outcome
from aid_requests.declarations import open_account
from aid_requests.models import AidRequest, Applicant, Decision, Recusal, Vote
from aid_requests.models.decisions import DecisionOutcome, RecusalGround, VoteChoice
from aid_requests.models.requests import DECIDED_STATES, RequestState
from aid_requests.progress import award_of
from aid_requests.reference import KIND, PAYEE_KIND
from aid_requests.workflow import REQUEST
from fund import audit, balances, chart, clock, ledger, vault, workflow
from fund.ledger import Subject
from fund.models import Pocket, User
from fund.models.ledger import Kind
from fund.money import format_euros
from fund.roles import Refusal, Refused, demand
from fund.treasury.orders import create_order
from fund.workflow import AlreadyDone, WrongState

_STEP = {DecisionOutcome.GRANTED: "grant", DecisionOutcome.REFUSED: "refuse"}
# The outcomes that a vote cast on a member's own page may come to; the others are decided where they are proposed.
_DECIDED = {Outcome.GRANTED: DecisionOutcome.GRANTED, Outcome.REFUSED: DecisionOutcome.REFUSED}


@dataclass(frozen=True)
class _Passed:
    """A decision about to be written: the votes it rests on, and the pocket that pays or would have paid."""

    ruling: Ruling
    votes: list[Vote]
    pocket: Pocket


def cast_vote(
    *,
    by: User,
    request: AidRequest,
    choice: str,
    revision: int,
    round_number: int = 1,
    reason_code: str = "",
    note: str = "",
) -> Decision | None:
    """One member's vote on the `revision` and the round that were read; the Decision when it decides, else None.

    The committee's rules decide (`committee.rules`; without any, the scheme's number of votes that say the same: two,
    so that a third member is needed at one against one). Votes of a member who stepped back or left no longer count.
    Raises AlreadyDone (voted before), WrongState (decided, or changed since it was read), Refused
    (`permissions.can_vote`, a cap, an amount the schedule no longer gives, too little money: then the vote is not kept
    and may be cast again later).
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        _demand_as_read(by, request, revision, round_number)
        demand(permissions.can_vote(by, request))
        demand(_reason_refusal(choice, reason_code))
        vote = Vote(
            request=request,
            revision=revision,
            round=round_number,
            member=by,
            choice=choice,
            reason_code=reason_code if choice == VoteChoice.REFUSE else "",
            note_sealed=vault.seal_text(note) if note else "",
            cast_at=clock.moment(),
        )
        return _count(request, vote, by)


def _count(request: AidRequest, vote: Vote, by: User) -> Decision | None:
    """Adds the vote; decides when the committee's rules say so. Without the money it is not added."""
    vote.rules = seats.rules_of(request)
    votes = [*seats.standing_votes(request).order_by("pk"), vote]
    weighing = seats.weigh(request, seats.read(vote.rules), votes)
    outcome = _DECIDED.get(weighing.outcome) if weighing.outcome else None
    pocket = request.scheme_version.pocket
    if outcome == DecisionOutcome.GRANTED:
        pocket = _reserve(request)
    vote.save(force_insert=True)
    audit.record("vote.cast", request, by=by, vote=vote.pk, revision=vote.revision, round=vote.round)
    if outcome is None:
        return None
    concordant = [one for one in votes if one.member_id in weighing.winners]
    codes = tuple(dict.fromkeys(one.reason_code for one in concordant if one.reason_code))
    return _decide(request, _Passed(Ruling(outcome, clock.today(), codes), concordant, pocket), by)


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


def _demand_as_read(by: User, request: AidRequest, revision: int, round_number: int) -> None:
    votes = Vote.objects.filter(request=request, revision=revision, round=round_number, member=by)
    if votes.exists() and request.round == round_number:
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


def _reason_refusal(choice: str, reason_code: str) -> Refusal | None:
    if choice not in VoteChoice.values:
        return Refusal("choice", _("Choisissez d’accorder ou de refuser."))
    if choice == VoteChoice.REFUSE and reason_code not in reasons.REFUSALS:
        return Refusal("reason", _("Choisissez le motif du refus : l’élève le lira."))
    return None


def _reserve(request: AidRequest) -> Pocket:
    """The pocket that pays, under lock: the scheme's own when it holds the whole amount, else the general one.

    The amount is never split over two pockets, and nothing is granted while the fund as a whole could not cover it
    (a loss imposed by a card or a bank stops approvals until it is made good, invariant 3). Raises Refused.
    """
    scheme = sealed.scheme_of(request.scheme_version)
    caps.lock_total(request, scheme)
    request.applicant = workflow.lock(Applicant, request.applicant_id)
    amount = request.amount_cents or 0
    award = award_of(request)
    if award is None or (award.case_code, award.amount_cents) != (request.case_code, amount):
        raise Refused(
            Refusal(
                "schedule",
                _("Le barème ne donne plus ce montant à ce dossier : prévenez l’administration."),
            )
        )
    over = caps.cap_refusal(request, scheme, amount_cents=amount, states=caps.GRANTED_STATES)
    if over is not None:
        raise Refused(Refusal(over.code, caps.committee_sentence(over)))
    locked = ledger.lock_pockets(Pocket.objects.all())
    own = request.scheme_version.pocket_id
    candidates = sorted(
        (pocket for pocket in locked if pocket.pk == own or pocket.code == Pocket.GENERAL),
        key=lambda pocket: pocket.pk != own,
    )
    lefts = {pocket.pk: balances.left_cents(pocket) for pocket in candidates}
    in_all = balances.left_cents()
    for pocket in candidates:
        if min(lefts[pocket.pk], in_all) >= amount:
            return pocket
    raise Refused(_over_budget(min(max(lefts.values()), in_all), amount))


def _over_budget(left_cents: int, amount_cents: int) -> Refusal:
    language = get_language() or "fr"
    left = format_euros(abs(left_cents), language, cents_shown=False)
    amount = format_euros(amount_cents, language, cents_shown=False)
    if left_cents < 0:
        sentence = _(
            "Il manque %(left)s : des dons utilisés ont été repris. "
            "L’aide de %(amount)s attendra que d’autres les couvrent."
        )
        return Refusal("over_budget", sentence % {"left": left, "amount": amount})
    sentence = _("Il reste %(left)s dans cette enveloppe. L’aide de %(amount)s attendra le prochain don.")
    return Refusal("over_budget", sentence % {"left": left, "amount": amount})


def _decide(request: AidRequest, passed: _Passed, by: User) -> Decision:
    ruling, amount = passed.ruling, request.amount_cents or 0
    letter, signed_by = render_letter(request, ruling), signer()
    decided_at = clock.moment()
    workflow.move(
        REQUEST, request, _STEP[DecisionOutcome(ruling.outcome)], by=by, fields={"decided_at": decided_at}
    )
    decision = Decision.objects.create(
        request=request,
        revision=request.revision,
        round=request.round,
        outcome=ruling.outcome,
        case_code=request.case_code,
        amount_cents=amount,
        pocket=passed.pocket,
        reason_codes=list(ruling.reason_codes),
        vote_ids=[vote.pk for vote in passed.votes],
        rules=passed.votes[-1].rules,
        last_vote_by=by,
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
        _commit(request, passed.pocket, by)
        draw(decision)
    again = f":{request.round}" if request.round > 1 else ""
    notifications.tell(request, "decided", key=f"{request.revision}{again}")
    return decision


def _commit(request: AidRequest, pocket: Pocket, by: User) -> None:
    """The aid is owed from its decision on: D 6571 / C 4672 (law.md §4), and one order to pay it."""
    slug = request.scheme_version.scheme.slug
    if request.bank_details is None or request.amount_cents is None:
        raise ValueError("A request in review has an account and an amount.")
    ledger.post(
        cause_key=f"grant:{request.pk}:{request.revision}",
        debit=chart.AIDS,
        credit=chart.AIDS_OWED,
        amount_cents=request.amount_cents,
        kind=Kind.GRANT,
        entry_ref=request.reference,
        occurred_on=clock.today(),
        pocket=pocket,
        scheme=slug,
        school=request.school,
        subject=Subject(KIND, str(request.pk)),
    )
    iban, holder = open_account(request.bank_details)
    create_order(
        reference_kind=KIND,
        reference_id=str(request.pk),
        payee_kind=PAYEE_KIND,
        payee_id=str(request.applicant_id),
        label=request.reference,
        amount_cents=request.amount_cents,
        subject_key=request.applicant.subject_key,
        iban=iban.compact,
        holder=holder,
        pocket=pocket,
        scheme=slug,
        school=request.school,
        by=by,
    )
