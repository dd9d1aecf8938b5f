"""A minor's legal representative: who it is, whether the text was signed, and what the link shows (C. civ. 388-1-1).

The representative signs the text of the student's own declaration; the student signs after. Whatever changes that text
asks for both again. On the eighteenth birthday (a Paris date) none of it is needed any more.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid_requests.declarations import Statement, declaration_statement
from aid_requests.identity import identity_of
from aid_requests.models import AidRequest, Declaration, Representative, RepresentativeLink
from aid_requests.models.requests import RequestState, SignaturePurpose
from aid_requests.progress import open_points
from fund import clock, vault
from fund.roles import Refusal

# (code, French as it stands on the paper, words of the form)
RELATIONS = (
    ("mother", "mère", gettext_lazy("Ma mère")),
    ("father", "père", gettext_lazy("Mon père")),
    ("tutor", "tuteur ou tutrice", gettext_lazy("Mon tuteur ou ma tutrice")),
    ("service", "représentant·e d’un service de protection", gettext_lazy("Un service qui me protège")),
)
MISSING, UNSIGNED = "representative_missing", "representative_unsigned"


@dataclass(frozen=True)
class Guardian:
    """Who represents. The `repr` shows nothing, so that a log or a traceback cannot leak it."""

    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    email: str = field(repr=False)
    relation: str = field(repr=False)
    language: str = field(default="fr", repr=False)

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def relation_words(self) -> str:
        """In French, as on the paper."""
        return next(words for code, words, _label in RELATIONS if code == self.relation)

    @property
    def masked_email(self) -> str:
        """« m•••@exemple.fr »: enough to know which mailbox, for whoever holds the link."""
        name, _at, domain = self.email.partition("@")
        return f"{name[:1]}•••@{domain}"


class LinkState(StrEnum):
    OPEN = "open"
    SIGNED = "signed"
    EXPIRED = "expired"
    ENDED = "ended"
    CHANGED = "changed"
    GROWN_UP = "grown_up"


def representative_of(request: AidRequest) -> Representative | None:
    """Whom the student named last."""
    return request.representatives.filter(ended_at=None).first()


def guardian_of(representative: Representative) -> Guardian:
    """Raises vault.Erased when the student was erased."""
    key = representative.request.applicant.subject_key
    return Guardian(**vault.open_json_for(key, representative.person_sealed))


def is_needed(request: AidRequest) -> bool:
    """Whether the person is a minor today, in Paris."""
    identity = identity_of(request.applicant)
    return identity is not None and identity.is_minor(clock.today())


def agreement_to(request: AidRequest, content_hash: str) -> Declaration | None:
    """The representative's signature on exactly this text, of this revision."""
    rows = request.declarations.filter(purpose=SignaturePurpose.GUARDIAN, revision=request.revision)
    return rows.filter(content_hash=content_hash).first()


def signing_refusal(request: AidRequest) -> Refusal | None:
    """Why a minor cannot sign yet: nobody named, or this very text not signed by that person. `request` is complete."""
    if not is_needed(request):
        return None
    if representative_of(request) is None:
        return Refusal(MISSING, _("Avant 18 ans, dites d’abord qui vous représente."))
    if agreement_to(request, declaration_statement(request).content_hash) is None:
        return Refusal(UNSIGNED, _("La personne qui vous représente signe d’abord : envoyez-lui le lien."))
    return None


def link_of(token: str) -> RepresentativeLink | None:
    """The link of this token, whatever became of it."""
    if not token.strip():
        return None
    rows = RepresentativeLink.objects.select_related(
        "representative__request__applicant__subject_key",
        "representative__request__applicant__user",
        "representative__request__scheme_version__scheme",
        "representative__request__bank_details",
        "representative__request__school",
    )
    return rows.filter(token_hash=hash_of(token)).first()


def hash_of(token: str) -> str:
    return vault.blind_index("representative-link", token)


def statement_of(request: AidRequest) -> Statement | None:
    """The text as it stands, or None while it is not whole or no longer a draft."""
    if request.state != RequestState.DRAFT or open_points(request):
        return None
    return declaration_statement(request)


def state_of(link: RepresentativeLink) -> LinkState:
    """What the link is good for now. Times are real, the age is the domain's."""
    if link.signed_at is not None:
        return LinkState.SIGNED
    if link.ended_at is not None:
        return LinkState.ENDED
    if timezone.now() >= link.expires_at:
        return LinkState.EXPIRED
    request = link.representative.request
    if not is_needed(request):
        return LinkState.GROWN_UP
    statement = statement_of(request)
    if statement is None or statement.content_hash != link.content_hash:
        return LinkState.CHANGED
    return LinkState.OPEN


def refusal_of(state: LinkState) -> Refusal | None:
    """What whoever opens a link is told; None for an open one. Nothing of it says whose request it is."""
    ask_again = _("Demandez un autre lien à la personne qui vous a demandé de signer.")
    sentences = {
        LinkState.SIGNED: _("Vous avez déjà signé : il n’y a plus rien à faire. Merci."),
        LinkState.ENDED: _("Un lien plus récent remplace celui-ci : regardez le dernier message reçu."),
        LinkState.EXPIRED: _("Ce lien n’est plus valable.") + " " + ask_again,
        LinkState.CHANGED: _("Le texte à signer a changé, ou n’attend plus.") + " " + ask_again,
        LinkState.GROWN_UP: _("Votre signature n’est plus nécessaire : la personne est majeure. Merci."),
    }
    return Refusal(f"link_{state}", sentences[state]) if state in sentences else None
