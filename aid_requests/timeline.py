"""What happened to a request, when and by which role; what is happening; what comes next. Never who."""

from django.utils.translation import gettext as _

from aid_requests.correspondence.corrections import open_correction
from aid_requests.correspondence.events import Entry, correspondence
from aid_requests.models import Advance, AidRequest
from aid_requests.models.correspondence import RevisionOrigin
from aid_requests.models.requests import RequestState
from aid_requests.models.sittings import SittingKind
from fund import clock
from fund.models import PaymentOrder, TransitionLog
from fund.models.people import Role

_BY_THE_COMMITTEE = ("grant", "grant_subject", "refuse", "redirect", "put_on_list", "adjourn")


def _past(name: str) -> tuple[str, str]:
    return {
        "submit": (_("Demande signée et reçue"), _("Par vous")),
        "certify": (_("Inscription confirmée"), _("Par une personne référente")),
        "correct": (_("Reprise pour correction"), _("Par vous")),
        "ask_reexamination": (_("Réexamen demandé"), _("Par vous")),
        "grant": (_("Accordée"), _("Par le comité")),
        "refuse": (_("Refusée"), _("Par le comité")),
        "redirect": (_("Réorientée"), _("Par le comité")),
        "adjourn": (_("Ajournée : elle sera relue"), _("Par le comité")),
        "grant_subject": (_("Accordée, sous réserve d’une pièce"), _("Par le comité")),
        "grant_subject_from_list": (
            _("Accordée, sous réserve d’une pièce"),
            _("L’argent est arrivé, votre tour est venu"),
        ),
        "grant_with_papers": (_("Accordée"), _("La pièce est là et convient")),
        "refuse_without_papers": (_("Refusée"), _("La pièce demandée n’est pas venue")),
        "put_on_list": (_("Avis favorable, en attente d’argent"), _("Par le comité")),
        "grant_from_list": (_("Accordée"), _("L’argent est arrivé, votre tour est venu")),
        "note_debit": (_("Virement parti"), _("Par la banque de la fondation")),
        "note_return": (_("L’argent est revenu"), _("Renvoyé par votre banque")),
        "give_other_account": (_("Autre compte donné"), _("Par vous")),
        "return_signed": (_("Retour à votre dernière signature"), _("Sans réponse, après trois rappels")),
        "return_certified": (_("Retour à votre dernière signature"), _("Sans réponse, après trois rappels")),
        "withdraw": (_("Demande retirée"), _("Par vous")),
    }[name]


def _signed_again(origin: str) -> tuple[str, str]:
    """A signature, by why it was given; the student's own correction is told as what it is, in good faith."""
    return {
        RevisionOrigin.OWN: (_("Corrigée et signée de nouveau"), _("De bonne foi, par vous")),
        RevisionOrigin.ASKED: (_("Corrigée et signée de nouveau"), _("Comme demandé, par vous")),
    }.get(RevisionOrigin(origin), _past("submit"))


def _ahead(request: AidRequest) -> list[tuple[str, str]]:
    """The present step first, then what follows; a correction that is asked for comes before all of it."""
    if open_correction(request) is not None:
        return [(_("Correction à faire"), _("Par vous")), *_usual_steps(request)]
    return _usual_steps(request)


def _usual_steps(request: AidRequest) -> list[tuple[str, str]]:
    enrolment = (_("Inscription à confirmer"), _("Une personne référente vérifie que vous êtes inscrit·e."))
    committee = (_("Lecture par le comité"), _("Deux membres au moins lisent sans voir votre nom."))
    if request.round > 1:
        others = _("Des membres qui n’ont pas pris la première décision relisent tout, sans voir votre nom.")
        committee = (_("Réexamen"), others)
    transfer = (
        _("Virement en préparation"),
        _("Deux personnes le signent, puis la banque met un jour ouvré."),
    )
    arrival = (_("Sur votre compte"), _("Nous vous écrirons ce jour-là."))
    return {
        RequestState.SUBMITTED: [enrolment, committee, arrival],
        RequestState.IN_REVIEW: [committee, arrival],
        RequestState.CONDITIONAL: [
            (_("Pièce à apporter"), _("Une personne la regarde, puis le virement part.")),
            transfer,
            arrival,
        ],
        RequestState.WAITLISTED: [
            (_("En attente d’argent"), _("Servie dans l’ordre des décisions, quand des dons arrivent."))
        ],
        RequestState.GRANTED: [transfer, arrival],
        RequestState.RETURNED: [(_("Un autre compte à indiquer"), _("Par vous")), transfer, arrival],
    }.get(RequestState(request.state), [])


def _advanced(request: AidRequest) -> list[Entry]:
    """An advance, and each time its transfer left or came back; a request that follows it tells these by itself too."""
    advance = Advance.objects.filter(request=request).first()
    if advance is None:
        return []
    chair = advance.as_role == Role.CHAIR
    giver = _("Par la présidence du comité") if chair else _("Par une personne référente")
    words = {
        "debit": (_("Avance virée"), _("Par la banque de la fondation")),
        "return": (_("L’avance est revenue"), _("Renvoyé par votre banque")),
    }
    orders = PaymentOrder.objects.filter(reference_kind=Advance.KIND, reference_id=str(request.pk))
    logs = TransitionLog.objects.filter(
        object_kind=PaymentOrder._meta.label_lower,
        object_id__in=[str(pk) for pk in orders.values_list("pk", flat=True)],
        name__in=words,
    )
    moved = [Entry(*words[log.name], "past", log.at) for log in logs.order_by("pk")]
    return [Entry(_("Avance accordée"), giver, "past", advance.given_at), *moved]


def _examined(request: AidRequest) -> list[Entry]:
    """The sittings that had it before them; what was said there is told by the decision alone."""
    items = request.agenda_items.exclude(taken_at=None).order_by("taken_at")
    told = []
    for taken_at, kind in items.values_list("taken_at", "sitting__kind"):
        in_writing = kind == SittingKind.CONSULTATION
        how = _("Par le comité, par consultation") if in_writing else _("Par le comité, en séance")
        told.append(Entry(_("Examinée"), how, "past", taken_at))
    return told


def timeline(request: AidRequest) -> list[Entry]:
    """From the first signature on, in order."""
    logs = TransitionLog.objects.filter(object_kind=request._meta.label_lower, object_id=str(request.pk))
    rows = logs.exclude(name="drop_opinion")  # as the opinion itself, nothing of it is told
    origins = [str(origin) for origin in request.revisions.order_by("pk").values_list("origin", flat=True)]
    past, again = [], False
    for row in rows.order_by("pk"):
        title, detail = _signed_again(origins.pop(0)) if row.name == "submit" and origins else _past(row.name)
        if again and row.name in _BY_THE_COMMITTEE:
            detail = _("Par d’autres membres du comité")
        if row.name == "certify" and row.why == "register":
            detail = (
                _("Par la liste de votre école")
                if request.through_school
                else _("Le logiciel a lu la liste de votre école. Personne n’y est prévenu.")
            )
        past.append(Entry(title, detail, "past", row.at))
        again = again or row.name == "ask_reexamination"
    past = sorted(
        [*_examined(request), *past, *correspondence(request), *_advanced(request)],
        key=lambda entry: entry.at or clock.moment(),
    )
    ahead = [Entry(*step, "next" if number else "now") for number, step in enumerate(_ahead(request))]
    return past + ahead
