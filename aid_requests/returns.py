"""Why a bank sent money back (ISO 20022 external return codes), in words, and what the person can do about it."""

from django.utils.translation import gettext_lazy as _

from aid_requests.models import Advance, AidRequest
from fund.models import PaymentOrder
from fund.models.treasury import OrderState
from fund.roles import StrOrPromise

SENTENCES: dict[str, StrOrPromise] = {
    "AC01": _("le numéro de compte n’est pas reconnu."),
    "AC03": _("le numéro de compte n’est pas reconnu."),
    "AC04": _("ce compte est fermé."),
    "AC06": _("ce compte est bloqué."),
    "AG01": _("ce compte ne reçoit pas de virements. Un compte courant convient, un livret non."),
    "BE04": _("il manque une adresse à cette banque."),
    "RR03": _("il manque un nom ou une adresse à cette banque."),
}
# Somebody must look first: a death, a rule of the law, a doubt about a double payment, money called back.
HUMAN_ONLY = frozenset({"MD07", "RR04", "AM05", "DUPL", "FOCR", "CUST"})


def last_return(request: AidRequest) -> PaymentOrder | None:
    """The order that came back last, of a request whose money is back: its own, or that of its advance."""
    orders = PaymentOrder.objects.filter(
        reference_kind__in=("aid_request", Advance.KIND),
        reference_id=str(request.pk),
        state__in=(OrderState.RETURNED, OrderState.REJECTED),
    )
    return orders.order_by("-returned_on", "-pk").first()


def needs_a_human(order: PaymentOrder | None) -> bool:
    """Whether nothing may go out by itself, neither mail nor transfer, before somebody of the team has looked."""
    return order is not None and order.return_code in HUMAN_ONLY


def sentence_of(order: PaymentOrder | None) -> StrOrPromise:
    """Why, in the words of a sentence that follows « La banque a renvoyé l’argent : »."""
    code = order.return_code if order is not None else ""
    return SENTENCES.get(code, _("elle ne dit pas pourquoi."))
