"""The bank sent the money back: another account, signed for, and a new attempt in the same transaction."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests import advances, notifications, permissions, returns
from aid_requests.actions.advances import order_advance
from aid_requests.actions.drafts import keep_account
from aid_requests.actions.lookalikes import note_marks
from aid_requests.actions.owing import order_transfer
from aid_requests.actions.signature_codes import issue_code, try_code
from aid_requests.actions.signing import freeze, reading_refusal, stale_refusal
from aid_requests.declarations import SigningTrace, other_account_statement
from aid_requests.models import Advance, AidRequest, Applicant, BankDetails, Decision, SignatureCode
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.models.requests import RequestState, SignaturePurpose
from aid_requests.reference import KIND
from aid_requests.workflow import REQUEST
from fund import audit, vault, workflow
from fund.bank.iban import Iban
from fund.models import PaymentOrder, User
from fund.models.treasury import OrderState
from fund.roles import Refusal, Refused, demand
from fund.treasury.orders import IBAN_INDEX
from fund.workflow import AlreadyDone

# ISO 20022 return reasons that name the account itself: the same number would come back again.
ACCOUNT_FAULTS = ("AC01", "AC03", "AC04", "AC06", "AC13", "AC14", "AG01")


def propose_account(*, by: User, request: AidRequest, iban: Iban, holder: str) -> BankDetails:
    """Keeps a checked account to be signed for. Raises Refused for the account the bank has just refused."""
    with transaction.atomic():
        request = _lock_returned(by, request)
        fingerprint = vault.blind_index(IBAN_INDEX, iban.compact)
        refused = PaymentOrder.objects.filter(
            reference_kind__in=(KIND, Advance.KIND),
            reference_id=str(request.pk),
            iban_fingerprint=fingerprint,
            state__in=(OrderState.RETURNED, OrderState.REJECTED),
            return_code__in=ACCOUNT_FAULTS,
        )
        if refused.exists():
            sentence = _("La banque vient de refuser ce compte : indiquez-en un autre, ou voyez avec elle.")
            raise Refused(Refusal("same_account", sentence))
        return keep_account(request.applicant, iban, holder)


def send_account_code(
    *, by: User, request: AidRequest, details: BankDetails, content_hash: str = ""
) -> SignatureCode:
    """Sends the code that signs for the other account. Raises as `propose_account` and `send_signature_code` do."""
    with transaction.atomic():
        request = _lock_returned(by, request)
        statement = other_account_statement(request, _own_account(request, details))
        demand(stale_refusal(statement, content_hash))
        return issue_code(
            by=by, request=request, purpose=SignaturePurpose.BANK_DETAILS, content_hash=statement.content_hash
        )


def give_other_account(
    *,
    by: User,
    request: AidRequest,
    details: BankDetails,
    place: str,
    ticked: Collection[str],
    code: str,
    content_hash: str,
    trace: SigningTrace,
) -> PaymentOrder:
    """Signs for the other account and orders the next attempt to it, once (invariant 4).

    Raises AlreadyDone when it was done, Refused as `sign_declaration` does.
    """
    with transaction.atomic():
        request = _lock_returned(by, request)
        request.applicant = workflow.lock(Applicant, request.applicant_id)
        details = _own_account(request, details)
        statement = other_account_statement(request, details)
        demand(reading_refusal(statement, place=place, ticked=ticked, content_hash=content_hash))
        accepted = try_code(request, statement.purpose, code, statement.content_hash)
        if isinstance(accepted, SignatureCode):
            declaration = freeze(
                by, request, statement, place=place, code=accepted, trace=trace, details=details
            )
            workflow.move(REQUEST, request, "give_other_account", by=by, fields={"bank_details": details})
            order = _order_again(by, request)
            note_marks(request)
            audit.record(
                "request.account_changed",
                request,
                by=by,
                order=order.end_to_end_id,
                pdf_sha256=declaration.pdf_sha256,
            )
            notifications.tell(request, "account", key=order.end_to_end_id)
    if isinstance(accepted, Refusal):
        raise Refused(accepted)
    return order


def _lock_returned(by: User, request: AidRequest) -> AidRequest:
    request = workflow.lock(AidRequest, request.pk)
    owns = request.applicant.user_id == by.pk
    if owns and request.state in (RequestState.GRANTED, RequestState.PAID):
        raise AlreadyDone(_("Un virement est déjà en route : il n’y a rien à refaire."))
    demand(permissions.can_give_other_account(by, request))
    if returns.needs_a_human(returns.last_return(request)):
        raise Refused(
            Refusal(
                "human_only", _("L’équipe regarde d’abord pourquoi l’argent est revenu. Elle vous écrira.")
            )
        )
    return request


def _own_account(request: AidRequest, details: BankDetails) -> BankDetails:
    return BankDetails.objects.select_related("applicant__subject_key").get(
        pk=details.pk, applicant=request.applicant_id
    )


def _order_again(by: User, request: AidRequest) -> PaymentOrder:
    """The decision stands with its amount and pocket, and so does an advance that came back; only the account is
    another."""
    orders = []
    rest = advances.rest_cents(request)
    if rest:
        decision = Decision.objects.select_related("pocket").get(
            request=request, revision=request.revision, outcome=DecisionOutcome.GRANTED
        )
        orders.append(
            order_transfer(request, subject_kind=KIND, amount_cents=rest, pocket=decision.pocket, by=by)
        )
    advance = Advance.objects.select_related("pocket").filter(request=request).first()
    if advance is not None and advances.came_back(request):
        orders.append(order_advance(request, advance, by=by))
    if not orders:
        raise Refused(Refusal("no_order", _("Aucun virement n’est revenu pour cette demande.")))
    return orders[0]
