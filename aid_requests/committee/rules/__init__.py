"""The rules (règlement) of a committee as data, and the one engine that applies and explains them.

Pure: no database, no clock, no request. `load` reads a file, `weigh` tells what votes are worth, `explain` says why,
`shortfalls` tells in advance what nobody could decide.
"""

from aid_requests.committee.rules.counting import concordant_votes, ends_by_number, is_unanimous
from aid_requests.committee.rules.engine import mode_of, weigh
from aid_requests.committee.rules.grammar import DEFAULT, Alternates, Mode, Per, Rules
from aid_requests.committee.rules.matters import (
    ABSTAIN,
    GRANT,
    REFUSE,
    Ballot,
    Bar,
    Choice,
    Kind,
    Matter,
    Outcome,
    Presence,
    Proxy,
    Roll,
    Seat,
    Signature,
    Votes,
)
from aid_requests.committee.rules.reading import RulesError, load
from aid_requests.committee.rules.seating import (
    QuorumCount,
    Unheard,
    bar_of,
    excludes_own_school,
    for_file,
    quorum_needed,
    quorum_of,
    seating,
    signer_of,
)
from aid_requests.committee.rules.sentences import explain, headline, quorum_words, unheard_words
from aid_requests.committee.rules.staffing import Shortfall, StaffedScheme, shortfalls
from aid_requests.committee.rules.weighing import How, NotDelegated, Tally, Voice, Weighing
from aid_requests.committee.rules.writing import dump, rules_hash

__all__ = [
    "ABSTAIN",
    "DEFAULT",
    "GRANT",
    "REFUSE",
    "Alternates",
    "Ballot",
    "Bar",
    "Choice",
    "How",
    "Kind",
    "Matter",
    "Mode",
    "NotDelegated",
    "Outcome",
    "Per",
    "Presence",
    "Proxy",
    "QuorumCount",
    "Roll",
    "Rules",
    "RulesError",
    "Seat",
    "Shortfall",
    "Signature",
    "StaffedScheme",
    "Tally",
    "Unheard",
    "Voice",
    "Votes",
    "Weighing",
    "bar_of",
    "concordant_votes",
    "dump",
    "ends_by_number",
    "excludes_own_school",
    "explain",
    "for_file",
    "headline",
    "is_unanimous",
    "load",
    "mode_of",
    "quorum_needed",
    "quorum_of",
    "quorum_words",
    "rules_hash",
    "seating",
    "shortfalls",
    "signer_of",
    "unheard_words",
    "weigh",
]
