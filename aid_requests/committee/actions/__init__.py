"""What the committee does: votes, stepping back, decisions, and its waiting list served."""

from aid_requests.committee.actions.serving import grant_from_list, serve_now, serve_waiting_list
from aid_requests.committee.actions.unmasking import unmask
from aid_requests.committee.actions.vote_batches import open_batch
from aid_requests.committee.actions.voting import cast_vote, recuse

__all__ = [
    "cast_vote",
    "grant_from_list",
    "open_batch",
    "recuse",
    "serve_now",
    "serve_waiting_list",
    "unmask",
]
