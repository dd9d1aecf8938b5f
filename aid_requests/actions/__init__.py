"""What students and referents do: each a transaction that locks, checks, writes and tells."""

from aid_requests.actions.addresses import confirm_address, is_replaced_address, send_address_code
from aid_requests.actions.addresses import forget_old_codes as forget_old_address_codes
from aid_requests.actions.addresses import waiting_code as waiting_address_code
from aid_requests.actions.attachments import add_document, remove_document, sweep_documents
from aid_requests.actions.call_backs import (
    ask_call_back,
    close_call_back,
    forget_old_call_backs,
    hand_over_call_back,
    note_no_answer,
    promised_at,
    take_call_back,
    take_over_call_back,
)
from aid_requests.actions.certification import certify_enrolment, is_not_found, report_not_found
from aid_requests.actions.changes import correct_request, take_up_correction, withdraw_request
from aid_requests.actions.corrections import ask_correction, cancel_correction, remind_of_corrections
from aid_requests.actions.doors import add_door, change_door, retire_door
from aid_requests.actions.drafts import (
    is_just_begun,
    latest_request,
    period_refusal,
    save_account,
    save_answers,
    save_identity,
    standing_request,
    start_request,
)
from aid_requests.actions.enrolment_proofs import can_send_proof, send_enrolment_proof
from aid_requests.actions.lookalikes import note_missing_marks, rule_on_pair
from aid_requests.actions.other_account import give_other_account, propose_account, send_account_code
from aid_requests.actions.reexamination import ask_reexamination
from aid_requests.actions.representatives import (
    may_read,
    name_representative,
    open_with_code,
    send_representative_code,
    send_representative_link,
    sign_as_representative,
)
from aid_requests.actions.schemes import Loaded, load_scheme
from aid_requests.actions.second_looks import (
    confirm_grant,
    keep_second_looks,
    maintain_grant,
    report_grant,
)
from aid_requests.actions.seen import kept_account_mark, kept_answers_mark, kept_identity_mark
from aid_requests.actions.signing import send_signature_code, sign_declaration, signing_refusal
from aid_requests.actions.typed_requests import (
    claim_refusal,
    claim_typed_request,
    decline_typed_request,
    lapse_typed_requests,
    type_request,
)
from aid_requests.actions.typed_steps import forget_typed, keep_typed

__all__ = [
    "Loaded",
    "add_document",
    "add_door",
    "ask_call_back",
    "ask_correction",
    "ask_reexamination",
    "can_send_proof",
    "cancel_correction",
    "certify_enrolment",
    "change_door",
    "claim_refusal",
    "claim_typed_request",
    "close_call_back",
    "confirm_address",
    "confirm_grant",
    "correct_request",
    "decline_typed_request",
    "forget_old_address_codes",
    "forget_old_call_backs",
    "forget_typed",
    "give_other_account",
    "hand_over_call_back",
    "is_just_begun",
    "is_not_found",
    "is_replaced_address",
    "keep_second_looks",
    "keep_typed",
    "kept_account_mark",
    "kept_answers_mark",
    "kept_identity_mark",
    "lapse_typed_requests",
    "latest_request",
    "load_scheme",
    "maintain_grant",
    "may_read",
    "name_representative",
    "note_missing_marks",
    "note_no_answer",
    "open_with_code",
    "period_refusal",
    "promised_at",
    "propose_account",
    "remind_of_corrections",
    "remove_document",
    "report_grant",
    "report_not_found",
    "retire_door",
    "rule_on_pair",
    "save_account",
    "save_answers",
    "save_identity",
    "send_account_code",
    "send_address_code",
    "send_enrolment_proof",
    "send_representative_code",
    "send_representative_link",
    "send_signature_code",
    "sign_as_representative",
    "sign_declaration",
    "signing_refusal",
    "standing_request",
    "start_request",
    "sweep_documents",
    "take_call_back",
    "take_over_call_back",
    "take_up_correction",
    "type_request",
    "waiting_address_code",
    "withdraw_request",
]
