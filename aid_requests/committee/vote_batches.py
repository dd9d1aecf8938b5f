"""The same vote on many files: which files a member may list, and how far the votes are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from aid_requests.committee import queries
from aid_requests.models import AidRequest, VoteBatch, VoteBatchItem
from aid_requests.models.decisions import VoteChoice
from aid_requests.models.vote_batches import BatchOutcome
from fund.models import User

MOST = 1000
_LAST = 32_767  # what the columns of an item hold
# What names something of its own is said file by file: a door, a paper, what is missing.
CHOICES = (VoteChoice.GRANT, VoteChoice.FUND_LATER, VoteChoice.REFUSE, VoteChoice.ABSTAIN)


@dataclass(frozen=True)
class Listed:
    """A file as a confirmation page listed it."""

    token: UUID
    revision: int
    round: int
    turn: int

    def __str__(self) -> str:
        return f"{self.token}:{self.revision}:{self.round}:{self.turn}"

    @classmethod
    def read(cls, text: str) -> "Listed":
        """Raises ValueError for anything but what `str` gave."""
        token, *read = text.split(":")
        file, (revision, number, turn) = UUID(token), map(int, read)
        if not all(1 <= one <= _LAST for one in (revision, number, turn)):
            raise ValueError("no such revision, round or turn")
        return cls(file, revision, number, turn)


@dataclass(frozen=True)
class Progress:
    """How many items have which outcome, and those left untouched with the sentence that says why."""

    counts: dict[str, int]
    left: list[VoteBatchItem]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        return self.total - self.counts.get(BatchOutcome.WAITING, 0)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


def listed_of(files: Iterable[AidRequest]) -> list[Listed]:
    return [Listed(file.token, file.revision, file.round, file.turn) for file in files]


def ticked(member: User, tokens: Iterable[UUID]) -> list[AidRequest]:
    """Of the files ticked, those that wait for this member's vote, MOST at most; the longest wait first."""
    return list(queries.unread(member).filter(token__in=list(tokens)[: 2 * MOST])[:MOST])


def batches_of(member: User) -> QuerySet[VoteBatch]:
    """A member's own: nobody reads how another one votes."""
    return VoteBatch.objects.filter(by=member)


def running(member: User) -> VoteBatch | None:
    return batches_of(member).filter(finished_at=None).order_by("-made_at").first()


def progress_of(batch: VoteBatch) -> Progress:
    """Two queries, whatever the number of files."""
    rows = batch.items.order_by().values_list("outcome").annotate(number=Count("pk"))
    left = batch.items.filter(outcome=BatchOutcome.LEFT).select_related("request").order_by("position")
    return Progress(dict(Counter(dict(rows))), list(left))
