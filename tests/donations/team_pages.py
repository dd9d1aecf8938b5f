"""Team pages, proposed and read; who opens which address of teams and matching offers."""

from types import SimpleNamespace
from typing import Any

from donations.actions.offers import tie_payment
from donations.actions.teams import TeamWords, change_team, open_team, propose_team, words_of
from donations.models import Team, TeamText
from fund.models import Pocket, User
from tests.donations import sponsors

PAYERS = {"treasurer", "signatory", "administrator"}
MATRIX: dict[str, set[str] | None] = {
    "team_list": None,
    "team_page": None,
    "propose_team": {"everyone"},
    "change_team": {"owner"},
    "close_team": {"owner"},
    "team_moderation": {"communication"},
    "moderate_team": {"communication"},
    "moderate_team_text": {"communication"},
    "matching_public": None,
    "matching_list": PAYERS | {"auditor"},
    "record_offer": {"treasurer", "administrator"},
    "offer_page": PAYERS | {"auditor"},
    "confirm_offer": {"signatory", "administrator"},  # the treasurer recorded it
    "drop_offer": {"treasurer", "administrator"},
    "end_offer": {"treasurer", "administrator"},
    "tie_offer_payment": {"treasurer"},
    "untie_offer_payment": {"treasurer"},
}
POST_ONLY = {
    "close_team", "moderate_team", "moderate_team_text", "confirm_offer", "drop_offer", "end_offer",
    "tie_offer_payment", "untie_offer_payment",
}  # fmt: skip
OBJECT_OF = {
    "team_page": "team", "change_team": "team", "close_team": "team", "moderate_team": "team_pk",
    "moderate_team_text": "team_text", "offer_page": "offer", "confirm_offer": "offer", "drop_offer": "offer",
    "end_offer": "offer", "tie_offer_payment": "offer", "untie_offer_payment": "offer_payment",
}  # fmt: skip
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


def addresses(people: SimpleNamespace, maker: User, pocket: Pocket) -> dict[str, dict[str, object]]:
    """A student's open team page with new words, and an offer that its sponsor paid for."""
    team = make_team(people, pocket, by=maker)
    text = propose_words(team)
    offer = sponsors.make_offer(people)
    payment = tie_payment(by=people.treasurer, offer=offer, gift=sponsors.given_by_company(pocket, 5_000))
    return {
        "team": {"slug": team.slug},
        "team_pk": {"pk": team.pk},
        "team_text": {"pk": text.pk},
        "offer": {"pk": offer.pk},
        "offer_payment": {"pk": payment.pk},
    }
