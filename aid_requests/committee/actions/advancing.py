"""An advance given: the row, its movement, its payment order, under the locks of a grant, in one transaction."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests import advances, notifications
from aid_requests.actions.owing import order_transfer, post_owed
from aid_requests.committee import veils
from aid_requests.committee.actions import funding
from aid_requests.models import Advance, AdvanceRules, AidRequest
from aid_requests.models.advances import AdvanceReason
from fund import audit, clock, vault, workflow
from fund.models import RoleGrant, User
from fund.models.ledger import Kind
from fund.roles import Refusal, demand
from fund.workflow import AlreadyDone, WrongState

NOTE_LENGTH = 500


def give_advance(
    *, by: User, request: AidRequest, revision: int, amount_cents: int, reason: str, note: str
) -> Advance:
    """Pays a part of the aid asked for before the committee decides, at most once a request.

    Its own approval: the committee's decision on the file ratifies it, and pays the rest only. Raises AlreadyDone
    (given before), WrongState (changed since it was read), Refused (`advances.can_give`, no reason, a note that says
    who it is, `funding.reserve_advance`).
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        if Advance.objects.filter(request=request).exists():
            raise AlreadyDone(_("Une avance est déjà accordée sur cette demande."))
        demand(advances.can_give(by, request))
        if request.revision != revision:
            raise WrongState(_("La demande a changé pendant votre lecture : relisez-la."))
        demand(_words_refusal(request, reason, note))
        rules = funding.reserve_advance(request, amount_cents)
        advance = _write(by, request, rules, amount_cents, reason, note)
        post_owed(
            request,
            subject_kind=Advance.KIND,
            movement_kind=Kind.ADVANCE,
            cause_key=f"advance:{request.pk}",
            amount_cents=amount_cents,
            pocket=rules.pocket,
        )
        order_transfer(
            request, subject_kind=Advance.KIND, amount_cents=amount_cents, pocket=rules.pocket, by=by
        )
        audit.record("advance.given", advance, by=by, amount_cents=amount_cents, rules=rules.pk)
        notifications.tell(request, "advance", key="given")
    return advance


def _write(
    by: User, request: AidRequest, rules: AdvanceRules, amount_cents: int, reason: str, note: str
) -> Advance:
    return Advance.objects.create(
        request=request,
        revision=request.revision,
        rules=rules,
        pocket=rules.pocket,
        amount_cents=amount_cents,
        given_by=by,
        as_role=_role_of(by),
        reason=reason,
        note_sealed=vault.seal_text_for(request.applicant.subject_key, note.strip()),
        given_at=clock.moment(),
        ratify_by=clock.today() + timedelta(days=rules.ratify_days),
    )


def _role_of(by: User) -> str:
    return (
        RoleGrant.objects.live().filter(user=by, role__in=advances.GIVERS).values_list("role", flat=True)[0]
    )


def _words_refusal(request: AidRequest, reason: str, note: str) -> Refusal | None:
    if reason not in AdvanceReason.values:
        return Refusal("reason", _("Dites pourquoi l’argent ne peut pas attendre."))
    if not note.strip() or len(note.strip()) > NOTE_LENGTH:
        return Refusal("note", _("Dites-le en une phrase ou deux : 500 caractères au plus."))
    if veils.veil_of(request).text(note) != note:
        sentence = _(
            "Cette note dit le nom de la personne ou son école : le comité la lit sans les connaître."
        )
        return Refusal("says_who", sentence)
    return None
