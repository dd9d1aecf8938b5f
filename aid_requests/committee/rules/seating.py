"""Who sits, who is represented and who takes part in one file: before anything is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from aid_requests.committee.rules.grammar import Alternates, Mode, OwnSchool, Per, Proxies, Rules
from aid_requests.committee.rules.matters import Kind, Matter, Presence, Roll, Seat


class Unheard(StrEnum):
    """Why somebody's voice, or the proxy that somebody gave, does not count."""

    UNKNOWN = "unknown"
    REMOVED = "removed"
    BARRED = "barred"
    OWN_SCHOOL = "own_school"
    ABSENT = "absent"
    TITULAR_SITS = "titular_sits"
    NOT_DELEGATE = "not_delegate"
    SILENT = "silent"
    PROXY_NOT_ADMITTED = "proxy_not_admitted"
    PROXY_OF_REPLACED = "proxy_of_replaced"
    PROXY_HOLDER_AWAY = "proxy_holder_away"
    PROXY_TOO_MANY = "proxy_too_many"


@dataclass(frozen=True, slots=True)
class Seating:
    """`sitting` in the order of the roll; `represented`: giver → holder. `reasons`: why the others do not count."""

    seats: int
    sitting: tuple[Seat, ...]
    represented: dict[int, int]
    reasons: dict[int, Unheard]


def seating(rules: Rules, roll: Roll, mode: Mode) -> Seating:
    """Who sits, whatever the file. A removed titular is no longer one: the seat is vacant, and nobody replaces it.

    In a written consultation everybody votes for oneself: proxies do not serve.
    """
    reasons: dict[int, Unheard] = {}
    titulars = [seat for seat in roll.seats if seat.kind is Kind.TITULAR and not seat.is_removed]
    replaced = _replaced(rules, roll, titulars)
    sitting = []
    for seat in roll.seats:
        if seat.is_removed:
            reasons[seat.person] = Unheard.REMOVED
        elif seat.presence is Presence.ABSENT:
            reasons[seat.person] = Unheard.ABSENT
        elif seat.kind is Kind.ALTERNATE and seat.person not in replaced.values():
            reasons[seat.person] = Unheard.TITULAR_SITS
        else:
            sitting.append(seat)
    represented = {}
    if mode is not Mode.CONSULTATION:
        represented = _represented(rules, roll, sitting, replaced, reasons)
    return Seating(len(titulars), tuple(sitting), represented, reasons)


def _replaced(rules: Rules, roll: Roll, titulars: list[Seat]) -> dict[int, int]:
    """Absent titular → the alternate who sits instead: the first of the roll who is there."""
    replaced: dict[int, int] = {}
    if rules.alternates is Alternates.NONE:
        return replaced
    absent = {seat.person for seat in titulars if seat.presence is Presence.ABSENT}
    for seat in roll.seats:
        is_there = seat.presence is not Presence.ABSENT and not seat.is_removed
        if seat.kind is Kind.ALTERNATE and is_there and seat.replaces in absent:
            replaced.setdefault(seat.replaces, seat.person)
    return replaced


def _represented(
    rules: Rules, roll: Roll, sitting: list[Seat], replaced: dict[int, int], reasons: dict[int, Unheard]
) -> dict[int, int]:
    """The proxies that count, first come first served; the others get their reason."""
    there = {seat.person for seat in sitting}
    held: Counter[int] = Counter()
    represented: dict[int, int] = {}
    for proxy in sorted(roll.proxies, key=lambda one: (one.number, one.giver)):
        giver = roll.seat_of(proxy.giver)
        if giver is None or giver.is_removed or giver.kind is Kind.ALTERNATE:
            reasons.setdefault(proxy.giver, Unheard.PROXY_NOT_ADMITTED)
        elif giver.presence is not Presence.ABSENT:
            continue  # the own voice counts, and the proxy serves nobody
        elif giver.person in replaced:
            reasons[giver.person] = Unheard.PROXY_OF_REPLACED
        elif proxy.holder not in there:
            reasons[giver.person] = Unheard.PROXY_HOLDER_AWAY
        elif held[proxy.holder] >= rules.proxies:
            reasons[giver.person] = Unheard.PROXY_TOO_MANY
        else:
            held[proxy.holder] += 1
            represented[giver.person] = proxy.holder
            reasons.pop(giver.person, None)
    return represented


def bar_of(rules: Rules, matter: Matter, seat: Seat) -> Unheard | None:
    """Why this person takes no part in this file, None when nothing keeps out."""
    if seat.bar is not None:
        return Unheard.BARRED
    if excludes_own_school(rules, matter) and seat.school is not None and seat.school in matter.schools:
        return Unheard.OWN_SCHOOL
    return None


def signer_of(rules: Rules, matter: Matter, roll: Roll, *, voted: Collection[int] = ()) -> int | None:
    """Who signs after an opinion: whom the rules name, else the chair. Each has a seat, takes part in this file and has
    not voted on it (`voted`, and the matter's voters). None: nobody may, and the committee decides as ever."""
    if rules.opinion is None:
        return None
    for person in (rules.opinion.signed_by or roll.chair, roll.chair):
        seat = roll.seat_of(person)
        if seat is None or seat.is_removed or seat.person in voted or seat.person in matter.voters:
            continue
        if bar_of(rules, matter, seat) is None:
            return seat.person
    return None


def excludes_own_school(rules: Rules, matter: Matter) -> bool:
    if rules.own_school is OwnSchool.AS_SCHEME:
        return matter.own_school_excluded
    return rules.own_school is OwnSchool.EXCLUDED


def for_file(rules: Rules, roll: Roll, matter: Matter, whole: Seating) -> Seating:
    """The seating without those who take no part in this file; a proxy given by or to one of them falls too."""
    barred = {seat.person: bar for seat in roll.seats if (bar := bar_of(rules, matter, seat)) is not None}
    reasons = {**whole.reasons, **{person: bar for person, bar in barred.items() if not _gone(whole, person)}}
    represented = {}
    for giver, holder in whole.represented.items():
        if giver in barred:
            continue
        if holder in barred:
            reasons[giver] = Unheard.PROXY_HOLDER_AWAY
        else:
            represented[giver] = holder
    sitting = tuple(seat for seat in whole.sitting if seat.person not in barred)
    return Seating(whole.seats, sitting, represented, reasons)


def _gone(whole: Seating, person: int) -> bool:
    """Whoever was removed is told as removed, whatever else would keep out."""
    return whole.reasons.get(person) is Unheard.REMOVED


@dataclass(frozen=True, slots=True)
class QuorumCount:
    """`needed` None asks for nothing. `counted` holds `represented` only where the rules count proxies."""

    seats: int
    present: int
    represented: int
    counted: int
    needed: int | None
    counts_proxies: bool

    @property
    def is_met(self) -> bool:
        return self.needed is None or self.counted >= self.needed


def quorum_of(rules: Rules, matter: Matter, whole: Seating, file: Seating) -> QuorumCount:
    """The quorum of a sitting, or of the file where the rules look there. The seats stay those of the committee: who
    steps back from a file is not there, but the committee is no smaller (R133-10)."""
    looked_at = whole if rules.quorum.per is Per.SITTING else file
    counts_proxies = rules.quorum.proxies is Proxies.COUNTED and rules.proxies > 0
    present, represented = len(looked_at.sitting), len(looked_at.represented)
    return QuorumCount(
        seats=whole.seats,
        present=present,
        represented=represented,
        counted=present + (represented if counts_proxies else 0),
        needed=quorum_needed(rules, whole.seats, matter.call),
        counts_proxies=counts_proxies,
    )


def quorum_needed(rules: Rules, seats: int, call: int = 1) -> int | None:
    """How many people it takes: of a share of the seats, at least that share (half of 7 is 4). None: no quorum."""
    needed = rules.quorum.needed
    if call > 1 and rules.second_call is not None:
        needed = rules.second_call.needed
    if needed is None or isinstance(needed, int):
        return needed
    return -(-needed.numerator * seats // needed.denominator)
