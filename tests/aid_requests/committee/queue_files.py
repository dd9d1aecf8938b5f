"""One vote on many files, veils, and who opens which of their addresses."""

import uuid
from collections.abc import Sequence
from types import SimpleNamespace

from aid_requests.committee import actions
from aid_requests.committee.vote_batches import listed_of
from aid_requests.models import AidRequest, Unmasking, VoteBatch
from fund.models import User

MATRIX: dict[str, set[str] | None] = {
    "list_votes": {"member1", "member2", "member3", "chair"},
    "cast_votes": {"member1", "member2", "member3", "chair"},
    "vote_batch": {"member1"},
    "vote_batch_state": {"member1"},
    "unmask": {"member1", "member2", "chair"},
    "unmasking_list": {"auditor"},
}
POST_ONLY = {"list_votes", "cast_votes", "unmask"}
OBJECT_OF = {"vote_batch": "vote_batch", "vote_batch_state": "vote_batch", "unmask": "request"}


def batch_of(
    by: User, files: Sequence[AidRequest], choice: str = "grant", reason_code: str = "", **more: object
) -> VoteBatch:
    """Confirmed, not yet voted."""
    values = {"form_token": uuid.uuid4(), **more}
    listed = listed_of(files)
    return actions.open_batch(by=by, listed=listed, choice=choice, reason_code=reason_code, **values)  # type: ignore[arg-type]


def lift(by: User, file: AidRequest, **more: object) -> Unmasking:
    """The veil lifted for a good reason unless told."""
    values = {"reason": "tie", "note": "Le récit me rappelle quelqu’un.", "form_token": uuid.uuid4(), **more}
    return actions.unmask(by=by, request=file, **values)  # type: ignore[arg-type]


def addresses(people: SimpleNamespace, request: AidRequest) -> dict[str, dict[str, object]]:
    """A batch that waits for the worker, of member 1, around one file."""
    return {"vote_batch": {"token": batch_of(people.member1, [request], choice="abstain").token}}
