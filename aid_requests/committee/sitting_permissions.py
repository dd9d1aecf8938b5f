"""Who prepares, presides, notes and signs a sitting; which files may stand on an agenda."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid_requests.committee import modes, permissions, put_off, queries, seats, table
from aid_requests.committee.rules import Mode
from aid_requests.correspondence import corrections
from aid_requests.models import AgendaItem, AidRequest, Committee, Minutes, Sitting
from aid_requests.models.requests import RequestState
from aid_requests.models.sittings import Adjourned, Attended, SignedAs, SittingState
from fund import clock
from fund.models import RoleGrant, User
from fund.models.people import Role
from fund.roles import Refusal, needs_role_now

# A consultation is voted on file by file, and its end date ends it: nobody runs it, whoever convened it.
NO_DESK = Refusal(
    "consultation",
    gettext_lazy(
        "Une consultation écrite n’a pas de bureau : chaque dossier se vote sur sa page, jusqu’à la date de fin."
    ),
)
NOT_A_SIGNATORY = Refusal(
    "signatory",
    gettext_lazy("Ce procès-verbal est signé par la présidence et le secrétariat de séance."),
)


def can_prepare(by: User) -> Refusal | None:
    """The chair prepares, convenes, opens and cancels."""
    return needs_role_now(by, Role.CHAIR)


def can_keep_minutes(user: User, *, presiding: User | None) -> Refusal | None:
    """Any member but whoever presides."""
    if permissions.seat_of(user) is None or (presiding is not None and presiding.pk == user.pk):
        return Refusal("secretary", _("Le secrétariat est tenu par un autre membre que la présidence."))
    return None


def is_clerk(by: User, sitting: Sitting) -> bool:
    """Whoever presides, and the secretary, while they have a seat. Another chair once whoever presided has none: a
    sitting that nobody could close would hold its files for ever."""
    if permissions.seat_of(by) is None:
        return False
    if by.pk in (sitting.opened_by_id, sitting.secretary_id):
        return True
    is_orphan = sitting.opened_by is not None and permissions.seat_of(sitting.opened_by) is None
    return is_orphan and can_prepare(by) is None


def can_run(by: User, sitting: Sitting) -> Refusal | None:
    """The one who presides and the secretary note presences, take files and close their votes, while it is open. Of a
    consultation nobody."""
    if sitting.is_consultation:
        return NO_DESK
    if not is_clerk(by, sitting):
        return Refusal("clerk", _("La présidence et le secrétariat de séance s’en chargent."))
    if sitting.state != SittingState.OPEN:
        return Refusal("not_open", _("La séance n’est pas ouverte."))
    return None


def can_run_item(by: User, item: AgendaItem, request: AidRequest) -> Refusal | None:
    """`can_run`, by somebody who may read the file: whoever keeps out of it leaves its vote to the other one."""
    return can_run(by, item.sitting) or permissions.can_read_file(by, request)


def _has_no_hand(item: AgendaItem, request: AidRequest) -> bool:
    """Whether every clerk of the sitting keeps out of this file: its vote can be neither led nor closed."""
    clerks = [user for user in seated_users() if is_clerk(user, item.sitting)]
    return all(permissions.can_read_file(user, request) is not None for user in clerks)


def blind_why(item: AgendaItem, request: AidRequest) -> str:
    """For what reason a clerk who reads nothing of a file puts it off; "" where one of them may run it. Without this it
    would hold its sitting open for ever."""
    if request.state != RequestState.IN_REVIEW:
        return Adjourned.CHANGED.value
    return Adjourned.DISCUSSED.value if _has_no_hand(item, request) else ""


def can_put_off(by: User, item: AgendaItem, request: AidRequest, why: str) -> Refusal | None:
    """`can_run_item`, or any clerk for the reason that `blind_why` gives."""
    if (refusal := can_run(by, item.sitting)) is not None:
        return refusal
    return None if why == blind_why(item, request) else permissions.can_read_file(by, request)


def can_vote_in(voter: User, item: AgendaItem, request: AidRequest) -> Refusal | None:
    """Whoever may decide the file and is there; in a consultation nobody, votes in writing are `cast_vote`."""
    if item.sitting.is_consultation:
        return NO_DESK
    if table.presences(item.sitting).get(voter.pk, Attended.ABSENT) == Attended.ABSENT:
        return Refusal(
            "absent", _("Vous n’êtes pas noté·e présent·e à cette séance : dites-le au secrétariat.")
        )
    return permissions.can_decide(voter, request)


def can_enter(by: User, item: AgendaItem, request: AidRequest, voter: User) -> Refusal | None:
    """A vote given by hand: of whoever is in the room, or represented by somebody who is, noted by a clerk who may read
    the file."""
    refusal = can_run_item(by, item, request)
    if refusal is not None:
        return refusal
    presence = table.presences(item.sitting).get(voter.pk, Attended.ABSENT)
    if presence == Attended.REMOTE:
        return Refusal("remote", _("Cette personne est à distance : elle vote sur son propre appareil."))
    if presence == Attended.ABSENT:
        if voter.pk not in table.represented(item.sitting):
            return Refusal("away", _("Cette personne n’est ni présente, ni représentée."))
        if not table.is_represented(voter, item, request):
            # Under a code of its own: that a holder keeps out of this file is not told at the desk.
            return Refusal("holder", _("Cette personne n’est pas représentée pour ce dossier."))
    return permissions.can_decide(voter, request)


def agenda_refusal(request: AidRequest, sitting: Sitting) -> Refusal | None:
    """Why a file cannot stand on this agenda, whoever asks: state, committee, correction, form, its day."""
    if request.state != RequestState.IN_REVIEW:
        return Refusal("state", _("Ce dossier n’est pas au comité."))
    own = request.scheme_version.scheme.committee_id
    is_national = sitting.committee.slug == Committee.NATIONAL
    if own != sitting.committee_id and not (own is None and is_national):
        return Refusal("committee", _("Un autre comité décide de ce dossier."))
    if modes.standing_opinion(request) is not None:
        return modes.opinion_is_given()
    wanted = Mode.CONSULTATION if sitting.is_consultation else Mode.SITTING
    if seats.form_of(seats.read(seats.rules_of(request)), request) is not wanted:
        sentence = _("Le règlement fait décider ce dossier sous une autre forme.")
        return Refusal("form", sentence)
    if (later := put_off.refusal(request, clock.paris_date(sitting.scheduled_at))) is not None:
        return later
    return corrections.blocking_refusal(request) or permissions.is_whole(request)


def signed_as(by: User, minutes: Minutes) -> SignedAs | None:
    """As whom somebody may sign these minutes now; None for everybody else, and whoever signed.

    Where one of the two named has no seat any more, another signs in that place (`_may_stand_in`): minutes that nobody
    could sign would stay open for ever. Nobody signs twice.
    """
    signatures = list(minutes.signatures.all())
    if permissions.seat_of(by) is None or any(one.by_id == by.pk for one in signatures):
        return None
    missing = {SignedAs.CHAIR, SignedAs.SECRETARY} - {one.signed_as for one in signatures}
    own = named_as(by, minutes)
    if own is not None:
        return own if own in missing else None
    free = (one for one in (SignedAs.CHAIR, SignedAs.SECRETARY) if one in missing)
    return next((one for one in free if _may_stand_in(by, minutes, one)), None)


def named_as(user: User, minutes: Minutes) -> SignedAs | None:
    """As whom the sitting itself named somebody to sign."""
    sitting = minutes.sitting
    if user.pk == sitting.opened_by_id:
        return SignedAs.CHAIR
    return SignedAs.SECRETARY if user.pk == sitting.secretary_id else None


def _may_stand_in(by: User, minutes: Minutes, signed: SignedAs) -> bool:
    """A chair for whoever presided and left the committee; for such a secretary a member who was there."""
    sitting = minutes.sitting
    named = sitting.opened_by if signed == SignedAs.CHAIR else sitting.secretary
    if named is None or permissions.seat_of(named) is not None:
        return False
    return can_prepare(by) is None if signed == SignedAs.CHAIR else by.pk in _stand_in_secretaries(minutes)


def _stand_in_secretaries(minutes: Minutes) -> set[int]:
    """Members who were there, any member where none is left; first those to whom the whole tells of no file that others
    read."""
    sitting = minutes.sitting
    taken = {sitting.opened_by_id, *(one.by_id for one in minutes.signatures.all())}
    free = {user.pk: user for user in seated_users() if user.pk not in taken}
    came = sitting.attendances.exclude(presence=Attended.ABSENT).values_list("member", flat=True)
    pool = free.keys() & set(came) or set(free)
    files = set(sitting.items.values_list("request", flat=True))
    return {pk for pk in pool if _reads_all(free[pk], files)} or pool


def _reads_all(user: User, files: set[int]) -> bool:
    return queries.readable_files(user).filter(pk__in=files).count() == len(files)


def can_read_whole(by: User, minutes: Minutes) -> Refusal | None:
    """The complete minutes tell which files others read and who took no part: the chair, the auditor and those who
    sign read them, since nobody signs what was not read. Other members read `minutes.for_member`."""
    if needs_role_now(by, Role.CHAIR, Role.AUDITOR) is None:
        return None
    signs = named_as(by, minutes) is not None or signed_as(by, minutes) is not None
    has_signed = any(one.by_id == by.pk for one in minutes.signatures.all())
    if permissions.seat_of(by) is not None and (signs or has_signed):
        return None
    return Refusal(
        "whole_minutes",
        _("La version complète est lue par la présidence, le secrétariat de séance et l’audit."),
    )


def seated_users() -> list[User]:
    """Everybody who has a seat today, by name."""
    grants = RoleGrant.objects.live().filter(user__is_active=True, role__in=seats.COMMITTEE)
    return list(User.objects.filter(pk__in=grants.values("user")).order_by("display_name", "pk"))
