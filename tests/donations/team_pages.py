"""Team pages, proposed and read."""

from types import SimpleNamespace
from typing import Any

from donations.actions.teams import TeamWords, change_team, open_team, propose_team, words_of
from donations.models import Team, TeamText
from fund.models import Pocket, User

WORDS = TeamWords("Le club d’essai", "Nous courons.\n\nChaque tour compte.", 100_000)


def proposed_team(by: User, pocket: Pocket, words: TeamWords = WORDS, **values: Any) -> Team:
    return propose_team(by=by, words=words, pocket=pocket, **values)


def make_team(people: SimpleNamespace, pocket: Pocket, *, by: User, words: TeamWords = WORDS) -> Team:
    """An open page."""
    team = proposed_team(by, pocket, words)
    return open_team(by=people.communication, team=team, read=words_of(team).fingerprint)


def propose_words(team: Team, **values: Any) -> TeamText:
    """New words that wait to be read."""
    said = {"name": team.name, "story": "Nous nageons.", "goal_cents": team.goal_cents, **values}
    change_team(by=team.made_by, team=team, words=TeamWords(**said))
    return team.texts.get(state="waiting")
