"""What payment orders that refer to an aid request are told: whether the approval stands, and what became of them."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from aid_requests import advances, lookalikes, notifications, returns, second_looks
from aid_requests.models import Advance, AidRequest, Decision
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.models.requests import RequestState
from aid_requests.workflow import REQUEST
from fund import workflow
from fund.models import PaymentOrder, User
from fund.roles import Refusal

KIND = "aid_request"
PAYEE_KIND = "applicant"


class AidRequestReference:
    """Answers the treasury in its own transaction (see `fund/registry.py`)."""

    def recheck(self, order: PaymentOrder) -> Refusal | None:
        """The approval stands, for the same person, amount and account (invariant 4); no second look and no sign of
        the same person twice holds it."""
        request = AidRequest.objects.select_related("bank_details").get(pk=order.reference_id)
        if request.state != RequestState.GRANTED:
            return Refusal("not_granted", _("Cette demande n’est plus accordée."))
        decision = (
            Decision.objects.filter(request=request, outcome=DecisionOutcome.GRANTED)
            .order_by("-revision")
            .first()
        )
        if decision is None or decision.revision != request.revision:
            return Refusal("no_decision", _("Aucune décision ne porte sur l’état présent de cette demande."))
        if advances.rest_of(decision.amount_cents, advances.given_cents(request)) != order.amount_cents:
            return Refusal("amount", _("Le montant n’est pas celui de la décision."))
        if str(request.applicant_id) != order.payee_id:
            return Refusal("person", _("La personne n’est pas celle de la décision."))
        account = request.bank_details
        if account is None or account.iban_fingerprint != order.iban_fingerprint:
            return Refusal("account", _("Le compte a changé depuis la décision."))
        return second_looks.payment_refusal(decision) or lookalikes.payment_refusal(request)

    def has_tie(self, order: PaymentOrder, user: User) -> bool:
        """The student, or somebody who typed, certified, voted on, stepped back from or advanced money on the request
        (invariant 5)."""
        request = AidRequest.objects.select_related("applicant").get(pk=order.reference_id)
        return (
            user.pk in (request.applicant.user_id, request.typed_by_id)
            or request.certificates.filter(certified_by=user).exists()
            or request.votes.filter(member=user).exists()
            or request.recusals.filter(member=user).exists()
            or Advance.objects.filter(request=request, given_by=user).exists()
        )

    def on_outcome(self, order: PaymentOrder, outcome: str, *, by: User | None) -> None:
        """`outcome` is the order's new state: debited, rejected or returned.

        No mail goes out by itself when the bank says that the holder died or that the law forbids (law.md §3.4).
        """
        request = workflow.lock(AidRequest, order.reference_id)
        step = "note_debit" if outcome == "debited" else "note_return"
        workflow.move(REQUEST, request, step, by=by, why=order.end_to_end_id)
        if not returns.needs_a_human(order):
            notifications.tell_outcome(request, order)


def held_requests(ids: Collection[str]) -> dict[str, str]:
    """Of the requests `ids`, those that wait for somebody to look before they are paid, with the sentence."""
    return {**lookalikes.held_requests(ids), **second_looks.held_requests(ids)}
