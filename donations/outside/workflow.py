"""The states of a deposit, of a cheque, of an expected transfer, of a tie and of an agreement, on one screen."""

from donations.models.outside import AgreementState, ChequeState, DepositState, ExpectedState, TieState
from fund.workflow import Step, Workflow

DEPOSIT = Workflow(
    {
        "close": Step((DepositState.OPEN,), DepositState.CLOSED),
        "reopen": Step((DepositState.CLOSED,), DepositState.OPEN),
        "confirm": Step((DepositState.CLOSED,), DepositState.CONFIRMED),
        "credit": Step((DepositState.CLOSED, DepositState.CONFIRMED), DepositState.CREDITED),
    },
)

# The bank may say that a cheque is unpaid before anybody here does.
CHEQUE = Workflow(
    {
        "remove": Step((ChequeState.RECORDED,), ChequeState.REMOVED),
        "receive": Step((ChequeState.RECORDED,), ChequeState.RECEIVED),
        "contest": Step((ChequeState.RECEIVED,), ChequeState.CONTESTED),
        "keep": Step((ChequeState.CONTESTED,), ChequeState.RECEIVED),
        "undo": Step((ChequeState.RECEIVED, ChequeState.CONTESTED), ChequeState.UNPAID),
    },
)

# Money that comes late still finds its promise, whatever became of it.
EXPECTED = Workflow(
    {
        "receive": Step(
            (ExpectedState.WAITING, ExpectedState.LAPSED, ExpectedState.CANCELLED), ExpectedState.RECEIVED
        ),
        "lapse": Step((ExpectedState.WAITING,), ExpectedState.LAPSED),
        "cancel": Step((ExpectedState.WAITING,), ExpectedState.CANCELLED),
    },
)

TIE = Workflow(
    {
        "agree": Step((TieState.PROPOSED,), TieState.AGREED),
        "count": Step((TieState.AGREED,), TieState.COUNTED),
        "refuse": Step((TieState.PROPOSED,), TieState.REFUSED),
    },
)

AGREEMENT = Workflow(
    {
        "confirm": Step((AgreementState.PROPOSED,), AgreementState.CONFIRMED),
        "drop": Step((AgreementState.PROPOSED,), AgreementState.DROPPED),
        "end": Step((AgreementState.CONFIRMED,), AgreementState.ENDED),
    },
)
