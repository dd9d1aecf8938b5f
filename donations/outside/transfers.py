"""Transfers that donors announce, and credits of the bank that two persons tie to a donor.

A donor copies a reference onto the transfer; the bank's line that carries it counts the gift, for what really came. A
credit without a reference waits until one person says whose it is and another agrees.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from donations import notifications
from donations.actions.pledging import Pledge, donor_told, make_gift
from donations.givers import Giver
from donations.models import ExpectedTransfer, Gift, TransferTie
from donations.models.gifts import Channel, GiftState
from donations.models.outside import ExpectedState, TieState
from donations.outside import permissions
from donations.outside.references import TRANSFER as TRANSFER_PREFIX
from donations.outside.references import draw_reference
from donations.outside.workflow import EXPECTED, TIE
from donations.workflow import GIFT
from fund import audit, clock, workflow
from fund.models import BankLine, Foundation, Pocket, User
from fund.models.treasury import LineState
from fund.roles import Refusal, Refused, demand
from fund.treasury import settlement
from fund.workflow import AlreadyDone

UNKNOWN_CREDIT = "unknown_credit"
AT_ONCE = 500


@dataclass(frozen=True)
class DonorTold:
    """Whose a credit is: a giver nobody expected, the purpose, and an e-mail address when one is known."""

    giver: Giver
    pocket: Pocket
    email: str = ""


def expect_transfer(*, pledge: Pledge, form_token: uuid.UUID) -> ExpectedTransfer:
    """A transfer announced by its donor: the promised gift and its reference, made once per form (failure 10).

    The same form with another amount, purpose or address is another transfer. The donor is written to once.
    """
    content = (
        f"{pledge.amount_cents}:{pledge.pocket.pk}:{pledge.email.strip().lower()}:{pledge.giver_told.siren}"
    )
    once = uuid.uuid5(form_token, content)
    try:
        with transaction.atomic():
            known = ExpectedTransfer.objects.filter(form_token=once).first()
            if known is not None:
                return known
            giver = pledge.giver_told
            donor = donor_told(giver=giver, email=pledge.email, language=pledge.language)
            gift = make_gift(
                form_token=once,
                donor=donor,
                amount_cents=pledge.amount_cents,
                pocket=pledge.pocket,
                created_at=clock.moment(),
                giver=giver,
                team=pledge.team,
                channel=Channel.TRANSFER,
            )
            expected = expect_for(
                gift, form_token=once, lasting=timedelta(days=settings.EXPECTED_TRANSFER_DAYS)
            )
            audit.record("gift.pledged", gift, by=None, amount_cents=gift.amount_cents, pocket=gift.pocket_id)
            notifications.tell_transfer(expected)
            return expected
    except IntegrityError:  # the same form in another thread was first
        return ExpectedTransfer.objects.get(form_token=once)


def expect_for(gift: Gift, *, form_token: uuid.UUID, lasting: timedelta | None) -> ExpectedTransfer:
    """The reference under which a promised gift is awaited; `lasting` from today in Paris, for ever when None."""
    return ExpectedTransfer.objects.create(
        form_token=form_token,
        reference=_free_reference(),
        gift=gift,
        created_at=clock.moment(),
        lapses_on=clock.today() + lasting if lasting is not None else None,
    )


def _free_reference() -> str:
    """Drawn until nobody has it: of ten thousand transfers one in sixty would meet another's."""
    while True:
        reference = draw_reference(TRANSFER_PREFIX)
        if not ExpectedTransfer.objects.filter(reference=reference).exists():
            return reference


def lapse_expected_transfers() -> str:
    """Timed work: promises whose day has passed lapse. Money that comes later still finds them."""
    old = ExpectedTransfer.objects.filter(state=ExpectedState.WAITING, lapses_on__lt=clock.today())
    number = 0
    for pk in old.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]:
        with transaction.atomic():
            expected = workflow.lock(ExpectedTransfer, pk)
            if expected.state == ExpectedState.WAITING:
                give_up(expected, "lapse", by=None)
                number += 1
    return f"{number} lapsed"


def give_up(expected: ExpectedTransfer, step: str, *, by: User | None) -> None:
    """Moves a locked, waiting transfer by `step` (lapse, cancel), and its promise with it."""
    workflow.move(EXPECTED, expected, step, by=by)
    gift = workflow.lock(Gift, expected.gift_id)
    if gift.state == GiftState.PLEDGED:
        workflow.move(GIFT, gift, "fail", by=by, why=step)


def tie_to_expected(*, by: User, line: BankLine, expected: ExpectedTransfer) -> TransferTie:
    """One person says that a parked credit is this expected transfer; it counts once another agrees.

    Raises Refused (role, not_parked), AlreadyDone when the line is tied.
    """
    with transaction.atomic():
        line = _parked_credit(by, line)
        return _propose(by, line, expected=expected, gift=None)


def tie_to_donor(*, by: User, line: BankLine, told: DonorTold) -> TransferTie:
    """One person says whose a parked credit is, when nobody had announced it: the promised gift of its amount is made.

    Raises Refused (role, not_parked), AlreadyDone when the line is tied.
    """
    with transaction.atomic():
        line = _parked_credit(by, line)
        gift = make_gift(
            form_token=uuid.uuid4(),  # what makes it one is the line, tied once
            donor=donor_told(giver=told.giver, email=told.email, language=""),
            amount_cents=line.amount_cents,
            pocket=told.pocket,
            created_at=clock.moment(),
            giver=told.giver,
            channel=Channel.TRANSFER,
        )
        return _propose(by, line, expected=None, gift=gift)


def _parked_credit(by: User, line: BankLine) -> BankLine:
    """The line, locked, when it is a credit that nothing explains and nobody tied."""
    line = workflow.lock(BankLine, line.pk)
    demand(permissions.can_record(by))
    if TransferTie.objects.filter(line=line).exclude(state=TieState.REFUSED).exists():
        raise AlreadyDone(_("Cette ligne est déjà rapprochée : une autre personne doit décider."))
    if line.state != LineState.PARKED or line.amount_cents <= 0 or line.reason != UNKNOWN_CREDIT:
        raise Refused(Refusal("not_parked", _("Cette ligne n’attend pas de donateur.")))
    return line


def _propose(
    by: User, line: BankLine, *, expected: ExpectedTransfer | None, gift: Gift | None
) -> TransferTie:
    tie = TransferTie.objects.create(
        line=line, expected=expected, gift=gift, tied_by=by, made_at=clock.moment()
    )
    audit.record("transfer.tied", tie, by=by, line=line.pk, amount_cents=line.amount_cents)
    return tie


def agree_tie(*, by: User, tie: TransferTie) -> TransferTie:
    """The second person agrees: the line is booked and the gift counts, at the bank's date.

    Raises Refused (recorder, role, not_parked), AlreadyDone.
    """
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        tie = workflow.lock(TransferTie, tie.pk)
        if tie.state == TieState.COUNTED:
            raise AlreadyDone(_("C’est déjà fait."))
        demand(permissions.can_agree(by, tie))
        fields = {"decided_by": by, "decided_at": clock.moment()}
        workflow.move(TIE, tie, "agree", by=by, fields=fields)
        line = workflow.lock(BankLine, tie.line_id)
        if line.state == LineState.PARKED:
            settlement.match_line(line, by=by)
        tie.refresh_from_db()
        if tie.state != TieState.COUNTED:  # something else explains this line by now
            raise Refused(Refusal("not_parked", _("Cette ligne n’attend pas de donateur.")))
        audit.record("transfer.agreed", tie, by=by, line=line.pk, amount_cents=line.amount_cents)
        return tie


def refuse_tie(*, by: User, tie: TransferTie) -> TransferTie:
    """Not that donor: the line is free again, and a promise made for it comes to nothing. Its author may do it too."""
    with transaction.atomic():
        tie = workflow.lock(TransferTie, tie.pk)
        demand(permissions.can_confirm(by))
        fields = {"decided_by": by, "decided_at": clock.moment()}
        workflow.move(TIE, tie, "refuse", by=by, fields=fields)
        if tie.gift_id is not None:
            workflow.move(GIFT, workflow.lock(Gift, tie.gift_id), "fail", by=by, why="refused")
        audit.record("transfer.refused", tie, by=by, line=tie.line_id)
        return tie
