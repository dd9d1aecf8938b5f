"""Signing on one's honour: the code that is sent, and the one transaction that freezes what was declared."""

import hashlib
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aid_requests import notifications, progress, representatives, sealed
from aid_requests.actions.drafts import lock_draft, period_refusal
from aid_requests.actions.lookalikes import note_marks
from aid_requests.actions.register_certificates import certify_from_register
from aid_requests.actions.revisions import keep_revision
from aid_requests.actions.signature_codes import issue_code, try_code
from aid_requests.caps import STANDING_STATES, cap_refusal
from aid_requests.correspondence.kept_facts import kept_ids, last_declaration
from aid_requests.declarations import SigningTrace, Statement, declaration_statement, render
from aid_requests.models import AidRequest, Applicant, BankDetails, Declaration, SignatureCode
from aid_requests.models.requests import SignaturePurpose
from aid_requests.register.facts import hold_facts
from aid_requests.signing_proof import proof_of_signing
from aid_requests.workflow import REQUEST
from fund import audit, clock, vault, workflow
from fund.models import User
from fund.roles import Refusal, Refused, demand


def send_signature_code(*, by: User, request: AidRequest, content_hash: str = "") -> SignatureCode:
    """Sends the code that signs the draft as it stands now; `content_hash` is that of the text the person was shown.

    Raises AlreadyDone when it is signed, Refused while something is missing, the scheme is closed, the year's cap is
    reached or too many codes went out, and when the text is no longer the one that was shown.
    """
    with transaction.atomic():
        request = lock_draft(by, request)
        request.applicant = workflow.lock(Applicant, request.applicant_id)
        demand(signing_refusal(request))
        statement = declaration_statement(request)
        demand(stale_refusal(statement, content_hash))
        return issue_code(
            by=by, request=request, purpose=SignaturePurpose.DECLARATION, content_hash=statement.content_hash
        )


def signing_refusal(request: AidRequest) -> Refusal | None:
    """Why the request cannot be signed as it stands: incomplete, closed, or over a cap; or None.

    A file signed before the scheme closed and corrected since may still be signed (failure 31).
    """
    missing = progress.open_points(request)
    if missing:
        return Refusal("incomplete", missing[0].sentence)
    award = progress.award_of(request)
    if award is None or award.amount_cents != request.amount_cents or award.case_code != request.case_code:
        return Refusal("changed", _("Le montant a changé : reprenez l’étape de votre situation."))
    if (unrepresented := representatives.signing_refusal(request)) is not None:
        return unrepresented
    scheme = sealed.scheme_of(request.scheme_version)
    signed_before = request.declarations.filter(purpose=SignaturePurpose.DECLARATION).exists()
    if not signed_before and (closed := period_refusal(scheme, clock.today())) is not None:
        return closed
    return cap_refusal(request, scheme, amount_cents=award.amount_cents, states=STANDING_STATES)


def stale_refusal(statement: Statement, content_hash: str) -> Refusal | None:
    """Why no code leaves for a page that shows another text; "" for a caller that shows none."""
    if content_hash in ("", statement.content_hash):
        return None
    sentence = _("Votre demande a changé depuis l’affichage de cette page. Relisez-la ci-dessous.")
    return Refusal("changed", sentence)


def sign_declaration(
    *,
    by: User,
    request: AidRequest,
    place: str,
    ticked: Collection[str],
    code: str,
    content_hash: str,
    trace: SigningTrace,
) -> Declaration:
    """Signs the draft: freezes the PDF and its proof, submits the request and acknowledges it (CRPA L112-3).

    `content_hash` is that of the text the person was shown. Raises AlreadyDone when it is signed, Refused for
    anything missing, unticked or changed, and for a code that is wrong, late, used up or of another text.
    """
    with transaction.atomic():
        request = lock_draft(by, request)
        request.applicant = workflow.lock(Applicant, request.applicant_id)
        hold_facts(request)
        demand(signing_refusal(request))
        statement = declaration_statement(request)
        demand(reading_refusal(statement, place=place, ticked=ticked, content_hash=content_hash))
        accepted = try_code(request, statement.purpose, code, statement.content_hash)
        if isinstance(accepted, SignatureCode):
            details = _account_of(request)
            declaration = freeze(
                by, request, statement, place=place, code=accepted, trace=trace, details=details
            )
            _submit(by, request, declaration)
    if isinstance(accepted, Refusal):
        raise Refused(accepted)
    return declaration


def _submit(by: User, request: AidRequest, declaration: Declaration) -> None:
    """What the signature brings with it, in its own transaction."""
    keep_revision(by, request, declaration)
    kept = {"submitted_at": clock.moment(), "register_sealed": request.register_sealed}
    workflow.move(REQUEST, request, "submit", by=by, fields=kept)
    audit.record(
        "request.submitted",
        request,
        by=by,
        revision=request.revision,
        amount_cents=request.amount_cents,
        pdf_sha256=declaration.pdf_sha256,
    )
    notifications.tell(request, "submitted", key=str(request.revision))
    note_marks(request)
    certify_from_register(request)


def _account_of(request: AidRequest) -> BankDetails:
    if request.bank_details is None:
        raise ValueError("A complete request has an account.")
    return request.bank_details


def reading_refusal(
    statement: Statement, *, place: str, ticked: Collection[str], content_hash: str
) -> Refusal | None:
    """Why the text was not read and ticked as it stands: it changed since, a fact is not ticked, no place; or None."""
    if content_hash != statement.content_hash:
        return Refusal(
            "changed", _("Votre demande a changé depuis l’affichage de cette page. Relisez-la ci-dessous.")
        )
    if {fact for fact, _sentence in statement.to_tick} - set(ticked):
        sentence = _("Cochez chaque point pour signer. Si l’un d’eux est faux, revenez à l’étape concernée.")
        return Refusal("unticked", sentence)
    if not place.strip():
        return Refusal("place", _("Indiquez la ville où vous signez."))
    return None


def freeze(
    by: User,
    request: AidRequest,
    statement: Statement,
    *,
    place: str,
    code: SignatureCode,
    trace: SigningTrace,
    details: BankDetails,
) -> Declaration:
    """The row that is never changed: PDF and proof under the person's key, hashes in clear."""
    pdf = render(statement, place=place, signed_on=clock.today())
    digest = hashlib.sha256(pdf).hexdigest()
    key = request.applicant.subject_key
    proof = _proof(by, statement, place=place, code=code, trace=trace, digest=digest)
    return Declaration.objects.create(
        request=request,
        revision=request.revision,
        purpose=statement.purpose,
        scheme_hash=statement.scheme_hash,
        facts=[fact for fact, _sentence in statement.facts],
        previous=last_declaration(request) if statement.purpose == SignaturePurpose.DECLARATION else None,
        kept_facts=kept_ids(statement.kept),
        content_hash=statement.content_hash,
        pdf_sealed=vault.seal_for(key, pdf),
        pdf_sha256=digest,
        proof_sealed=vault.seal_json_for(key, proof),
        bank_details=details,
        signed_at=timezone.now(),
    )


def _proof(
    by: User, statement: Statement, *, place: str, code: SignatureCode, trace: SigningTrace, digest: str
) -> dict[str, Any]:
    """What shows later who signed what, when and how."""
    return {
        "account": by.pk,
        **proof_of_signing(statement, place=place, code=code, trace=trace, pdf_sha256=digest),
        "facts": {fact: _fact(statement, trace, fact, sentence) for fact, sentence in statement.facts},
    }


def _fact(statement: Statement, trace: SigningTrace, code: str, sentence: str) -> dict[str, Any]:
    """One fact in the proof: its sentence and hash, and when it was ticked or where it was before."""
    told: dict[str, Any] = {"sentence": sentence, "sentence_hash": audit.content_hash({"sentence": sentence})}
    if code in statement.kept:
        return {**told, "kept_from": statement.kept[code].told}
    return {**told, "ticked": True, "ticked_at": dict(trace.ticks.get(code, {}))}
