"""What the committee does: votes, stepping back, decisions, advances before them, and its waiting list served."""

from aid_requests.committee.actions.advancing import give_advance
from aid_requests.committee.actions.serving import grant_from_list, serve_now, serve_waiting_list
from aid_requests.committee.actions.unmasking import unmask
from aid_requests.committee.actions.vote_batches import open_batch
from aid_requests.committee.actions.voting import cast_vote, recuse

__all__ = [
    "cast_vote",
    "give_advance",
    "grant_from_list",
    "open_batch",
    "recuse",
    "serve_now",
    "serve_waiting_list",
    "unmask",
]
