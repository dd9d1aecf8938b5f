"""What a person of the staff finds in the morning: what waits for them, where things stand, what they did last.

Only what that person may do or see is told, and only as counts, references and amounts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from aid_requests import (
    advance_lists,
    advance_tasks,
    call_back_tasks,
    look_alike_tasks,
    openings,
    register_tasks,
    scheme_readers,
    second_look_tasks,
    sitting_tasks,
)
from aid_requests import permissions as enrolments
from aid_requests.committee import queries as committee
from aid_requests.committee import stalled
from aid_requests.correspondence import tasks as message_tasks
from aid_requests.correspondence import unanswered
from aid_requests.models import EnrolmentCertificate
from aid_requests.waiting import Waiting, waiting_of_enrolment, with_waits_since
from config.acts_in_words import ACTS
from donations import outside_tasks, staff_tasks, team_tasks
from donations.giving_rules import unseen_card_alerts
from donations.models import ProviderEvent
from donations.models.inbox import EventState
from donations.queries import waiting_words_count
from fund import clock, second_factor, stuck
from fund.models import AuditEvent, User
from fund.models.people import Role
from fund.money import format_euros
from fund.treasury import cash, permissions, queries, reasons
from reports import permissions as publishing
from reports import queries as publications

HISTORY_LENGTH = 6


@dataclass(frozen=True)
class Task:
    """One thing to do: what it is, its detail, and the page where it is done ("" where no page does it). `is_late`: it
    waited too long."""

    title: str
    detail: str
    url: str
    act: str
    is_late: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure of the state and the words under it; what is in `cents` is shown as money, else `number` is."""

    words: str
    cents: int | None = None
    number: int | None = None


@dataclass(frozen=True)
class PastAct:
    at: datetime
    words: Promise


def tasks_for(user: User, held: frozenset[str]) -> list[Task]:
    """What waits for this person, most pressing first, over all the roles that are `held`."""
    found = [task for roles, find in _TASKS if held & set(roles) for task in find(user)]
    return sorted(found, key=lambda task: not task.is_late)


def figures_for(user: User, held: frozenset[str]) -> list[Figure]:
    """At most four figures that say where things stand: those of the first role that has some."""
    return next((find(user) for roles, find in _FIGURES if held & set(roles)), [])


def history_of(user: User) -> list[PastAct]:
    """The last acts of this person, newest first, in words and without the object they were about."""
    events = AuditEvent.objects.filter(by=user, action__in=ACTS).order_by("-pk")[:HISTORY_LENGTH]
    return [PastAct(event.at, ACTS[event.action]) for event in events]


def greeting(user: User, number: int) -> str:
    """« Bonjour Olivier, trois choses ce matin »; the hour is that of Paris."""
    values = {"name": user.display_name.split(" ")[0], "things": _things(number), "moment": _part_of_day()}
    if not values["name"]:
        return _("Bonjour, %(things)s %(moment)s") % values
    return _("Bonjour %(name)s, %(things)s %(moment)s") % values


def _things(number: int) -> str:
    words = (
        _("rien n’attend"),
        _("une chose"),
        _("deux choses"),
        _("trois choses"),
        _("quatre choses"),
        _("cinq choses"),
        _("six choses"),
    )
    if number < len(words):
        return words[number]
    return ngettext("%(n)s chose", "%(n)s choses", number) % {"n": number}


def _part_of_day() -> str:
    hour = clock.moment().astimezone(clock.PARIS).hour
    if hour < 12:
        return _("ce matin")
    return _("cet après-midi") if hour < 18 else _("ce soir")


def _told_by(tell: Callable[[User], Iterable[tuple[Any, ...]]]) -> Callable[[User], list[Task]]:
    """Tasks that an app tells as tuples, in the order of Task's fields."""
    return lambda user: [Task(*told) for told in tell(user)]


def _committee_tasks(user: User) -> list[Task]:
    tasks = []
    language = get_language() or "fr"
    number = committee.unread(user).count()
    following = committee.next_to_read(user)
    if number and following is not None:
        title = ngettext("%(n)s dossier à lire", "%(n)s dossiers à lire", number) % {"n": number}
        url = reverse("request_review", args=[following.token])
        (row,) = committee.queue_rows([following], language)
        tasks.append(
            Task(
                title, _waits(following.reference, row.waiting), url, _("Lire le plus ancien"), row.is_stalled
            )
        )
    elsewhere = stalled.stalled_elsewhere(user, language)
    if elsewhere:
        title = ngettext(
            "%(n)s dossier n’arrive pas au comité", "%(n)s dossiers n’arrivent pas au comité", len(elsewhere)
        ) % {"n": len(elsewhere)}
        detail = _waits(elsewhere[0].reference, elsewhere[0].waiting)
        url = reverse("request_queue") + "#ailleurs"
        tasks.append(Task(title, detail, url, _("Voir qui l’on attend"), is_late=True))
    return tasks


def _waits(reference: str, waiting: Waiting | None) -> str:
    """« U-2020-0058 attend le comité depuis 9 jours. »"""
    return _("%(reference)s %(waits)s.") % {
        "reference": reference,
        "waits": waiting.sentence if waiting else "",
    }


def _paying_tasks(user: User) -> list[Task]:
    tasks = []
    due = queries.due_orders()
    if due:
        title = ngettext("%(n)s virement à préparer", "%(n)s virements à préparer", len(due)) % {
            "n": len(due)
        }
        url = reverse("treasury_desk") + "#preparer"
        tasks.append(Task(title, _euros(sum(order.amount_cents for order in due)), url, _("Préparer le lot")))
    for batch in queries.batches_at_the_bank():
        title = _("Le lot nº %(number)s est signé") % {"number": batch.number}
        detail = _("Remettez son fichier à la banque, puis importez le relevé.")
        tasks.append(Task(title, detail, reverse("batch_page", args=[batch.number]), _("Ouvrir le lot")))
    return [*tasks, *_matching_tasks(), *_return_tasks()]


def _matching_tasks() -> list[Task]:
    number = queries.parked_lines().count()
    if not number:
        return []
    title = ngettext(
        "%(n)s ligne de relevé cherche son écriture", "%(n)s lignes de relevé cherchent leur écriture", number
    ) % {"n": number}
    debits = cash.parked_debits_cents()
    detail = (
        _("Dont %(amount)s sortis du compte sans explication.") % {"amount": _euros(debits)} if debits else ""
    )
    return [Task(title, detail, reverse("statement_list"), _("Rapprocher"), is_late=bool(debits))]


def _return_tasks() -> list[Task]:
    return [
        Task(
            _("Le virement %(reference)s est revenu") % {"reference": order.label},
            ", ".join(
                filter(None, (_euros(order.amount_cents), reasons.returned_because(order.return_code)))
            ),
            reverse("batch_page", args=[order.batch.number]),
            _("Voir le retour"),
        )
        for order in queries.returned_orders()
        if order.batch is not None
    ]


def _signing_tasks(user: User) -> list[Task]:
    return [
        Task(
            _("Le lot nº %(number)s attend votre signature") % {"number": batch.number},
            _("%(amount)s, préparé par %(name)s.")
            % {"amount": _euros(batch.total_cents), "name": batch.prepared_by.display_name},
            reverse("batch_page", args=[batch.number]),
            _("Lire et signer"),
        )
        for batch in queries.unsigned_batches()
        if permissions.can_sign(user, batch) is None
    ]


def _event_tasks(user: User) -> list[Task]:
    number = ProviderEvent.objects.filter(state=EventState.PARKED).count()
    if not number:
        return []
    title = ngettext(
        "%(n)s événement de paiement attend un regard",
        "%(n)s événements de paiement attendent un regard",
        number,
    ) % {"n": number}
    detail = _("Rien n’en a été compté : chacun dit quoi vérifier.")
    return [Task(title, detail, reverse("event_inbox"), _("Regarder"))]


def _card_tasks(user: User) -> list[Task]:
    """Signs of stolen cards that nobody has looked at; the first thing of the morning."""
    number = unseen_card_alerts()
    if not number:
        return []
    title = ngettext("%(n)s alerte sur des cartes", "%(n)s alertes sur des cartes", number) % {"n": number}
    detail = _("Quelqu’un essaie peut-être des cartes volées. Regardez ce qui a été vu.")
    return [Task(title, detail, reverse("card_alerts"), _("Regarder"), is_late=True)]


def _gift_tasks(user: User) -> list[Task]:
    """Gifts that a bank contests, and refunds that the provider refused."""
    return [Task(*told) for told in staff_tasks.told()]


def _unanswered_tasks(user: User) -> list[Task]:
    return [Task(*told) for told in unanswered.told()]


def _enrolment_tasks(user: User) -> list[Task]:
    rows = list(with_waits_since(enrolments.certifiable_requests(user)))
    waits = [wait for wait in waiting_of_enrolment(rows).values() if wait.code != "student"]
    if not waits:
        return []
    title = ngettext("%(n)s inscription à confirmer", "%(n)s inscriptions à confirmer", len(waits)) % {
        "n": len(waits)
    }
    oldest = max(wait.days for wait in waits)
    detail = ngettext(
        "La plus ancienne attend depuis %(n)s jour.", "La plus ancienne attend depuis %(n)s jours.", oldest
    ) % {"n": oldest}
    late = any(wait.is_stalled for wait in waits)
    return [Task(title, detail, reverse("certification_list"), _("Confirmer"), is_late=late)]


def _telling_tasks(user: User) -> list[Task]:
    tasks = []
    number = waiting_words_count()
    if number:
        title = ngettext("%(n)s mot de donateur à relire", "%(n)s mots de donateurs à relire", number) % {
            "n": number
        }
        detail = _("Aucun ne paraît sans votre lecture.")
        tasks.append(Task(title, detail, reverse("message_list"), _("Relire")))
    for draft in publications.drafts():
        if publishing.can_release(user, draft) is None:
            detail = _("Préparé par %(name)s. Votre relecture le fait paraître.") % {
                "name": draft.drafted_by.display_name
            }
            url = reverse("publication_preview", args=[draft.pk])
            tasks.append(Task(_("Un brouillon de publication attend"), detail, url, _("Relire le brouillon")))
    return tasks


def _team_tasks(user: User) -> list[Task]:
    missing = [person for person, _roles, factors in second_factor.staff_with_factors() if not factors]
    if not missing:
        return []
    title = ngettext(
        "%(n)s personne n’a pas de second facteur",
        "%(n)s personnes n’ont pas de second facteur",
        len(missing),
    ) % {"n": len(missing)}
    detail = _("Chacune choisit le sien à sa connexion ; d’ici là, elle n’ouvre aucun dossier.")
    return [Task(title, detail, reverse("staff_list"), _("Voir l’équipe"))]


def _scheme_tasks(user: User) -> list[Task]:
    return [Task(*told) for told in scheme_readers.told()]


def _opening_tasks(user: User) -> list[Task]:
    """Versions of schedules that another person opened."""
    return [Task(*told) for told in openings.told(user)]


def _machine_tasks(user: User) -> list[Task]:
    """Work that no worker will take again: three died under it."""
    count = stuck.count_given_up()
    if not count:
        return []
    title = ngettext(
        "%(n)s travail automatique est abandonné", "%(n)s travaux automatiques sont abandonnés", count
    ) % {"n": count}
    detail = _("Rien n’est perdu : la commande requeue_stuck_work le relance, check_ledger le nomme.")
    return [Task(title, detail, "", "", is_late=True)]


def _committee_figures(user: User) -> list[Figure]:
    budget = cash.budget(committee.asked_cents(user))
    return [
        Figure(_("disponibles"), cents=budget.left_cents),
        Figure(_("si tout est accordé"), cents=budget.left_after_cents),
        Figure(_("dossiers au comité"), number=committee.waiting_count(user)),
    ]


def _money_figures(user: User) -> list[Figure]:
    now = cash.cash_now()
    return [
        Figure(_("à la banque, prouvés par les relevés"), cents=now.bank_cents),
        Figure(_("chez le prestataire de paiement"), cents=now.stripe_cents),
        Figure(_("accordés, pas encore débités"), cents=now.owed_cents),
        Figure(_("disponibles"), cents=now.left_cents),
    ]


def _school_figures(user: User) -> list[Figure]:
    confirmed = EnrolmentCertificate.objects.filter(certified_by=user, lapsed_at=None).count()
    waiting = enrolments.certifiable_requests(user).count()
    return [
        Figure(_("inscriptions que vous avez confirmées"), number=confirmed),
        Figure(_("demandes qui attendent l’école"), number=waiting),
    ]


def _telling_figures(user: User) -> list[Figure]:
    """Nothing of the money that is left: what was given is told by publications only."""
    return [
        Figure(_("publications parues"), number=publications.released().count()),
        Figure(_("brouillons"), number=publications.drafts().count()),
    ]


def _euros(cents: int) -> str:
    return format_euros(cents, get_language() or "fr")


_TASKS: tuple[tuple[tuple[Role, ...], Callable[[User], list[Task]]], ...] = (
    ((Role.MEMBER, Role.CHAIR), _committee_tasks),
    ((Role.MEMBER, Role.CHAIR), _told_by(second_look_tasks.told)),
    ((*advance_lists.COMMITTEE, Role.ADMINISTRATOR), _told_by(advance_tasks.told)),
    ((Role.MEMBER, Role.CHAIR), _told_by(sitting_tasks.told)),
    ((Role.SIGNATORY,), _signing_tasks),
    ((Role.TREASURER,), _paying_tasks),
    ((Role.TREASURER,), _gift_tasks),
    ((Role.TREASURER, Role.SIGNATORY), _told_by(outside_tasks.told)),
    ((Role.TREASURER, Role.ADMINISTRATOR), _card_tasks),
    ((Role.TREASURER, Role.ADMINISTRATOR), _event_tasks),
    ((Role.REFERENT,), _enrolment_tasks),
    ((Role.REFERENT, Role.CHAIR), _told_by(message_tasks.told)),
    ((Role.REFERENT,), _told_by(call_back_tasks.told)),
    ((Role.REFERENT,), _told_by(look_alike_tasks.told)),
    ((Role.REFERENT, Role.ADMINISTRATOR), _told_by(register_tasks.told)),
    ((Role.COMMUNICATION,), _telling_tasks),
    ((Role.COMMUNICATION,), _told_by(team_tasks.pages_to_read)),
    ((Role.TREASURER, Role.ADMINISTRATOR, Role.SIGNATORY), _told_by(team_tasks.offers_to_confirm)),
    ((Role.ADMINISTRATOR,), _machine_tasks),
    ((Role.ADMINISTRATOR,), _unanswered_tasks),
    ((Role.ADMINISTRATOR,), _scheme_tasks),
    ((Role.ADMINISTRATOR, Role.AUDITOR), _opening_tasks),
    ((Role.ADMINISTRATOR,), _team_tasks),
)
_FIGURES: tuple[tuple[tuple[Role, ...], Callable[[User], list[Figure]]], ...] = (
    ((Role.MEMBER, Role.CHAIR), _committee_figures),
    ((Role.TREASURER, Role.SIGNATORY, Role.AUDITOR), _money_figures),
    ((Role.REFERENT,), _school_figures),
    ((Role.COMMUNICATION,), _telling_figures),
)
