"""Who prepares, presides, notes and signs a sitting; which files may stand on an agenda."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid_requests.committee import modes, permissions, seats, table
from aid_requests.committee.rules import Mode
from aid_requests.correspondence import corrections
from aid_requests.models import AgendaItem, AidRequest, Committee, Minutes, Sitting
from aid_requests.models.requests import RequestState
from aid_requests.models.sittings import Attended, SignedAs, SittingState
from fund.models import RoleGrant, User
from fund.models.people import Role
from fund.roles import Refusal, needs_role_now

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
    """The one who presides and the secretary note presences, take files and close their votes, while it is open."""
    if not is_clerk(by, sitting):
        return Refusal("clerk", _("La présidence et le secrétariat de séance s’en chargent."))
    if sitting.state != SittingState.OPEN:
        return Refusal("not_open", _("La séance n’est pas ouverte."))
    return None


def can_run_item(by: User, item: AgendaItem, request: AidRequest) -> Refusal | None:
    """`can_run`, by somebody who may read the file: whoever keeps out of it leaves its vote to the other one."""
    return can_run(by, item.sitting) or permissions.can_read_file(by, request)


def can_vote_in(voter: User, item: AgendaItem, request: AidRequest) -> Refusal | None:
    """Whoever may decide the file and is there."""
    if table.presences(item.sitting).get(voter.pk, Attended.ABSENT) == Attended.ABSENT:
        return Refusal(
            "absent", _("Vous n’êtes pas noté·e présent·e à cette séance : dites-le au secrétariat.")
        )
    return permissions.can_decide(voter, request)


def can_enter(by: User, item: AgendaItem, request: AidRequest, voter: User) -> Refusal | None:
    """A vote given by hand: of whoever is in the room, or represented there, noted by a clerk who may read the file."""
    refusal = can_run_item(by, item, request)
    if refusal is not None:
        return refusal
    presence = table.presences(item.sitting).get(voter.pk, Attended.ABSENT)
    if presence == Attended.REMOTE:
        return Refusal("remote", _("Cette personne est à distance : elle vote sur son propre appareil."))
    if presence == Attended.ABSENT and not item.sitting.proxies.filter(giver=voter).exists():
        return Refusal("away", _("Cette personne n’est ni présente, ni représentée."))
    return permissions.can_decide(voter, request)


def agenda_refusal(request: AidRequest, sitting: Sitting) -> Refusal | None:
    """Why a file cannot stand on this agenda, whoever asks: state, committee, correction, form of its rules."""
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
    return corrections.blocking_refusal(request) or permissions.is_whole(request)


def signed_as(by: User, minutes: Minutes) -> SignedAs | None:
    """As whom somebody signs these minutes; None when neither presided nor kept them."""
    sitting = minutes.sitting
    if by.pk == sitting.opened_by_id:
        return SignedAs.CHAIR
    return SignedAs.SECRETARY if by.pk == sitting.secretary_id else None


def can_read_whole(by: User, minutes: Minutes) -> Refusal | None:
    """The complete minutes tell which files others read and who took no part: the chair, the auditor and those who
    sign read them, since nobody signs what was not read. Other members read `minutes.for_member`."""
    sitting = minutes.sitting
    if needs_role_now(by, Role.CHAIR, Role.AUDITOR) is None:
        return None
    if permissions.seat_of(by) is not None and by.pk in (sitting.opened_by_id, sitting.secretary_id):
        return None
    return Refusal(
        "whole_minutes",
        _("La version complète est lue par la présidence, le secrétariat de séance et l’audit."),
    )


def seated_users() -> list[User]:
    """Everybody who has a seat today, by name."""
    grants = RoleGrant.objects.live().filter(user__is_active=True, role__in=seats.COMMITTEE)
    return list(User.objects.filter(pk__in=grants.values("user")).order_by("display_name", "pk"))
