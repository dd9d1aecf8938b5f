"""Who may prepare, sign, undo and download a batch, and who may read statements. Read from the database each time."""

from django.utils.translation import gettext as _

from fund import registry
from fund.models import PaymentBatch, PaymentOrder, User
from fund.models.people import Role
from fund.roles import Refusal, needs_role_now


def tied_order(user: User, orders: list[PaymentOrder]) -> PaymentOrder | None:
    """The first order whose payee is `user`, or on whose approval `user` acted."""
    for order in orders:
        if registry.reference_for(order.reference_kind).has_tie(order, user):
            return order
    return None


def can_prepare(user: User, orders: list[PaymentOrder]) -> Refusal | None:
    """The treasurer, without a personal tie to any payment (invariant 5)."""
    refusal = needs_role_now(user, Role.TREASURER)
    if refusal is not None:
        return refusal
    tied = tied_order(user, orders)
    if tied is not None:
        return Refusal(
            "tie",
            _(
                "%(reference)s : vous avez un lien avec cette demande."
                " Une autre personne doit préparer ce virement."
            )
            % {"reference": tied.label},
        )
    return None


def can_sign(user: User, batch: PaymentBatch) -> Refusal | None:
    """A signatory who did not prepare the batch and has no personal tie to any payment of it (invariant 5)."""
    if batch.prepared_by_id == user.pk:
        return Refusal("preparer", _("Vous avez préparé ce lot : une autre personne doit le signer."))
    refusal = needs_role_now(user, Role.SIGNATORY)
    if refusal is not None:
        return Refusal("role", _("La seconde signature revient à une personne habilitée à signer."))
    tied = tied_order(user, list(batch.orders.order_by("pk")))
    if tied is not None:
        return Refusal(
            "tie",
            _("%(reference)s : vous avez un lien avec cette demande. Une autre personne doit signer ce lot.")
            % {"reference": tied.label},
        )
    return None


def can_cancel(user: User) -> Refusal | None:
    """The treasurer, or a signatory who will not sign."""
    return needs_role_now(user, Role.TREASURER, Role.SIGNATORY)


def can_download(user: User) -> Refusal | None:
    """The treasurer or a signatory: whoever hands the file to the bank."""
    return needs_role_now(user, Role.TREASURER, Role.SIGNATORY)


def can_import(user: User) -> Refusal | None:
    """The treasurer."""
    return needs_role_now(user, Role.TREASURER)
