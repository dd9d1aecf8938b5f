"""A correction of named points: asked by the team, taken up and answered by the student, cancelled, reminded of."""

import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests import notifications
from aid_requests.actions.returning import return_to_signed
from aid_requests.committee import permissions as committee
from aid_requests.correspondence import corrections, threads
from aid_requests.models import AidRequest, Correction
from aid_requests.models.correspondence import CancelReason, CorrectionState, Party
from aid_requests.models.requests import RequestState
from aid_requests.workflow import CORRECTION
from fund import audit, clock, vault, workflow
from fund.models import User
from fund.models.people import Role
from fund.roles import Refusal, demand, needs_role_now
from fund.workflow import AlreadyDone, WrongState

MAX_REMINDERS = 3


def ask_correction(
    *, by: User, request: AidRequest, revision: int, points: Mapping[str, str], form_token: uuid.UUID
) -> Correction:
    """Asks the student to correct `points` (code → a sentence), on the `revision` that was read.

    From then on nothing is decided on the file; votes cast before wait. Raises AlreadyDone for a form sent twice or
    while one is open, WrongState when the file changed meanwhile, Refused for whoever may not and for bad points.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        if Correction.objects.filter(form_token=form_token).exists() or corrections.open_correction(request):
            raise AlreadyDone(_("Une correction est déjà demandée."))
        if request.revision != revision:
            raise WrongState(_("La demande a changé pendant votre lecture : relisez-la."))
        demand(can_ask_correction(by, request))
        party = _party(by)
        demand(_points_refusal(request, party, points))
        key = request.applicant.subject_key
        correction = Correction.objects.create(
            request=request,
            revision=request.revision,
            party=party,
            asked_by=by,
            fields=list(points),
            sentences_sealed=vault.seal_json_for(key, {code: text.strip() for code, text in points.items()}),
            form_token=form_token,
            asked_at=clock.moment(),
        )
        audit.record(
            "correction.asked", request, by=by, correction=correction.pk, fields=list(points), party=party
        )
        notifications.tell(request, "correction", key=str(correction.pk))
    return correction


def can_ask_correction(by: User, request: AidRequest) -> Refusal | None:
    """A referent of the file, or a member or the chair who may read it; before the decision, in the first round."""
    if (refusal := _reads(by, request)) is not None:
        return refusal
    if request.state not in (RequestState.SUBMITTED, RequestState.IN_REVIEW):
        return Refusal("state", _("On demande une correction entre la signature et la décision."))
    if request.round > 1:
        return Refusal("reexamined", _("En réexamen, la demande est relue telle qu’elle a été signée."))
    return None


def _reads(by: User, request: AidRequest) -> Refusal | None:
    if _party(by) == Party.COMMITTEE:
        return committee.can_read_file(by, request)
    if (refusal := needs_role_now(by, Role.REFERENT)) is not None:
        return refusal
    if not threads.files_of_team(by).filter(pk=request.pk).exists():
        return Refusal("other_school", _("Cette demande n’est pas de votre école."))
    return None


def _party(by: User) -> Party:
    return Party.COMMITTEE if committee.seat_of(by) is not None else Party.SCHOOL


def _points_refusal(request: AidRequest, party: Party, points: Mapping[str, str]) -> Refusal | None:
    known = dict(corrections.nameable(request, "fr", party))
    if not points or len(points) > corrections.MAX_POINTS or set(points) - set(known):
        return Refusal("points", _("Nommez de un à huit points de cette demande."))
    for text in points.values():
        if not text.strip() or len(text.strip()) > corrections.SENTENCE_LENGTH:
            return Refusal("sentence", _("Dites en une phrase ce qui est à corriger pour chaque point."))
    return None


def cancel_correction(*, by: User, correction: Correction, reason: str) -> Correction:
    """Takes a correction back, with a reason: the file goes on as it was signed, votes count again.

    Where the student has already taken the request up, only the limits fall: it is signed again as a whole; but
    without an answer after the last reminder it returns to what was signed. Raises AlreadyDone once it is closed,
    Refused for whoever may not, a reason too early, and as `return_to_signed`.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, correction.request_id)
        correction = workflow.lock(Correction, correction.pk)
        if correction.state != CorrectionState.OPEN:
            raise AlreadyDone(_("Cette correction n’est plus ouverte."))
        demand(can_cancel(by, request, correction))
        demand(_reason_refusal(correction, reason))
        if correction.opened_at is not None and reason == CancelReason.NO_ANSWER:
            return_to_signed(by, request)
        close(by, request, correction, "cancel", cancel_reason=reason)
        notifications.tell(request, "correction_lifted", key=str(correction.pk))
    return correction


def _reason_refusal(correction: Correction, reason: str) -> Refusal | None:
    if reason not in CancelReason.values:
        return Refusal("reason", _("Dites pourquoi la correction est levée."))
    is_early = correction.opened_at is not None and correction.reminders < MAX_REMINDERS
    if is_early and reason == CancelReason.NO_ANSWER:
        sentence = _("L’étudiant·e a repris sa demande : attendez les trois rappels avant de conclure.")
        return Refusal("too_early", sentence)
    return None


def can_cancel(by: User, request: AidRequest, correction: Correction) -> Refusal | None:
    """Whoever asked; else anybody who reads the file for the same party, so that an absence leaves nothing stuck."""
    if _party(by) != correction.party:
        return Refusal("party", _("Cette correction a été demandée par d’autres personnes."))
    if by.pk == correction.asked_by_id and by.is_active:
        return None
    if correction.party == Party.COMMITTEE:
        if committee.seat_of(by) is not None and threads.files_of_team(by).filter(pk=request.pk).exists():
            return None
        return Refusal("chair", _("Qui l’a demandée la lève, ou la présidence du comité."))
    return _reads(by, request)


def close(
    by: User, request: AidRequest, correction: Correction, step: str, *, cancel_reason: str = ""
) -> None:
    """Ends an open correction by a step of its table. The caller holds the request."""
    fields = {"closed_at": clock.moment(), "closed_by": by, "cancel_reason": cancel_reason}
    workflow.move(CORRECTION, correction, step, by=by, why=cancel_reason, fields=fields)
    audit.record(f"correction.{correction.state}", request, by=by, correction=correction.pk)


def remind_of_corrections() -> str:
    """Timed work: tells a student again of what waits for them, every CORRECTION_REMINDER_DAYS, three times at most."""
    before = clock.moment() - timedelta(days=settings.CORRECTION_REMINDER_DAYS)
    rows = Correction.objects.filter(
        state=CorrectionState.OPEN, asked_at__lt=before, reminders__lt=MAX_REMINDERS
    ).exclude(reminded_at__gte=before)
    told = sum(_remind(pk, request) for pk, request in rows.order_by("pk").values_list("pk", "request"))
    return f"{told} reminders"


def _remind(pk: int, request_id: int) -> int:
    """1 when it was still open and is told now."""
    with transaction.atomic():
        request = workflow.lock(AidRequest, request_id)
        correction = workflow.lock(Correction, pk)
        before = clock.moment() - timedelta(days=settings.CORRECTION_REMINDER_DAYS)
        is_recent = correction.reminded_at is not None and correction.reminded_at >= before
        if correction.state != CorrectionState.OPEN or is_recent or correction.reminders >= MAX_REMINDERS:
            return 0
        correction.reminders += 1
        correction.reminded_at = clock.moment()
        correction.save(update_fields=["reminders", "reminded_at"])
        notifications.tell(request, "correction_reminder", key=f"{pk}:{correction.reminders}")
    return 1
