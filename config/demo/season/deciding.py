"""The committee's sittings: two votes a file, by members who may read it, each in turn."""

from itertools import count, islice

from aid_requests.actions.advances import set_rules
from aid_requests.committee.actions import cast_vote
from aid_requests.models import AidRequest
from fund.models import Pocket, School, User


class Committee:
    """`members` vote by turns, so that nobody decides everything: (who, the school they are of or None)."""

    def __init__(self, members: list[tuple[User, School | None]]) -> None:
        self.members = members
        self._turns = count()

    def grant(self, requests: list[AidRequest]) -> None:
        """Two votes each, by those whose turn it is."""
        for request in requests:
            for voter in self._voters(request):
                vote(request, voter, "grant")

    def _voters(self, request: AidRequest) -> list[User]:
        """The next ones in turn who are not of the request's school: those may not read it."""
        start = next(self._turns)
        by_turns = (self.members[(start + place) % len(self.members)] for place in range(len(self.members)))
        return list(islice((user for user, school in by_turns if school != request.school), 2))


def vote(request: AidRequest, voter: User, choice: str, reason_code: str = "") -> None:
    cast_vote(by=voter, request=request, choice=choice, revision=request.revision, reason_code=reason_code)


def allow_advances(administrator: User) -> None:
    """100 € at once, 500 € a month out of the general pocket: visitors may give the first one."""
    general = Pocket.objects.get(code=Pocket.GENERAL)
    set_rules(by=administrator, pocket=general, cap_cents=10_000, month_cap_cents=50_000, ratify_days=15)
