"""What students and referents do: each a transaction that locks, checks, writes and tells."""

from aid_requests.actions.attachments import add_document, remove_document, sweep_documents
from aid_requests.actions.certification import certify_enrolment, is_not_found, report_not_found
from aid_requests.actions.changes import correct_request, withdraw_request
from aid_requests.actions.drafts import (
    period_refusal,
    save_account,
    save_answers,
    save_identity,
    standing_request,
    start_request,
)
from aid_requests.actions.other_account import give_other_account, propose_account, send_account_code
from aid_requests.actions.reexamination import ask_reexamination
from aid_requests.actions.schemes import Loaded, load_scheme
from aid_requests.actions.seen import kept_account_mark, kept_answers_mark, kept_identity_mark
from aid_requests.actions.signing import send_signature_code, sign_declaration, signing_refusal

__all__ = [
    "Loaded",
    "add_document",
    "ask_reexamination",
    "certify_enrolment",
    "correct_request",
    "give_other_account",
    "is_not_found",
    "kept_account_mark",
    "kept_answers_mark",
    "kept_identity_mark",
    "load_scheme",
    "period_refusal",
    "propose_account",
    "remove_document",
    "report_not_found",
    "save_account",
    "save_answers",
    "save_identity",
    "send_account_code",
    "send_signature_code",
    "sign_declaration",
    "signing_refusal",
    "standing_request",
    "start_request",
    "sweep_documents",
    "withdraw_request",
]
