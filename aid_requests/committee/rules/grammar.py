"""The shape of a committee's rules (règlement): what they can say, as frozen dataclasses.

Money is integer euro cents, days are whole Paris days. Rules are made by `reading.load`, which proves what the comments
here promise. The grammar grows by optional keys: what is left at its default is not written by `writing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

GRAMMAR_VERSION = 1
SIMPLE = Fraction(1, 2)
# In `unanimity`: whatever departs from the schedule, in any scheme. No scheme may bear this name there.
EXCEPTIONS = "exceptions"


class Mode(StrEnum):
    """How a scheme's files are decided. OPINION: the committee gives one, then one person signs the decision."""

    SITTING = "sitting"
    CONSULTATION = "consultation"
    DELEGATION = "delegation"
    OPINION = "opinion"


class Base(StrEnum):
    """What a majority is counted of: votes cast (abstentions are none), or whoever is present or represented."""

    VOTES_CAST = "votes_cast"
    PRESENT = "present_or_represented"


class Proxies(StrEnum):
    COUNTED = "counted"
    NOT_COUNTED = "not_counted"


class Per(StrEnum):
    """Where a quorum is looked at: once for the sitting, or for each file without those who step back from it."""

    SITTING = "sitting"
    FILE = "file"


class Tie(StrEnum):
    CASTING_VOTE = "casting_vote"
    REFUSED = "refused"
    ADJOURNED = "adjourned"


class Alternates(StrEnum):
    """ABSENT_TITULAR: an alternate sits only while the titular is absent, who then gives no proxy."""

    NONE = "none"
    ABSENT_TITULAR = "absent_titular"


class OwnSchool(StrEnum):
    """Whether a member decides files of the own school; AS_SCHEME: as the schedule itself says. A personal tie
    excludes whatever is said here (CRPA R133-12)."""

    EXCLUDED = "excluded"
    ALLOWED = "allowed"
    AS_SCHEME = "as_scheme"


class Count(StrEnum):
    """CONCORDANT: so many votes that say the same decide at once. AT_END: all are counted at the end date."""

    CONCORDANT = "concordant"
    AT_END = "at_end"


# A number of people, a share of the seats, or nothing that is asked.
Measure = int | Fraction | None


@dataclass(frozen=True, slots=True)
class SchemeMode:
    """The mode of one scheme, by its slug."""

    scheme: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class Majority:
    """`share` 1/2 is the simple majority: more than half. Any other is above it and is enough when reached."""

    base: Base
    share: Fraction = SIMPLE

    @property
    def is_simple(self) -> bool:
        return self.share == SIMPLE


@dataclass(frozen=True, slots=True)
class Quorum:
    """Who must be there (R133-10). Whoever is there from afar counts."""

    needed: Measure
    proxies: Proxies = Proxies.COUNTED
    per: Per = Per.SITTING


@dataclass(frozen=True, slots=True)
class SecondCall:
    """After a sitting without quorum: what the next one needs, `days` later at the earliest."""

    needed: Measure
    days: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """Days between the convocation and the sitting (R133-8: five), and where it is urgent."""

    days: int
    urgent_days: int


@dataclass(frozen=True, slots=True)
class Consultation:
    """`votes`: how many must say the same; None leaves it to each scheme. `days`: None has no end date."""

    count: Count
    votes: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Delegation:
    """One person decides alone: `person` is the number of the account, `reference` the act that says so. Both dates
    are included; `cap_cents` None has no cap."""

    person: int
    reference: str
    starts_on: date
    ends_on: date
    cap_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """Where the opinion is formed, and who signs: None is the chair, else the number of an account."""

    given_in: Mode
    signed_by: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of a committee's rules. What a mode needs is there (`mode_blocks`), what none uses is not."""

    mode: Mode
    majority: Majority
    quorum: Quorum
    own_school: OwnSchool
    modes: tuple[SchemeMode, ...] = ()
    tie: Tie = Tie.REFUSED
    unanimity: tuple[str, ...] = ()
    second_call: SecondCall | None = None
    alternates: Alternates = Alternates.NONE
    proxies: int = 1
    notice: Notice | None = None
    consultation: Consultation | None = None
    delegation: Delegation | None = None
    opinion: Opinion | None = None

    def mode_for(self, scheme: str) -> Mode:
        """The mode that the rules give a scheme, by its slug; a delegation may still not cover the file."""
        return next((one.mode for one in self.modes if one.scheme == scheme), self.mode)

    @property
    def modes_used(self) -> frozenset[Mode]:
        """Every mode by which something may be decided, the one in which opinions are formed included."""
        named = {self.mode, *(one.mode for one in self.modes)}
        return frozenset(named | ({self.opinion.given_in} if self.opinion else set()))

    def asks_unanimity(self, scheme: str, case: str) -> bool:
        """Whether every file of this scheme, or of this case of it, asks for unanimity."""
        return scheme in self.unanimity or f"{scheme}/{case}" in self.unanimity


# What holds while a committee has written nothing: two votes that say the same (or as many as the scheme asks), in
# writing, without an end date; the schedule says whether the own school keeps out.
DEFAULT = Rules(
    mode=Mode.CONSULTATION,
    majority=Majority(Base.VOTES_CAST),
    quorum=Quorum(None, Proxies.NOT_COUNTED),
    own_school=OwnSchool.AS_SCHEME,
    proxies=0,
    consultation=Consultation(Count.CONCORDANT),
)
