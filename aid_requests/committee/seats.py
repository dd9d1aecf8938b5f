"""From the database to the engine: which rules a file has, who sits, who takes no part, and the votes that stand.

A file keeps the rules of its first vote (of its revision, round and turn): nobody changes the rules under a vote. Until
then it has those of the sitting that is convened for it, else those that are open, or the default ones while none is.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from django.db.models import CharField, Exists, IntegerField, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from aid_requests import sealed
from aid_requests.committee import agendas, rules
from aid_requests.committee.rules import (
    Ballot,
    Bar,
    Choice,
    Matter,
    Mode,
    Outcome,
    Roll,
    Rules,
    Seat,
    Weighing,
)
from aid_requests.models import (
    Advance,
    AidRequest,
    Committee,
    EnrolmentCertificate,
    Recusal,
    RulesVersion,
    Scheme,
    Unmasking,
    Vote,
)
from aid_requests.models.decisions import CONTESTABLE, VoteChoice
from aid_requests.models.requests import RequestState
from aid_requests.models.rules import RulesState
from aid_requests.schemes.grammar import OwnSchool
from fund import clock
from fund.models import AuditEvent, RoleGrant, User
from fund.models.people import Role
from fund.once_a_page import once_a_page

KIND = AidRequest._meta.label_lower
# Decisions that may be contested, as the audit trail names them.
CONTESTED = tuple(f"request.{outcome}" for outcome in CONTESTABLE)
COMMITTEE = (Role.MEMBER, Role.CHAIR)
BALLOTS: dict[str, Ballot] = {
    VoteChoice.GRANT: rules.GRANT,
    VoteChoice.FUND_LATER: Ballot(Choice.FOR, Outcome.NOT_FUNDED),
    VoteChoice.GRANT_SUBJECT: Ballot(Choice.FOR, Outcome.SUBJECT_TO),
    VoteChoice.REFUSE: rules.REFUSE,
    VoteChoice.REDIRECT: Ballot(Choice.AGAINST, Outcome.REDIRECTED),
    VoteChoice.ADJOURN: Ballot(Choice.AGAINST, Outcome.ADJOURNED),
    VoteChoice.ABSTAIN: rules.ABSTAIN,
}


@lru_cache(maxsize=64)
def _read(definition_hash: str, definition: str) -> Rules:
    return rules.load(definition)


def read(version: RulesVersion | None) -> Rules:
    """The rules of a version, each read once a process; of None the default ones."""
    return rules.DEFAULT if version is None else _read(version.definition_hash, version.definition)


@once_a_page
def open_versions() -> dict[int | None, RulesVersion]:
    """Committee → its open rules; the national one also stands under None, as schemes without a committee have it."""
    opened = RulesVersion.objects.filter(state=RulesState.OPEN).select_related("committee")
    found: dict[int | None, RulesVersion] = {}
    for version in opened:
        found[version.committee_id] = version
        if version.committee.slug == Committee.NATIONAL:
            found[None] = version
    return found


def open_version(scheme: Scheme) -> RulesVersion | None:
    """The rules that are open for a scheme's files, None while its committee has written none."""
    return open_versions().get(scheme.committee_id)


def open_rules(scheme: Scheme) -> Rules:
    return read(open_version(scheme))


def rules_of(request: AidRequest) -> RulesVersion | None:
    """The version that counts this file's votes; None for the default rules."""
    first = standing_votes(request).select_related("rules").order_by("pk").first()
    if first is not None:
        return first.rules
    item = agendas.binding_item(request)
    return open_version(request.scheme_version.scheme) if item is None else item.sitting.rules


def standing_votes(request: AidRequest) -> QuerySet[Vote]:
    """Every vote on the present revision, round and turn, of whoever cast it."""
    votes = Vote.objects.filter(
        request=request, revision=request.revision, round=request.round, turn=request.turn
    )
    return votes.filter(agendas.STANDING)


def form_of(book: Rules, request: AidRequest) -> Mode:
    """In which form `book` has this file decided: of an opinion, the form in which it is given."""
    matter = matter_of(request)
    mode = book.mode_for(matter.scheme)
    if mode is Mode.DELEGATION:
        mode, _why = rules.mode_of(book, matter, roll_of(request))
    if mode is not Mode.OPINION:
        return mode
    return book.opinion.given_in if book.opinion else Mode.SITTING


def heard(votes: QuerySet[Vote]) -> QuerySet[Vote]:
    """Without the votes of members who stepped back from the file, or who left before it was decided."""
    return votes.filter(~_is_gone())


def unheard(votes: QuerySet[Vote]) -> QuerySet[Vote]:
    """The others."""
    return votes.filter(_is_gone())


def _is_gone() -> Q:
    stepped_back = Recusal.objects.filter(request=OuterRef("request"), member=OuterRef("member"))
    seat = RoleGrant.objects.live().filter(user=OuterRef("member"), user__is_active=True, role__in=COMMITTEE)
    return Q(Exists(stepped_back)) | Q(~Exists(seat), request__state=RequestState.IN_REVIEW)


def matter_of(request: AidRequest) -> Matter:
    """The file as the rules see it, today."""
    scheme = sealed.scheme_of(request.scheme_version)
    return Matter(
        scheme=scheme.slug,
        case=request.case_code,
        amount_cents=request.amount_cents or 0,
        on=clock.today(),
        schools=frozenset({request.school_id, request.applicant.school_id}),
        scheme_votes=scheme.decision.votes,
        own_school_excluded=scheme.decision.own_school == OwnSchool.EXCLUDED,
    )


def matter_under(request: AidRequest, book: Rules) -> Matter:
    """`matter_of`, with whoever voted on it in this round where somebody signs the decision."""
    matter = matter_of(request)
    if Mode.OPINION not in book.modes_used:
        return matter
    voters = Vote.objects.filter(request=request, round=request.round).values_list("member", flat=True)
    return replace(matter, voters=frozenset(voters))


def roll_of(request: AidRequest) -> Roll:
    """Whoever has a seat now, with what keeps out of this file (R133-12); a voter without a seat any more is removed.

    Everybody answers in writing, so that nobody is absent, and every seat is a titular one.
    """
    bars = _bars(request)
    table = members()
    seats = [Seat(seat.person, school=seat.school, bar=bars.get(seat.person)) for seat in table.seats]
    there = {seat.person for seat in seats}
    voters = set(standing_votes(request).values_list("member", flat=True)) - there
    seats += [Seat(person, is_removed=True) for person in sorted(voters)]
    return Roll(tuple(seats), chair=table.chair)


@once_a_page
def members() -> Roll:
    """The committee as it is named today, whatever the file."""
    grants = list(RoleGrant.objects.live().filter(user__is_active=True, role__in=COMMITTEE).order_by("pk"))
    seats: dict[int, Seat] = {}
    for grant in grants:
        seats.setdefault(grant.user_id, Seat(grant.user_id, school=grant.school_id))
    chair = next((grant.user_id for grant in grants if grant.role == Role.CHAIR), None)
    return Roll(tuple(seats.values()), chair=chair)


def _bars(request: AidRequest) -> dict[int, Bar]:
    """Account → its tie with this file; where there are several, the first of the list."""
    certifiers = EnrolmentCertificate.objects.filter(request=request, certified_by__isnull=False)
    found: list[tuple[Bar, Iterable[int | None]]] = [
        (Bar.SAME_PERSON, [request.applicant.user_id]),
        (Bar.DECLARED_TIE, Recusal.objects.filter(request=request).values_list("member", flat=True)),
        (Bar.SUPPORTED, [request.typed_by_id, *certifiers.values_list("certified_by", flat=True)]),
        (
            Bar.EARLIER_ACT,
            Vote.objects.filter(request=request, round__lt=request.round).values_list("member", flat=True),
        ),
        (Bar.EARLIER_ACT, signers_before(request)),
        (Bar.EARLIER_ACT, Advance.objects.filter(request=request).values_list("given_by", flat=True)),
        (Bar.EARLIER_ACT, Unmasking.objects.filter(request=request).values_list("by", flat=True)),
    ]
    bars: dict[int, Bar] = {}
    for bar, people in found:
        for person in people:
            if person is not None:
                bars.setdefault(person, bar)
    return bars


def signers_before(request: AidRequest) -> list[int | None]:
    """Accounts by whose name the contested letter is signed: « d’autres personnes reliront » is said of them too.

    Read in the audit of the decision; one older than that says nobody.
    """
    if request.round == 1:
        return []
    events = AuditEvent.objects.filter(object_kind=KIND, object_id=str(request.pk), action__in=CONTESTED)
    told = [
        details for details in events.values_list("details", flat=True) if details["round"] < request.round
    ]
    return [details.get("signed_by") for details in told]


def kept_out(member: User) -> Q:
    """For a queryset of requests: whether an earlier act keeps the member from voting: a vote or a signature of an
    earlier round, the veil lifted in any, or an advance given."""
    before = Vote.objects.filter(request=OuterRef("pk"), member=member, round__lt=OuterRef("round"))
    unmasked = Unmasking.objects.filter(request=OuterRef("pk"), by=member)
    advanced = Advance.objects.filter(request=OuterRef("pk"), given_by=member)
    return Q(Exists(before) | Exists(unmasked) | Exists(advanced) | signed_before(member))


def signed_before(member: User) -> Exists:
    """For a queryset of requests: whether the member's name stands on a refusal of an earlier round."""
    events = AuditEvent.objects.filter(object_kind=KIND, object_id=Cast(OuterRef("pk"), CharField()))
    # As a number: PostgreSQL compares no piece of JSON with a column.
    earlier = events.annotate(told_round=Cast(KT("details__round"), IntegerField()))
    return Exists(
        earlier.filter(action__in=CONTESTED, details__signed_by=member.pk, told_round__lt=OuterRef("round"))
    )


def weigh(request: AidRequest, book: Rules, votes: Iterable[Vote]) -> Weighing:
    """What these votes are worth under `book`; read under the file's lock when something is decided by it."""
    ballots = {vote.member_id: BALLOTS[vote.choice] for vote in votes}
    return rules.weigh(book, matter_under(request, book), roll_of(request), ballots)


def keeps_own_school_out(request: AidRequest) -> bool:
    """Whether members of the file's school neither read nor decide it. By the open rules or by the file's own: where
    one of them says so, a vote would not be heard or the file not be theirs to read."""
    matter = matter_of(request)
    books = (open_rules(request.scheme_version.scheme), read(rules_of(request)))
    return any(rules.excludes_own_school(book, matter) for book in books)


def votes_needed(book: Rules, scheme_votes: int) -> int:
    """How many votes a file asks for, as members are told: those that must say the same."""
    return rules.concordant_votes(book, scheme_votes) or scheme_votes
