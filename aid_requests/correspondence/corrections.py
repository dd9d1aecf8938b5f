"""A correction that the team asks for: what it names, what it blocks, and what the student may change meanwhile.

While one is open nothing is decided about the file (peers §2.26), and no closing date touches it (failure 31).
Other acts ask `blocking_refusal`; the acts on a draft ask `change_refusal`, `answers_refusal` and `paper_refusal`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aid_requests import progress, sealed
from aid_requests.correspondence.revisions import Snapshot, last_signed
from aid_requests.models import AidRequest, Correction
from aid_requests.models.correspondence import CorrectionScope, CorrectionState, Party
from aid_requests.models.requests import RequestState
from aid_requests.schemes import Scheme, Value
from fund import vault
from fund.roles import Refusal

IDENTITY, ACCOUNT, STORY = "identity", "account", "story"
ANSWER, PAPER = "answer:", "paper:"
SENTENCE_LENGTH = 300
MAX_POINTS = 8


@dataclass(frozen=True)
class Point:
    """One thing to correct: its code, what it is called, what is said about it, and the page where it is changed."""

    code: str
    title: str
    sentence: str
    page: str


def open_correction(request: AidRequest) -> Correction | None:
    return request.corrections.filter(state=CorrectionState.OPEN).first()


def blocking_refusal(request: AidRequest) -> Refusal | None:
    """Why nothing is decided on this file now: a correction is open; or None. Votes cast before keep waiting."""
    if request.corrections.filter(state=CorrectionState.OPEN).exists():
        sentence = _("Une correction est demandée à l’étudiant·e : rien ne se décide avant sa réponse.")
        return Refusal("correction", sentence)
    return None


def named_codes(request: AidRequest) -> frozenset[str] | None:
    """The only codes that may be changed in this draft; None while everything may."""
    if request.state != RequestState.DRAFT:
        return None
    rows = request.corrections.filter(state=CorrectionState.OPEN, scope=CorrectionScope.NAMED)
    correction = rows.first()
    return frozenset(correction.fields) if correction else None


def change_refusal(request: AidRequest, code: str) -> Refusal | None:
    """Why `code` (IDENTITY or ACCOUNT) stays as it was signed; or None."""
    named = named_codes(request)
    return None if named is None or code in named else _stays()


def answers_refusal(request: AidRequest, answers: Mapping[str, Value], story: str) -> Refusal | None:
    """Why these answers cannot replace those that were signed: one that nobody named would change; or None.

    Questions that a named answer brings or takes away may be answered or dropped.
    """
    named = named_codes(request)
    if named is None:
        return None
    signed = _signed(request)
    scheme = sealed.scheme_of(request.scheme_version)
    changed = changed_answers(scheme, signed, answers)
    if changed - {code.removeprefix(ANSWER) for code in named}:
        return _stays()
    if story != signed.story and STORY not in named:
        return _stays()
    return None


def changed_answers(scheme: Scheme, signed: Snapshot, answers: Mapping[str, Value]) -> set[str]:
    """The questions that were answered otherwise when it was signed, and are still answered."""
    before = signed.answers(scheme)
    return {name for name, value in before.items() if name in answers and answers[name] != value}


def paper_refusal(request: AidRequest, kind: str) -> Refusal | None:
    """Why papers of this kind stay as they were signed; a kind that was not among them may always be added."""
    named = named_codes(request)
    if named is None or f"{PAPER}{kind}" in named or kind not in _signed(request).kinds:
        return None
    return _stays()


def open_questions(request: AidRequest) -> frozenset[str] | None:
    """The questions the student may answer again now, those that were not asked before included; None for all."""
    named = named_codes(request)
    if named is None:
        return None
    scheme = sealed.scheme_of(request.scheme_version)
    fresh = {question.id for question in scheme.questions} - set(_signed(request).answers(scheme))
    return frozenset({code.removeprefix(ANSWER) for code in named if code.startswith(ANSWER)} | fresh)


def may_tell_story(request: AidRequest) -> bool:
    """Whether the free story may be changed now."""
    named = named_codes(request)
    return named is None or STORY in named


def points_of(request: AidRequest, correction: Correction, language: str) -> list[Point]:
    """What is to be corrected, in the order it was named. Raises vault.Erased."""
    titles = dict(nameable(request, language))
    said = vault.open_json_for(request.applicant.subject_key, correction.sentences_sealed)
    return [
        Point(code, titles.get(code, _("Un point de votre demande")), said.get(code, ""), page_of(code))
        for code in correction.fields
    ]


def page_of(code: str) -> str:
    """The URL name of the step in which a code is changed."""
    if code.startswith(PAPER):
        return "request_documents"
    return {IDENTITY: "request_you", ACCOUNT: "request_account"}.get(code, "request_situation")


def nameable(request: AidRequest, language: str, party: str = Party.COMMITTEE) -> list[tuple[str, str]]:
    """(code, words) of what can be named; the school knows the identity alone, and names nothing else."""
    identity = (IDENTITY, _("L’identité"))
    if party == Party.SCHOOL:
        return [identity]
    return [
        identity,
        *_situation(request, language),
        *_papers(request, language),
        (ACCOUNT, _("Le compte bancaire")),
    ]


def _situation(request: AidRequest, language: str) -> Iterator[tuple[str, str]]:
    scheme, answers = sealed.scheme_of(request.scheme_version), sealed.answers_of(request)
    for question in scheme.questions:
        if question.id in answers and question.id != sealed.STORY:
            yield f"{ANSWER}{question.id}", question.label.in_language(language)
    yield STORY, _("Le récit")


def _papers(request: AidRequest, language: str) -> Iterator[tuple[str, str]]:
    for document in progress.asked_documents(request):
        yield f"{PAPER}{document.code}", document.label.in_language(language)


def _stays() -> Refusal:
    sentence = _(
        "Ce point n’est pas à corriger : il reste tel que vous l’avez signé. "
        "Pour le changer aussi, reprenez toute la demande."
    )
    return Refusal("not_named", sentence)


def _signed(request: AidRequest) -> Snapshot:
    """What the last signature was about; a file signed before such rows were kept stands for itself."""
    return last_signed(request) or Snapshot.of(request)
