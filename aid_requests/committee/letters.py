"""The decision as a letter: reasoned, signed with its author's quality, with the ways to contest it.

French, the reference version (loi 94-665, art. 2). Mirrors CRPA L211-5 (written reasons, in law and in fact), L212-1
(name and quality of the author) and L112-6 (without the ways and time limits, these do not run). The same decision
gives the same bytes.
"""

from dataclasses import dataclass
from datetime import date

from django.utils import translation

from aid_requests import paper, sealed
from aid_requests.committee import advance_words, papers, reasons
from aid_requests.deadlines import reexamination_deadline
from aid_requests.declarations import french_day
from aid_requests.doors import doors_by_code, doors_of
from aid_requests.identity import identity_of
from aid_requests.models import AidRequest
from aid_requests.models.decisions import FAVOURABLE, DecisionOutcome
from aid_requests.schemes import Scheme
from fund import clock, money
from fund.models import Foundation, RoleGrant, User
from fund.models.people import Role

AUTHOR = "Le comité d’attribution"
_ALSO_ASKED = (
    "Quand l’argent sera là, le comité vous demandera encore ce qui suit. Vous pouvez déjà le préparer ; n’envoyez rien"
    " pour l’instant."
)


@dataclass(frozen=True)
class Ruling:
    """What was decided: the outcome, its Paris date, the codes of its reasons, of the doors it leads to and of the
    papers it asks for until `due_on`.

    `listed_on`: of an aid granted from the waiting list, the day on which it came there; `promised_on`: of what becomes
    of an aid granted subject to papers, the day of that decision. `author` decided alone, by the act `delegation`, or
    signed after the committee's opinion, and says by `departure_code` why not as advised; else the chair signs for the
    committee."""

    outcome: str
    decided_on: date
    reason_codes: tuple[str, ...] = ()
    door_codes: tuple[str, ...] = ()
    paper_codes: tuple[str, ...] = ()
    due_on: date | None = None
    listed_on: date | None = None
    promised_on: date | None = None
    delegation: str = ""
    author: User | None = None
    departure_code: str = ""

    @property
    def is_grant(self) -> bool:
        return self.outcome == DecisionOutcome.GRANTED


def render_letter(request: AidRequest, ruling: Ruling) -> bytes:
    """The letter as PDF. Raises vault.Erased when the person was erased."""
    with translation.override("fr"):
        scheme = sealed.scheme_of(request.scheme_version)
        foundation = Foundation.objects.get(pk=1)
        content = [
            *head_of(foundation, request, f"Décision du {french_day(ruling.decided_on)}."),
            paper.text(_title(request, ruling), paper.TITLE),
            *_read_again(request),
            *_after_opinion(ruling),
            *_body(request, scheme, ruling),
            *_appeal(foundation, request, ruling),
            paper.space(10),
            paper.text(AUTHOR, paper.HEADING),
            paper.text(signature_of(ruling)),
        ]
        again = ", réexamen" if request.round > 1 else ""
        name = f"Décision {request.reference}, version {request.revision}{again}"
        return paper.make_pdf(content, title=name, foot=name)


def head_of(foundation: Foundation, request: AidRequest, dated: str) -> list[paper.Flowable]:
    return [
        paper.text(_sender(foundation), paper.SMALL),
        paper.space(10),
        paper.text(_addressee(request)),
        paper.space(10),
        paper.text(f"Référence {request.reference}. {dated}", paper.SMALL),
    ]


def _title(request: AidRequest, ruling: Ruling) -> str:
    again = " après réexamen" if request.round > 1 else ""
    if ruling.is_grant:
        return f"Votre demande est accordée{again}"
    if ruling.outcome == DecisionOutcome.CONDITIONAL:
        return f"Votre demande est accordée{again}, sous réserve"
    if ruling.outcome == DecisionOutcome.UNFUNDED:
        return f"Avis favorable{again}, en attente d’argent"
    if ruling.outcome == DecisionOutcome.REDIRECTED:
        return f"Votre demande est réorientée{again}"
    return f"Votre demande n’est pas accordée{again}"


def _body(request: AidRequest, scheme: Scheme, ruling: Ruling) -> list[paper.Flowable]:
    match DecisionOutcome(ruling.outcome):
        case DecisionOutcome.GRANTED:
            return [*_from_list(ruling), *_from_papers(ruling), *_grant(request, scheme)]
        case DecisionOutcome.CONDITIONAL:
            return [*_from_list(ruling), *_subject_to(request, scheme, ruling)]
        case DecisionOutcome.UNFUNDED:
            return _on_list(request, scheme, ruling)
        case DecisionOutcome.REDIRECTED:
            return _redirection(request, scheme, ruling)
        case _:
            return _refusal(request, scheme, ruling)


def _read_again(request: AidRequest) -> list[paper.Flowable]:
    """What this decision answers and replaces; nothing in the first round."""
    if request.round == 1:
        return []
    contested = request.reexamination.contested
    return [
        paper.text(
            f"Vous avez demandé, le {french_day(clock.paris_date(request.reexamination.asked_at))}, que la décision"
            f" du {french_day(clock.paris_date(contested.decided_at))} soit réexaminée. D’autres membres du comité, qui"
            " n’avaient pas pris part à cette première décision, ont relu toute votre demande, avec ce que vous avez"
            " ajouté. La présente décision remplace la première."
        )
    ]


def _after_opinion(ruling: Ruling) -> list[paper.Flowable]:
    """Who decided after the committee's opinion, and why otherwise."""
    if ruling.author is None or ruling.delegation:
        return []
    words = (
        "Le comité a donné son avis sur votre demande ; la décision est prise par la personne qui la signe."
    )
    if ruling.departure_code:
        words += f" Elle s’écarte de cet avis. {reasons.sentences([ruling.departure_code])[0]}"
    return [paper.text(words)]


def _sender(foundation: Foundation) -> str:
    return f"{foundation.legal_name}\n{foundation.street}\n{foundation.postcode} {foundation.town}"


def _addressee(request: AidRequest) -> str:
    identity = identity_of(request.applicant)
    if identity is None:
        raise ValueError("A submitted request has an identity.")
    return f"{identity.full_name}\n{identity.address}"


def _schedule(request: AidRequest, scheme: Scheme) -> str:
    return f"«\u00a0{scheme.title.fr}\u00a0», barème nº\u00a0{request.scheme_version.number}"


def _case_label(request: AidRequest, scheme: Scheme) -> str:
    return next(case.label.fr for case in scheme.cases if case.code == request.case_code)


def _grant(request: AidRequest, scheme: Scheme) -> list[paper.Flowable]:
    amount = money.format_euros(request.amount_cents or 0, "fr")
    tail = request.bank_details.iban_tail if request.bank_details else ""
    return [
        paper.text(
            f"Le comité a lu votre demande et vous accorde {amount}. Vous n’avez rien à faire, et rien à rembourser."
        ),
        paper.text("Pourquoi", paper.HEADING),
        paper.text(
            f"Votre situation est celle du cas «\u00a0{_case_label(request, scheme)}\u00a0» de l’aide"
            f" {_schedule(request, scheme)}. Le montant est celui que ce barème fixe pour ce cas."
        ),
        *(
            advance_words.rest(request, tail)
            or [paper.text(f"La somme sera virée sur votre compte finissant par {tail}.")]
        ),
    ]


def _from_list(ruling: Ruling) -> list[paper.Flowable]:
    if ruling.listed_on is None:
        return []
    return [
        paper.text(
            f"Le comité s’était dit favorable à votre demande le {french_day(ruling.listed_on)}, et l’argent manquait."
            " Il est là\u00a0: votre tour est venu."
        )
    ]


def _from_papers(ruling: Ruling) -> list[paper.Flowable]:
    if ruling.promised_on is None:
        return []
    return [
        paper.text(
            f"Le comité avait accordé votre demande le {french_day(ruling.promised_on)}, sous réserve. Ce qu’il"
            " demandait est arrivé et convient : l’aide vous est acquise."
        )
    ]


def _papers_asked(request: AidRequest, ruling: Ruling) -> paper.Flowable:
    labels = papers.papers_for(request)
    return paper.points([labels.get(code, code) for code in ruling.paper_codes])


def _subject_to(request: AidRequest, scheme: Scheme, ruling: Ruling) -> list[paper.Flowable]:
    """Granted if a paper comes: which, until when, and what happens otherwise."""
    amount = money.format_euros(request.amount_cents or 0, "fr")
    until = french_day(ruling.due_on) if ruling.due_on else ""
    return [
        paper.text(
            f"Le comité a lu votre demande et vous accorde {amount}, à une condition : que vous apportiez ce qui suit"
            f" jusqu’au {until} inclus."
        ),
        _papers_asked(request, ruling),
        paper.text("Pourquoi", paper.HEADING),
        paper.text(
            f"Votre situation est celle du cas « {_case_label(request, scheme)} » de l’aide"
            f" {_schedule(request, scheme)}. Le montant est celui que ce barème fixe pour ce cas."
        ),
        paper.text("Ce qui se passe maintenant", paper.HEADING),
        paper.text(
            "L’argent est réservé pour vous jusque-là. Envoyez chaque pièce depuis la page de votre demande : une"
            " personne la regarde. Si elle ne convient pas, nous vous disons pourquoi, et vous pouvez en envoyer une"
            " autre. Dès que tout convient, le virement part. Sans ces pièces, l’aide ne sera pas accordée, et vous"
            " pourrez encore demander un réexamen."
        ),
        *advance_words.rest(request, request.bank_details.iban_tail if request.bank_details else ""),
    ]


def _on_list(request: AidRequest, scheme: Scheme, ruling: Ruling) -> list[paper.Flowable]:
    """Favourable, and no money: what it means and what it does not, in as many words."""
    amount = money.format_euros(request.amount_cents or 0, "fr")
    doors = _doors_elsewhere(request, scheme)
    return [
        paper.text(
            f"Le comité a lu votre demande et y est favorable, pour {amount}. Mais le fonds n’a pas cet argent"
            " aujourd’hui\u00a0: rien ne vous est versé pour l’instant."
        ),
        paper.text("Pourquoi", paper.HEADING),
        paper.text(
            f"Votre situation est celle du cas «\u00a0{_case_label(request, scheme)}\u00a0» de l’aide"
            f" {_schedule(request, scheme)}. L’enveloppe qui paie cette aide ne suffit pas aujourd’hui."
        ),
        paper.text("Ce qui se passe maintenant", paper.HEADING),
        paper.text(
            "Votre demande est sur la liste d’attente. Elle est servie dans l’ordre des décisions, sans que personne"
            " passe devant, dès que des dons arrivent. Vous n’avez rien à faire\u00a0: nous vous écrirons. Nous ne"
            " pouvons promettre ni une date, ni que l’argent viendra. Ne comptez pas dessus pour une dépense urgente."
        ),
        paper.text(
            "Si vous n’en avez plus besoin, vous pouvez retirer votre demande sur sa page\u00a0: la suivante passe."
        ),
        *advance_words.kept(request),
        *([paper.text(_ALSO_ASKED), _papers_asked(request, ruling)] if ruling.paper_codes else []),
        *([paper.text("Qui d’autre peut vous aider", paper.HEADING), paper.points(doors)] if doors else []),
    ]


def _redirection(request: AidRequest, scheme: Scheme, ruling: Ruling) -> list[paper.Flowable]:
    shown = doors_by_code(request.school, scheme, language="fr", through_school=request.through_school)
    chosen = [shown[code].sentence for code in ruling.door_codes if code in shown]
    return [
        paper.text(
            "Le comité a lu votre demande et ne l’accorde pas\u00a0: il vous oriente vers une aide qui vous convient"
            " mieux."
        ),
        *_grounds(request, scheme, ruling),
        paper.text("Vers qui aller", paper.HEADING),
        paper.points(chosen or [door.sentence for door in shown.values()]),
        *advance_words.kept(request),
    ]


def _refusal(request: AidRequest, scheme: Scheme, ruling: Ruling) -> list[paper.Flowable]:
    begins = "Le comité a lu votre demande et ne l’accorde pas."
    if ruling.promised_on is not None:
        begins = (
            f"Le comité avait accordé votre demande le {french_day(ruling.promised_on)}, sous réserve d’une pièce. Sans"
            " elle, l’aide n’est pas accordée."
        )
    return [
        paper.text(f"{begins} Voici pourquoi, et ce que vous pouvez faire."),
        *_grounds(request, scheme, ruling),
        paper.text("Qui d’autre peut vous aider", paper.HEADING),
        paper.points(_doors_elsewhere(request, scheme)),
        *advance_words.kept(request),
    ]


def _grounds(request: AidRequest, scheme: Scheme, ruling: Ruling) -> list[paper.Flowable]:
    """Why the aid is not granted, in law and in fact (CRPA L211-5)."""
    return [
        paper.text("Pourquoi", paper.HEADING),
        paper.text(
            f"La demande a été lue au regard de l’aide {_schedule(request, scheme)},"
            f" cas «\u00a0{_case_label(request, scheme)}\u00a0»."
        ),
        paper.points(reasons.sentences(list(ruling.reason_codes))),
    ]


def _doors_elsewhere(request: AidRequest, scheme: Scheme) -> list[str]:
    doors = doors_of(
        request.school,
        scheme,
        language="fr",
        codes=scheme.otherwise.orientation,
        through_school=request.through_school,
    )
    return [door.sentence for door in doors]


def _appeal(foundation: Foundation, request: AidRequest, ruling: Ruling) -> list[paper.Flowable]:
    """The ways and time limits; a re-examined refusal is final here, and says what that leaves open."""
    if request.round > 1:
        return [] if is_favourable(ruling) else _final(foundation, request)
    until = french_day(reexamination_deadline(ruling.decided_on))
    how = "écrivez" if is_favourable(ruling) else "sur la page de votre demande, ou en écrivant"
    return [
        paper.text("Si vous n’êtes pas d’accord", paper.HEADING),
        paper.text(
            f"Vous pouvez demander un réexamen jusqu’au {until}\u00a0: {how} à {foundation.contact_email}"
            f" en donnant la référence {request.reference}. D’autres personnes reliront votre demande."
            " Passé ce délai de deux mois, la décision devient définitive (code des relations entre le public et"
            " l’administration, articles L410-1 et L411-2)."
        ),
    ]


def is_favourable(ruling: Ruling) -> bool:
    return ruling.outcome in FAVOURABLE


def _final(foundation: Foundation, request: AidRequest) -> list[paper.Flowable]:
    return [
        paper.text("Et maintenant", paper.HEADING),
        paper.text(
            "Un réexamen se demande une fois\u00a0: cette décision est définitive. Si votre situation change, vous"
            f" pouvez faire une autre demande. Pour toute question, écrivez à {foundation.contact_email} en donnant la"
            f" référence {request.reference}."
        ),
    ]


def signer(ruling: Ruling | None = None) -> User | None:
    """Whose name stands on a letter made now: who decided alone or signed, else the chair for the committee."""
    if ruling is not None and ruling.author is not None:
        return ruling.author
    chair = RoleGrant.objects.live().filter(role=Role.CHAIR).select_related("user").order_by("pk").first()
    return chair.user if chair is not None and chair.user.display_name else None


def signature_of(ruling: Ruling | None = None) -> str:
    """By name and quality (CRPA L212-1). Without a chair, the committee's quality stands alone."""
    by = signer(ruling)
    if ruling is not None and ruling.delegation and by is not None:
        return f"Par délégation du comité ({ruling.delegation}), {by.display_name}."
    if ruling is not None and ruling.author is not None:
        return f"Après avis du comité d’attribution, {ruling.author.display_name}, signataire."
    if by is None:
        return "Pour le comité d’attribution."
    return f"Pour le comité d’attribution, {by.display_name}, présidence."
