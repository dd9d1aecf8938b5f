"""One file opened by a member: behind its veil, without a name, an address, a school, an account or a file name."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from aid_requests import caps, progress, schemes, sealed
from aid_requests.actions.reexamination import PAPER
from aid_requests.committee import papers, queries, reasons, rules, seats, veils
from aid_requests.documents import ENROLMENT_PROOF
from aid_requests.models import AidRequest, Document, Vote
from aid_requests.models.decisions import IN_FAVOUR, VoteChoice
from aid_requests.models.requests import RequestState, SignaturePurpose
from aid_requests.models.sittings import ItemState
from fund import clock, vault


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
    """Everything a member sees of one file, behind its veil. `tally` is None until the decision: votes are covered.

    `notes` are those of the votes that are over, `shortage` is a sentence when too few members are left to decide,
    else "".
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
    votes_needed: int | None
    tally: Tally | None
    contested: Contested | None
    shortage: str
    notes: list[str]


def case_file(request: AidRequest, language: str) -> CaseFile:
    """One file opened. Raises vault.Erased when the person was erased."""
    scheme = sealed.scheme_of(request.scheme_version)
    veil, answers = veils.veil_of(request), sealed.answers_of(request)
    award = progress.award_of(request)
    signed = request.declarations.filter(
        revision=request.revision, purpose=SignaturePurpose.DECLARATION
    ).first()
    certificate = request.certificates.filter(revision=request.revision, lapsed_at=None).first()
    votes = list(queries.counting(request))
    book = seats.read(seats.rules_of(request))
    return CaseFile(
        request=request,
        scheme_title=scheme.title.in_language(language),
        case_label=queries.case_label(scheme, request.case_code, language),
        answers=veil.pairs(schemes.answers_summary(scheme, answers, language)),
        story=veil.text(sealed.story_of(request)),
        facts=[
            veil.text(sentence) for _code, sentence in schemes.fact_texts(scheme, award, answers, language)
        ]
        if award
        else [],
        content_hash=signed.content_hash if signed else "",
        certified_at=certificate.certified_at if certificate else None,
        other_aids=_other_aids(request),
        papers=_papers(request, language),
        votes_cast=len(votes),
        votes_needed=queries.votes_needed(book, scheme, request, len(votes))
        if rules.ends_by_number(book)
        else None,
        tally=_tally(votes) if request.state != RequestState.IN_REVIEW else None,
        contested=_contested(request, veil),
        shortage=queries.shortage_of(request),
        notes=_notes(request, veil),
    )


def _contested(request: AidRequest, veil: veils.Veil) -> Contested | None:
    """None in the first round. Raises vault.Erased when the person was erased."""
    if request.round == 1:
        return None
    asked = request.reexamination
    return Contested(
        asked_at=asked.asked_at,
        text=veil.text(vault.open_text_for(request.applicant.subject_key, asked.text_sealed)),
        refused_on=clock.paris_date(asked.contested.decided_at),
        reasons=reasons.sentences(asked.contested.reason_codes),
    )


def _notes(request: AidRequest, veil: veils.Veil) -> list[str]:
    """What members wrote for the committee, of votes that are over: none before the decision but those of a vote that
    put the file off, in this round. In the order of the alphabet: that of the votes would tell whose they are."""
    votes = seats.heard(Vote.objects.filter(request=request)).exclude(note_sealed="")
    if request.state == RequestState.IN_REVIEW:
        is_over = Q(turn__lt=request.turn) | Q(agenda_item__state=ItemState.ADJOURNED)
        votes = votes.filter(is_over, round=request.round)
    return sorted(
        veil.text(vault.open_text(sealed)) for sealed in votes.values_list("note_sealed", flat=True)
    )


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
