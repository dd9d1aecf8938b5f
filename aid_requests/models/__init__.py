"""Money out: schemes, applicants, requests, and what a committee decided about them."""

from aid_requests.models.applicants import Applicant, BankDetails
from aid_requests.models.decisions import Decision, Recusal, Reexamination, Vote
from aid_requests.models.requests import (
    AidRequest,
    Declaration,
    Document,
    EnrolmentCertificate,
    SignatureCode,
)
from aid_requests.models.schemes import Scheme, SchemeVersion

__all__ = [
    "AidRequest",
    "Applicant",
    "BankDetails",
    "Decision",
    "Declaration",
    "Document",
    "EnrolmentCertificate",
    "Recusal",
    "Reexamination",
    "Scheme",
    "SchemeVersion",
    "SignatureCode",
    "Vote",
]
