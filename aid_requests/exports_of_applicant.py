"""Everything held about one student, in one ZIP: a JSON that a machine reads and the files (RGPD art. 15 and 20).

Cents, ISO dates, UTC instants, codes as the database has them. Nothing of anybody else: who voted, certified, wrote
or asked stays out, a role stands there instead.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import IO, Any, cast
from uuid import UUID

from aid_requests import advances, documents, lookalikes, schemes, school_addresses, sealed, second_looks
from aid_requests.committee import reasons, unmasking
from aid_requests.correspondence.revisions import Snapshot
from aid_requests.exports_beside_requests import beside_requests
from aid_requests.identity import identity_of
from aid_requests.models import (
    Adjournment,
    Advance,
    AidRequest,
    Applicant,
    BankDetails,
    BroughtPaper,
    Decision,
    Declaration,
    Document,
)
from fund import clock, vault
from fund.mail import mails_to
from fund.models import OutgoingMail, PaymentOrder, TransitionLog

FORMAT = "cagnotte-applicant-1"
DATA = "mes-donnees.json"
Rows = list[Mapping[str, Any]]


class _Pipe:
    """Takes what the ZIP writes, gives it away at once: the archive is never whole in memory."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def applicant_archive(applicant: Applicant) -> Iterator[bytes]:
    """The ZIP, piece by piece. Raises vault.Erased before the first one."""
    data = applicant_data(applicant)
    return _archive(applicant, data)


def _archive(applicant: Applicant, data: bytes) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(cast(IO[bytes], pipe), "w", zipfile.ZIP_DEFLATED) as archive:  # it only ever writes
        archive.writestr(_entry(DATA), data)
        yield pipe.taken()
        for name, content in _files(applicant):
            archive.writestr(_entry(name), content)
            yield pipe.taken()
    yield pipe.taken()


def _entry(name: str) -> zipfile.ZipInfo:
    """A name in the archive, dated by the fund's clock."""
    entry = zipfile.ZipInfo(name, clock.moment().astimezone(clock.PARIS).timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _files(applicant: Applicant) -> Iterator[tuple[str, bytes]]:
    key = applicant.subject_key
    for request in _requests(applicant):
        for document in request.documents.order_by("pk"):
            document.request = request
            try:
                yield _document_name(document), documents.read_file(document)
            except FileNotFoundError:  # taken away before the first signature: only its row is left
                continue
        for declaration in request.declarations.order_by("pk"):
            yield _declaration_name(declaration, request), vault.open_for(key, declaration.pdf_sealed)
        for decision in request.decisions.order_by("pk"):
            yield _decision_name(decision, request), vault.open_for(key, decision.letter_sealed)
        for row in request.adjournments.order_by("pk"):
            yield _adjournment_name(row, request), vault.open_for(key, row.letter_sealed)


def _requests(applicant: Applicant) -> list[AidRequest]:
    rows = applicant.requests.select_related("scheme_version__scheme", "school", "bank_details")
    found = list(rows.order_by("pk"))
    for request in found:
        request.applicant = applicant
    return found


def _document_name(document: Document) -> str:
    return f"pieces/{documents.neutral_name(document)}"


def _declaration_name(declaration: Declaration, request: AidRequest) -> str:
    return f"declarations/{request.reference}-{declaration.pk}.pdf"


def _decision_name(decision: Decision, request: AidRequest) -> str:
    return f"decisions/{request.reference}-{decision.pk}.pdf"


def _adjournment_name(row: Adjournment, request: AidRequest) -> str:
    return f"ajournements/{request.reference}-{row.turn}.pdf"


def applicant_data(applicant: Applicant) -> bytes:
    """UTF-8 JSON. Raises vault.Erased."""
    identity = identity_of(applicant)
    content = {
        "format": FORMAT,
        "made_at": clock.moment(),
        "person": {
            "email": applicant.user.email,
            "school_email": school_addresses.school_email_of(applicant),
            "display_name": applicant.user.display_name,
            "language": applicant.user.language,
            "school": applicant.school.name,
            "known_since": applicant.created_at,
            "identity": vars(identity) if identity else None,
        },
        "accounts": [_account(applicant, row) for row in applicant.bank_details.order_by("pk")],
        "requests": [_request(applicant, request) for request in _requests(applicant)],
        **beside_requests(applicant),
        "mails": _mails(applicant),
    }
    return json.dumps(content, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)


def _account(applicant: Applicant, details: BankDetails) -> dict[str, Any]:
    return {
        "number": details.pk,
        "iban": vault.open_text_for(applicant.subject_key, details.iban_sealed),
        "holder": vault.open_text_for(applicant.subject_key, details.holder_sealed),
        "bank": details.bank_name,
        "country": details.country,
        "given_at": details.created_at,
    }


def _request(applicant: Applicant, request: AidRequest) -> dict[str, Any]:
    scheme, answers = sealed.scheme_of(request.scheme_version), sealed.answers_of(request)
    return {
        "reference": request.reference,
        "scheme": request.scheme_version.scheme.slug,
        "scheme_version": request.scheme_version.number,
        "title": scheme.title.fr,
        "school": request.school.name,
        "through_school": request.through_school,
        "state": request.state,
        "revision": request.revision,
        "round": request.round,
        "answers": schemes.pack_answers(scheme, answers),
        "answers_in_words": schemes.answers_summary(scheme, answers, "fr"),
        "story": sealed.story_of(request),
        "case": request.case_code,
        "amount_cents": request.amount_cents,
        "account": request.bank_details_id,
        "created_at": request.created_at,
        "submitted_at": request.submitted_at,
        "decided_at": request.decided_at,
        "withdrawn_at": request.withdrawn_at,
        "steps": _steps(request),
        "documents": [_document(document) for document in request.documents.order_by("pk")],
        "declarations": [
            _declaration(applicant, request, row) for row in request.declarations.order_by("pk")
        ],
        "signed_versions": _versions(request),
        "enrolments": list(
            request.certificates.order_by("pk").values(
                "university_year", "level", "certified_at", "lapsed_at"
            )
        ),
        **_decided(request),
        "reexamination": _reexamination(applicant, request),
        "corrections": _corrections(applicant, request),
        "messages": _messages(applicant, request),
        **_checks(request),
        "payments": _payments(request),
    }


def _steps(request: AidRequest) -> Rows:
    rows = TransitionLog.objects.filter(object_kind=request._meta.label_lower, object_id=str(request.pk))
    return list[Mapping[str, Any]](rows.order_by("pk").values("name", "from_state", "to_state", "at"))


def _checks(request: AidRequest) -> dict[str, Any]:
    """What is kept to compare files, never what it met; whether a grant was read again, what was paid before it,
    whether the veil was lifted, and the sittings that had it."""
    return {
        "hashes_to_compare": lookalikes.kept_hashes(request),
        "second_looks": second_looks.told_of(request),
        "advance": advances.told_of(request),
        "unmaskings": unmasking.told_of(request),
        "sittings": list(
            request.agenda_items.filter(ended_at__isnull=False)
            .order_by("pk")
            .values("taken_at", "ended_at", "state", "why")
        ),
    }


def _document(document: Document) -> dict[str, Any]:
    return {
        "file": _document_name(document),
        "kind": document.kind,
        "name": documents.title_of(document),
        "content_type": document.content_type,
        "size": document.size,
        "sha256": document.sha256,
        "given_at": document.created_at,
        "removed_at": document.removed_at,
    }


def _declaration(applicant: Applicant, request: AidRequest, declaration: Declaration) -> dict[str, Any]:
    return {
        "number": declaration.pk,
        "file": _declaration_name(declaration, request),
        "revision": declaration.revision,
        "purpose": declaration.purpose,
        "facts": declaration.facts,
        "kept_facts": declaration.kept_facts,
        "content_hash": declaration.content_hash,
        "pdf_sha256": declaration.pdf_sha256,
        "signed_at": declaration.signed_at,
        "proof": vault.open_json_for(applicant.subject_key, declaration.proof_sealed),
    }


def _versions(request: AidRequest) -> Rows:
    return [
        {
            "revision": row.revision,
            "why": row.origin,
            "case": row.case_code,
            "amount_cents": row.amount_cents,
            "signed_at": row.signed_at,
            "content": vars(Snapshot.opened(request, row)),
        }
        for row in request.revisions.order_by("revision")
    ]


def _decision(request: AidRequest, decision: Decision) -> dict[str, Any]:
    """What was decided and why; never by whose votes."""
    return {
        "file": _decision_name(decision, request),
        "outcome": decision.outcome,
        "round": decision.round,
        "case": decision.case_code,
        "amount_cents": decision.amount_cents,
        "reasons": reasons.sentences(decision.reason_codes),
        "sent_to": decision.door_codes,
        "papers_asked": decision.paper_codes,
        "papers_until": decision.due_on,
        "papers_brought": [_brought(row) for row in decision.brought.order_by("pk")],
        "decided_at": decision.decided_at,
        "letter_sha256": decision.letter_sha256,
    }


def _decided(request: AidRequest) -> dict[str, Any]:
    return {
        "adjournments": [_adjournment(request, row) for row in request.adjournments.order_by("pk")],
        "decisions": [_decision(request, row) for row in request.decisions.order_by("pk")],
    }


def _brought(paper: BroughtPaper) -> dict[str, Any]:
    """A paper that was brought, and what was answered; never by whom."""
    ruling = getattr(paper, "ruling", None)
    return {
        "paper": paper.code,
        "file": _document_name(paper.document),
        "brought_at": paper.brought_at,
        "accepted": ruling.is_accepted if ruling else None,
        "fault": ruling.fault if ruling else "",
        "answered_at": ruling.ruled_at if ruling else None,
    }


def _adjournment(request: AidRequest, row: Adjournment) -> dict[str, Any]:
    return {
        "file": _adjournment_name(row, request),
        "missing": reasons.sentences(row.reason_codes),
        "adjourned_at": row.adjourned_at,
        "read_again_on": row.read_again_on,
        "letter_sha256": row.letter_sha256,
    }


def _reexamination(applicant: Applicant, request: AidRequest) -> dict[str, Any] | None:
    asked = getattr(request, "reexamination", None)
    if asked is None:
        return None
    text = vault.open_text_for(applicant.subject_key, asked.text_sealed)
    return {"asked_at": asked.asked_at, "text": text}


def _corrections(applicant: Applicant, request: AidRequest) -> Rows:
    return [
        {
            "asked_by": row.party,
            "points": vault.open_json_for(applicant.subject_key, row.sentences_sealed),
            "asked_at": row.asked_at,
            "taken_up_at": row.opened_at,
            "state": row.state,
            "closed_at": row.closed_at,
        }
        for row in request.corrections.order_by("pk")
    ]


def _messages(applicant: Applicant, request: AidRequest) -> Rows:
    return [
        {
            "with": row.party,
            "from": row.side,
            "kind": row.kind,
            "text": vault.open_text_for(applicant.subject_key, row.text_sealed),
            "sent_at": row.sent_at,
            "read_at": row.read_at,
        }
        for row in request.messages.order_by("pk")
    ]


def _payments(request: AidRequest) -> Rows:
    kinds = ("aid_request", Advance.KIND)
    rows = PaymentOrder.objects.filter(reference_kind__in=kinds, reference_id=str(request.pk))
    return list[Mapping[str, Any]](
        rows.order_by("pk").values(
            "reference_kind", "attempt", "end_to_end_id", "amount_cents", "state", "created_at", "debited_on",
            "returned_on", "return_code",
        )
    )  # fmt: skip


def _mails(applicant: Applicant) -> Rows:
    """What was written to the address that is the person's today: subjects and dates."""
    pks = mails_to(applicant.user.email, since=applicant.user.created_at)
    rows = OutgoingMail.objects.filter(pk__in=pks).order_by("pk")
    return list[Mapping[str, Any]](rows.values("subject", "created_at", "sent_at", "state"))
