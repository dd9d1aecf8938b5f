"""The states of a request and of a version of a scheme, on one screen."""

from aid_requests.models.requests import RequestState
from aid_requests.models.schemes import VersionState
from fund.workflow import Step, Workflow

DRAFT, SUBMITTED, IN_REVIEW = RequestState.DRAFT, RequestState.SUBMITTED, RequestState.IN_REVIEW
GRANTED, REFUSED, PAID = RequestState.GRANTED, RequestState.REFUSED, RequestState.PAID
RETURNED, WITHDRAWN = RequestState.RETURNED, RequestState.WITHDRAWN

REQUEST = Workflow(
    {
        "submit": Step((DRAFT,), SUBMITTED),
        "certify": Step((SUBMITTED,), IN_REVIEW),
        "correct": Step((SUBMITTED, IN_REVIEW), DRAFT),
        "grant": Step((IN_REVIEW,), GRANTED),
        "refuse": Step((IN_REVIEW,), REFUSED),
        "ask_reexamination": Step((REFUSED,), IN_REVIEW),
        "note_debit": Step((GRANTED,), PAID),
        "note_return": Step((GRANTED, PAID), RETURNED),
        "give_other_account": Step((RETURNED,), GRANTED),
        "withdraw": Step((DRAFT, SUBMITTED, IN_REVIEW), WITHDRAWN),
    },
)

SCHEME_VERSION = Workflow(
    {
        "open": Step((VersionState.DRAFT,), VersionState.OPEN),
        "close": Step((VersionState.OPEN,), VersionState.CLOSED),
    },
)
