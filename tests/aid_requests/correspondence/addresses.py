"""The addresses of messages, corrections and versions, with who may open them: the sweep's share."""

import uuid

from aid_requests.actions.corrections import ask_correction
from aid_requests.models import AidRequest
from aid_requests.models.correspondence import MessageKind, Party, Side
from fund import clock, vault

READERS = {"referent", "national_referent", "member1", "member2", "chair"}
SPEAKERS = {"referent", "national_referent", "chair"}
MATRIX: dict[str, set[str] | None] = {
    "request_messages": {"owner"},
    "mark_messages_read": {"owner"},
    "request_tell_error": {"owner"},
    "request_correction": {"owner"},
    "request_versions": {"owner"},
    "request_enrolment_proof": {"owner"},
    "enrolment_proof_file": set(),  # no such paper here: tests/aid_requests/test_enrolment_proofs.py opens one
    "applicant_data": {"owner", "other_student"},
    "export_applicant_data": {"owner", "other_student"},
    "thread_list": SPEAKERS | {"other_referent"},
    "thread_page": SPEAKERS,
    "mark_thread_read": SPEAKERS,
    "settle_error": {"chair"},
    "ask_correction": READERS,
    "cancel_correction": {"member1", "chair"},  # the one who asked, and the chair
    "file_versions": READERS,
}
POST_ONLY = {
    "mark_messages_read", "export_applicant_data", "mark_thread_read", "settle_error", "cancel_correction",
    "enrolment_proof_file",
}  # fmt: skip
OF_A_REQUEST = {
    "request_messages", "mark_messages_read", "request_tell_error", "request_correction", "request_versions",
    "request_enrolment_proof",
    "thread_page", "mark_thread_read", "ask_correction", "file_versions",
}  # fmt: skip
OBJECT_OF = {
    "settle_error": "told_error",
    "cancel_correction": "correction",
    "enrolment_proof_file": "document",
} | dict.fromkeys(OF_A_REQUEST, "request")


def addresses(people, request: AidRequest) -> dict[str, dict[str, object]]:
    """An error the student told of, and a correction that a member asked for."""
    key = request.applicant.subject_key
    told = request.messages.create(
        party=Party.COMMITTEE,
        side=Side.STUDENT,
        kind=MessageKind.ERROR,
        author=request.applicant.user,
        text_sealed=vault.seal_text_for(key, "Zoé"),
        form_token=uuid.uuid4(),
        sent_at=clock.moment(),
    )
    correction = ask_correction(
        by=people.member1,
        request=request,
        revision=request.revision,
        points={"account": "Inès"},
        form_token=uuid.uuid4(),
    )
    return {
        "told_error": {"token": request.token, "number": told.pk},
        "correction": {"token": request.token, "number": correction.pk},
    }
