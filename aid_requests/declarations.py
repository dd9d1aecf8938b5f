"""What is declared on one's honour: the exact text shown, its hash, the frozen PDF and the proof (C. civ. 1366-1367).

The text is French, the reference version (loi 94-665, art. 2); its wording follows CPC 202 and the penal code's
articles 441-7 and 313-1, and 441-6 where it applies.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils import translation

from aid_requests import paper, schemes, sealed
from aid_requests.correspondence.kept_facts import KeptFact, kept_facts
from aid_requests.documents import ENROLMENT_PROOF
from aid_requests.identity import Identity, identity_of
from aid_requests.models import AidRequest, BankDetails
from aid_requests.models.requests import SignaturePurpose
from aid_requests.progress import award_of
from fund import audit, money, vault
from fund.bank.iban import Iban, check_iban
from fund.models import Foundation
from fund.templatetags.fund_format import day

TEXT_VERSION = "2026-2"
PENAL_LAW = (
    (
        "Code pénal, article 441-7.",
        "Établir une attestation faisant état de faits matériellement inexacts, la falsifier ou en faire usage est puni"
        " d’un an d’emprisonnement et de 15\u202f000\u00a0€ d’amende\u202f; de trois ans et de 45\u202f000\u00a0€"
        " si l’infraction est commise en vue de porter préjudice au patrimoine d’autrui.",
    ),
    (
        "Code pénal, article 313-1.",
        "L’escroquerie est punie de cinq ans d’emprisonnement et de 375\u202f000\u00a0€ d’amende.",
    ),
    (
        "Code pénal, article 441-6, le cas échéant.",
        "Fournir une déclaration fausse ou incomplète en vue d’obtenir d’une personne publique ou d’un organisme chargé"
        " d’une mission de service public un avantage indu est puni de deux ans d’emprisonnement et de"
        " 30\u202f000\u00a0€ d’amende.",
    ),
)
_OTHER_ACCOUNT_FACTS = (
    ("own_account", "le compte bancaire que j’indique ici est à mon nom"),
    ("not_received", "je n’ai pas reçu l’aide sur le compte que j’avais indiqué d’abord"),
)


@dataclass(frozen=True)
class Statement:
    """One text to sign. `facts` are (code, sentence) to follow « Je déclare que ».

    `kept` are those of them that were declared before and stand unchanged: read again, not ticked again.
    `content_hash` covers everything the person is shown but the place and the day, and the papers handed in.
    """

    purpose: str
    reference: str
    revision: int
    person: Identity
    demand: str
    facts: tuple[tuple[str, str], ...]
    account: str
    account_fingerprint: str
    holder: str
    scheme_hash: str
    papers: tuple[str, ...]
    kept: Mapping[str, KeptFact] = field(default_factory=dict)

    @property
    def to_tick(self) -> tuple[tuple[str, str], ...]:
        """The facts that only a tick declares now."""
        return tuple(fact for fact in self.facts if fact[0] not in self.kept)

    @property
    def kept_sentences(self) -> list[tuple[str, KeptFact]]:
        """The facts declared before, each with where."""
        return [(sentence, self.kept[code]) for code, sentence in self.facts if code in self.kept]

    @property
    def content_hash(self) -> str:
        return audit.content_hash({"version": TEXT_VERSION, "law": PENAL_LAW, **self._content()})

    def _content(self) -> dict[str, Any]:
        return {
            "purpose": self.purpose,
            "reference": self.reference,
            "revision": self.revision,
            "person": person_sentence(self.person),
            "demand": self.demand,
            "facts": self.facts,
            "account": self.account,
            "account_fingerprint": self.account_fingerprint,
            "holder": self.holder,
            "scheme_hash": self.scheme_hash,
            "papers": self.papers,
            "kept": {code: fact.told for code, fact in self.kept.items()},
        }


@dataclass(frozen=True)
class SigningTrace:
    """What is known of the session that signs: how and when it was opened, from where, with what.

    `ticks` says for each fact when it was ticked (the browser's clock, "" without scripts) and when the server had it.
    """

    sign_in_method: str
    signed_in_at: datetime | None
    ip: str
    user_agent: str
    ticks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def french_day(when: date) -> str:
    with translation.override("fr"):
        return day(when)


def person_sentence(person: Identity) -> str:
    return (
        f"Je soussigné·e {person.full_name}, né·e le {french_day(person.birth_date)} à {person.birth_place},"
        f" demeurant {' '.join(person.address.split())},"
    )


def open_account(details: BankDetails) -> tuple[Iban, str]:
    """(the account, its holder) out of their ciphertext."""
    key = details.applicant.subject_key
    return check_iban(vault.open_text_for(key, details.iban_sealed)), vault.open_text_for(
        key, details.holder_sealed
    )


def declaration_statement(request: AidRequest) -> Statement:
    """The declaration of a complete draft. Raises ValueError when the request is not complete."""
    award, identity, details = award_of(request), identity_of(request.applicant), request.bank_details
    if award is None or identity is None or details is None:
        raise ValueError("Only a complete request has a declaration.")
    scheme = sealed.scheme_of(request.scheme_version)
    case = next(case for case in scheme.cases if case.code == award.case_code)
    demand = (
        f"demande à la {_foundation_name()} l’aide «\u00a0{scheme.title.fr}\u00a0», cas «\u00a0{case.label.fr}\u00a0»,"
        f" d’un montant de {money.format_euros(award.amount_cents, 'fr')}."
    )
    facts = tuple(schemes.fact_texts(scheme, award, sealed.answers_of(request), "fr"))
    statement = _statement(request, SignaturePurpose.DECLARATION, identity, demand, facts, details)
    return replace(statement, kept=kept_facts(request, scheme, award, facts))


def facts_in_words(request: AidRequest, language: str) -> list[str]:
    """What the facts say in the reader's language, as a help beside the French text that is signed; none in French."""
    award = award_of(request)
    if language == "fr" or award is None:
        return []
    scheme = sealed.scheme_of(request.scheme_version)
    told = schemes.fact_texts(scheme, award, sealed.answers_of(request), language)
    return [sentence for _code, sentence in told]


def other_account_statement(request: AidRequest, details: BankDetails) -> Statement:
    """The declaration that gives another account after the bank sent the money back."""
    identity = identity_of(request.applicant)
    if identity is None or request.amount_cents is None:
        raise ValueError("Only a granted request can change its account.")
    demand = (
        f"demande à la {_foundation_name()} de verser sur le compte ci-dessous l’aide de"
        f" {money.format_euros(request.amount_cents, 'fr')} accordée sous la référence {request.reference}."
    )
    return _statement(request, SignaturePurpose.BANK_DETAILS, identity, demand, _OTHER_ACCOUNT_FACTS, details)


def _statement(
    request: AidRequest,
    purpose: str,
    identity: Identity,
    demand: str,
    facts: tuple[tuple[str, str], ...],
    details: BankDetails,
) -> Statement:
    iban, holder = open_account(details)
    signed = request.documents.filter(removed_at=None).exclude(kind=ENROLMENT_PROOF)
    papers = signed.order_by("pk").values_list("sha256", flat=True)
    return Statement(
        purpose=purpose,
        reference=request.reference,
        revision=request.revision,
        person=identity,
        demand=demand,
        facts=facts,
        account=iban.masked,
        account_fingerprint=details.iban_fingerprint,
        holder=holder,
        scheme_hash=request.scheme_version.definition_hash,
        papers=tuple(papers),
    )


def _foundation_name() -> str:
    foundation = Foundation.objects.filter(pk=1).values_list("legal_name", flat=True).first()
    return foundation or "fondation"


def render(statement: Statement, *, place: str, signed_on: date) -> bytes:
    """The declaration as PDF; the same statement, place and day give the same bytes."""
    penal = [paper.text(f"{article} {words}", paper.SMALL) for article, words in PENAL_LAW]
    version = f"{statement.reference}, version {statement.revision}"
    content = [
        paper.text("Déclaration sur l’honneur", paper.TITLE),
        paper.text(f"Référence {version}", paper.SMALL),
        paper.text(f"{person_sentence(statement.person)} {statement.demand}"),
        *_declared(statement),
        paper.space(6),
        paper.text(f"Compte à créditer\u00a0: {statement.account}, au nom de {statement.holder}."),
        paper.text(
            "J’ai connaissance des sanctions pénales encourues par l’auteur d’une fausse attestation,"
            " rappelées ci-dessous."
        ),
        paper.text("Fait pour servir et valoir ce que de droit."),
        paper.text(f"Fait à {place}, le {french_day(signed_on)}."),
        paper.text(f"Signé par {statement.person.full_name}", paper.HEADING),
        paper.text(
            "Signature par un code à usage unique, envoyé à l’adresse électronique du compte.", paper.SMALL
        ),
        paper.space(8),
        *penal,
        paper.text(f"Empreinte du texte (SHA-256)\u00a0: {statement.content_hash}", paper.SMALL),
    ]
    return paper.make_pdf(
        content, title=f"Déclaration {version}", foot=f"Déclaration sur l’honneur {version}"
    )


def _declared(statement: Statement) -> list[paper.Flowable]:
    """What is declared today, then what was declared before and stands, each with its date and hash."""
    content: list[paper.Flowable] = []
    if statement.to_tick:
        sentences = [sentence for _code, sentence in statement.to_tick]
        content += [paper.text("Je déclare que", paper.HEADING), paper.points(_listed(sentences))]
    if statement.kept:
        told = [
            f"{sentence} (déclaré le {french_day(fact.declared_on)}, empreinte {fact.content_hash})"
            for sentence, fact in statement.kept_sentences
        ]
        content += [
            paper.text("J’ai déjà déclaré, et je maintiens, que", paper.HEADING),
            paper.points(_listed(told)),
        ]
    return content


def _listed(sentences: list[str]) -> list[str]:
    *most, last = sentences
    return [f"{sentence}\u202f;" for sentence in most] + [f"{last}."]
