"""How what is known above reaches the floor below: apps register here in their `ready()`; `fund` imports nobody.

A payment order refers to something only an upper app understands (an aid request). That app says whether the order
may still be paid, hears what became of it, and may recognise bank lines of its own; all in the caller's transaction.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fund.models import BankLine, PaymentOrder, User
    from fund.roles import Refusal


class UnknownKind(LookupError):
    """Nobody registered for this kind of reference."""


@dataclass(frozen=True)
class Claim:
    """A bank line recognised: what it is tied to."""

    kind: str
    id: str


class Reference(Protocol):
    """What an app says about the orders that refer to its objects."""

    def recheck(self, order: "PaymentOrder") -> "Refusal | None":
        """None when the approval still stands, for this person, amount and account; else why not."""

    def has_tie(self, order: "PaymentOrder", user: "User") -> bool:
        """Whether `user` is the payee or acted on the approval; such a person neither prepares nor signs."""

    def on_outcome(self, order: "PaymentOrder", outcome: str, *, by: "User | None") -> None:
        """The order was debited, rejected or returned: move the object with it."""


Holds = Callable[[Collection[str]], dict[str, str]]
LineClaimer = Callable[["BankLine"], "Claim | None"]
Check = Callable[[], Iterator[str]]
Job = Callable[[], str]
KnowsMailbox = Callable[[str], bool]

_references: dict[str, Reference] = {}
_series: dict[str, str] = {}
USUAL_SERIES = "CS"
_holds: dict[str, Holds] = {}
_claimers: list[LineClaimer] = []
_checks: dict[str, Check] = {}
_jobs: dict[str, tuple[timedelta, Job]] = {}
_mailboxes: dict[str, KnowsMailbox] = {}
_replaced: dict[str, KnowsMailbox] = {}


def register_reference(kind: str, reference: Reference, *, series: str = USUAL_SERIES) -> None:
    """`series` begins the references of its transfers: kinds that share their ids have each their own."""
    _references[kind] = reference
    _series[kind] = series


def series_of(kind: str) -> str:
    return _series.get(kind, USUAL_SERIES)


def reference_for(kind: str) -> Reference:
    """Raises UnknownKind: an order nobody answers for is never paid."""
    try:
        return _references[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def register_holds(kind: str, holds: Holds) -> None:
    """`holds(ids)` tells which of these objects may not be paid yet, each with its sentence; for the desk alone: what
    decides is `Reference.recheck`."""
    _holds[kind] = holds


def held_back(orders: "Collection[PaymentOrder]") -> dict[int, str]:
    """Why orders that are due wait all the same, by the order's id; as few questions as there are kinds."""
    found: dict[int, str] = {}
    for kind, holds in _holds.items():
        asked = {order.reference_id: order.pk for order in orders if order.reference_kind == kind}
        found |= {asked[pk]: sentence for pk, sentence in holds(asked).items()}
    return found


def register_claimer(claimer: LineClaimer) -> None:
    """`claimer(line)` is asked, in order of registration, about each bank line no order explains."""
    if claimer not in _claimers:
        _claimers.append(claimer)


def claim(line: "BankLine") -> "Claim | None":
    for claimer in _claimers:
        found = claimer(line)
        if found is not None:
            return found
    return None


def register_check(name: str, check: Check) -> None:
    """A proof run by `check_ledger`: yields one sentence per broken promise."""
    _checks[name] = check


def checks() -> dict[str, Check]:
    return dict(_checks)


def register_job(name: str, every: timedelta, job: Job) -> None:
    """Timed work of `tick`: `job()` returns a short outcome; it may run twice and must not mind."""
    _jobs[name] = (every, job)


def jobs() -> dict[str, tuple[timedelta, Job]]:
    return dict(_jobs)


def register_mailbox(kind: str, is_known: KnowsMailbox) -> None:
    """`is_known(address)` tells whether its owner has a reason to sign in as `kind` (a donor, an applicant)."""
    _mailboxes[kind] = is_known


def mailbox_kinds(email: str) -> list[str]:
    """As what the owner of an address may sign in, beside a school's addresses and the staff."""
    return [kind for kind, is_known in _mailboxes.items() if is_known(email)]


def register_replaced_address(kind: str, is_replaced: KnowsMailbox) -> None:
    """`is_replaced(address)` tells whether its owner signs in by another address since."""
    _replaced[kind] = is_replaced


def is_replaced_address(email: str) -> bool:
    return any(is_replaced(email) for is_replaced in _replaced.values())
