"""Votes, money and the addresses of the waiting list, for the tests of the outcomes."""

from typing import Any

from aid_requests.committee import actions
from aid_requests.models import AidRequest
from fund.models import User

MATRIX: dict[str, set[str] | None] = {
    "waiting_list": {"member1", "member2", "member3", "chair"},
    "serve_waiting_list": {"chair"},
}
POST_ONLY = {"serve_waiting_list"}
REDIRECTION = {"reason_code": "other_duty", "door_code": "social_worker"}


USUAL: dict[str, dict[str, Any]] = {
    "refuse": {"reason_code": "not_covered"},
    "redirect": REDIRECTION,
    "adjourn": {"reason_code": "facts"},
    "grant_subject": {"paper_codes": ["expense_proof"]},
}


def vote(by: User, request: AidRequest, choice: str = "grant", **more: Any) -> Any:
    """One vote on the request as it is now, with a good reason, door or paper where the choice asks for one."""
    request.refresh_from_db()
    usual = USUAL.get(choice, {})
    return actions.cast_vote(
        by=by,
        request=request,
        choice=choice,
        revision=request.revision,
        round_number=request.round,
        turn=request.turn,
        **{**usual, **more},
    )


def decide(request: AidRequest, members: list[User], choice: str) -> Any:
    """Decided by the last of `members`, who all say the same."""
    decisions = [vote(member, request, choice) for member in members]
    assert decisions[:-1] == [None] * (len(members) - 1)
    assert decisions[-1] is not None
    request.refresh_from_db()
    return decisions[-1]
