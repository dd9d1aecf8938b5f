"""The teams of the season, from `data/teams.yaml`: someone proposes a page, communication reads it and opens it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from config.demo.season import data
from config.demo.season.times import Timed, at, day_of, when
from donations.actions.teams import TeamWords, open_team, propose_team, words_of
from donations.models import Team
from fund.models import Pocket, School, User

PROPOSED_AT, OPENED_AT = 16, 8  # o'clock: a page is open before the gifts of its first day


@dataclass(frozen=True)
class PlannedTeam:
    """One page. `opened_on` is None while it waits to be read; `share` of a hundred gifts are given on it."""

    mark: str
    words: TeamWords
    by: str
    school: str
    proposed_on: date
    opened_on: date | None
    share: int

    def is_open_on(self, day: date) -> bool:
        return self.opened_on is not None and self.opened_on <= day


def planned_teams() -> list[PlannedTeam]:
    return [
        PlannedTeam(
            mark=row["mark"],
            words=TeamWords(row["name"], row["story"], row["euros"] * 100),
            by=row["by"],
            school=row.get("school", ""),
            proposed_on=day_of(row["proposed"]),
            opened_on=day_of(row["opened"]) if "opened" in row else None,
            share=row.get("share", 0),
        )
        for row in data.read("teams.yaml")
    ]


class Teams:
    """The pages as timed acts; `rows` holds them by mark once they are proposed. `reader` is of communication."""

    def __init__(self, people: Mapping[str, User], reader: User) -> None:
        self.people = people
        self.reader = reader
        self.rows: dict[str, Team] = {}

    def days(self) -> Iterator[Timed]:
        for plan in planned_teams():
            yield at(when(plan.proposed_on, PROPOSED_AT), partial(self._propose, plan))
            if plan.opened_on is not None:
                yield at(when(plan.opened_on, OPENED_AT), partial(self._open, plan))

    def _propose(self, plan: PlannedTeam) -> None:
        self.rows[plan.mark] = propose_team(
            by=self.people[plan.by],
            words=plan.words,
            pocket=Pocket.objects.get(code=Pocket.GENERAL),
            school=School.objects.get(code=plan.school) if plan.school else None,
        )

    def _open(self, plan: PlannedTeam) -> None:
        team = self.rows[plan.mark]
        self.rows[plan.mark] = open_team(by=self.reader, team=team, read=words_of(team).fingerprint)
