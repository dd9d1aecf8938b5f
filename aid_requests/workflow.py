"""The states of a request and of a version of a scheme, on one screen."""

from aid_requests.models.call_backs import CallBackState
from aid_requests.models.correspondence import CorrectionState
from aid_requests.models.invitations import ListState
from aid_requests.models.lookalikes import LookAlikeState
from aid_requests.models.register import ImportState
from aid_requests.models.requests import RequestState
from aid_requests.models.rules import RulesState
from aid_requests.models.scheme_drafts import DraftState
from aid_requests.models.schemes import VersionState
from aid_requests.models.second_looks import SecondLookState
from aid_requests.models.sittings import ItemState, SittingState
from aid_requests.models.typed_requests import TypedState
from fund.workflow import Step, Workflow

DRAFT, SUBMITTED, IN_REVIEW = RequestState.DRAFT, RequestState.SUBMITTED, RequestState.IN_REVIEW
GRANTED, REFUSED, PAID = RequestState.GRANTED, RequestState.REFUSED, RequestState.PAID
RETURNED, WITHDRAWN = RequestState.RETURNED, RequestState.WITHDRAWN
WAITLISTED, REDIRECTED = RequestState.WAITLISTED, RequestState.REDIRECTED
CONDITIONAL = RequestState.CONDITIONAL

REQUEST = Workflow(
    {
        "submit": Step((DRAFT,), SUBMITTED),
        "certify": Step((SUBMITTED,), IN_REVIEW),
        "correct": Step((SUBMITTED, IN_REVIEW), DRAFT),
        "adjourn": Step((IN_REVIEW,), IN_REVIEW),
        "drop_opinion": Step((IN_REVIEW,), IN_REVIEW),
        "grant": Step((IN_REVIEW,), GRANTED),
        "grant_subject": Step((IN_REVIEW,), CONDITIONAL),
        "refuse": Step((IN_REVIEW,), REFUSED),
        "redirect": Step((IN_REVIEW,), REDIRECTED),
        "put_on_list": Step((IN_REVIEW,), WAITLISTED),
        "grant_from_list": Step((WAITLISTED,), GRANTED),
        "grant_subject_from_list": Step((WAITLISTED,), CONDITIONAL),
        "grant_with_papers": Step((CONDITIONAL,), GRANTED),
        "refuse_without_papers": Step((CONDITIONAL,), REFUSED),
        "ask_reexamination": Step((REFUSED, REDIRECTED), IN_REVIEW),
        "note_debit": Step((GRANTED,), PAID),
        "note_return": Step((GRANTED, PAID), RETURNED),
        "give_other_account": Step((RETURNED,), GRANTED),
        "return_signed": Step((DRAFT,), SUBMITTED),
        "return_certified": Step((DRAFT,), IN_REVIEW),
        "withdraw": Step((DRAFT, SUBMITTED, IN_REVIEW, WAITLISTED), WITHDRAWN),
    },
)

SCHEME_VERSION = Workflow(
    {
        "open": Step((VersionState.DRAFT,), VersionState.OPEN),
        "close": Step((VersionState.OPEN,), VersionState.CLOSED),
    },
)

RULES_VERSION = Workflow(
    {
        "open": Step((RulesState.DRAFT,), RulesState.OPEN),
        "close": Step((RulesState.OPEN,), RulesState.CLOSED),
    },
)

SCHEME_DRAFT = Workflow(
    {
        "open": Step((DraftState.LIVE,), DraftState.OPENED),
        "discard": Step((DraftState.LIVE,), DraftState.DISCARDED),
    },
)

CORRECTION = Workflow(
    {
        "answer": Step((CorrectionState.OPEN,), CorrectionState.ANSWERED),
        "cancel": Step((CorrectionState.OPEN,), CorrectionState.CANCELLED),
        "drop": Step((CorrectionState.OPEN,), CorrectionState.DROPPED),
    },
)

CALL_BACK = Workflow(
    {
        "take": Step((CallBackState.WAITING,), CallBackState.TAKEN),
        "no_answer": Step((CallBackState.TAKEN,), CallBackState.TAKEN),
        "hand_over": Step((CallBackState.TAKEN,), CallBackState.WAITING),
        "take_over": Step((CallBackState.TAKEN,), CallBackState.TAKEN),
        "close": Step((CallBackState.TAKEN,), CallBackState.DONE),
    },
)

TYPED_REQUEST = Workflow(
    {
        "claim": Step((TypedState.WAITING,), TypedState.CLAIMED),
        "decline": Step((TypedState.WAITING,), TypedState.DECLINED),
        "lapse": Step((TypedState.WAITING,), TypedState.LAPSED),
    },
)

INVITATION_LIST = Workflow(
    {
        "note_ready": Step((ListState.PREPARING,), ListState.READY),
        "send": Step((ListState.READY,), ListState.SENDING),
        "note_sent": Step((ListState.SENDING,), ListState.SENT),
        "end": Step(
            (ListState.PREPARING, ListState.READY, ListState.SENDING, ListState.SENT), ListState.ENDED
        ),
    },
)

REGISTER_IMPORT = Workflow(
    {
        "compare": Step(
            (ImportState.UPLOADED, ImportState.COMPARED, ImportState.UNREADABLE), ImportState.COMPARING
        ),
        "note_compared": Step((ImportState.COMPARING,), ImportState.COMPARED),
        "note_unreadable": Step((ImportState.COMPARING,), ImportState.UNREADABLE),
        "apply": Step((ImportState.COMPARED,), ImportState.APPLYING),
        "note_applied": Step((ImportState.APPLYING,), ImportState.APPLIED),
        "replace": Step((ImportState.APPLIED,), ImportState.REPLACED),
        "drop": Step(
            (ImportState.UPLOADED, ImportState.COMPARING, ImportState.COMPARED, ImportState.UNREADABLE),
            ImportState.DROPPED,
        ),
    },
)

LOOK_ALIKE = Workflow(
    {
        "explain": Step((LookAlikeState.OPEN, LookAlikeState.CONFIRMED), LookAlikeState.EXPLAINED),
        "confirm": Step((LookAlikeState.OPEN,), LookAlikeState.CONFIRMED),
    },
)

SECOND_LOOK = Workflow(
    {
        "confirm": Step((SecondLookState.OPEN,), SecondLookState.CONFIRMED),
        "report": Step((SecondLookState.OPEN,), SecondLookState.REPORTED),
        "maintain": Step((SecondLookState.REPORTED,), SecondLookState.MAINTAINED),
    },
)

SITTING = Workflow(
    {
        "convene": Step((SittingState.DRAFTED,), SittingState.CONVENED),
        "open": Step((SittingState.CONVENED,), SittingState.OPEN),
        "close": Step((SittingState.OPEN,), SittingState.CLOSED),
        "sign": Step((SittingState.CLOSED,), SittingState.SIGNED),
        "cancel": Step((SittingState.DRAFTED, SittingState.CONVENED), SittingState.CANCELLED),
    },
)

AGENDA_ITEM = Workflow(
    {
        "take": Step((ItemState.WAITING,), ItemState.TAKEN),
        "decide": Step((ItemState.WAITING, ItemState.TAKEN), ItemState.DECIDED),
        "advise": Step((ItemState.WAITING, ItemState.TAKEN), ItemState.ADVISED),
        "adjourn": Step((ItemState.WAITING, ItemState.TAKEN), ItemState.ADJOURNED),
    },
)
