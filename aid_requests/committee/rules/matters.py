"""What the engine weighs: a matter, who sits, and one vote a member. Plain values that know neither names nor files.

Persons are the numbers of their accounts, schools the numbers of theirs; dates are Paris dates, amounts cents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Choice(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Outcome(StrEnum):
    """What becomes of a file. NOT_FUNDED: favourable, on the waiting list until money comes."""

    GRANTED = "granted"
    SUBJECT_TO = "subject_to"
    NOT_FUNDED = "not_funded"
    REFUSED = "refused"
    ADJOURNED = "adjourned"
    REDIRECTED = "redirected"


# What each side may ask for; where a side is split evenly, the one that stands first is taken: the one that leaves
# most open (a paper may still come, a file may be read again).
ASKED_BY = {
    Choice.FOR: (Outcome.SUBJECT_TO, Outcome.GRANTED, Outcome.NOT_FUNDED),
    Choice.AGAINST: (Outcome.ADJOURNED, Outcome.REDIRECTED, Outcome.REFUSED),
    Choice.ABSTAIN: (),
}
FAVOURABLE = frozenset(ASKED_BY[Choice.FOR])


@dataclass(frozen=True, slots=True)
class Ballot:
    """One vote, and the outcome it asks for; an abstention asks for none. ValueError where they do not go together."""

    choice: Choice
    outcome: Outcome | None = None

    def __post_init__(self) -> None:
        if self.outcome not in (ASKED_BY[self.choice] or (None,)):
            raise ValueError(f"A vote {self.choice} does not ask for {self.outcome}.")


GRANT = Ballot(Choice.FOR, Outcome.GRANTED)
REFUSE = Ballot(Choice.AGAINST, Outcome.REFUSED)
ABSTAIN = Ballot(Choice.ABSTAIN)

# Account → its vote: at most one each, in no order.
Votes = Mapping[int, Ballot]


class Kind(StrEnum):
    TITULAR = "titular"
    ALTERNATE = "alternate"


class Presence(StrEnum):
    """REMOTE counts as the room does (R133-10); in a written consultation nobody is nearer than REMOTE."""

    ROOM = "room"
    REMOTE = "remote"
    ABSENT = "absent"


class Bar(StrEnum):
    """Why somebody takes no part in one file, whatever the rules say (R133-12)."""

    SAME_PERSON = "same_person"
    DECLARED_TIE = "declared_tie"
    SUPPORTED = "supported"
    EARLIER_ACT = "earlier_act"


@dataclass(frozen=True, slots=True)
class Seat:
    """One person at the table. `replaces`: of an alternate, the titular. `is_removed`: sits no longer, though a vote
    may be left. `school` is compared with the matter's when the rules keep the own school out."""

    person: int
    kind: Kind = Kind.TITULAR
    presence: Presence = Presence.REMOTE
    replaces: int | None = None
    school: int | None = None
    bar: Bar | None = None
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class Proxy:
    """`giver` lets `holder` vote; `number` is the order in which proxies were handed in."""

    giver: int
    holder: int
    number: int = 0


@dataclass(frozen=True, slots=True)
class Roll:
    """Who sits. `chair` is who presides this time. Alternates of one titular sit in the order of the list.

    Raises ValueError when somebody has two seats or gave two proxies.
    """

    seats: tuple[Seat, ...]
    proxies: tuple[Proxy, ...] = ()
    chair: int | None = None

    def __post_init__(self) -> None:
        people = Counter(seat.person for seat in self.seats)
        givers = Counter(proxy.giver for proxy in self.proxies)
        if max([*people.values(), *givers.values()], default=1) > 1:
            raise ValueError("A person has one seat and gives one proxy.")

    def seat_of(self, person: int | None) -> Seat | None:
        return next((seat for seat in self.seats if seat.person == person), None)


@dataclass(frozen=True, slots=True)
class Signature:
    """The decision that one person signed after the committee's opinion; it may depart from it."""

    by: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Matter:
    """One file as the rules see it. `call` is 2 at a sitting called again. `is_closed`: the vote is over (the chair
    closed it, or the end date of the consultation is past). `scheme_votes` and `own_school_excluded` are what the
    schedule says, for rules that leave it to the schedule. `voters` voted on it in this round, in whatever turn: none
    of them signs what the committee advises."""

    scheme: str
    case: str = ""
    amount_cents: int = 0
    on: date = date(2000, 1, 1)
    schools: frozenset[int] = frozenset()
    is_exception: bool = False
    call: int = 1
    is_closed: bool = False
    scheme_votes: int = 2
    own_school_excluded: bool = True
    signature: Signature | None = None
    voters: frozenset[int] = frozenset()
