"""A minor's representative: named by the student, written to, and signing the student's own text first."""

import hashlib
import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aid_requests import notifications, representatives
from aid_requests.actions.drafts import lock_draft
from aid_requests.actions.signature_codes import new_code, try_code
from aid_requests.declarations import SigningTrace, Statement
from aid_requests.models import AidRequest, Declaration, Representative, RepresentativeLink, SignatureCode
from aid_requests.models.requests import SignaturePurpose
from aid_requests.progress import open_points
from aid_requests.representation import AGREEMENT, agreement_sentence, render_agreement
from aid_requests.representatives import Guardian, LinkState
from aid_requests.school_addresses import school_email_of
from aid_requests.signing_proof import proof_of_signing
from fund import audit, clock, mail, vault, workflow
from fund.models import User
from fund.roles import Refusal, Refused, demand
from fund.school_domains import mailbox_of
from fund.workflow import AlreadyDone

MAX_REPRESENTATIVES = 3  # a request: nobody's mailbox is tried out by naming one person after another
MAX_LINKS = 5  # a representative and a day
READING = timedelta(minutes=30)  # real time between the code and the signature


def name_representative(*, by: User, request: AidRequest, guardian: Guardian) -> Representative:
    """Who represents a minor, in place of whoever was named before. Naming the same again changes nothing.

    Raises Refused for who is not a minor, for the student's own address and after too many names.
    """
    with transaction.atomic():
        request = lock_draft(by, request)
        if not representatives.is_needed(request):
            raise Refused(Refusal("grown_up", _("À 18 ans passés, vous signez seul·e.")))
        own = {mailbox_of(by.email), mailbox_of(school_email_of(request.applicant))}
        if mailbox_of(guardian.email) in own:
            sentence = _("Cette adresse est la vôtre : donnez celle de la personne qui vous représente.")
            raise Refused(Refusal("own_address", sentence))
        known = representatives.representative_of(request)
        if known is not None and representatives.guardian_of(known) == guardian:
            return known
        if request.representatives.count() >= MAX_REPRESENTATIVES:
            sentence = _("Vous avez déjà nommé plusieurs personnes : demandez qu’on vous rappelle.")
            raise Refused(Refusal("too_many_names", sentence))
        if known is not None:
            _end_links(known)
            known.ended_at = clock.moment()
            known.save(update_fields=["ended_at"])
        named = Representative.objects.create(
            request=request,
            person_sealed=vault.seal_json_for(request.applicant.subject_key, asdict(guardian)),
            named_at=clock.moment(),
        )
        audit.record("representative.named", named, by=by, request=request.pk)
    return named


def send_representative_link(*, by: User, request: AidRequest) -> RepresentativeLink:
    """Writes to the representative: a link to the text as it stands. The links before it end.

    Raises Refused while something else is missing and after five links a day, AlreadyDone when this text is signed.
    """
    with transaction.atomic():
        request = lock_draft(by, request)
        missing = open_points(request)
        if missing:
            raise Refused(Refusal("incomplete", missing[0].sentence))
        representative = representatives.representative_of(request)
        statement = representatives.statement_of(request)
        if representative is None or statement is None:
            raise Refused(Refusal(representatives.MISSING, _("Dites d’abord qui vous représente.")))
        if representatives.agreement_to(request, statement.content_hash) is not None:
            raise AlreadyDone(_("Cette personne a déjà signé ce texte : signez à votre tour."))
        now = timezone.now()
        if representative.links.filter(created_at__gt=now - timedelta(days=1)).count() >= MAX_LINKS:
            sentence = _(
                "Plusieurs liens sont déjà partis aujourd’hui : attendez demain, ou demandez un appel."
            )
            raise Refused(Refusal("too_many_links", sentence))
        _end_links(representative)
        token = secrets.token_urlsafe(32)
        link = RepresentativeLink.objects.create(
            representative=representative,
            token_hash=representatives.hash_of(token),
            revision=request.revision,
            content_hash=statement.content_hash,
            created_at=now,
            expires_at=now + timedelta(days=settings.REPRESENTATIVE_LINK_DAYS),
        )
        audit.record(
            "representative.asked", link, by=by, request=request.pk, content_hash=statement.content_hash
        )
        address = f"{settings.SITE_URL}{reverse('represent', args=[token])}"
        _write(representative, "representative_link", f"representative-link:{link.pk}", {"link": address})
    return link


def _end_links(representative: Representative) -> None:
    for link in representative.links.filter(ended_at=None):
        link.ended_at = timezone.now()
        link.save(update_fields=["ended_at"])


def _write(representative: Representative, template: str, key: str, context: dict[str, object]) -> None:
    guardian = representatives.guardian_of(representative)
    mail.send_mail(key=key, to=guardian.email, template=template, language=guardian.language, context=context)


def _open_link(link: RepresentativeLink) -> tuple[AidRequest, RepresentativeLink, Statement]:
    """The request and the link, locked in that order and read again. Raises Refused when the link is no longer good."""
    request = workflow.lock(AidRequest, link.representative.request_id)
    link = workflow.lock(RepresentativeLink, link.pk)
    link.representative.request = request
    state = representatives.state_of(link)
    if state == LinkState.SIGNED:
        raise AlreadyDone(_("Vous avez déjà signé : il n’y a plus rien à faire. Merci."))
    demand(representatives.refusal_of(state))
    statement = representatives.statement_of(request)
    if statement is None:
        raise ValueError("An open link has a text.")
    return request, link, statement


def send_representative_code(*, link: RepresentativeLink) -> SignatureCode:
    """Sends the code that opens the text of this link, to the representative. Raises Refused, AlreadyDone."""
    with transaction.atomic():
        request, link, statement = _open_link(link)
        code, digits = new_code(request, SignaturePurpose.GUARDIAN, statement.content_hash)
        _write(link.representative, "representative_code", f"signature-code:{code.pk}", {"code": digits})
        audit.record(
            "signature_code.sent",
            request,
            by=None,
            purpose=SignaturePurpose.GUARDIAN,
            revision=request.revision,
        )
    return code


def open_with_code(*, link: RepresentativeLink, typed: str) -> SignatureCode:
    """The code, used: whoever typed it may read, and sign within half an hour. A wrong one costs a try (five)."""
    with transaction.atomic():
        request, link, statement = _open_link(link)
        accepted = try_code(request, SignaturePurpose.GUARDIAN, typed, statement.content_hash)
    if isinstance(accepted, Refusal):
        raise Refused(accepted)
    return accepted


def may_read(link: RepresentativeLink, code_id: int | None) -> bool:
    """Whether the code that this browser typed still opens the text of this link."""
    if code_id is None:
        return False
    rows = SignatureCode.objects.filter(
        pk=code_id, request=link.representative.request_id, purpose=SignaturePurpose.GUARDIAN
    )
    return rows.filter(content_hash=link.content_hash, used_at__gt=timezone.now() - READING).exists()


def sign_as_representative(
    *,
    link: RepresentativeLink,
    code_id: int,
    agrees: str,
    place: str,
    content_hash: str,
    trace: SigningTrace,
) -> Declaration:
    """The representative's signature on the student's text: frozen PDF and proof, under the student's key.

    `content_hash` is that of the text the page showed. Raises Refused for an old code, an unticked box, no place and a
    text that changed; AlreadyDone for a second click.
    """
    with transaction.atomic():
        request, link, statement = _open_link(link)
        if not may_read(link, code_id):
            raise Refused(Refusal("late", _("La demi-heure est passée : demandez un autre code.")))
        if content_hash != statement.content_hash:
            raise Refused(
                Refusal("changed", _("Le texte a changé depuis l’affichage de cette page : relisez-le."))
            )
        if agrees != AGREEMENT:
            raise Refused(Refusal("unticked", _("Cochez la case pour signer.")))
        if not place.strip():
            raise Refused(Refusal("place", _("Indiquez la ville où vous signez.")))
        code = SignatureCode.objects.get(pk=code_id)
        declaration = _freeze(request, link, statement, code=code, place=place, trace=trace)
        link.signed_at = link.ended_at = timezone.now()
        link.save(update_fields=["signed_at", "ended_at"])
        audit.record(
            "request.represented",
            request,
            by=None,
            revision=request.revision,
            link=link.pk,
            pdf_sha256=declaration.pdf_sha256,
        )
        notifications.tell(request, "represented", key=f"{request.revision}:{link.pk}")
    return declaration


def _freeze(
    request: AidRequest,
    link: RepresentativeLink,
    statement: Statement,
    *,
    code: SignatureCode,
    place: str,
    trace: SigningTrace,
) -> Declaration:
    if request.bank_details is None:
        raise ValueError("A complete request has an account.")
    guardian, key = representatives.guardian_of(link.representative), request.applicant.subject_key
    pdf = render_agreement(statement, guardian, place=place, signed_on=clock.today())
    digest = hashlib.sha256(pdf).hexdigest()
    proof = _proof(link, statement, guardian, code=code, place=place, trace=trace, digest=digest)
    return Declaration.objects.create(
        request=request,
        revision=request.revision,
        purpose=SignaturePurpose.GUARDIAN,
        scheme_hash=statement.scheme_hash,
        facts=[fact for fact, _sentence in statement.facts],
        content_hash=statement.content_hash,
        pdf_sealed=vault.seal_for(key, pdf),
        pdf_sha256=digest,
        proof_sealed=vault.seal_json_for(key, proof),
        bank_details=request.bank_details,
        signed_at=timezone.now(),
    )


def _proof(
    link: RepresentativeLink,
    statement: Statement,
    guardian: Guardian,
    *,
    code: SignatureCode,
    place: str,
    trace: SigningTrace,
    digest: str,
) -> dict[str, Any]:
    """What shows later who signed what, when and how; one box covers all facts."""
    return {
        "representative": {**asdict(guardian), "id": link.representative_id, "link": link.pk},
        "agreement": agreement_sentence(guardian, statement),
        "facts": {fact: {"sentence": sentence, "ticked": True} for fact, sentence in statement.facts},
        **proof_of_signing(statement, place=place, code=code, trace=trace, pdf_sha256=digest),
    }
