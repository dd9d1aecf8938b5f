"""Typed by a referent, taken over, changed and signed by the person alone; what nobody takes over lapses.

Nothing here touches the person's own requests before that person does: a referent never learns what there is.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from aid_requests import permissions, typed_requests
from aid_requests.actions.drafts import (
    lock_draft,
    period_refusal,
    save_identity,
    start_request,
)
from aid_requests.caps import STANDING_STATES, cap_refusal
from aid_requests.identity import identity_of
from aid_requests.invited import access_refusal
from aid_requests.models import AidRequest, Applicant, CallBack, SchemeVersion, TypedRequest
from aid_requests.models.requests import RequestState
from aid_requests.models.schemes import VersionState
from aid_requests.models.typed_requests import TypedState
from aid_requests.school_addresses import proved_addresses, school_email_fingerprint
from aid_requests.sealed import scheme_of
from aid_requests.typed_requests import TypedContent
from aid_requests.workflow import TYPED_REQUEST
from fund import audit, clock, mail, vault, workflow
from fund.accounts import school_of_address
from fund.models import User
from fund.roles import Refusal, demand
from fund.workflow import AlreadyDone


def type_request(
    *, by: User, slug: str, content: TypedContent, form_token: UUID, call_back: CallBack | None
) -> TypedRequest:
    """Keeps what was typed until the person takes it over, and writes to that person: a link, nothing else.

    What the same referent typed before for the same person and aid is replaced; the same form twice is one. Raises
    Refused to whoever may not type for that address and when the aid is closed, SchemeVersion.DoesNotExist.
    """
    version = SchemeVersion.objects.select_related("scheme").get(scheme__slug=slug, state=VersionState.OPEN)
    demand(period_refusal(scheme_of(version), clock.today()))
    school = school_of_address(content.email)
    with transaction.atomic():
        demand(typed_requests.can_type_for(by, content.email))
        known = TypedRequest.objects.filter(form_token=form_token).first()
        if known is not None or school is None:
            raise AlreadyDone(_("Cette demande est déjà envoyée."))
        fingerprint = school_email_fingerprint(content.email)
        _replace_former(by, version, fingerprint)
        key = vault.make_subject_key("typed")
        try:
            typed = TypedRequest.objects.create(
                form_token=form_token,
                subject_key=key,
                school=school,
                scheme_version=version,
                email_fingerprint=fingerprint,
                content_sealed=typed_requests.seal_content(key, content),
                call_back=call_back,
                typed_by=by,
                typed_at=clock.moment(),
                lapses_on=clock.today() + timedelta(days=settings.TYPED_REQUEST_DAYS),
            )
        except IntegrityError as error:  # the same form at the same instant
            raise AlreadyDone(_("Cette demande est déjà envoyée.")) from error
        audit.record("request.typed", typed, by=by, scheme=slug)
        _tell(typed, "typed_request", content.email)
    return typed


def _replace_former(by: User, version: SchemeVersion, fingerprint: str) -> None:
    former = TypedRequest.objects.filter(
        email_fingerprint=fingerprint, scheme_version=version, typed_by=by, state=TypedState.WAITING
    )
    for pk in former.values_list("pk", flat=True):
        _end(workflow.lock(TypedRequest, pk), "lapse", by=by)


def _tell(typed: TypedRequest, template: str, email: str) -> None:
    user = User.objects.filter(email=email.strip().lower()).first()
    link = (
        reverse("typed_request", args=[typed.token]) if template == "typed_request" else reverse("aid_home")
    )
    mail.send_mail(
        key=f"{template}:{typed.pk}",
        to=email.strip().lower(),
        template=template,
        language=user.language if user is not None else "fr",
        context={"link": f"{settings.SITE_URL}{link}", "lapses_on": typed.lapses_on},
    )


def claim_typed_request(*, by: User, typed: TypedRequest) -> AidRequest:
    """Makes what was typed the person's own draft, or part of the one that is there: to be read, changed and signed.

    Names already given stay; so does the story of a draft that has one. In steps that may be repeated: the request is
    locked before the person everywhere, and starting a draft locks the person. Raises AlreadyDone when it ended,
    Refused as `start_request` and while a signed request of this aid is being corrected.
    """
    demand(_not_theirs(by, typed))
    if typed.state != TypedState.WAITING:
        raise AlreadyDone(_("Cette saisie n’attend plus."))
    demand(claim_refusal(by, typed))
    content, slug = typed_requests.content_of(typed), typed.scheme_version.scheme.slug
    request = start_request(by=by, slug=slug, raw_answers=content.answers)
    identity = identity_of(request.applicant) or content.identity
    through_school = content.through_school and request.through_school
    save_identity(by=by, request=request, identity=identity, through_school=through_school)
    with transaction.atomic():
        request = lock_draft(by, request)
        typed = workflow.lock(TypedRequest, typed.pk)
        if content.story and not request.story_sealed:
            request.story_sealed = vault.seal_text_for(request.applicant.subject_key, content.story)
        request.typed_by, request.typed_at = typed.typed_by, typed.typed_at
        request.save(update_fields=["story_sealed", "typed_by", "typed_at"])
        _end(typed, "claim", by=by, request=request)
    return request


def claim_refusal(by: User, typed: TypedRequest) -> Refusal | None:
    """Why this person cannot take it over now, or None: said on the page, before the button that would be refused."""
    slug = typed.scheme_version.scheme.slug
    own = permissions.own_requests(by).filter(scheme_version__scheme__slug=slug, state=RequestState.DRAFT)
    if own.filter(submitted_at__isnull=False).exists():
        sentence = _("Vous corrigez déjà une demande pour cette aide : signez-la d’abord.")
        return Refusal("correcting", sentence)
    version = SchemeVersion.objects.filter(scheme__slug=slug, state=VersionState.OPEN).first()
    if version is None:
        return Refusal("closed", _("Cette aide est fermée : elle ne se demande plus."))
    scheme = scheme_of(version)
    refusal = period_refusal(scheme, clock.today()) or access_refusal(by, version.scheme_id, scheme)
    applicant = Applicant.objects.filter(user=by).first()
    if refusal is not None or applicant is None or own.filter(scheme_version=version).exists():
        return refusal
    another = AidRequest(applicant=applicant, scheme_version=version)
    return cap_refusal(another, scheme, amount_cents=0, states=STANDING_STATES)


def decline_typed_request(*, by: User, typed: TypedRequest) -> None:
    """The person wants nothing of it: it is erased at once. Raises AlreadyDone when it ended."""
    with transaction.atomic():
        typed = workflow.lock(TypedRequest, typed.pk)
        demand(_not_theirs(by, typed))
        _end(typed, "decline", by=by)


def lapse_typed_requests() -> str:
    """Timed work: erases what nobody took over in TYPED_REQUEST_DAYS days, and says so kindly to that person."""
    rows = TypedRequest.objects.filter(state=TypedState.WAITING, lapses_on__lt=clock.today())
    lapsed = 0
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            typed = workflow.lock(TypedRequest, pk)
            if typed.state != TypedState.WAITING:
                continue
            email = typed_requests.content_of(typed).email
            _end(typed, "lapse", by=None)
            _tell(typed, "typed_request_lapsed", email)
            lapsed += 1
    return f"{lapsed} lapsed"


def _not_theirs(by: User, typed: TypedRequest) -> Refusal | None:
    if typed.email_fingerprint not in proved_addresses(by):
        return Refusal("not_yours", _("Cette saisie n’est pas pour vous."))
    return permissions.can_ask(by)


def _end(typed: TypedRequest, step: str, *, by: User | None, request: AidRequest | None = None) -> None:
    """Ends a locked one and deletes the key of what was typed."""
    fields = {"ended_at": clock.moment(), "content_sealed": "", "request": request}
    workflow.move(TYPED_REQUEST, typed, step, by=by, fields=fields)
    vault.erase_subject(typed.subject_key)
    audit.record(f"request.typed_{step}", typed, by=by)
