"""A draft, from its start to the account to pay: each step is saved by itself, and nothing is asked twice."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from aid_requests import invited, permissions, schemes, school_addresses, sealed, unfinished
from aid_requests.actions import seen as marks
from aid_requests.actions.invitations import note_begun
from aid_requests.caps import STANDING_STATES, cap_refusal
from aid_requests.correspondence import corrections
from aid_requests.identity import Identity, identity_fingerprint, identity_of, seal_identity
from aid_requests.models import AidRequest, Applicant, BankDetails, Scheme, SchemeVersion
from aid_requests.models.requests import RequestState
from aid_requests.models.schemes import VersionState
from aid_requests.schemes import Ambiguous, Award, Outcome, Value
from fund import audit, clock, vault, workflow
from fund.accounts import school_of_address
from fund.bank.iban import Iban
from fund.models import User
from fund.roles import Refusal, Refused, demand
from fund.school_domains import has_tag
from fund.treasury.orders import IBAN_INDEX
from fund.workflow import AlreadyDone

_SAME_CLICK = timedelta(minutes=2)


def start_request(*, by: User, slug: str, raw_answers: Mapping[str, str]) -> AidRequest:
    """The person's draft for the open scheme `slug`, made if there is none; the simulator's answers are added to it.

    `raw_answers` are texts as typed or packed: they are checked again, what does not fit is left out.
    Raises Refused when the scheme is not open today, the person has no school of the network, or the year's cap is
    reached; SchemeVersion.DoesNotExist when there is no such scheme.
    """
    demand(permissions.can_ask(by))
    version = SchemeVersion.objects.select_related("scheme").get(scheme__slug=slug, state=VersionState.OPEN)
    scheme = sealed.scheme_of(version)
    demand(period_refusal(scheme, clock.today()))
    demand(invited.access_refusal(by, version.scheme_id, scheme))
    request = _draft_of(by, version, scheme)
    with transaction.atomic():
        # In a second transaction: the request is locked before the person everywhere, and here the person came first.
        request = lock_draft(by, request)
        answers, _errors = schemes.clean_answers(scheme, raw_answers, sealed.known_of(request))
        answers.pop(sealed.STORY, None)
        _write_answers(request, {**sealed.answers_of(request), **answers})
        note_begun(by, request)
    return request


def _draft_of(by: User, version: SchemeVersion, scheme: schemes.Scheme) -> AidRequest:
    """The draft that is there, or a new one; who holds the scheme rows gives out reference numbers, one at a time."""
    with transaction.atomic():
        list(Scheme.objects.select_for_update(of=("self",), no_key=True).order_by("pk"))
        applicant = applicant_of(by)
        drafts = AidRequest.objects.filter(
            applicant=applicant, scheme_version=version, state=RequestState.DRAFT
        )
        request = drafts.first()
        if request is None:
            request = _new_draft(applicant, version, scheme)
            audit.record("request.started", request, by=by, scheme=scheme.slug)
    return request


def latest_request(by: User, slug: str) -> AidRequest | None:
    """The person's newest request under this scheme, of any version, that was not withdrawn: told before another is
    begun (peers' wish 27: useless duplicates come from not knowing)."""
    rows = permissions.own_requests(by).filter(scheme_version__scheme__slug=slug)
    return rows.exclude(state=RequestState.WITHDRAWN).order_by("-pk").first()


def is_just_begun(request: AidRequest) -> bool:
    """A draft of a moment ago: a second click on the same button means that one (failure 10)."""
    return request.state == RequestState.DRAFT and clock.moment() - request.created_at < _SAME_CLICK


def standing_request(by: User, slug: str) -> AidRequest | None:
    """The person's newest request that keeps another one from being started for this scheme this year, or None."""
    version = SchemeVersion.objects.filter(scheme__slug=slug, state=VersionState.OPEN).first()
    applicant = Applicant.objects.filter(user=by).first()
    if version is None or applicant is None:
        return None
    rows = AidRequest.objects.filter(applicant=applicant, scheme_version__scheme=version.scheme_id)
    if rows.filter(scheme_version=version, state=RequestState.DRAFT).exists():
        return None
    another = AidRequest(applicant=applicant, scheme_version=version)
    if cap_refusal(another, sealed.scheme_of(version), amount_cents=0, states=STANDING_STATES) is None:
        return None
    return rows.filter(state__in=STANDING_STATES).order_by("-submitted_at").first()


def period_refusal(scheme: schemes.Scheme, today: date) -> Refusal | None:
    """Why nothing can be asked under this scheme on this Paris date; both ends are open days."""
    if today < scheme.opens_on:
        return Refusal("not_open_yet", _("Cette aide n’est pas encore ouverte."))
    if today > scheme.closes_on:
        return Refusal("closed", _("Cette aide est fermée : elle ne se demande plus."))
    return None


def applicant_of(by: User) -> Applicant:
    """The person as applicant, locked. The first time, the school is the one of the address."""
    by = workflow.lock(User, by.pk)
    known = Applicant.objects.filter(user=by).first()
    if known is not None:
        return workflow.lock(Applicant, known.pk)
    school = None if has_tag(by.email) else school_of_address(by.email)
    if school is None:
        sentence = _(
            "Votre adresse n’est pas celle d’une école du réseau : connectez-vous avec votre adresse d’école."
        )
        raise Refused(Refusal("no_school", sentence))
    key = vault.make_subject_key("applicant")
    applicant = Applicant(user=by, subject_key=key, school=school, created_at=clock.moment())
    school_addresses.keep_school_email(applicant, by.email)
    applicant.save(force_insert=True)
    return applicant


def _new_draft(applicant: Applicant, version: SchemeVersion, scheme: schemes.Scheme) -> AidRequest:
    request = AidRequest(
        reference=_next_reference(scheme.reference_prefix, clock.today().year),
        applicant=applicant,
        scheme_version=version,
        school=applicant.school,
        through_school=_last_choice(applicant),
        created_at=clock.moment(),
    )
    demand(cap_refusal(request, scheme, amount_cents=0, states=STANDING_STATES))
    request.save(force_insert=True)
    return request


def _last_choice(applicant: Applicant) -> bool:
    """Whether the school may know, as the person said last: who kept it out once does not let it in by forgetting."""
    last = AidRequest.objects.filter(applicant=applicant).order_by("-pk").first()
    return last is None or last.through_school


def _next_reference(prefix: str, year: int) -> str:
    start = f"{prefix}-{year}-"
    rows = AidRequest.objects.filter(reference__startswith=start).order_by(
        Length("reference").desc(), "-reference"
    )
    last = rows.values_list("reference", flat=True).first()
    number = int(last.removeprefix(start)) + 1 if last else 1
    return f"{start}{number:04d}"


def lock_draft(by: User, request: AidRequest) -> AidRequest:
    """The person's own draft, locked and read again. Raises AlreadyDone once it was signed."""
    locked = workflow.lock(AidRequest, request.pk)
    demand(permissions.can_act_on(by, locked))
    if locked.state == RequestState.WITHDRAWN:
        raise AlreadyDone(_("Cette demande est retirée."))
    if locked.state != RequestState.DRAFT:
        raise AlreadyDone(_("Cette demande est déjà signée. Pour la changer, corrigez-la depuis sa page."))
    return locked


def save_identity(
    *,
    by: User,
    request: AidRequest,
    identity: Identity,
    through_school: bool,
    seen: str = "",
    page: str = "",
) -> None:
    """Writes who the person is. `seen` is the mark of what the page showed, `page` the name it types under.

    Raises Refused while another signed request bears the same names, and when what is kept was changed
    since the page was shown.
    """
    with transaction.atomic():
        request = lock_draft(by, request)
        applicant = workflow.lock(Applicant, request.applicant_id)
        request.applicant = applicant
        if not unfinished.was_typed_on(request, unfinished.YOU, page):
            wanted = marks.identity_mark(identity, through_school=through_school)
            marks.demand_seen(seen, now=marks.kept_identity_mark(request), wanted=wanted)
        if identity != identity_of(applicant):
            demand(corrections.change_refusal(request, corrections.IDENTITY))
            _refuse_while_in_use(applicant, request)
            applicant.identity_sealed = seal_identity(applicant, identity)
            applicant.identity_fingerprint = identity_fingerprint(identity)
            applicant.save(update_fields=["identity_sealed", "identity_fingerprint"])
        if through_school != request.through_school:
            demand(corrections.change_refusal(request, corrections.IDENTITY))
        request.through_school = through_school
        request.save(update_fields=["through_school"])
        unfinished.forget(request, unfinished.YOU)


def _refuse_while_in_use(applicant: Applicant, request: AidRequest) -> None:
    """What was signed and certified under one name must not change its name behind the committee's back."""
    signed = AidRequest.objects.filter(
        applicant=applicant,
        state__in=(
            RequestState.SUBMITTED,
            RequestState.IN_REVIEW,
            RequestState.WAITLISTED,
            RequestState.CONDITIONAL,
            RequestState.GRANTED,
        ),
    )
    if signed.exclude(pk=request.pk).exists():
        sentence = _("Une autre demande signée porte ces nom et adresse : corrigez-la ou attendez sa fin.")
        raise Refused(Refusal("identity_in_use", sentence))


def save_answers(
    *,
    by: User,
    request: AidRequest,
    answers: Mapping[str, Value],
    story: str,
    seen: str = "",
    page: str = "",
) -> Outcome:
    """Writes the answers (checked by `clean_answers`) and the story, and says what they are worth now.

    Raises Refused when they were changed since the page that showed `seen`.
    """
    with transaction.atomic():
        request = lock_draft(by, request)
        wanted = marks.answers_mark(sealed.scheme_of(request.scheme_version), answers, story)
        if not unfinished.was_typed_on(request, unfinished.SITUATION, page):
            marks.demand_seen(seen, now=marks.kept_answers_mark(request), wanted=wanted)
        demand(corrections.answers_refusal(request, answers, story))
        request.story_sealed = vault.seal_text_for(request.applicant.subject_key, story) if story else ""
        unfinished.forget(request, unfinished.SITUATION)
        outcome = _write_answers(request, answers)
        if isinstance(outcome, Ambiguous):  # the schedule has a fault that a person must settle
            audit.record("request.ambiguous", request, by=by, cases=list(outcome.case_codes))
        return outcome


def _write_answers(request: AidRequest, answers: Mapping[str, Value]) -> Outcome:
    request.answers_sealed = sealed.seal_answers(request, dict(answers))
    outcome = sealed.outcome_of(request)
    award = outcome if isinstance(outcome, Award) else None
    request.case_code = award.case_code if award else ""
    request.amount_cents = award.amount_cents if award else None
    request.save(update_fields=["answers_sealed", "story_sealed", "case_code", "amount_cents"])
    return outcome


def save_account(
    *, by: User, request: AidRequest, iban: Iban, holder: str, seen: str = "", page: str = ""
) -> BankDetails:
    """Ties a checked account to the draft; an account given before is taken again, another one is a new row.

    Raises Refused when it was changed since the page that showed `seen`.
    """
    with transaction.atomic():
        request = lock_draft(by, request)
        wanted = marks.account_mark(iban.compact, holder)
        if not unfinished.was_typed_on(request, unfinished.ACCOUNT, page):
            marks.demand_seen(seen, now=marks.kept_account_mark(request), wanted=wanted)
        details = keep_account(request.applicant, iban, holder)
        if details.pk != request.bank_details_id:
            demand(corrections.change_refusal(request, corrections.ACCOUNT))
        request.bank_details = details
        request.save(update_fields=["bank_details"])
        unfinished.forget(request, unfinished.ACCOUNT)
    return details


def keep_account(applicant: Applicant, iban: Iban, holder: str) -> BankDetails:
    """The row of this account under this holder's name, made if it is new."""
    key = applicant.subject_key
    fingerprint = vault.blind_index(IBAN_INDEX, iban.compact)
    for known in BankDetails.objects.filter(applicant=applicant, iban_fingerprint=fingerprint).order_by(
        "-pk"
    ):
        if vault.open_text_for(key, known.holder_sealed) == holder:
            return known
    return BankDetails.objects.create(
        applicant=applicant,
        iban_sealed=vault.seal_text_for(key, iban.compact),
        holder_sealed=vault.seal_text_for(key, holder),
        iban_fingerprint=fingerprint,
        iban_tail=iban.compact[-4:],
        country=iban.country,
        bank_name=(iban.bank_name or "")[:120],
        created_at=clock.moment(),
    )
