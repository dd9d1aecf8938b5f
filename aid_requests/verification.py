"""Whether a PDF is a declaration that was signed here, byte for byte, and what of its proof still holds.

The chain: the file's SHA-256 is that of a frozen declaration; its ciphertext opens to the same bytes; the proof
record, the one-time code and the audit event name the same text, the same file, the same schedule and papers.
Nothing that is found names a person: references, versions and codes only. Reads, writes nothing.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aid_requests import schemes, sealed
from aid_requests.models import Declaration, SignatureCode
from aid_requests.models.requests import SignaturePurpose
from fund import audit, vault
from fund.models import AuditEvent

# The title that `declarations.render` writes into the file, as PDF writes its accents.
_TITLE = re.compile(rb"/Title \(D\\351claration ([A-Z0-9]{1,8}-\d{4}-\d{1,9}), version (\d{1,4})\)")
_EVENTS = {
    SignaturePurpose.DECLARATION: "request.submitted",
    SignaturePurpose.BANK_DETAILS: "request.account_changed",
    SignaturePurpose.GUARDIAN: "request.represented",
}


@dataclass(frozen=True)
class Finding:
    """One link of the chain: whether it holds, and a French sentence."""

    code: str
    holds: bool
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """What was found about a file; `reference` and `version` are "" and 0 when it names no declaration of ours."""

    sha256: str
    findings: tuple[Finding, ...]
    reference: str = ""
    version: int = 0

    @property
    def is_authentic(self) -> bool:
        return all(finding.holds for finding in self.findings)


def verify(data: bytes) -> Verdict:
    """The verdict on a file's bytes; every link that can be tried is tried."""
    digest = hashlib.sha256(data).hexdigest()
    if not data.startswith(b"%PDF-"):
        return Verdict(digest, (Finding("not_a_pdf", holds=False, sentence="Ce fichier n’est pas un PDF."),))
    rows = Declaration.objects.select_related("request__applicant__subject_key", "request__scheme_version")
    declaration = rows.filter(pdf_sha256=digest).order_by("-pk").first()
    if declaration is None:
        return _not_ours(data, digest)
    reference, version = declaration.request.reference, declaration.revision
    known = Finding(
        "known",
        holds=True,
        sentence=f"C’est, octet pour octet, la déclaration {reference}, version {version} (SHA-256 {digest}).",
    )
    return Verdict(digest, (known, *_chain(declaration, data)), reference, version)


def _not_ours(data: bytes, digest: str) -> Verdict:
    """No frozen file has these bytes: altered, if it names a declaration that exists, else unknown."""
    named = _TITLE.search(data)
    reference, version = (named[1].decode("ascii"), int(named[2])) if named else ("", 0)
    if Declaration.objects.filter(request__reference=reference, revision=version).exists():
        sentence = (
            f"Ce fichier porte la référence {reference}, version {version}, mais ce ne sont pas les octets qui ont été"
            " signés\u00a0: il a été modifié."
        )
        return Verdict(digest, (Finding("altered", holds=False, sentence=sentence),), reference, version)
    sentence = "Aucune déclaration signée ici n’a ce contenu\u00a0: ce fichier est inconnu."
    return Verdict(digest, (Finding("unknown", holds=False, sentence=sentence),))


def _chain(declaration: Declaration, data: bytes) -> Iterator[Finding]:
    yield _latest(declaration)
    yield _schedule(declaration)
    yield _event(declaration)
    key = declaration.request.applicant.subject_key
    try:
        frozen = vault.open_for(key, declaration.pdf_sealed)
        proof = vault.open_json_for(key, declaration.proof_sealed)
    except vault.Erased:
        sentence = "Cette personne a été effacée\u00a0: la preuve de sa signature n’existe plus."
        yield Finding("erased", holds=False, sentence=sentence)
        return
    except vault.VaultError:
        sentence = "Le fichier gardé ou la preuve ne s’ouvrent plus\u00a0: leur chiffrement a été altéré."
        yield Finding("frozen", holds=False, sentence=sentence)
        return
    yield _finding(
        "frozen",
        holds=frozen == data,
        good="Le fichier gardé, chiffré, a les mêmes octets.",
        bad="Le fichier gardé n’a pas les mêmes octets que son empreinte.",
    )
    yield _text(declaration, proof)
    if declaration.kept_facts:
        yield _kept(declaration, proof)
    yield _code(declaration, proof)
    yield _papers(declaration, proof)


def _finding(code: str, *, holds: bool, good: str, bad: str) -> Finding:
    return Finding(code, holds=holds, sentence=good if holds else bad)


def _latest(declaration: Declaration) -> Finding:
    request = declaration.request
    if declaration.purpose == SignaturePurpose.BANK_DETAILS:
        return _finding(
            "latest",
            holds=declaration.bank_details_id == request.bank_details_id,
            good="C’est la déclaration du compte à payer.",
            bad="Cette déclaration est ancienne\u00a0: un autre compte a été donné depuis.",
        )
    return _finding(
        "latest",
        holds=declaration.revision == request.revision,
        good="C’est la dernière version de la demande.",
        bad=(
            f"Cette déclaration est ancienne\u00a0: la demande en est à la version {request.revision}, corrigée"
            " depuis."
        ),
    )


def _schedule(declaration: Declaration) -> Finding:
    version = declaration.request.scheme_version
    present = schemes.definition_hash(sealed.scheme_of(version))
    return _finding(
        "schedule",
        holds=declaration.scheme_hash == version.definition_hash == present,
        good=f"Le barème est celui de la signature (version {version.number}).",
        bad="Le barème gardé n’est pas celui qui a été signé.",
    )


def _event(declaration: Declaration) -> Finding:
    """The audit event of the signature names this file, and its own content hash is right."""
    request = declaration.request
    events = AuditEvent.objects.filter(
        object_kind=request._meta.label_lower,
        object_id=str(request.pk),
        action=_EVENTS[SignaturePurpose(declaration.purpose)],
    )
    named = [event for event in events if event.details.get("pdf_sha256") == declaration.pdf_sha256]
    whole = [event for event in named if event.row_hash == audit.content_hash(audit.event_content(event))]
    return _finding(
        "event",
        holds=bool(whole) and len(whole) == len(named),
        good="Le journal nomme ce fichier, et l’empreinte de sa ligne est juste.",
        bad="Le journal ne nomme pas ce fichier, ou sa ligne a été altérée.",
    )


def _text(declaration: Declaration, proof: dict[str, Any]) -> Finding:
    """The proof says which text, which file and which facts; the row says the same, and each was ticked or is kept."""
    facts = proof.get("facts", {})
    said = (proof.get("text_hash"), proof.get("pdf_sha256"), proof.get("scheme_hash"), sorted(facts))
    kept = (
        declaration.content_hash,
        declaration.pdf_sha256,
        declaration.scheme_hash,
        sorted(declaration.facts),
    )
    return _finding(
        "text",
        holds=said == kept
        and all(
            fact.get("ticked") is True for code, fact in facts.items() if code not in declaration.kept_facts
        ),
        good="La preuve nomme le même texte, le même fichier, et chaque point coché.",
        bad="La preuve ne nomme pas le même texte, le même fichier ou les mêmes points.",
    )


def _kept(declaration: Declaration, proof: dict[str, Any]) -> Finding:
    """What was not ticked again was ticked before, word for word, in a declaration of this request that is named."""
    facts = proof.get("facts", {})
    earlier = Declaration.objects.filter(request=declaration.request_id, pk__lt=declaration.pk)
    rows = earlier.in_bulk(set(declaration.kept_facts.values()))
    return _finding(
        "kept_facts",
        holds=all(
            pk in rows and _was_ticked(rows[pk], code, facts.get(code, {}))
            for code, pk in declaration.kept_facts.items()
        ),
        good="Chaque point gardé d’une déclaration antérieure y a été coché, mot pour mot.",
        bad="Un point gardé ne se retrouve pas, coché et identique, dans la déclaration antérieure.",
    )


def _was_ticked(origin: Declaration, code: str, fact: dict[str, Any]) -> bool:
    """Whether `fact` is the one of `origin`; an earlier proof that does not open proves nothing."""
    try:
        proof = vault.open_json_for(origin.request.applicant.subject_key, origin.proof_sealed)
    except vault.VaultError:
        return False
    before, named = proof.get("facts", {}).get(code, {}), fact.get("kept_from", {})
    return (
        before.get("ticked") is True
        and before.get("sentence") == fact.get("sentence")
        and (named.get("declaration"), named.get("content_hash")) == (origin.pk, origin.content_hash)
    )


def _code(declaration: Declaration, proof: dict[str, Any]) -> Finding:
    """The one-time code was sent for this text, and used once to sign it."""
    said = proof.get("code", {})
    code = SignatureCode.objects.filter(
        pk=said.get("id"),
        request=declaration.request_id,
        revision=declaration.revision,
        purpose=declaration.purpose,
        content_hash=declaration.content_hash,
        code_hash=said.get("hash", ""),
        used_at__isnull=False,
    )
    return _finding(
        "code",
        holds=code.exists(),
        good="Le code à usage unique a été envoyé pour ce texte, puis utilisé.",
        bad="Aucun code à usage unique n’a signé ce texte.",
    )


def _papers(declaration: Declaration, proof: dict[str, Any]) -> Finding:
    known = set(declaration.request.documents.values_list("sha256", flat=True))
    return _finding(
        "papers",
        holds=set(proof.get("papers", ())) <= known,
        good="Les pièces jointes alors sont encore au dossier.",
        bad="Une pièce jointe à la signature n’est plus au dossier.",
    )
