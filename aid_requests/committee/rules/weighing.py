"""What the engine answers about one file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aid_requests.committee.rules.grammar import Mode, Rules
from aid_requests.committee.rules.matters import FAVOURABLE, Ballot, Choice, Outcome
from aid_requests.committee.rules.seating import QuorumCount, Seating, Unheard


class How(StrEnum):
    """What made the outcome, or what it still waits for."""

    MAJORITY = "majority"
    NO_MAJORITY = "no_majority"
    UNANIMITY = "unanimity"
    NO_UNANIMITY = "no_unanimity"
    CONCORDANT = "concordant"
    NOT_CONCORDANT = "not_concordant"
    CASTING_VOTE = "casting_vote"
    TIE = "tie"
    TIE_WITHOUT_CHAIR = "tie_without_chair"
    DELEGATE = "delegate"
    SIGNED = "signed"
    WAITS_FOR_VOTES = "waits_for_votes"
    WAITS_FOR_DELEGATE = "waits_for_delegate"
    WAITS_FOR_SIGNATURE = "waits_for_signature"
    NO_QUORUM = "no_quorum"
    NOBODY = "nobody"


# How an outcome is made that no vote asked for: by the rules, for want of enough votes.
BY_THE_RULES = frozenset({How.NOT_CONCORDANT, How.TIE, How.TIE_WITHOUT_CHAIR})


class NotDelegated(StrEnum):
    """Why a file that the rules delegate is decided by the default mode all the same."""

    DATES = "dates"
    CAP = "cap"
    PERSON = "person"
    UNANIMITY = "unanimity"


@dataclass(frozen=True, slots=True)
class Voice:
    """A vote that counts. `through`: who held the proxy, None of one's own voice."""

    person: int
    ballot: Ballot
    through: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """`silent`: how many may still vote."""

    in_favour: int = 0
    against: int = 0
    abstained: int = 0
    silent: int = 0

    @property
    def cast(self) -> int:
        """Abstentions are no votes cast."""
        return self.in_favour + self.against


@dataclass(frozen=True, slots=True)
class Weighing:
    """Everything the rules answer about one file. `outcome` None is « not yet »; `how` says what it waits for.

    `quorum` None: nothing of that sort is asked here. `base_count`: of how many the majority is counted.
    `votes_needed`: how many must say the same, in a consultation that ends with so many. `opinion`: what the committee
    advises, where somebody signs, and `opinion_how` what made it. `unheard`: each person whose voice does not count,
    and why: for the full minutes, never for other members' eyes (`sentences.explain` tells numbers alone).
    """

    rules: Rules
    mode: Mode
    how: How
    outcome: Outcome | None
    tally: Tally
    voices: tuple[Voice, ...]
    unheard: dict[int, Unheard]
    seating: Seating
    quorum: QuorumCount | None = None
    base_count: int = 0
    votes_needed: int | None = None
    call: int = 1
    opinion: Outcome | None = None
    opinion_how: How | None = None
    not_delegated: NotDelegated | None = None

    @property
    def winners(self) -> tuple[int, ...]:
        """Whoever voted on the side that the outcome follows, by number; none before the outcome."""
        return self._side_of(self.outcome)

    @property
    def advisers(self) -> tuple[int, ...]:
        """Whoever voted on the side that the opinion follows, by number; none where nobody signs."""
        return self._side_of(self.opinion)

    @property
    def adjourning(self) -> int:
        """How many of the votes against ask to put the file off."""
        return sum(voice.ballot.outcome is Outcome.ADJOURNED for voice in self.voices)

    @property
    def is_put_off_by_vote(self) -> bool:
        """Whether those votes put it off, rather than the rules for want of a majority."""
        how = self.how if self.opinion is None else self.opinion_how
        return (self.opinion or self.outcome) is Outcome.ADJOURNED and how not in BY_THE_RULES

    def _side_of(self, outcome: Outcome | None) -> tuple[int, ...]:
        if outcome is None:
            return ()
        choice = Choice.FOR if outcome in FAVOURABLE else Choice.AGAINST
        return tuple(sorted(voice.person for voice in self.voices if voice.ballot.choice is choice))
