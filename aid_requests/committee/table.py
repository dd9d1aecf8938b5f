"""Around the table of one sitting: who has a seat, who is there, who is represented, and the quorum that makes.

The engine counts (`committee.rules`); here its values are read. Whoever lost the role since keeps the seat as removed.
"""

from dataclasses import dataclass, replace

from aid_requests.committee import modes, rules, seats
from aid_requests.committee.rules import (
    Kind,
    Matter,
    Mode,
    Per,
    Presence,
    Proxy,
    QuorumCount,
    Roll,
    Rules,
    Seat,
    Weighing,
)
from aid_requests.models import AgendaItem, AidRequest, Attendance, Sitting, Vote
from fund.models import RoleGrant, User


@dataclass(frozen=True)
class Count:
    """One file as it stands. `cast`: votes received, each with the proxies that its voter holds; whoever steps back
    from the file changes nothing of it, so that the room is not shown who does. `quorum` in words is that of the whole
    sitting, "" where the rules look at each file.

    For the desk alone, as a yes or no: whether every awaited vote is there, and whether the file has its quorum.
    """

    cast: int
    is_complete: bool
    quorum: str
    has_quorum: bool


def book_of(sitting: Sitting) -> Rules:
    return seats.read(sitting.rules)


def presences(sitting: Sitting) -> dict[int, str]:
    """Account → where it was noted last; whoever was never noted is absent."""
    rows = Attendance.objects.filter(sitting=sitting).order_by("pk")
    return dict(rows.values_list("member", "presence"))


def roll_of(sitting: Sitting) -> Roll:
    """Who is at the table now, whatever the file."""
    there = presences(sitting)
    live = RoleGrant.objects.live().filter(user__is_active=True, role__in=seats.COMMITTEE)
    schools: dict[int, int | None] = {}
    for user, school in live.order_by("pk").values_list("user", "school"):
        schools.setdefault(user, school)
    found = [
        Seat(
            seat.member_id,
            Kind(seat.kind),
            Presence(there.get(seat.member_id, Presence.ABSENT)),
            replaces=seat.replaces_id,
            school=schools.get(seat.member_id),
            is_removed=seat.member_id not in schools,
        )
        for seat in sitting.seats.order_by("pk")
    ]
    proxies = tuple(
        Proxy(giver, holder, number)
        for number, giver, holder in sitting.proxies.order_by("pk").values_list("pk", "giver", "holder")
    )
    return Roll(tuple(found), proxies, chair=sitting.opened_by_id)


def roll_for(item: AgendaItem, request: AidRequest) -> Roll:
    """The table with what keeps out of this file; of a consultation, everybody who has a seat today."""
    written = seats.roll_of(request)
    if item.sitting.is_consultation:
        return written
    bars = {seat.person: seat.bar for seat in written.seats}
    roll = roll_of(item.sitting)
    return replace(roll, seats=tuple(replace(seat, bar=bars.get(seat.person)) for seat in roll.seats))


def weigh(item: AgendaItem, request: AidRequest, votes: list[Vote], *, is_closed: bool) -> Weighing:
    """What the votes on this item are worth; under the request's lock when something is decided by it."""
    book = seats.read(seats.rules_of(request))
    matter = replace(seats.matter_under(request, book), call=item.sitting.call, is_closed=is_closed)
    ballots = {vote.member_id: seats.BALLOTS[vote.choice] for vote in votes}
    return rules.weigh(book, matter, roll_for(item, request), ballots)


def represented(sitting: Sitting) -> dict[int, int]:
    """Giver → holder, of the proxies that serve now: the giver is away, the holder is there, the rules take them."""
    return rules.seating(book_of(sitting), roll_of(sitting), Mode.SITTING).represented


def is_represented(giver: User, item: AgendaItem, request: AidRequest) -> bool:
    """The same for one file: a proxy falls where its giver or its holder takes no part."""
    book, roll = seats.read(seats.rules_of(request)), roll_for(item, request)
    whole = rules.seating(book, roll, Mode.SITTING)
    return giver.pk in rules.for_file(book, roll, seats.matter_of(request), whole).represented


def quorum_of(sitting: Sitting) -> QuorumCount:
    """The quorum of the whole sitting, before any file."""
    return _quorum(sitting, roll_of(sitting), Matter("", call=sitting.call))


def count_of(item: AgendaItem) -> Count:
    """How the vote on a taken item stands."""
    sitting, request = item.sitting, item.request
    roll, matter = roll_for(item, request), replace(seats.matter_of(request), call=sitting.call)
    book = seats.read(seats.rules_of(request))
    whole = rules.seating(book, roll, Mode.SITTING)
    file = rules.for_file(book, roll, matter, whole)
    quorum = rules.quorum_of(book, matter, whole, file)
    voters = set(seats.standing_votes(request).values_list("member", flat=True))
    through = {giver for giver, holder in whole.represented.items() if holder in voters}
    awaited = {seat.person for seat in file.sitting} - {modes.way_of(request).signer} | set(file.represented)
    words = rules.quorum_words(quorum) if book.quorum.per is Per.SITTING else ""
    return Count(len(voters | through), awaited <= voters | through, words, quorum.is_met)


def has_quorum(sitting: Sitting) -> bool:
    """Whether files may be taken at all: where the rules look at each file, that is for each of them to say."""
    book = book_of(sitting)
    return book.quorum.per is Per.FILE or quorum_of(sitting).is_met


def _quorum(sitting: Sitting, roll: Roll, matter: Matter) -> QuorumCount:
    book = book_of(sitting)
    whole = rules.seating(book, roll, Mode.SITTING)
    return rules.quorum_of(book, matter, whole, whole)
