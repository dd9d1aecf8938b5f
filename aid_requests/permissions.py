"""Who may see and change a request, on the applicant's side and the referent's.

Questions answer with a Refusal and its sentence, or None. Somebody else's request is never refused but not found:
views take requests from `own_requests` and `certifiable_requests` only.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from aid_requests.deadlines import reexamination_deadline
from aid_requests.models import AidRequest, Applicant, EnrolmentCertificate
from aid_requests.models.requests import RequestState
from fund import clock
from fund.accounts import school_of_address
from fund.models import RoleGrant, User
from fund.models.people import Role
from fund.roles import Refusal, is_staff, needs_role
from fund.templatetags.fund_format import day

# What its applicant may contest.
CONTESTED_STATES = (RequestState.REFUSED, RequestState.REDIRECTED)


def own_requests(user: User) -> QuerySet[AidRequest]:
    """The requests a person made: the only ones an applicant ever reaches."""
    return AidRequest.objects.filter(applicant__user=user).select_related(
        "applicant__subject_key", "applicant__user", "scheme_version__scheme", "school", "bank_details"
    )


def is_applicants_mailbox(email: str) -> bool:
    """Whether the account of this address ever began a request."""
    return Applicant.objects.filter(user__email=email.strip().lower()).exists()


def is_student(user: User) -> bool:
    """Whether this person may come for aid here: by the own school's address, or by a request begun before."""
    return school_of_address(user.email) is not None or is_applicants_mailbox(user.email)


def can_ask(by: User) -> Refusal | None:
    """Anyone without a staff role: who decides or pays does not ask under the same account."""
    if is_staff(by):
        return Refusal("staff", _("Avec un compte de l’équipe, on ne peut pas demander une aide."))
    return None


def can_act_on(by: User, request: AidRequest) -> Refusal | None:
    """The applicant alone writes, signs, corrects and withdraws."""
    if request.applicant.user_id != by.pk:
        return Refusal("not_yours", _("Cette demande n’est pas la vôtre."))
    return can_ask(by)


def can_correct(by: User, request: AidRequest) -> Refusal | None:
    """The applicant, until the committee decides (CRPA L114-6; the first honest error can be mended, L123-1)."""
    if (refusal := can_act_on(by, request)) is not None:
        return refusal
    if request.state not in (RequestState.SUBMITTED, RequestState.IN_REVIEW):
        return Refusal("decided", _("Cette demande ne peut plus être corrigée."))
    if request.round > 1:
        sentence = _(
            "En réexamen, la demande est relue telle que vous l’avez signée : elle ne se corrige plus."
        )
        return Refusal("reexamined", sentence)
    return None


def can_ask_reexamination(by: User, request: AidRequest) -> Refusal | None:
    """The applicant of a refused or redirected request, once, until the end of the last Paris day.

    See `reexamination_deadline`.
    """
    if (refusal := can_act_on(by, request)) is not None:
        return refusal
    if request.state not in CONTESTED_STATES or request.decided_at is None:
        return Refusal("not_refused", _("Seul un refus peut être réexaminé."))
    if request.round > 1:
        return Refusal(
            "final",
            _("Cette demande a déjà été réexaminée par d’autres personnes : la décision est définitive."),
        )
    last_day = reexamination_deadline(clock.paris_date(request.decided_at))
    if clock.today() > last_day:
        sentence = _("Un réexamen pouvait être demandé jusqu’au %(day)s : ce délai est passé.")
        return Refusal("late", sentence % {"day": day(last_day)})
    return None


def can_withdraw(by: User, request: AidRequest) -> Refusal | None:
    """The applicant, until the committee decides, or while a favourable decision waits for money."""
    if (refusal := can_act_on(by, request)) is not None:
        return refusal
    if request.state not in (
        RequestState.DRAFT,
        RequestState.SUBMITTED,
        RequestState.IN_REVIEW,
        RequestState.WAITLISTED,
    ):
        return Refusal("decided", _("Cette demande ne peut plus être retirée."))
    return None


def can_give_other_account(by: User, request: AidRequest) -> Refusal | None:
    """The applicant, once the bank has sent the money back."""
    if (refusal := can_act_on(by, request)) is not None:
        return refusal
    if request.state != RequestState.RETURNED:
        return Refusal("not_returned", _("L’argent n’est pas revenu : il n’y a pas de compte à changer."))
    return None


def certifiable_requests(user: User) -> QuerySet[AidRequest]:
    """Signed requests whose enrolment this person may certify.

    A school's referent: that school's, where the student goes through the school. A national referent (no school on
    the role): all of them, among which those that do not go through their school, which no school ever sees.
    """
    grant = RoleGrant.objects.live().filter(user=user, role=Role.REFERENT).first()
    rows = AidRequest.objects.filter(state=RequestState.SUBMITTED).exclude(applicant__user=user)
    rows = rows.exclude(typed_by=user)  # who typed it is tied to it: another referent confirms
    if grant is None:
        rows = rows.none()
    elif grant.school_id is not None:
        rows = rows.filter(Q(school=grant.school_id) & Q(through_school=True))
    rows = rows.select_related("applicant__subject_key", "school", "scheme_version__scheme")
    return rows.order_by("submitted_at", "pk")


def typing_tie(by: User, request: AidRequest) -> Refusal | None:
    """Who typed a request with the student neither confirms the enrolment nor votes on it, in whatever role later."""
    if request.typed_by_id != by.pk:
        return None
    return Refusal(
        "typed", _("Vous avez saisi cette demande : une autre personne s’en occupe à partir d’ici.")
    )


def can_certify(by: User, request: AidRequest) -> Refusal | None:
    """A referent of the school (or a national one), never on the own request, once a revision."""
    if (refusal := needs_role(by, Role.REFERENT)) is not None:
        return refusal
    if request.applicant.user_id == by.pk:
        return Refusal("own_request", _("Vous ne pouvez pas confirmer votre propre inscription."))
    if (refusal := typing_tie(by, request)) is not None:
        return refusal
    if EnrolmentCertificate.objects.filter(request=request, lapsed_at=None).exists():
        return Refusal("certified", _("Cette inscription est déjà confirmée."))
    if not certifiable_requests(by).filter(pk=request.pk).exists():
        return Refusal(
            "other_school", _("Cette demande n’est pas de votre école, ou n’attend plus de confirmation.")
        )
    return None
