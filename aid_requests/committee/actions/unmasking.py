"""Lifting the veil of one file: written down before anything is shown."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests.committee import unmasking
from aid_requests.models import AidRequest, Unmasking
from aid_requests.models.unmaskings import UnmaskingReason
from fund import audit, clock, vault, workflow
from fund.models import User
from fund.roles import Refusal, Refused, demand


def unmask(*, by: User, request: AidRequest, reason: str, note: str, form_token: UUID) -> Unmasking:
    """`by` reads the name and the school of a file from now on for a while, and votes on it no more.

    The same form twice is one row. Raises Refused (`unmasking.can_unmask`, no reason, no sentence).
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        workflow.lock(
            User, by.pk
        )  # two files of one person at once: the day's limit is counted one after the other
        made = Unmasking.objects.filter(form_token=form_token, by=by, request=request).first()
        if made is not None:
            return made
        demand(unmasking.can_unmask(by, request))
        if reason not in UnmaskingReason.values:
            raise Refused(Refusal("reason", _("Choisissez pourquoi vous levez le voile.")))
        note = note.strip()
        if not note or len(note) > unmasking.NOTE_LENGTH:
            raise Refused(Refusal("note", _("Dites pourquoi en une phrase : 500 caractères au plus.")))
        row = Unmasking.objects.create(
            request=request,
            round=request.round,
            by=by,
            reason=reason,
            note_sealed=vault.seal_text_for(request.applicant.subject_key, note),
            form_token=form_token,
            unmasked_at=clock.moment(),
        )
        audit.record("request.unmasked", request, by=by, unmasking=row.pk, reason=reason, round=row.round)
    return row
