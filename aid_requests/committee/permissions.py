"""What a committee member may read and vote on; asked by the pages, and again under the lock of the act."""

from django.utils.translation import gettext as _

from aid_requests.committee import agendas, modes, put_off, rules, seats
from aid_requests.committee.rules import Mode
from aid_requests.correspondence import corrections
from aid_requests.models import (
    Advance,
    AidRequest,
    Declaration,
    EnrolmentCertificate,
    Recusal,
    Unmasking,
    Vote,
)
from aid_requests.models.requests import DECIDED_STATES, RequestState, SignaturePurpose
from aid_requests.permissions import typing_tie
from fund.models import RoleGrant, User
from fund.once_a_page import once_a_page
from fund.roles import Refusal

READABLE_STATES = (RequestState.IN_REVIEW, *DECIDED_STATES)


@once_a_page
def seat_of(user: User) -> RoleGrant | None:
    """The live role by which somebody sits on the committee, read from the database by each act and each page."""
    return RoleGrant.objects.live().filter(user=user, user__is_active=True, role__in=seats.COMMITTEE).first()


def can_read_file(by: User, request: AidRequest) -> Refusal | None:
    """Members and the chair, on files sent to the committee; never the own file, nor one they stepped back from.

    Where the rules (or the scheme, when they leave it to it) exclude members from files of their own school they do not
    read those either: they might know the person. The sentence does not say so, because it would tell the school.
    """
    seat = seat_of(by)
    if seat is None:
        return Refusal("role", _("Cette page est réservée aux membres du comité."))
    if request.applicant.user_id == by.pk:
        return Refusal("own_file", _("Ce dossier est lu par d’autres membres du comité."))
    if Recusal.objects.filter(request=request, member=by).exists():
        return Refusal("recused", _("Vous vous êtes déporté·e de ce dossier : d’autres membres le lisent."))
    own = seat.school_id is not None and seat.school_id in (request.school_id, request.applicant.school_id)
    if own and seats.keeps_own_school_out(request):
        return Refusal("own_school", _("Ce dossier est lu par d’autres membres du comité."))
    if request.state not in READABLE_STATES:
        return Refusal("state", _("Ce dossier n’est pas au comité."))
    return None


def can_vote(by: User, request: AidRequest) -> Refusal | None:
    """Whether this member votes on the file in writing: `can_decide`, where it is not put off to a later day and the
    rules or an agenda say no other way."""
    return can_decide(by, request) or put_off.refusal(request) or written_refusal(request)


def can_decide(by: User, request: AidRequest) -> Refusal | None:
    """Whoever may read the file, did not certify it, gave no advance and has not voted on it; while whole, in review.

    A re-examination is for other people: a vote of the first round, on whatever revision, keeps out of the second,
    and so does one's name under the letter that is contested. Who lifted the veil votes in no round.
    """
    refusal = can_read_file(by, request)
    if refusal is not None:
        return refusal
    if EnrolmentCertificate.objects.filter(request=request, certified_by=by).exists():
        return Refusal("supported", _("Vous ne pouvez pas voter ici : vous avez appuyé ce dossier."))
    if (tie := typing_tie(by, request)) is not None:
        return tie
    if request.state != RequestState.IN_REVIEW:
        return Refusal("state", _("La décision est déjà prise."))
    if (acted := earlier_act(by, request)) is not None:
        return acted
    if seats.standing_votes(request).filter(member=by).exists():
        return Refusal("voted", _("Votre vote est enregistré. Il se découvre quand tous ont voté."))
    return modes.voting_refusal(by, request) or corrections.blocking_refusal(request) or is_whole(request)


def earlier_act(by: User, request: AidRequest) -> Refusal | None:
    """Why what somebody did on this file leaves it to others now: what `seats.kept_out` tells of many files."""
    if Advance.objects.filter(request=request, given_by=by).exists():
        return Refusal("advanced", _("Vous avez accordé l’avance : d’autres membres la ratifient ou non."))
    if Vote.objects.filter(request=request, member=by, round__lt=request.round).exists():
        sentence = _("Vous avez voté la première décision : d’autres personnes réexaminent ce dossier.")
        return Refusal("voted_before", sentence)
    if Unmasking.objects.filter(request=request, by=by).exists():
        sentence = _(
            "Vous avez levé le voile de ce dossier : d’autres membres votent, sans savoir qui c’est."
        )
        return Refusal("unmasked", sentence)
    if by.pk in seats.signers_before(request):
        sentence = _("Votre nom signe la décision contestée : d’autres personnes réexaminent ce dossier.")
        return Refusal("signed_before", sentence)
    return None


def can_sign(by: User, request: AidRequest) -> Refusal | None:
    """Whom the rules name, or the chair in their place: never somebody who voted on it or has a tie with it."""
    if (refusal := can_read_file(by, request)) is not None:
        return refusal
    if request.state != RequestState.IN_REVIEW:
        return Refusal("state", _("La décision est déjà prise."))
    if modes.standing_opinion(request) is None:
        return Refusal("no_opinion", _("Le comité n’a pas encore donné son avis sur ce dossier."))
    if by.pk != modes.way_of(request).signer:
        return Refusal("not_signer", _("Une autre personne signe la décision de ce dossier."))
    return corrections.blocking_refusal(request) or is_whole(request)


def lacks_signer(request: AidRequest) -> bool:
    """Whether an opinion is given and nobody may sign: the signer left, stepped back, or the chair in their place
    voted. Such a file is taken up anew."""
    if modes.standing_opinion(request) is None:
        return False
    signer = modes.way_of(request).signer
    return signer is None or can_read_file(User.objects.get(pk=signer), request) is not None


def written_refusal(request: AidRequest) -> Refusal | None:
    """Why this file takes no vote in writing now: its rules ask for a sitting or an end date, or an agenda has it."""
    item = agendas.binding_item(request)
    if item is not None:
        return agendas.written_refusal(item)
    book = seats.read(seats.rules_of(request))
    form = seats.form_of(book, request)
    if form is Mode.SITTING:
        return Refusal("sitting", _("Ce dossier se décide en séance : il attend d’être à un ordre du jour."))
    if form is Mode.CONSULTATION and not rules.ends_by_number(book):
        sentence = _(
            "Ce dossier se vote par consultation, jusqu’à une date de fin : la présidence en convoque une d’abord."
        )
        return Refusal("consultation", sentence)
    return None


def count_voters(request: AidRequest) -> int:
    """How many members have voted in this round or still could: fewer than the rules ask for cannot decide."""
    matter, roll = seats.matter_of(request), seats.roll_of(request)
    book = seats.read(seats.rules_of(request))
    return sum(not seat.is_removed and rules.bar_of(book, matter, seat) is None for seat in roll.seats)


def is_whole(request: AidRequest) -> Refusal | None:
    """Refuses a file whose present revision is not certified or not signed."""
    certified = EnrolmentCertificate.objects.filter(
        request=request, revision=request.revision, lapsed_at=None
    )
    signed = Declaration.objects.filter(
        request=request, revision=request.revision, purpose=SignaturePurpose.DECLARATION
    )
    if certified.exists() and signed.exists():
        return None
    return Refusal("not_whole", _("Ce dossier n’est pas complet : l’inscription ou la signature manque."))
