"""Gifts by cheque or transfer that went back by the bank: their debit line is tied to the gift by one person and
confirmed by another, then counts as a refund of exactly its amount, on the bank's date.

The bank moved this money already, by a recall of the donor's bank or by a transfer that we made there: no page orders
it, and nothing but two persons says which gift it was (failures 13 and 20). Until they do, the line stays parked.
"""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from donations import notifications, refund_rules
from donations.actions.received import SUBJECT, gift_line, settle
from donations.models import Cheque, Gift, Refund, ReturnTie
from donations.models.gifts import Channel
from donations.models.outside import ChequeState, TieState
from donations.models.returns import ReturnReason
from donations.models.reversals import RefundState
from donations.outside import permissions
from donations.outside.workflow import TIE
from fund import audit, chart, clock, ledger, workflow
from fund.models import BankLine, Foundation, User
from fund.models.ledger import Kind
from fund.models.treasury import LineState
from fund.registry import Claim
from fund.roles import Refusal, Refused, demand
from fund.treasury import settlement
from fund.treasury.line_facts import place_of
from fund.workflow import AlreadyDone

GIFT_RETURNED = "gift_returned"
# A debit that the fund ordered keeps another reason: it is never a gift's.
UNEXPLAINED = ("unknown_debit", "unknown_return")


def tie_return(*, by: User, line: BankLine, gift: Gift, reason: str) -> ReturnTie:
    """One person says which gift a parked debit gives back, and why; it counts once another agrees.

    Raises Refused (role, not_parked, own, and those of `check_return`), AlreadyDone when the line is tied.
    """
    with transaction.atomic():
        line = workflow.lock(BankLine, line.pk)
        demand(permissions.can_record(by))
        if live_ties().filter(line=line).exists():
            raise AlreadyDone(_("Cette ligne est déjà rapprochée : une autre personne doit décider."))
        gift = workflow.lock(Gift, gift.pk)
        demand(_check_line(line))
        demand(refund_rules.own_gift(by, gift))
        demand(check_return(gift, line, reason))
        tie = ReturnTie.objects.create(
            line=line, gift=gift, reason=reason, tied_by=by, made_at=clock.moment()
        )
        audit.record(
            "return.tied",
            tie,
            by=by,
            line=line.pk,
            gift=gift.pk,
            amount_cents=-line.amount_cents,
            reason=str(reason),
        )
        return tie


def agree_return(*, by: User, tie: ReturnTie) -> ReturnTie:
    """The second person agrees: the line is booked and the gift is given back, at the bank's date.

    Raises Refused (recorder, role, own, not_parked, and those of `check_return`), AlreadyDone.
    """
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        tie = workflow.lock(ReturnTie, tie.pk)
        if tie.state == TieState.COUNTED:
            raise AlreadyDone(_("C’est déjà fait."))
        demand(permissions.can_agree(by, tie))
        fields = {"decided_by": by, "decided_at": clock.moment()}
        workflow.move(TIE, tie, "agree", by=by, fields=fields)
        line = workflow.lock(BankLine, tie.line_id)
        gift = workflow.lock(Gift, tie.gift_id)
        demand(_check_line(line))
        demand(refund_rules.own_gift(by, gift))
        demand(check_return(gift, line, tie.reason))
        settlement.match_line(line, by=by)
        tie.refresh_from_db()
        if tie.state != TieState.COUNTED:  # something else explains this line by now
            raise Refused(_not_parked())
        audit.record("return.agreed", tie, by=by, line=line.pk, gift=gift.pk)
        return tie


def refuse_return(*, by: User, tie: ReturnTie) -> ReturnTie:
    """Not that gift: the line is free again. Its author may do it too."""
    with transaction.atomic():
        tie = workflow.lock(ReturnTie, tie.pk)
        demand(permissions.can_confirm(by))
        fields = {"decided_by": by, "decided_at": clock.moment()}
        workflow.move(TIE, tie, "refuse", by=by, fields=fields)
        audit.record("return.refused", tie, by=by, line=tie.line_id, gift=tie.gift_id)
        return tie


def claim_return(line: BankLine, tie: ReturnTie) -> Claim | None:
    """The debit that one person tied and another agreed to: D 75411 or 7542 / C 512. Before that it waits."""
    tie = workflow.lock(ReturnTie, tie.pk)
    if tie.state != TieState.AGREED:
        return None
    gift = workflow.lock(Gift, tie.gift_id)
    refund = _book(gift, line)
    workflow.move(TIE, tie, "count", by=tie.decided_by, fields={"refund": refund})
    audit.record("refund.recorded", refund, by=tie.decided_by, amount_cents=refund.amount_cents, gift=gift.pk)
    settle(gift)
    notifications.tell_refund(refund)
    return Claim(GIFT_RETURNED, str(refund.pk))


def live_tie_of(line: BankLine) -> ReturnTie | None:
    return live_ties().filter(line=line).first()


def live_ties() -> QuerySet[ReturnTie]:
    """All but the refused ones."""
    return ReturnTie.objects.exclude(state=TieState.REFUSED)


def check_return(gift: Gift, line: BankLine, reason: str) -> Refusal | None:
    """Whether this debit may be this locked gift's, whoever says so.

    Refusals: online, undone, nothing_left, not_received, cheque, contested, too_early, too_much.
    """
    if gift.channel == Channel.ONLINE:
        sentence = _(
            "Ce don est venu par le prestataire de paiement : il se rembourse depuis sa page, "
            "par le moyen qui a servi."
        )
        return Refusal("online", sentence)
    return (
        refund_rules.gone(gift)
        or _check_cheque(gift, reason)
        or _check_day(gift, line)
        or refund_rules.check_amount(gift, -line.amount_cents)
    )


def _check_cheque(gift: Gift, reason: str) -> Refusal | None:
    if gift.channel != Channel.CHEQUE:
        return None
    if reason == ReturnReason.RECALLED:
        sentence = _(
            "Un chèque ne se rappelle pas : s’il est revenu impayé, signalez-le dans sa remise de chèques."
        )
        return Refusal("cheque", sentence)
    if Cheque.objects.filter(gift=gift, state=ChequeState.CONTESTED).exists():
        return Refusal("contested", _("Le chèque de ce don est signalé impayé : décidez-en d’abord."))
    return None


def _check_day(gift: Gift, line: BankLine) -> Refusal | None:
    if gift.succeeded_at is None or line.booked_on >= clock.paris_date(gift.succeeded_at):
        return None
    return Refusal("too_early", _("Ce débit est plus ancien que ce don : il ne peut pas le rendre."))


def _check_line(line: BankLine) -> Refusal | None:
    """Refuses what is not a debit that nothing explains."""
    if line.state == LineState.PARKED and line.amount_cents < 0 and line.reason in UNEXPLAINED:
        return None
    return _not_parked()


def _not_parked() -> Refusal:
    return Refusal("not_parked", _("Cette ligne n’attend plus de don à rendre."))


def _book(gift: Gift, line: BankLine) -> Refund:
    """The row and its movement, of the whole line; linked to the gift's own movement when it takes all of it back."""
    refund = Refund.objects.create(
        line=line,
        gift=gift,
        amount_cents=-line.amount_cents,
        state=RefundState.SUCCEEDED,
        happened_on=line.booked_on,
        recorded_at=clock.moment(),
    )
    counted = gift_line(gift)
    is_whole = refund.amount_cents == counted.amount_cents and not counted.reversals.exists()
    ledger.post(
        cause_key=place_of(line),
        debit=counted.credit_id,
        credit=chart.BANK,
        amount_cents=refund.amount_cents,
        kind=Kind.REFUND,
        entry_ref=gift.reference,
        occurred_on=line.booked_on,
        pocket=gift.pocket,
        subject=ledger.Subject(SUBJECT, str(gift.pk)),
        reverses=counted if is_whole else None,
    )
    return refund
