"""What the pages of sittings show: lists, an agenda as one member may read it, and what may still be put on one."""

from dataclasses import dataclass
from itertools import islice

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from aid_requests.committee import queries, rules, seats, sitting_permissions, table
from aid_requests.committee.actions.preparing import proxy_refusal
from aid_requests.committee.rules import Unheard
from aid_requests.models import AgendaItem, AidRequest, Committee, Correction, Minutes, Sitting, Vote
from aid_requests.models.correspondence import CorrectionState
from aid_requests.models.requests import RequestState
from aid_requests.models.sittings import Attended, ItemState, SittingState
from fund import vault
from fund.models import User
from fund.models.people import Role
from fund.roles import needs_role_now

PUT_AT_ONCE = 100


@dataclass(frozen=True)
class Line:
    """One item as one person reads it: without its file where others read that (`is_readable`)."""

    item: AgendaItem
    is_readable: bool
    told: str


@dataclass(frozen=True)
class Place:
    """One seat at the desk: who, where, and what its proxy is worth. Nothing here tells of a file."""

    member: User
    kind: str
    replaces: User | None
    presence: str
    presence_words: str
    proxy_to: User | None
    note: str


def sittings_of(user: User) -> QuerySet[Sitting]:
    """Those that are convened or were; drafts are the chair's alone. The next ones first, then the last ones."""
    rows = Sitting.objects.select_related("committee", "rules", "secretary", "opened_by", "first_call")
    if needs_role_now(user, Role.CHAIR) is None:
        return rows
    return rows.exclude(state=SittingState.DRAFTED).exclude(state=SittingState.CANCELLED, convened_at=None)


def to_come(user: User) -> QuerySet[Sitting]:
    states = (SittingState.DRAFTED, SittingState.CONVENED, SittingState.OPEN)
    return sittings_of(user).filter(state__in=states).order_by("scheduled_at", "pk")


def past(user: User) -> QuerySet[Sitting]:
    states = (SittingState.CLOSED, SittingState.SIGNED, SittingState.CANCELLED)
    return (
        sittings_of(user).filter(state__in=states).select_related("minutes").order_by("-scheduled_at", "-pk")
    )


def waiting_count(user: User) -> int:
    """Sittings that are convened or open."""
    return sittings_of(user).filter(state__in=(SittingState.CONVENED, SittingState.OPEN)).count()


def agenda(user: User, sitting: Sitting) -> list[Line]:
    """The items in order; a file that others read is a number without a reference."""
    items = list(sitting.items.select_related("request", "decision").order_by("number"))
    readable = set(
        queries.readable_files(user)
        .filter(pk__in=[item.request_id for item in items])
        .values_list("pk", flat=True)
    )
    return [_line(item, is_readable=item.request_id in readable) for item in items]


def readable_numbers(user: User, sitting: Sitting) -> set[int]:
    """The numbers of the agenda whose files this member may read."""
    return {line.item.number for line in agenda(user, sitting) if line.is_readable}


def _line(item: AgendaItem, *, is_readable: bool) -> Line:
    """Of a file that others read, neither the outcome nor why there is none."""
    return Line(item, is_readable, told_of(item) if is_readable else item.get_state_display())


def told_of(item: AgendaItem) -> str:
    """What became of it, in a few words. A vote to put it off decided that: it is not told as none."""
    if item.why and not item.result.get("put_off_by_vote"):
        return item.get_why_display()
    return item.decision.get_outcome_display() if item.decision else item.get_state_display()


def taken_item(sitting: Sitting) -> AgendaItem | None:
    """The file that is being voted on."""
    items = sitting.items.filter(state=ItemState.TAKEN)
    return items.select_related(
        "sitting__rules", "request__scheme_version__scheme", "request__applicant"
    ).first()


def may_be_put(sitting: Sitting) -> list[AidRequest]:
    """Files in review that this agenda could take, the longest wait first; those put off before come among them."""
    is_national = sitting.committee.slug == Committee.NATIONAL
    of_committee = Q(scheme_version__scheme__committee=sitting.committee_id)
    if is_national:
        of_committee |= Q(scheme_version__scheme__committee=None)
    live = AgendaItem.objects.filter(request=OuterRef("pk"), ended_at=None)
    correcting = Correction.objects.filter(request=OuterRef("pk"), state=CorrectionState.OPEN)
    rows = (
        AidRequest.objects.filter(of_committee, state=RequestState.IN_REVIEW)
        .filter(~Exists(live), ~Exists(correcting))
        .select_related("scheme_version__scheme", "applicant")
        .defer("answers_sealed", "story_sealed")
        .order_by("submitted_at", "pk")
    )
    # Refused first, cut after: many files that others decide must not crowd out those of this agenda.
    fit = (
        row
        for row in rows.iterator(chunk_size=PUT_AT_ONCE)
        if sitting_permissions.agenda_refusal(row, sitting) is None
    )
    return list(islice(fit, PUT_AT_ONCE))


def places(sitting: Sitting) -> list[Place]:
    """Everybody with a seat, by name, as the desk notes them."""
    there = table.presences(sitting)
    roll = table.roll_of(sitting)
    reasons = rules.seating(table.book_of(sitting), roll, rules.Mode.SITTING).reasons
    proxies = {one.giver_id: one.holder for one in sitting.proxies.select_related("holder")}
    rows = sitting.seats.select_related("member", "replaces").order_by("member__display_name", "pk")
    return [
        Place(
            seat.member,
            seat.get_kind_display(),
            seat.replaces,
            there.get(seat.member_id, Attended.ABSENT),
            str(Attended(there.get(seat.member_id, Attended.ABSENT)).label),
            proxies.get(seat.member_id),
            _place_note(reasons.get(seat.member_id)),
        )
        for seat in rows
    ]


def _place_note(why: Unheard | None) -> str:
    return "" if why is None or why is Unheard.ABSENT else rules.unheard_words(why)


def noted_by_hand(item: AgendaItem) -> set[int]:
    """Accounts whose vote the desk noted. Who voted alone is not told: the others would be those who keep out."""
    votes = Vote.objects.filter(agenda_item=item, revision=F("agenda_item__revision"))
    return set(votes.exclude(entered_by=None).values_list("member", flat=True))


def holders(user: User, sitting: Sitting) -> list[User]:
    """To whom this member may still give a proxy; nobody once one is given."""
    if sitting.state != SittingState.CONVENED or sitting.proxies.filter(giver=user).exists():
        return []
    seats_there = sitting.seats.select_related("member").order_by("member__display_name", "pk")
    return [seat.member for seat in seats_there if proxy_refusal(user, sitting, seat.member) is None]


def place_of(sitting: Sitting) -> str:
    return vault.open_text(sitting.place_sealed) if sitting.place_sealed else ""


def open_book(committee: Committee) -> rules.Rules:
    """The rules by which a draft of this committee would be convened today."""
    versions = seats.open_versions()
    return seats.read(versions.get(committee.pk))


def minutes_of(user: User) -> QuerySet[Minutes]:
    """All minutes for the committee and the auditor, who do not all read the whole of them
    (`sitting_permissions.can_read_whole`); for communication those whose extract is sealed."""
    rows = Minutes.objects.select_related("sitting", "committee", "paper").order_by("-year", "-number", "-pk")
    if needs_role_now(user, Role.MEMBER, Role.CHAIR, Role.AUDITOR) is None:
        return rows
    return rows.filter(paper__isnull=False)
