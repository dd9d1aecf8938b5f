"""A correction taken up and never signed: after its reminders, the file returns to what was signed last.

Nothing is invented: answers, papers, account, certificate and votes are those of the last `RequestRevision`.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from aid_requests import sealed, unfinished
from aid_requests.actions.lookalikes import note_marks
from aid_requests.caps import STANDING_STATES, cap_refusal
from aid_requests.correspondence.revisions import Snapshot
from aid_requests.documents import ENROLMENT_PROOF
from aid_requests.identity import Identity, identity_fingerprint, identity_of, seal_identity
from aid_requests.models import AidRequest, Applicant
from aid_requests.models.requests import RequestState
from aid_requests.workflow import REQUEST
from fund import audit, clock, vault, workflow
from fund.models import User
from fund.roles import Refusal, Refused, demand

_SIGNED = (
    RequestState.SUBMITTED,
    RequestState.IN_REVIEW,
    RequestState.WAITLISTED,
    RequestState.CONDITIONAL,
    RequestState.GRANTED,
)


def return_to_signed(by: User, request: AidRequest) -> None:
    """Puts the draft back as it was signed, with its certificate and votes. The caller holds the request.

    Raises Refused for a file that was never signed, when another request filled the cap since, and when another
    signed request bears the names that would be changed back.
    """
    row = request.revisions.order_by("-revision").first()
    if row is None:
        raise Refused(Refusal("never_signed", _("Cette demande n’a jamais été signée.")))
    request.applicant = workflow.lock(Applicant, request.applicant_id)
    scheme = sealed.scheme_of(request.scheme_version)
    demand(cap_refusal(request, scheme, amount_cents=row.amount_cents, states=STANDING_STATES))
    signed = Snapshot.opened(request, row)
    _return_identity(request, signed)
    _return_papers(request, signed)
    for step in (unfinished.YOU, unfinished.SITUATION, unfinished.ACCOUNT):
        unfinished.forget(request, step)
    certificate = request.certificates.filter(revision=row.revision).order_by("-pk").first()
    if certificate is not None:
        certificate.lapsed_at = None
        certificate.save(update_fields=["lapsed_at"])
    key = request.applicant.subject_key
    fields = {
        "revision": row.revision,
        "answers_sealed": vault.seal_json_for(key, dict(signed.packed)),
        "story_sealed": vault.seal_text_for(key, signed.story) if signed.story else "",
        "case_code": row.case_code,
        "amount_cents": row.amount_cents,
        "bank_details": row.bank_details,
        "through_school": signed.through_school == "yes",
    }
    workflow.move(
        REQUEST, request, "return_certified" if certificate else "return_signed", by=by, fields=fields
    )
    audit.record("request.returned_to_signed", request, by=by, revision=row.revision)
    note_marks(request)


def _return_identity(request: AidRequest, signed: Snapshot) -> None:
    applicant = request.applicant
    values: dict[str, Any] = {
        **signed.identity,
        "birth_date": date.fromisoformat(signed.identity["birth_date"]),
    }
    before = Identity(**values)
    if before == identity_of(applicant):
        return
    others = AidRequest.objects.filter(applicant=applicant, state__in=_SIGNED).exclude(pk=request.pk)
    if others.exists():
        sentence = _("Une autre demande signée porte les nouveaux nom et adresse : elle empêche ce retour.")
        raise Refused(Refusal("identity_in_use", sentence))
    applicant.identity_sealed = seal_identity(applicant, before)
    applicant.identity_fingerprint = identity_fingerprint(before)
    applicant.save(update_fields=["identity_sealed", "identity_fingerprint"])


def _return_papers(request: AidRequest, signed: Snapshot) -> None:
    """Papers that were signed for are there again, those added since are taken away; files named in proofs stay."""
    for document in request.documents.exclude(kind=ENROLMENT_PROOF):
        was_there = (document.kind, document.sha256) in signed.papers
        if was_there != (document.removed_at is None):
            document.removed_at = None if was_there else clock.moment()
            document.save(update_fields=["removed_at"])
