"""How one file is decided under its rules: by the committee, by one person alone, or signed after an opinion.

Where the delegation does not cover a file, or nobody may sign it, the committee decides as ever: no file is left to
somebody who has a tie with it. Where the last one who may sign goes after the opinion, it falls (`actions.reopening`).
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from aid_requests.committee import rules, seats
from aid_requests.committee.rules import Mode
from aid_requests.models import AidRequest, Opinion, RulesVersion, Vote
from aid_requests.models.requests import RequestState
from fund.models import User
from fund.roles import Refusal


@dataclass(frozen=True)
class Way:
    """`delegate` decides alone by the act `reference`; `signer` signs after the opinion. Numbers of accounts."""

    mode: Mode
    delegate: int | None = None
    reference: str = ""
    signer: int | None = None


def way_of(request: AidRequest) -> Way:
    """How this file is decided today, by the rules that it has."""
    return way_under(request, seats.rules_of(request))


def way_under(request: AidRequest, version: RulesVersion | None) -> Way:
    book = seats.read(version)
    if not book.modes_used & {Mode.DELEGATION, Mode.OPINION}:
        return Way(book.mode_for(request.scheme_version.scheme.slug))
    matter, roll = seats.matter_under(request, book), seats.roll_of(request)
    mode, _why = rules.mode_of(book, matter, roll)
    if mode is Mode.DELEGATION and book.delegation is not None:
        return Way(mode, delegate=book.delegation.person, reference=book.delegation.reference)
    if mode is Mode.OPINION:
        return Way(mode, signer=rules.signer_of(book, matter, roll))
    return Way(mode)


def given_opinion() -> Exists:
    """For a queryset of requests: whether the present turn of each has an opinion, standing or not."""
    here = {name: OuterRef(name) for name in ("revision", "round", "turn")}
    return Exists(Opinion.objects.filter(request=OuterRef("pk"), **here))


def with_opinion(files: QuerySet[AidRequest]) -> QuerySet[AidRequest]:
    """Those in review that have one."""
    return files.filter(given_opinion(), state=RequestState.IN_REVIEW)


def standing_opinion(request: AidRequest) -> Opinion | None:
    """The opinion that waits for its signature, while every vote it rests on is heard."""
    found = Opinion.objects.filter(
        request=request, revision=request.revision, round=request.round, turn=request.turn
    )
    opinion = found.select_related("rules", "last_vote__member").order_by("-pk").first()
    if opinion is None:
        return None
    heard = set(seats.heard(Vote.objects.filter(pk__in=opinion.vote_ids)).values_list("pk", flat=True))
    return opinion if heard == set(opinion.vote_ids) else None


def voting_refusal(by: User, request: AidRequest) -> Refusal | None:
    """Why this member does not vote where one person decides or signs, None where the committee votes."""
    way = way_of(request)
    if way.mode is Mode.DELEGATION and by.pk != way.delegate:
        return Refusal("delegated", _("Ce dossier est décidé par délégation : une personne en a la charge."))
    if way.mode is not Mode.OPINION:
        return None
    if standing_opinion(request) is not None:
        return opinion_is_given()
    if by.pk == way.signer:
        return Refusal("signer", _("Vous signez la décision de ce dossier : vous ne votez pas l’avis."))
    return None


def opinion_is_given() -> Refusal:
    return Refusal("opinion", _("L’avis du comité est donné : la décision attend sa signature."))
