"""What each file of the season is, how it is voted on, and what its student must read in the end.

The test's own table: nothing here asks the product how it counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from aid_requests.committee.reasons import NO_MAJORITY, sentences
from aid_requests.models import AidRequest
from tests.aid_requests.committee import factories

INTERNSHIP = {
    "enrolled": True,
    "situation": "internship_cancelled",
    "rent_due": True,
    "cancelled_on": date(2020, 3, 20),
    "monthly_rent": 42_000,
}
BLOCKED = {**factories.ANSWERS, "cause": "family_money"}
GRANTED, REFUSED, REDIRECTED = (
    "Votre aide est accordée",
    "L’aide n’est pas accordée",
    "Votre demande est réorientée",
)
WAITING = "Le comité est favorable, l’argent manque"
SUBJECT_TO, READ_AGAIN = "Votre aide est accordée, sous réserve d’une pièce", "Le comité relira votre demande"
PAPER = "Une facture ou une quittance de la dépense, à votre nom"
# From how many files on a season is a long one.
LONG = 50
DOOR = "L’assistance sociale de votre université"


@dataclass(frozen=True)
class Ballot:
    choice: str
    reason: str = ""
    door: str = ""
    paper: str = ""


GRANT, LATER, ABSTAIN = Ballot("grant"), Ballot("fund_later"), Ballot("abstain")
REFUSE, REDIRECT = Ballot("refuse", "expense_not_shown"), Ballot("redirect", "other_duty", "social_worker")
SUBJECT, ADJOURN = Ballot("grant_subject", paper=PAPER), Ballot("adjourn", "facts")
# Plan → headline, and the reason that stands under it; every other plan ends with a grant.
ENDS = {
    "refuse": (REFUSED, "expense_not_shown"),
    "unanimous": (REFUSED, "expense_not_shown"),
    "abstained": (REFUSED, NO_MAJORITY),
    "redirect": (REDIRECTED, "other_duty"),
}
# What the sessions of the season are for; a small season takes the first ones of each.
PLANS: dict[str, Sequence[str]] = {
    "in writing": ("opinion", "lapsed", "unanimous", "grant", "refuse", "opinion"),
    "first": ("advance", "refuse", "discussed", "by_hand", "recused", "redirect", "split"),
    "tied": ("wait", "tie", "grant", "wait", "refuse"),
    "present": ("abstained", "put_off", "discussed", "split", "grant"),
    "no quorum": ("subject", "grant", "redirect", "refuse"),
    "by batch": ("grant", "refuse"),
    "alone": ("grant", "refuse", "subject"),
    "half": ("even_tie", "recused", "refuse", "by_hand"),
    "back": ("redirect", "grant", "abstained"),
    "last": ("split", "grant", "refuse", "grant"),
}
# Sessions whose files are all of the mobility scheme: the other one is delegated then.
OF_MOBILITY = ("present", "half", "back")


@dataclass
class Case:
    """One file and its plan; `looked` is how many sessions came back from it."""

    request: AidRequest
    plan: str
    school: str
    looked: int = 0

    @property
    def reference(self) -> str:
        return self.request.reference

    @property
    def is_opinion(self) -> bool:
        """Whether the committee advises and one person signs, in writing."""
        return self.plan == "opinion"

    @property
    def headline(self) -> str:
        return ENDS.get(self.plan, (GRANTED, ""))[0]

    @property
    def words(self) -> list[str]:
        """What the student's page says besides."""
        _headline, reason = ENDS.get(self.plan, (GRANTED, ""))
        said = sentences([reason]) if reason else []
        return [*said, DOOR] if self.plan == "redirect" else said

    @property
    def is_granted(self) -> bool:
        return self.headline == GRANTED

    @property
    def is_put_off(self) -> bool:
        """Whether this evening does not decide it. What a vote put off comes on the first agenda from its day on,
        fourteen days later: that of « back » for the sixth and for the fifteenth of July."""
        return self.plan in ("discussed", "even_tie", "put_off") and self.looked == 0


def shares(number: int) -> dict[str, int]:
    """How many files each session gets: as even as can be, the first ones one more. Of a long season, the consultation
    that is voted on many files at once takes most."""
    if number < LONG:
        each, more = divmod(number, len(PLANS))
        return {name: each + (place < more) for place, name in enumerate(PLANS)}
    each = number // 32
    return {name: each if name != "by batch" else number - each * (len(PLANS) - 1) for name in PLANS}


def plans_of(session: str, number: int) -> list[str]:
    """`number` plans of a session, those that wait for money last: the money must be spent before."""
    known = PLANS[session]
    found = [known[place % len(known)] for place in range(number)]
    return sorted(found, key=lambda plan: plan == "wait")


def answers_of(session: str, plan: str, number: int) -> dict[str, Any]:
    """Of which scheme and case a file is."""
    if plan in ("unanimous", "lapsed"):
        return BLOCKED
    mixed = session in ("first", "no quorum", "tied", "last") and number % 3 == 0
    return INTERNSHIP if plan == "opinion" or session in OF_MOBILITY or mixed else factories.ANSWERS


def ballots(case: Case, voters: Sequence[str]) -> dict[str, Ballot]:
    """What each of those who may vote says on this file, now."""
    said = dict.fromkeys(voters, GRANT)
    first, last = voters[0], voters[-1]
    match case.plan:
        case "split":
            said |= {last: REFUSE, voters[-2]: ABSTAIN}
        case "refuse":
            said = dict.fromkeys(voters, REFUSE) | ({first: GRANT} if len(voters) > 2 else {})
        case "redirect":
            said = dict.fromkeys(voters, REDIRECT)
        case "subject":
            said = dict.fromkeys(voters, SUBJECT)
        case "put_off" if case.is_put_off:
            said = dict.fromkeys(voters, ADJOURN)
        case "wait":
            said = dict.fromkeys(voters, LATER)
        case "tie":
            said |= dict.fromkeys(voters[len(voters) // 2 :], REFUSE)
        case "even_tie" if case.is_put_off:
            said |= dict.fromkeys(voters[len(voters) // 2 :], REFUSE)
        case "abstained":
            said |= dict.fromkeys(voters[2:], ABSTAIN)
        case "unanimous":
            said |= {voters[1]: REFUSE}
        case "lapsed":
            said |= {name: REFUSE for name in voters if name == "leaver"}
    return said
