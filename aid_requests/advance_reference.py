"""What payment orders that refer to an advance are told: whether it stands, and what became of them."""

from django.utils.translation import gettext_lazy as _

from aid_requests import lookalikes, notifications, returns
from aid_requests.actions.advances import follow_transfer
from aid_requests.models import Advance, AidRequest
from aid_requests.reference import AidRequestReference
from fund import workflow
from fund.models import PaymentOrder, User
from fund.roles import Refusal

SERIES = "CSA"


class AdvanceReference(AidRequestReference):
    """By the request's id, as its own orders; whoever has a tie with the one has it with the other."""

    def recheck(self, order: PaymentOrder) -> Refusal | None:
        """The advance stands whatever was decided since; it goes to the account that the student signed for last."""
        advance = Advance.objects.filter(request=int(order.reference_id)).first()
        if advance is None or advance.amount_cents != order.amount_cents:
            return Refusal("amount", _("Le montant n’est pas celui de l’avance."))
        request = AidRequest.objects.select_related("bank_details").get(pk=order.reference_id)
        if str(request.applicant_id) != order.payee_id:
            return Refusal("person", _("La personne n’est pas celle de l’avance."))
        account = request.bank_details
        if account is None or account.iban_fingerprint != order.iban_fingerprint:
            return Refusal(
                "account", _("L’étudiant·e change de compte : un nouveau virement suivra sa signature.")
            )
        return lookalikes.payment_refusal(request)

    def on_outcome(self, order: PaymentOrder, outcome: str, *, by: User | None) -> None:
        """The request follows only where the advance was the whole aid; the student is told in any case."""
        request = workflow.lock(AidRequest, order.reference_id)
        follow_transfer(request, order, by=by)
        if not returns.needs_a_human(order):
            notifications.tell_outcome(request, order)
