"""Cheques: typed into a deposit, closed, then confirmed by a second person or by the bank's line (failures 13, 20).

A cheque is a promise until then. It counts on the day the bank credits its deposit; when the second person confirms
before the bank has, on the day of that confirmation (D 5112), and the bank's line later clears 5112 (law.md §1.2, §4).
"""

import re
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from donations.actions.pledging import donor_told, make_gift
from donations.givers import Giver
from donations.models import Cheque, Deposit, Gift, Team
from donations.models.gifts import Channel
from donations.models.outside import ChequeState, DepositState
from donations.outside import permissions
from donations.outside.claiming import receive_cheques
from donations.outside.counting import undo_gift
from donations.outside.references import DEPOSIT as DEPOSIT_PREFIX
from donations.outside.references import draw_reference
from donations.outside.workflow import CHEQUE, DEPOSIT
from donations.workflow import GIFT
from fund import audit, clock, vault, workflow
from fund.models import Foundation, Pocket, User
from fund.roles import Refusal, Refused, demand
from fund.treasury import settlement
from fund.workflow import AlreadyDone, WrongState

SLIP_LENGTH = 4
_NOT_ALPHANUMERIC = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True)
class ChequeTold:
    """What stands on a cheque and with it. `amount_cents` in euro cents; `email` is empty when none is known."""

    giver: Giver
    amount_cents: int
    pocket: Pocket
    number: str
    bank_name: str
    email: str = ""
    team: Team | None = None


def open_deposit(*, by: User) -> Deposit:
    """The deposit being typed; a new one when there is none, with the next number."""
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        demand(permissions.can_record(by))
        known = Deposit.objects.filter(state=DepositState.OPEN).first()
        if known is not None:
            return known
        number = (Deposit.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        reference = draw_reference(DEPOSIT_PREFIX)
        deposit = Deposit.objects.create(
            number=number, reference=reference, opened_by=by, opened_at=clock.moment()
        )
        audit.record("deposit.opened", deposit, by=by, number=number)
        return deposit


def add_cheque(*, by: User, deposit: Deposit, told: ChequeTold, form_token: uuid.UUID) -> Cheque:
    """One cheque in an open deposit, and the promised gift it pays; the same form twice makes one (failure 10).

    Raises Refused (role, same_cheque), WrongState once the deposit is closed.
    """
    try:
        with transaction.atomic():
            deposit = workflow.lock(Deposit, deposit.pk)
            demand(permissions.can_record(by))
            known = Cheque.objects.filter(form_token=form_token).first()
            if known is not None:
                return known
            if deposit.state != DepositState.OPEN:
                raise WrongState(_("Cette remise est fermée : ouvrez-en une autre pour ce chèque."))
            demand(_same_cheque(told))
            return _record(by, deposit, told, form_token)
    except IntegrityError:  # the same form in another thread was first
        return Cheque.objects.get(form_token=form_token)


def _record(by: User, deposit: Deposit, told: ChequeTold, form_token: uuid.UUID) -> Cheque:
    donor = donor_told(giver=told.giver, email=told.email, language="")
    gift = make_gift(
        form_token=uuid.uuid5(form_token, "cheque"),
        donor=donor,
        amount_cents=told.amount_cents,
        pocket=told.pocket,
        created_at=clock.moment(),
        giver=told.giver,
        team=told.team,
        channel=Channel.CHEQUE,
    )
    cheque = Cheque.objects.create(
        deposit=deposit,
        gift=gift,
        form_token=form_token,
        number=told.number,
        bank_sealed=vault.seal_text_for(donor.subject_key, told.bank_name),
        recorded_by=by,
        recorded_at=clock.moment(),
    )
    audit.record("cheque.recorded", cheque, by=by, amount_cents=told.amount_cents, deposit=deposit.number)
    return cheque


def _same_cheque(told: ChequeTold) -> Refusal | None:
    """The same paper typed twice: number, amount and bank. One that came back unpaid may be presented again."""
    dead = (ChequeState.REMOVED, ChequeState.UNPAID)
    rows = Cheque.objects.filter(number=told.number, gift__amount_cents=told.amount_cents)
    for row in rows.exclude(state__in=dead).select_related("deposit", "gift__donor__subject_key"):
        if _bare(bank_of(row)) == _bare(told.bank_name):
            sentence = _("Ce chèque est déjà dans la remise nº %(number)s.") % {"number": row.deposit.number}
            return Refusal("same_cheque", sentence)
    return None


def bank_of(cheque: Cheque) -> str:
    """The bank a cheque is drawn on; empty once its donor was erased."""
    try:
        return vault.open_text_for(cheque.gift.donor.subject_key, cheque.bank_sealed)
    except vault.Erased:
        return ""


def _bare(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", text.upper())


def remove_cheque(*, by: User, cheque: Cheque) -> Cheque:
    """Takes a cheque out of a deposit that is still open; its promise comes to nothing."""
    with transaction.atomic():
        deposit = workflow.lock(Deposit, cheque.deposit_id)
        demand(permissions.can_record(by))
        cheque = workflow.lock(Cheque, cheque.pk)
        if deposit.state != DepositState.OPEN:
            raise WrongState(_("Cette remise est fermée : rouvrez-la d’abord."))
        workflow.move(CHEQUE, cheque, "remove", by=by)
        workflow.move(GIFT, workflow.lock(Gift, cheque.gift_id), "fail", by=by, why="removed")
        return cheque


def close_deposit(*, by: User, deposit: Deposit, slip_number: str = "") -> Deposit:
    """Ends the typing: count and total are written, a second person or the bank may confirm from now on.

    `slip_number` is what the bank will call this deposit on its statement, when that is known. Raises Refused (empty,
    slip_number).
    """
    with transaction.atomic():
        deposit = workflow.lock(Deposit, deposit.pk)
        demand(permissions.can_record(by))
        slip = _checked_slip(slip_number)
        amounts = list(
            Cheque.objects.filter(deposit=deposit, state=ChequeState.RECORDED).values_list(
                "gift__amount_cents", flat=True
            )
        )
        if deposit.state == DepositState.OPEN and not amounts:
            raise Refused(Refusal("empty", _("Cette remise est vide : saisissez au moins un chèque.")))
        fields = {
            "closed_by": by,
            "closed_at": clock.moment(),
            "count": len(amounts),
            "total_cents": sum(amounts),
            "slip_number": slip,
        }
        workflow.move(DEPOSIT, deposit, "close", by=by, fields=fields)
        audit.record("deposit.closed", deposit, by=by, count=deposit.count, total_cents=deposit.total_cents)
        return deposit


def reopen_deposit(*, by: User, deposit: Deposit) -> Deposit:
    """Back to the typing, before anybody confirmed. Raises Refused (another_open)."""
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        deposit = workflow.lock(Deposit, deposit.pk)
        demand(permissions.can_record(by))
        if Deposit.objects.filter(state=DepositState.OPEN).exclude(pk=deposit.pk).exists():
            raise Refused(Refusal("another_open", _("Une autre remise est ouverte : fermez-la d’abord.")))
        fields = {"closed_by": None, "closed_at": None, "count": 0, "total_cents": 0}
        workflow.move(DEPOSIT, deposit, "reopen", by=by, fields=fields)
        audit.record("deposit.reopened", deposit, by=by)
        return deposit


def tell_slip_number(*, by: User, deposit: Deposit, slip_number: str) -> Deposit:
    """What the bank calls a closed deposit, told afterwards; its line, if it waits, is tried again at once.

    On a deposit that nobody confirmed this closes it anew: a line that was read before cannot be the second look,
    for its words were there to be copied (see `claiming`). Raises Refused (slip_number), WrongState.
    """
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        deposit = workflow.lock(Deposit, deposit.pk)
        demand(permissions.can_record(by))
        if deposit.state not in (DepositState.CLOSED, DepositState.CONFIRMED):
            raise WrongState(_("Cela n’est plus possible : l’état a changé entre-temps."))
        deposit.slip_number = _checked_slip(slip_number)
        if deposit.state == DepositState.CLOSED:
            deposit.closed_by, deposit.closed_at = by, clock.moment()
        deposit.save(update_fields=["slip_number", "closed_by", "closed_at"])
        audit.record("deposit.slip_told", deposit, by=by)
        settlement.match_parked_lines(by=by)
        deposit.refresh_from_db()
        return deposit


def confirm_deposit(*, by: User, deposit: Deposit) -> Deposit:
    """The second person saw the cheques: they count, at the bank's date when its line already waits, else today.

    Raises Refused (recorder, role), AlreadyDone.
    """
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        deposit = workflow.lock(Deposit, deposit.pk)
        if deposit.state == DepositState.CREDITED:
            raise AlreadyDone(_("C’est déjà fait."))
        demand(permissions.can_confirm_deposit(by, deposit))
        fields = {"confirmed_by": by, "confirmed_at": clock.moment()}
        workflow.move(DEPOSIT, deposit, "confirm", by=by, fields=fields)
        audit.record("deposit.confirmed", deposit, by=by, total_cents=deposit.total_cents)
        settlement.match_parked_lines(by=by)
        deposit.refresh_from_db()
        if deposit.state == DepositState.CONFIRMED:
            receive_cheques(deposit, when=clock.moment(), by=by)
        return deposit


def contest_cheque(*, by: User, cheque: Cheque) -> Cheque:
    """One person says that a received cheque came back unpaid; nothing is undone before a second one agrees."""
    with transaction.atomic():
        cheque = workflow.lock(Cheque, cheque.pk)
        demand(permissions.can_record(by))
        demand(_given_back(workflow.lock(Gift, cheque.gift_id)))
        fields = {"contested_by": by, "contested_at": clock.moment()}
        workflow.move(CHEQUE, cheque, "contest", by=by, fields=fields)
        audit.record("cheque.contested", cheque, by=by)
        return cheque


def keep_cheque(*, by: User, cheque: Cheque) -> Cheque:
    """Takes that word back: the cheque stays received. Whoever may confirm may also say no; so may who said it."""
    with transaction.atomic():
        cheque = workflow.lock(Cheque, cheque.pk)
        demand(permissions.can_confirm(by))
        workflow.move(CHEQUE, cheque, "keep", by=by, fields={"contested_by": None, "contested_at": None})
        audit.record("cheque.kept", cheque, by=by)
        return cheque


def undo_cheque(*, by: User, cheque: Cheque) -> Cheque:
    """The second person agrees: D 75411 / C 5112 by the linked reverse. The bank's debit clears 5112 when it comes.

    Raises Refused (recorder, role), AlreadyDone.
    """
    with transaction.atomic():
        cheque = workflow.lock(Cheque, cheque.pk)
        demand(permissions.can_confirm_unpaid(by, cheque))
        today = clock.today()
        if cheque.state == ChequeState.RECEIVED:
            raise WrongState(_("Cela n’est plus possible : l’état a changé entre-temps."))
        gift = workflow.lock(Gift, cheque.gift_id)
        demand(_given_back(gift))
        workflow.move(CHEQUE, cheque, "undo", by=by, fields={"undone_by": by, "undone_on": today})
        undo_gift(gift, cause_key=f"cheque:{cheque.pk}:unpaid", on=today, by=by)
        return cheque


def _given_back(gift: Gift) -> Refusal | None:
    """Refuses to undo a cheque whose gift we gave back: it would leave the books twice."""
    if not gift.refunded_cents:
        return None
    sentence = _("Ce don a déjà été rendu par la banque : son chèque ne se signale plus impayé ici.")
    return Refusal("given_back", sentence)


def _checked_slip(text: str) -> str:
    """As typed, without outer spaces. Too short a number would be found in any text: refused."""
    slip = " ".join(text.split())
    if slip and len(_bare(slip).lstrip("0")) < SLIP_LENGTH:
        sentence = _("Ce numéro est trop court pour reconnaître la remise : laissez-le vide.")
        raise Refused(Refusal("slip_number", sentence))
    return slip
