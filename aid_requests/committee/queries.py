"""What members read: the queue and one file, without a name, an address, a school, an account or a file name."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aid_requests import advances, deadlines, sealed
from aid_requests.committee import agendas, hands, modes, permissions, put_off, rules, seats
from aid_requests.committee.rules import Matter, Mode, Rules
from aid_requests.models import (
    AidRequest,
    Applicant,
    Correction,
    Recusal,
    RulesVersion,
    SchemeVersion,
    Vote,
)
from aid_requests.models.correspondence import CorrectionState
from aid_requests.models.decisions import VoteChoice
from aid_requests.models.requests import RequestState
from aid_requests.schemes import Scheme
from aid_requests.schemes.grammar import OwnSchool
from aid_requests.waiting import Waiting, waiting, with_waits_since
from fund import clock
from fund.models import User
from fund.once_a_page import once_a_page
from fund.templatetags.fund_format import short_day

# (code, symbol of the badge, words): what a file is to the member who looks at it.
TO_READ = ("to_read", "act turn", gettext_lazy("À lire"))
VOTED = ("voted", "wait half", gettext_lazy("Vous avez voté"))
FORMER = ("former", "wait half", gettext_lazy("Pour d’autres membres"))
CORRECTING = ("correcting", "wait half", gettext_lazy("Correction demandée"))
DECIDED = ("decided", "ok full", gettext_lazy("Décidé"))
IN_SITTING = ("in_sitting", "wait half", gettext_lazy("En séance"))
TO_CONVENE = ("to_convene", "wait half", gettext_lazy("Consultation à convoquer"))
TO_SIGN = ("to_sign", "wait half", gettext_lazy("À signer"))
DELEGATED = ("delegated", "wait half", gettext_lazy("Délégué"))


@dataclass(frozen=True)
class QueueRow:
    """One line of the queue. `waiting_days` counts Paris days from the signature to the decision, or to today.

    A re-examination counts from the day it was asked for. `waiting` says whom the file waits for; None once decided.
    `votes_needed` is None where no number of votes ends it: in a sitting, at an end date, by a delegate.
    `deadline` is the last day before silence refuses (`deadlines`); None once decided, or while a correction is asked.
    """

    request: AidRequest
    scheme_title: str
    case_label: str
    waiting_days: int
    votes_cast: int
    votes_needed: int | None
    status: tuple[str, str, object]
    waiting: Waiting | None
    deadline: date | None

    @property
    def is_stalled(self) -> bool:
        return self.waiting is not None and self.waiting.is_stalled

    @property
    def is_mine(self) -> bool:
        """Whether it waits for this member's vote."""
        return self.status is TO_READ

    @property
    def is_due(self) -> bool:
        return self.deadline is not None and self.deadline <= deadlines.soon()


def files_of(member: User) -> QuerySet[AidRequest]:
    """The files this member may be asked for by address; those they stepped back from are refused when opened."""
    return known_files(member).filter(state__in=permissions.READABLE_STATES)


def known_files(member: User) -> QuerySet[AidRequest]:
    """Signed files in whatever state, but the own one and those of a school that is excluded: others do not exist."""
    # No join: a database that began with the other table would read every file.
    own_files = Applicant.objects.filter(user=member).values("pk")
    files = AidRequest.objects.exclude(submitted_at=None).exclude(applicant__in=own_files)
    seat = permissions.seat_of(member)
    if seat is None:
        return files.none()
    if seat.school_id is not None:
        own = Q(school=seat.school_id) | Q(applicant__school=seat.school_id)
        files = files.exclude(own, scheme_version__in=_versions_without_own_school())
    return files


def readable_files(member: User) -> QuerySet[AidRequest]:
    """`files_of` but those the member stepped back from."""
    own_recusal = Recusal.objects.filter(request=OuterRef("pk"), member=member)
    return files_of(member).filter(~Exists(own_recusal))


def queue(member: User) -> QuerySet[Any]:
    """`readable_files` with what a row needs; late advances first, then the longest wait."""
    here = {name: OuterRef(name) for name in ("round", "revision", "turn")}
    votes = Vote.objects.filter(agendas.STANDING, request=OuterRef("pk"), **here)
    open_corrections = Correction.objects.filter(request=OuterRef("pk"), state=CorrectionState.OPEN)
    scheme = SchemeVersion.objects.filter(pk=OuterRef("scheme_version"))
    number = seats.heard(votes).order_by().values("request").annotate(number=Count("pk")).values("number")
    files = (
        advances.late_first(with_waits_since(readable_files(member)))
        .annotate(
            votes_cast=Coalesce(Subquery(number), 0),
            has_voted=Exists(votes.filter(member=member)),
            has_votes=Exists(votes),
            committee=Subquery(scheme.values("scheme__committee")),
            rules_of_first_vote=Subquery(votes.order_by("pk").values("rules")[:1]),
            voted_before=seats.kept_out(member),
            asked_again_at=F("reexamination__asked_at"),
            correction_asked_at=Subquery(open_corrections.values("asked_at")[:1]),
        )
        .defer("answers_sealed", "story_sealed")
        .order_by("-advance_is_late", "waits_since", "pk")
    )
    return hands.with_hands(files, member)


def queue_rows(requests: list[AidRequest], language: str) -> list[QueueRow]:
    """The rows of one page; one query for all the schedules they were made under."""
    ids = {request.scheme_version_id for request in requests}
    found = SchemeVersion.objects.in_bulk(ids)
    loaded = {pk: sealed.scheme_of(version) for pk, version in found.items()}
    books = _books(requests)
    return [
        _row(request, loaded[request.scheme_version_id], books[request.pk], language) for request in requests
    ]


def next_to_read(member: User) -> AidRequest | None:
    """The file that waits longest among those on which this member can still vote."""
    waiting_files = unread(member)[:20]
    return next((request for request in waiting_files if permissions.can_vote(member, request) is None), None)


def unread(member: User) -> QuerySet[AidRequest]:
    """What waits for this member's vote, the longest wait first."""
    condition = {"state": RequestState.IN_REVIEW, "has_voted": False, "voted_before": False}
    open_corrections = Correction.objects.filter(request=OuterRef("pk"), state=CorrectionState.OPEN)
    return hands.without_hands(queue(member)).filter(~Exists(open_corrections), **condition)


def asked_cents(member: User) -> int:
    """What the waiting files that this member sees ask for, in cents: a sum must not tell of files they never see."""
    return advances.asked_cents(_waiting(member))


def waiting_count(member: User) -> int:
    return _waiting(member).count()


def _waiting(member: User) -> QuerySet[Any]:
    return queue(member).filter(state=RequestState.IN_REVIEW)


def shortage_of(request: AidRequest) -> str:
    """A sentence when fewer members are left than must vote on a file in review, or nobody to sign it, else ""."""
    if request.state != RequestState.IN_REVIEW:
        return ""
    way = modes.way_of(request)
    if way.delegate is not None:
        return ""
    if way.mode is Mode.OPINION and permissions.lacks_signer(request):
        return _("Plus personne ne peut signer la décision : dans l’heure, le comité reprendra ce dossier.")
    scheme = sealed.scheme_of(request.scheme_version)
    book = seats.read(seats.rules_of(request))
    said = list(counting(request).values_list("choice", flat=True))
    abstained = said.count(VoteChoice.ABSTAIN)
    needed = votes_needed(book, scheme, request, len(said) - abstained)
    left = permissions.count_voters(request) - abstained
    if left >= needed:
        return ""
    sentence = ngettext(
        "Ce dossier demande %(needed)s votes et %(left)s membre peut voter : l’administration doit en nommer d’autres.",
        "Ce dossier demande %(needed)s votes et %(left)s membres peuvent voter : l’administration doit en nommer "
        "d’autres.",
        left,
    )
    return sentence % {"needed": needed, "left": left}


def short_files(requests: list[AidRequest]) -> list[tuple[AidRequest, str]]:
    """Among the rows of one page, the re-examined files that too few members are left to decide, and those whose
    opinion nobody may sign."""
    again = [request for request in requests if request.round > 1 or request.to_sign]  # type: ignore[attr-defined]
    return [(request, sentence) for request in again if (sentence := shortage_of(request))]


def _books(requests: list[AidRequest]) -> dict[int, Rules]:
    """The rules of each row, as `seats.rules_of` has them, in two queries whatever their number."""
    begun = {row.pk: row.rules_of_first_vote for row in requests if row.has_votes}  # type: ignore[attr-defined]
    versions = RulesVersion.objects.in_bulk({pk for pk in begun.values() if pk is not None})
    others = [request for request in requests if request.pk not in begun]
    opened = seats.open_versions() if others else {}
    books = {pk: seats.read(versions[rules] if rules else None) for pk, rules in begun.items()}
    for request in others:
        books[request.pk] = seats.read(opened.get(request.committee))  # type: ignore[attr-defined]
    return books


def _row(request: AidRequest, scheme: Scheme, book: Rules, language: str) -> QueueRow:
    submitted = request.asked_again_at or request.submitted_at or request.created_at  # type: ignore[attr-defined]  # annotated by `queue`
    until = clock.paris_date(request.decided_at) if request.decided_at else clock.today()
    votes_cast = request.votes_cast  # type: ignore[attr-defined]  # annotated by `queue`
    return QueueRow(
        request=request,
        scheme_title=scheme.title.in_language(language),
        case_label=case_label(scheme, request.case_code, language),
        waiting_days=(until - clock.paris_date(submitted)).days,
        votes_cast=votes_cast,
        votes_needed=None
        if _ends_by_no_number(request, book)
        else votes_needed(book, scheme, request, votes_cast),
        status=_status(request),
        waiting=_waits_for(request, votes_cast),
        deadline=_deadline(request, submitted),
    )


def _ends_by_no_number(request: AidRequest, book: Rules) -> bool:
    in_other_hands = request.in_sitting or request.delegated  # type: ignore[attr-defined]  # annotated by `queue`
    return request.state == RequestState.IN_REVIEW and bool(in_other_hands or not rules.ends_by_number(book))


def _deadline(request: AidRequest, asked_at: datetime) -> date | None:
    stands_still = request.correction_asked_at is not None  # type: ignore[attr-defined]  # annotated by `queue`
    if request.state != RequestState.IN_REVIEW or stands_still:
        return None
    return deadlines.decision_deadline(clock.paris_date(asked_at))


def _status(request: AidRequest) -> tuple[str, str, object]:
    if request.state != RequestState.IN_REVIEW:
        return DECIDED
    if request.correction_asked_at:  # type: ignore[attr-defined]  # annotated by `queue`
        return CORRECTING
    if request.voted_before:  # type: ignore[attr-defined]
        return FORMER
    if request.to_sign or request.delegated:  # type: ignore[attr-defined]
        return TO_SIGN if request.to_sign else DELEGATED  # type: ignore[attr-defined]
    if request.has_voted or request.in_sitting:  # type: ignore[attr-defined]
        return VOTED if request.has_voted else IN_SITTING  # type: ignore[attr-defined]
    if request.to_convene:  # type: ignore[attr-defined]
        return TO_CONVENE
    if request.is_put_off:  # type: ignore[attr-defined]
        until = {"day": short_day(request.put_off_until)}  # type: ignore[attr-defined]
        return ("put_off", "wait half", _("Ajourné jusqu’au %(day)s") % until)
    return TO_READ


def _waits_for(request: AidRequest, votes_cast: int) -> Waiting | None:
    if request.state != RequestState.IN_REVIEW:
        return None
    asked_at = request.correction_asked_at  # type: ignore[attr-defined]  # annotated by `queue`
    if asked_at is not None:
        return waiting("correction", asked_at)
    code = "second_vote" if votes_cast else "other_members" if request.round > 1 else "committee"
    return waiting(code, put_off.waits_since(request))


def votes_needed(book: Rules, scheme: Scheme, request: AidRequest, votes_cast: int) -> int:
    """Two, and a third once the first two disagree: that much a count of votes cannot hide. Decided: those cast."""
    if request.state != RequestState.IN_REVIEW:
        return votes_cast
    needed = seats.votes_needed(book, scheme.decision.votes)
    return max(needed, votes_cast + 1 if votes_cast >= needed else 0)


@once_a_page
def _versions_without_own_school() -> list[int]:
    """The versions of schemes whose files members of the same school do not see."""
    opened = seats.open_versions()
    found = []
    for version in SchemeVersion.objects.exclude(opened_at=None).select_related("scheme"):
        book = seats.read(opened.get(version.scheme.committee_id))
        scheme_excludes = sealed.scheme_of(version).decision.own_school == OwnSchool.EXCLUDED
        if rules.excludes_own_school(book, Matter(version.scheme.slug, own_school_excluded=scheme_excludes)):
            found.append(version.pk)
    return found


def case_label(scheme: Scheme, code: str, language: str) -> str:
    return next((case.label.in_language(language) for case in scheme.cases if case.code == code), code)


def counting(request: AidRequest) -> QuerySet[Vote]:
    return seats.heard(seats.standing_votes(request))
