"""What the committee does: votes, stepping back, decisions, what they wait for, sittings, consultations, advances, and
its waiting list."""

from aid_requests.committee.actions.advancing import give_advance
from aid_requests.committee.actions.conditions import (
    accept_paper,
    bring_paper,
    keep_conditions,
    lapse,
    remind_of_papers,
    return_paper,
)
from aid_requests.committee.actions.consulting import end_consultations
from aid_requests.committee.actions.minuting import read_paper, sign_minutes
from aid_requests.committee.actions.preparing import (
    add_items,
    cancel_sitting,
    change_sitting,
    convene_sitting,
    give_proxy,
    prepare_sitting,
    remove_item,
)
from aid_requests.committee.actions.presiding import (
    adjourn_item,
    close_item,
    close_sitting,
    note_presence,
    open_sitting,
    take_item,
    vote_in_sitting,
)
from aid_requests.committee.actions.reopening import reopen_unsigned
from aid_requests.committee.actions.serving import grant_from_list, serve_now, serve_waiting_list
from aid_requests.committee.actions.signing import sign_decision
from aid_requests.committee.actions.unmasking import unmask
from aid_requests.committee.actions.vote_batches import open_batch
from aid_requests.committee.actions.voting import cast_vote, recuse

__all__ = [
    "accept_paper",
    "add_items",
    "adjourn_item",
    "bring_paper",
    "cancel_sitting",
    "cast_vote",
    "change_sitting",
    "close_item",
    "close_sitting",
    "convene_sitting",
    "end_consultations",
    "give_advance",
    "give_proxy",
    "grant_from_list",
    "keep_conditions",
    "lapse",
    "note_presence",
    "open_batch",
    "open_sitting",
    "prepare_sitting",
    "read_paper",
    "recuse",
    "remind_of_papers",
    "remove_item",
    "reopen_unsigned",
    "return_paper",
    "serve_now",
    "serve_waiting_list",
    "sign_decision",
    "sign_minutes",
    "take_item",
    "unmask",
    "vote_in_sitting",
]
