"""Who may record money from outside, and who may confirm it: never the same person. Read from the database."""

from django.utils.translation import gettext as _

from donations.models import Agreement, Cheque, Deposit, ReturnTie, TransferTie
from fund.models import User
from fund.models.people import Role
from fund.roles import Refusal, needs_role_now


def can_record(user: User) -> Refusal | None:
    """The treasurer types cheques, ties, agreements, and tells that a cheque is unpaid."""
    return needs_role_now(user, Role.TREASURER)


def can_confirm(user: User) -> Refusal | None:
    """A signatory or another treasurer; who did the first half is refused by the questions below."""
    return needs_role_now(user, Role.TREASURER, Role.SIGNATORY)


def can_confirm_deposit(user: User, deposit: Deposit) -> Refusal | None:
    """Whoever typed none of its cheques, and neither opened nor closed it."""
    typed = Cheque.objects.filter(deposit=deposit, recorded_by=user).exists()
    if typed or user.pk in (deposit.opened_by_id, deposit.closed_by_id):
        return Refusal("recorder", _("Vous avez saisi cette remise : une autre personne doit la confirmer."))
    return can_confirm(user)


def can_confirm_unpaid(user: User, cheque: Cheque) -> Refusal | None:
    """Whoever did not tell that this cheque is unpaid."""
    if cheque.contested_by_id == user.pk:
        return Refusal("recorder", _("Vous avez signalé cet impayé : une autre personne doit le confirmer."))
    return can_confirm(user)


def can_agree(user: User, tie: TransferTie | ReturnTie) -> Refusal | None:
    """Whoever did not tie this line."""
    if tie.tied_by_id == user.pk:
        return Refusal(
            "recorder", _("Vous avez fait ce rapprochement : une autre personne doit le confirmer.")
        )
    return can_confirm(user)


def can_confirm_agreement(user: User, agreement: Agreement) -> Refusal | None:
    """Whoever did not record it."""
    if agreement.recorded_by_id == user.pk:
        return Refusal(
            "recorder", _("Vous avez saisi cette convention : une autre personne doit la confirmer.")
        )
    return can_confirm(user)
