"""Money out: schemes, applicants, requests, and what a committee decided about them."""

from aid_requests.models.advances import Advance, AdvanceOutcome, AdvanceRules
from aid_requests.models.applicants import Applicant, BankDetails
from aid_requests.models.call_backs import CallBack
from aid_requests.models.conditions import Adjournment, BroughtPaper, PaperRuling
from aid_requests.models.correspondence import Correction, Message, RequestRevision
from aid_requests.models.decisions import Decision, Opinion, Recusal, Reexamination, Vote
from aid_requests.models.doors import SchoolDoor
from aid_requests.models.invitations import Invitation, InvitationList
from aid_requests.models.lookalikes import LookAlike, LookAlikeMark, LookAlikeRuling
from aid_requests.models.papers import AddressCode, UnfinishedStep
from aid_requests.models.register import RegisterColumns, RegisterEntry, RegisterImport, RegisterLine
from aid_requests.models.representatives import Representative, RepresentativeLink
from aid_requests.models.requests import (
    AidRequest,
    Declaration,
    Document,
    EnrolmentCertificate,
    SignatureCode,
)
from aid_requests.models.rules import RulesVersion
from aid_requests.models.scheme_drafts import SchemeDraft
from aid_requests.models.schemes import Committee, Scheme, SchemeVersion
from aid_requests.models.second_looks import SecondLook, SecondLookMonth
from aid_requests.models.sittings import (
    AgendaItem,
    Attendance,
    Minutes,
    MinutesPaper,
    MinutesSignature,
    Sitting,
    SittingProxy,
    SittingSeat,
)
from aid_requests.models.typed_requests import TypedRequest
from aid_requests.models.unmaskings import Unmasking
from aid_requests.models.vote_batches import VoteBatch, VoteBatchItem

__all__ = [
    "AddressCode",
    "Adjournment",
    "Advance",
    "AdvanceOutcome",
    "AdvanceRules",
    "AgendaItem",
    "AidRequest",
    "Applicant",
    "Attendance",
    "BankDetails",
    "BroughtPaper",
    "CallBack",
    "Committee",
    "Correction",
    "Decision",
    "Declaration",
    "Document",
    "EnrolmentCertificate",
    "Invitation",
    "InvitationList",
    "LookAlike",
    "LookAlikeMark",
    "LookAlikeRuling",
    "Message",
    "Minutes",
    "MinutesPaper",
    "MinutesSignature",
    "Opinion",
    "PaperRuling",
    "Recusal",
    "Reexamination",
    "RegisterColumns",
    "RegisterEntry",
    "RegisterImport",
    "RegisterLine",
    "Representative",
    "RepresentativeLink",
    "RequestRevision",
    "RulesVersion",
    "Scheme",
    "SchemeDraft",
    "SchemeVersion",
    "SchoolDoor",
    "SecondLook",
    "SecondLookMonth",
    "SignatureCode",
    "Sitting",
    "SittingProxy",
    "SittingSeat",
    "TypedRequest",
    "UnfinishedStep",
    "Unmasking",
    "Vote",
    "VoteBatch",
    "VoteBatchItem",
]
