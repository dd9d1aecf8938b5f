"""Random rules, tables and votes, small enough to be gone through by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from random import Random
from typing import TypeVar

from aid_requests.committee.rules import (
    Ballot,
    Bar,
    Choice,
    Kind,
    Matter,
    Mode,
    Outcome,
    Presence,
    Proxy,
    Roll,
    Rules,
    Seat,
    Signature,
)
from aid_requests.committee.rules.grammar import (
    Alternates,
    Base,
    Consultation,
    Count,
    Delegation,
    Majority,
    Notice,
    Opinion,
    OwnSchool,
    Per,
    Proxies,
    Quorum,
    SchemeMode,
    SecondCall,
    Tie,
)

PEOPLE = range(1, 8)
WORLDS_A_SEED = 25
_SHARES = (Fraction(1, 3), Fraction(1, 2), Fraction(2, 3))
_IN_MAY = date(2020, 5, 1)
_BALLOTS = (
    *[Ballot(Choice.FOR, outcome) for outcome in (Outcome.GRANTED, Outcome.GRANTED, Outcome.SUBJECT_TO)],
    *[Ballot(Choice.AGAINST, outcome) for outcome in (Outcome.REFUSED, Outcome.ADJOURNED)],
    Ballot(Choice.ABSTAIN),
)
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class World:
    """`person` and `ballot` are one more vote, for the tests that change something."""

    rules: Rules
    matter: Matter
    roll: Roll
    votes: dict[int, Ballot]
    person: int
    ballot: Ballot
    chance: Random


def worlds(seed: int) -> Iterator[World]:
    """The same worlds for the same seed."""
    chance = Random(seed)
    for _number in range(WORLDS_A_SEED):
        votes = {person: chance.choice(_BALLOTS) for person in range(1, 10) if chance.random() < 0.7}
        yield World(
            book(chance),
            matter(chance),
            roll(chance),
            votes,
            chance.choice(PEOPLE),
            chance.choice(_BALLOTS),
            chance,
        )


def _maybe(chance: Random, item: _Item, share: float = 0.5) -> _Item | None:
    return item if chance.random() < share else None


def _measure(chance: Random) -> int | Fraction | None:
    return chance.choice((None, chance.randint(1, 4), chance.choice(_SHARES)))


def book(chance: Random) -> Rules:
    """Any rules, contradictory ones included: the engine answers them all."""
    other = chance.choice((None, *Mode))
    exceptions = ("exceptions", "mobility-aid", "emergency-aid/rent")
    return Rules(
        mode=chance.choice((Mode.SITTING, Mode.SITTING, Mode.CONSULTATION, Mode.OPINION)),
        modes=(SchemeMode("mobility-aid", other),) if other else (),
        majority=Majority(
            chance.choice(list(Base)),
            chance.choice((Fraction(1, 2), Fraction(1, 2), Fraction(2, 3), Fraction(1))),
        ),
        quorum=Quorum(_measure(chance), chance.choice(list(Proxies)), chance.choice(list(Per))),
        own_school=chance.choice(list(OwnSchool)),
        tie=chance.choice(list(Tie)),
        unanimity=tuple(code for code in exceptions if chance.random() < 0.2),
        second_call=_maybe(chance, SecondCall(_measure(chance))),
        alternates=chance.choice(list(Alternates)),
        proxies=chance.randint(0, 2),
        notice=Notice(5, 2),
        consultation=Consultation(chance.choice(list(Count)), chance.choice((None, 1, 2, 3)), 7),
        delegation=Delegation(chance.randint(1, 4), "D 1", _IN_MAY, date(2020, 5, 20), 10_000),
        opinion=Opinion(chance.choice((Mode.SITTING, Mode.CONSULTATION)), _maybe(chance, 40)),
    )


def roll(chance: Random) -> Roll:
    seats = []
    for person in PEOPLE[: chance.choice((0, 1, 3, 5, 7, 7, 7))]:
        is_alternate = person > 4
        seats.append(
            Seat(
                person,
                Kind.ALTERNATE if is_alternate else Kind.TITULAR,
                chance.choice(list(Presence)),
                replaces=chance.randint(1, 4) if is_alternate else None,
                school=chance.choice((None, 1, 2)),
                bar=_maybe(chance, chance.choice(list(Bar)), 0.15),
                is_removed=chance.random() < 0.1,
            )
        )
    givers = [person for person in PEOPLE if chance.random() < 0.4]
    proxies = tuple(Proxy(giver, chance.choice(PEOPLE), chance.randint(0, 2)) for giver in givers)
    return Roll(tuple(seats), proxies, chance.choice((None, 1, 2, 3)))


def matter(chance: Random) -> Matter:
    return Matter(
        chance.choice(("emergency-aid", "mobility-aid")),
        chance.choice(("rent", "equipment")),
        chance.choice((5_000, 10_000, 10_001)),
        chance.choice((date(2020, 4, 30), _IN_MAY, date(2020, 5, 20), date(2020, 5, 21))),
        frozenset(school for school in (1, 2) if chance.random() < 0.3),
        is_exception=chance.random() < 0.3,
        call=chance.randint(1, 2),
        is_closed=chance.random() < 0.7,
        scheme_votes=chance.randint(1, 3),
        own_school_excluded=chance.random() < 0.5,
        signature=_maybe(chance, Signature(chance.choice((1, 40)), chance.choice(list(Outcome)))),
    )
