"""What the committee does: votes, stepping back, decisions, what they wait for, and its waiting list served."""

from aid_requests.committee.actions.conditions import (
    accept_paper,
    bring_paper,
    keep_conditions,
    lapse,
    remind_of_papers,
    return_paper,
)
from aid_requests.committee.actions.serving import grant_from_list, serve_now, serve_waiting_list
from aid_requests.committee.actions.signing import sign_decision
from aid_requests.committee.actions.voting import cast_vote, recuse

__all__ = [
    "accept_paper",
    "bring_paper",
    "cast_vote",
    "grant_from_list",
    "keep_conditions",
    "lapse",
    "recuse",
    "remind_of_papers",
    "return_paper",
    "serve_now",
    "serve_waiting_list",
    "sign_decision",
]
