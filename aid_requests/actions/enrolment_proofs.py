"""A certificate of enrolment, sent by a student whose school is to know nothing and who was not found."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests import documents, permissions
from aid_requests.actions.attachments import fingerprint_of, keep_document
from aid_requests.actions.certification import is_not_found
from aid_requests.actions.messages import write_to_team
from aid_requests.documents import ENROLMENT_PROOF, DocumentError, Upload
from aid_requests.models import AidRequest, Document
from aid_requests.models.correspondence import Party
from fund import audit, workflow
from fund.models import User
from fund.roles import Refusal, demand


def send_enrolment_proof(*, by: User, request: AidRequest, upload: Upload, form_token: uuid.UUID) -> Document:
    """Keeps the certificate beside the request and tells the national referents, in the thread that they read.

    What was signed does not change: nothing is signed again. Raises AlreadyDone for a form sent twice, Refused where
    no certificate is awaited, DocumentError once the request holds as many papers as it may.
    """
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        demand(can_send_proof(by, request))
        present = request.documents.filter(removed_at=None)
        known = present.filter(kind=ENROLMENT_PROOF, fingerprint=fingerprint_of(upload)).first()
        if known is not None:
            return known
        if present.count() >= documents.MAX_DOCUMENTS:
            raise DocumentError("too_many")
        words = _("J’ai envoyé mon certificat de scolarité.")
        write_to_team(by=by, request=request, party=Party.SCHOOL, text=words, form_token=form_token)
        document = keep_document(by, request, ENROLMENT_PROOF, upload)
        audit.record("request.enrolment_proof_sent", request, by=by, document=document.pk)
    return document


def can_send_proof(by: User, request: AidRequest) -> Refusal | None:
    """Its author, while the school is kept out and a referent has looked for them in vain."""
    if (refusal := permissions.can_act_on(by, request)) is not None:
        return refusal
    if request.through_school or not is_not_found(request):
        return Refusal("not_awaited", _("Aucun certificat de scolarité n’est attendu pour cette demande."))
    return None
