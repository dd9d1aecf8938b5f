"""What members read: the queue and one file, without a name, an address, a school, an account or a file name."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aid_requests import caps, progress, schemes, sealed
from aid_requests.actions.reexamination import PAPER
from aid_requests.committee import modes, papers, permissions, put_off, reasons, rules, seats
from aid_requests.committee.rules import Matter, Rules
from aid_requests.documents import ENROLMENT_PROOF
from aid_requests.models import AidRequest, Correction, Document, Recusal, RulesVersion, SchemeVersion, Vote
from aid_requests.models.correspondence import CorrectionState
from aid_requests.models.decisions import IN_FAVOUR, VoteChoice
from aid_requests.models.requests import RequestState, SignaturePurpose
from aid_requests.schemes import Scheme
from aid_requests.schemes.grammar import OwnSchool
from aid_requests.waiting import Waiting, waiting, waiting_of_enrolment, with_waits_since
from fund import clock, vault
from fund.models import User

# (code, symbol of the badge, words): what a file is to the member who looks at it.
TO_READ = ("to_read", "act turn", gettext_lazy("À lire"))
VOTED = ("voted", "wait half", gettext_lazy("Vous avez voté"))
FORMER = ("former", "wait half", gettext_lazy("Pour d’autres membres"))
CORRECTING = ("correcting", "wait half", gettext_lazy("Correction demandée"))
DECIDED = ("decided", "ok full", gettext_lazy("Décidé"))


@dataclass(frozen=True)
class QueueRow:
    """One line of the queue. `waiting_days` counts Paris days from the signature to the decision, or to today.

    A re-examination counts from the day it was asked for. `waiting` says whom the file waits for; None once decided.
    """

    request: AidRequest
    scheme_title: str
    case_label: str
    waiting_days: int
    votes_cast: int
    votes_needed: int
    status: tuple[str, str, object]
    waiting: Waiting | None

    @property
    def is_stalled(self) -> bool:
        return self.waiting is not None and self.waiting.is_stalled


@dataclass(frozen=True)
class StalledElsewhere:
    """A signed file that does not reach the committee: what a member may know of it before it does."""

    reference: str
    scheme_title: str
    waiting: Waiting


@dataclass(frozen=True)
class Paper:
    """A document as members see it: what kind it is and how big, never its own name."""

    document: Document
    title: str


@dataclass(frozen=True)
class Tally:
    granted: int
    refused: int
    abstained: int


@dataclass(frozen=True)
class Contested:
    """What a re-examination is about: the applicant's words, and the first decision without who voted."""

    asked_at: datetime
    text: str
    refused_on: date
    reasons: list[str]


@dataclass(frozen=True)
class CaseFile:
    """Everything a member sees of one file. `tally` is None until the decision: votes are covered.

    `shortage` is a sentence when too few members are left to decide, else "".
    """

    request: AidRequest
    scheme_title: str
    case_label: str
    answers: list[tuple[str, str]]
    story: str
    facts: list[str]
    content_hash: str
    certified_at: datetime | None
    other_aids: int
    papers: list[Paper]
    votes_cast: int
    votes_needed: int
    tally: Tally | None
    contested: Contested | None
    shortage: str


def files_of(member: User) -> QuerySet[AidRequest]:
    """The files this member may be asked for by address; those they stepped back from are refused when opened."""
    return known_files(member).filter(state__in=permissions.READABLE_STATES)


def known_files(member: User) -> QuerySet[AidRequest]:
    """Signed files in whatever state, but the own one and those of a school that is excluded: others do not exist."""
    files = AidRequest.objects.exclude(submitted_at=None).exclude(applicant__user=member)
    seat = permissions.seat_of(member)
    if seat is None:
        return files.none()
    if seat.school_id is not None:
        own = Q(school=seat.school_id) | Q(applicant__school=seat.school_id)
        files = files.exclude(own, scheme_version__in=_versions_without_own_school())
    return files


def readable_files(member: User) -> QuerySet[AidRequest]:
    """`files_of` but those the member stepped back from."""
    return files_of(member).exclude(pk__in=Recusal.objects.filter(member=member).values("request"))


def queue(member: User) -> QuerySet[AidRequest]:
    """`files_of` but those the member stepped back from, with what a row needs; what waits longest is first."""
    all_votes = Vote.objects.filter(request=OuterRef("pk"))
    here = {name: OuterRef(name) for name in ("round", "revision", "turn")}
    votes = all_votes.filter(**here)
    own_recusal = Recusal.objects.filter(request=OuterRef("pk"), member=member)
    open_corrections = Correction.objects.filter(request=OuterRef("pk"), state=CorrectionState.OPEN)
    number = seats.heard(votes).order_by().values("request").annotate(number=Count("pk")).values("number")
    return (
        put_off.with_put_off(with_waits_since(files_of(member)))
        .filter(~Exists(own_recusal))
        .annotate(
            votes_cast=Coalesce(Subquery(number), 0),
            has_voted=Exists(votes.filter(member=member)),
            has_votes=Exists(votes),
            committee=F("scheme_version__scheme__committee"),
            rules_of_first_vote=Subquery(votes.order_by("pk").values("rules")[:1]),
            voted_before=Exists(all_votes.filter(member=member, round__lt=OuterRef("round")))
            | seats.signed_before(member),
            asked_again_at=F("reexamination__asked_at"),
            correction_asked_at=Subquery(open_corrections.values("asked_at")[:1]),
        )
        .defer("answers_sealed", "story_sealed")
        .order_by("is_put_off", "waits_since", "pk")
    )


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
    return queue(member).filter(~Exists(open_corrections), **condition)


def asked_cents(member: User) -> int:
    """What the waiting files that this member sees ask for, in cents: a sum must not tell of files they never see."""
    return _waiting(member).aggregate(total=Sum("amount_cents"))["total"] or 0


def waiting_count(member: User) -> int:
    return _waiting(member).count()


def _waiting(member: User) -> QuerySet[AidRequest]:
    return queue(member).filter(state=RequestState.IN_REVIEW)


def stalled_elsewhere(member: User, language: str) -> list[StalledElsewhere]:
    """Signed files that wait too long for somebody before the committee can read them, the longest wait first."""
    stepped_back = Recusal.objects.filter(member=member).values("request")
    states = (RequestState.SUBMITTED, RequestState.DRAFT)
    files = list(
        with_waits_since(known_files(member).filter(state__in=states).exclude(pk__in=stepped_back))
        .select_related("scheme_version")
        .defer("answers_sealed", "story_sealed")
    )
    waits = waiting_of_enrolment(files)
    stalled = [
        StalledElsewhere(
            file.reference,
            sealed.scheme_of(file.scheme_version).title.in_language(language),
            waits[file.pk],
        )
        for file in files
        if waits[file.pk].is_stalled
    ]
    return sorted(stalled, key=lambda one: (-one.waiting.days, one.reference))


def shortage_of(request: AidRequest) -> str:
    """A sentence when fewer members are left than must vote on a file in review, else ""."""
    if request.state != RequestState.IN_REVIEW or modes.way_of(request).delegate is not None:
        return ""
    scheme = sealed.scheme_of(request.scheme_version)
    book = seats.read(seats.rules_of(request))
    said = list(_counting(request).values_list("choice", flat=True))
    abstained = said.count(VoteChoice.ABSTAIN)
    needed = _votes_needed(book, scheme, request, len(said) - abstained)
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
    """Among the rows of one page, the re-examined files that too few members are left to decide."""
    again = [request for request in requests if request.round > 1]
    return [(request, sentence) for request in again if (sentence := shortage_of(request))]


def case_file(request: AidRequest, language: str) -> CaseFile:
    """One file opened. Raises vault.Erased when the person was erased."""
    scheme = sealed.scheme_of(request.scheme_version)
    answers = sealed.answers_of(request)
    award = progress.award_of(request)
    signed = request.declarations.filter(
        revision=request.revision, purpose=SignaturePurpose.DECLARATION
    ).first()
    certificate = request.certificates.filter(revision=request.revision, lapsed_at=None).first()
    votes = list(_counting(request))
    return CaseFile(
        request=request,
        scheme_title=scheme.title.in_language(language),
        case_label=_case_label(scheme, request.case_code, language),
        answers=schemes.answers_summary(scheme, answers, language),
        story=sealed.story_of(request),
        facts=[sentence for _code, sentence in schemes.fact_texts(scheme, award, answers, language)]
        if award
        else [],
        content_hash=signed.content_hash if signed else "",
        certified_at=certificate.certified_at if certificate else None,
        other_aids=_other_aids(request),
        papers=_papers(request, language),
        votes_cast=len(votes),
        votes_needed=_votes_needed(seats.read(seats.rules_of(request)), scheme, request, len(votes)),
        tally=_tally(votes) if request.state != RequestState.IN_REVIEW else None,
        contested=_contested(request),
        shortage=shortage_of(request),
    )


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
        case_label=_case_label(scheme, request.case_code, language),
        waiting_days=(until - clock.paris_date(submitted)).days,
        votes_cast=votes_cast,
        votes_needed=_votes_needed(book, scheme, request, votes_cast),
        status=_status(request),
        waiting=_waits_for(request, votes_cast),
    )


def _status(request: AidRequest) -> tuple[str, str, object]:
    if request.state != RequestState.IN_REVIEW:
        return DECIDED
    if request.correction_asked_at:  # type: ignore[attr-defined]  # annotated by `queue`
        return CORRECTING
    if request.voted_before:  # type: ignore[attr-defined]
        return FORMER
    return VOTED if request.has_voted else TO_READ  # type: ignore[attr-defined]


def _waits_for(request: AidRequest, votes_cast: int) -> Waiting | None:
    if request.state != RequestState.IN_REVIEW:
        return None
    asked_at = request.correction_asked_at  # type: ignore[attr-defined]  # annotated by `queue`
    if asked_at is not None:
        return waiting("correction", asked_at)
    code = "second_vote" if votes_cast else "other_members" if request.round > 1 else "committee"
    return waiting(code, put_off.waits_since(request))


def _contested(request: AidRequest) -> Contested | None:
    """None in the first round. Raises vault.Erased when the person was erased."""
    if request.round == 1:
        return None
    asked = request.reexamination
    return Contested(
        asked_at=asked.asked_at,
        text=vault.open_text_for(request.applicant.subject_key, asked.text_sealed),
        refused_on=clock.paris_date(asked.contested.decided_at),
        reasons=reasons.sentences(asked.contested.reason_codes),
    )


def _votes_needed(book: Rules, scheme: Scheme, request: AidRequest, votes_cast: int) -> int:
    """Two, and a third once the first two disagree: that much a count of votes cannot hide. Decided: those cast."""
    if request.state != RequestState.IN_REVIEW:
        return votes_cast
    needed = seats.votes_needed(book, scheme.decision.votes)
    return max(needed, votes_cast + 1 if votes_cast >= needed else 0)


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


def _case_label(scheme: Scheme, code: str, language: str) -> str:
    return next((case.label.in_language(language) for case in scheme.cases if case.code == code), code)


def _counting(request: AidRequest) -> QuerySet[Vote]:
    return seats.heard(seats.standing_votes(request))


def _tally(votes: list[Vote]) -> Tally:
    granted = sum(vote.choice in IN_FAVOUR for vote in votes)
    abstained = sum(vote.choice == VoteChoice.ABSTAIN for vote in votes)
    return Tally(granted, len(votes) - granted - abstained, abstained)


def _other_aids(request: AidRequest) -> int:
    """Aids of any scheme granted to the same person: a count, so that members see what else was decided."""
    others = AidRequest.objects.filter(applicant=request.applicant_id, state__in=caps.GRANTED_STATES)
    return others.exclude(pk=request.pk).count()


def _papers(request: AidRequest, language: str) -> list[Paper]:
    labels = papers.papers_for(request, language)
    labels[PAPER] = _("Pièce jointe au réexamen")
    documents = request.documents.filter(removed_at=None).exclude(kind=ENROLMENT_PROOF).order_by("pk")
    return [Paper(document, labels.get(document.kind, _("Autre pièce"))) for document in documents]
