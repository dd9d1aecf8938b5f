"""What a draft still lacks, step by step: asked by the pages, and again at the signature."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid_requests import schemes, sealed, unfinished
from aid_requests.identity import identity_of
from aid_requests.models import AidRequest
from aid_requests.schemes import Award, NotEligible
from aid_requests.schemes.grammar import Document as AskedDocument
from aid_requests.schemes.grammar import Requirement
from fund import clock

# What was typed is kept, but only what the person continued with is declared.
_UNCONFIRMED = gettext_lazy("Vous avez écrit ici sans continuer : relisez cette étape, puis continuez.")


class Step(StrEnum):
    YOU = "you"
    SITUATION = "situation"
    DOCUMENTS = "documents"
    ACCOUNT = "account"
    DECLARE = "declare"


@dataclass(frozen=True)
class OpenPoint:
    """Something to complete, in the step it belongs to."""

    step: Step
    sentence: str


def award_of(request: AidRequest) -> Award | None:
    """What the answers are worth now, or None while they are incomplete, not eligible or ambiguous."""
    outcome = sealed.outcome_of(request)
    return outcome if isinstance(outcome, Award) else None


def asked_documents(request: AidRequest) -> tuple[AskedDocument, ...]:
    """The papers the present answers ask for."""
    award = award_of(request)
    return award.documents if award else ()


def open_points(request: AidRequest) -> list[OpenPoint]:
    """Everything that keeps the request from being signed, in the order of the steps."""
    return [*_of_identity(request), *_of_answers(request), *_of_documents(request), *_of_account(request)]


def _of_identity(request: AidRequest) -> list[OpenPoint]:
    if unfinished.row_of(request, unfinished.YOU) is not None:
        return [OpenPoint(Step.YOU, str(_UNCONFIRMED))]
    identity = identity_of(request.applicant)
    if identity is None:
        return [OpenPoint(Step.YOU, _("Dites-nous qui vous êtes."))]
    if identity.is_minor(clock.today()) and not request.representatives.filter(ended_at=None).exists():
        return [
            OpenPoint(Step.YOU, _("Avant 18 ans, dites qui vous représente : cette personne signe aussi."))
        ]
    return []


def _of_answers(request: AidRequest) -> list[OpenPoint]:
    """Every question that is asked must be answered well, and the answers must be worth an award."""
    if unfinished.row_of(request, unfinished.SITUATION) is not None:
        return [OpenPoint(Step.SITUATION, str(_UNCONFIRMED))]
    scheme, answers, known = (
        sealed.scheme_of(request.scheme_version),
        sealed.answers_of(request),
        sealed.known_of(request),
    )
    packed = {**schemes.pack_answers(scheme, answers), sealed.STORY: sealed.story_of(request)}
    kept, errors = schemes.clean_answers(scheme, packed, known)
    if errors or set(kept) - {sealed.STORY} != set(answers):
        return [OpenPoint(Step.SITUATION, _("Répondez à toutes les questions sur votre situation."))]
    outcome = sealed.outcome_of(request)
    if isinstance(outcome, NotEligible):
        return [
            OpenPoint(Step.SITUATION, _("D’après vos réponses, cette aide ne couvre pas votre situation."))
        ]
    if not isinstance(outcome, Award):
        sentence = _("Votre situation demande l’avis d’une personne : écrivez à votre école.")
        return [OpenPoint(Step.SITUATION, sentence)]
    return []


def _of_documents(request: AidRequest) -> list[OpenPoint]:
    given = set(request.documents.filter(removed_at=None).values_list("kind", flat=True))
    missing = [
        document
        for document in asked_documents(request)
        if document.required is Requirement.ALWAYS and document.code not in given
    ]
    return [OpenPoint(Step.DOCUMENTS, _("Il manque une pièce."))] if missing else []


def _of_account(request: AidRequest) -> list[OpenPoint]:
    if request.bank_details_id is None:
        return [OpenPoint(Step.ACCOUNT, _("Indiquez le compte où verser l’aide."))]
    return []
