"""A refusal contested: the request goes back to the committee, to members who did not decide it (law: CRPA L410-1)."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid_requests import caps, documents, notifications, permissions, sealed
from aid_requests.actions.attachments import fingerprint_of, keep_document
from aid_requests.actions.lookalikes import note_marks
from aid_requests.documents import Upload
from aid_requests.models import AidRequest, Applicant, Decision, Reexamination
from aid_requests.models.decisions import CONTESTABLE
from aid_requests.models.requests import RequestState
from aid_requests.workflow import REQUEST
from fund import audit, clock, vault, workflow
from fund.models import User
from fund.roles import Refusal, Refused, demand
from fund.workflow import AlreadyDone

PAPER = "reexamination"  # the kind of what is handed in with it
TEXT_LENGTH = 4000


def ask_reexamination(
    *, by: User, request: AidRequest, text: str, uploads: Sequence[Upload] = ()
) -> Reexamination:
    """Sends a refused or redirected request to others, in a second round, with what was overlooked and new papers.

    Once, within the two months of `permissions.can_ask_reexamination`. Amount, case, signature and certificate stay
    those of the first round, and so does its decision. Raises AlreadyDone while it is being re-examined, Refused for
    whoever may not, an empty or too long text, too many papers, and a cap that another request has filled since.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        request.applicant = workflow.lock(Applicant, request.applicant_id)
        owns = request.applicant.user_id == by.pk
        if owns and request.round > 1 and request.state == RequestState.IN_REVIEW:
            raise AlreadyDone(_("Votre demande de réexamen est déjà reçue."))
        demand(permissions.can_ask_reexamination(by, request))
        demand(_text_refusal(text))
        demand(_cap_refusal(request))
        contested = Decision.objects.get(request=request, round=request.round, outcome__in=CONTESTABLE)
        reexamination = Reexamination.objects.create(
            request=request,
            contested=contested,
            text_sealed=vault.seal_text_for(request.applicant.subject_key, text.strip()),
            asked_at=clock.moment(),
        )
        papers = _keep_papers(by, request, uploads)
        again = {"decided_at": None, "round": request.round + 1}
        workflow.move(REQUEST, request, "ask_reexamination", by=by, fields=again)
        note_marks(request)
        audit.record(
            "request.reexamination_asked",
            request,
            by=by,
            reexamination=reexamination.pk,
            contested=contested.pk,
            papers=papers,
        )
        notifications.tell(request, "reexamination", key=str(request.round))
    return reexamination


def room_for_papers(request: AidRequest) -> int:
    """How many papers the request can still take."""
    return max(documents.MAX_DOCUMENTS - request.documents.filter(removed_at=None).count(), 0)


def _text_refusal(text: str) -> Refusal | None:
    if not text.strip():
        return Refusal("text", _("Dites ce qui a été oublié ou mal lu."))
    if len(text.strip()) > TEXT_LENGTH:
        return Refusal("text", _("Ce texte est trop long : 4 000 caractères au plus."))
    return None


def _cap_refusal(request: AidRequest) -> Refusal | None:
    """A refused request stood in no cap: another one of the same person may have taken its place since."""
    return caps.cap_refusal(
        request,
        sealed.scheme_of(request.scheme_version),
        amount_cents=request.amount_cents or 0,
        states=caps.STANDING_STATES,
    )


def _keep_papers(by: User, request: AidRequest, uploads: Sequence[Upload]) -> int:
    """How many were kept: the same file chosen twice, or handed in before, is one paper."""
    known = set(request.documents.filter(removed_at=None).values_list("fingerprint", flat=True))
    sent = {fingerprint_of(upload): upload for upload in uploads}
    fresh = {fingerprint: upload for fingerprint, upload in sent.items() if fingerprint not in known}
    room = room_for_papers(request)
    if len(fresh) > room:
        sentence = ngettext(
            "Cette demande peut recevoir encore %(room)s pièce.",
            "Cette demande peut recevoir encore %(room)s pièces.",
            room,
        )
        raise Refused(Refusal("too_many", sentence % {"room": room}))
    for upload in fresh.values():
        keep_document(by, request, PAPER, upload)
    return len(fresh)
