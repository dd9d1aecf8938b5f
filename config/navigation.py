"""The side list of each role, in the order of its day, with what waits there."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aid_requests import advance_lists, call_backs, lookalikes, scheme_readers, second_look_lists
from aid_requests import permissions as requests
from aid_requests.committee import awaiting, delegated, sitting_lists
from aid_requests.committee import queries as committee
from aid_requests.correspondence import threads
from aid_requests.models.register import ImportState
from aid_requests.register.permissions import BRINGERS, readable_imports
from donations import offers, register, teams
from donations.giving_rules import unseen_card_alerts
from donations.models import ProviderEvent
from donations.models.inbox import EventState
from donations.outside import queries as outside
from donations.queries import waiting_words_count
from donations.space import donor_of
from fund.models import User
from fund.models.people import Role
from fund.treasury import queries as treasury
from reports import permissions as publishing
from reports import queries as publications

PAYERS = (Role.TREASURER, Role.SIGNATORY, Role.AUDITOR)
Count = Callable[[User], int]


@dataclass(frozen=True)
class Entry:
    """A place of the side list: who sees it (`is_for` narrows the roles), and how many things wait there."""

    name: str
    label: Promise
    roles: tuple[Role, ...]
    waiting: Count | None = None
    is_for: Callable[[User], bool] = lambda _user: True


@dataclass(frozen=True)
class Item:
    url: str
    label: Promise
    current: bool
    count: int


ENTRIES = (
    Entry("desk", _("Mon bureau"), tuple(Role)),
    Entry("request_queue", _("Dossiers"), (Role.MEMBER, Role.CHAIR), committee.waiting_count),
    Entry("sitting_list", _("Séances"), (Role.MEMBER, Role.CHAIR), sitting_lists.waiting_count),
    Entry(
        "minutes_list",
        _("Procès-verbaux"),
        (Role.MEMBER, Role.CHAIR, Role.AUDITOR, Role.COMMUNICATION),
    ),
    Entry("waiting_list", _("Liste d’attente"), (Role.MEMBER, Role.CHAIR)),
    Entry(
        "signature_list",
        _("Décisions à signer"),
        (Role.MEMBER, Role.CHAIR),
        lambda user: delegated.to_sign_count(user),
        lambda user: delegated.may_sign_something(user),
    ),
    Entry(
        "delegation_list",
        _("Décidé par délégation"),
        (Role.MEMBER, Role.CHAIR),
        is_for=lambda user: delegated.is_used(),
    ),
    Entry(
        "awaited_papers",
        _("Pièces attendues"),
        (Role.REFERENT, Role.CHAIR),
        lambda user: awaiting.waiting_count(user),
    ),
    Entry(
        "second_look_list",
        _("Secondes lectures"),
        (Role.MEMBER, Role.CHAIR),
        lambda user: second_look_lists.waiting_count(user),
    ),
    Entry("advance_list", _("Avances"), advance_lists.READERS, lambda user: advance_lists.late_count(user)),
    Entry(
        "certification_list",
        _("Inscriptions à confirmer"),
        (Role.REFERENT,),
        lambda user: requests.certifiable_requests(user).count(),
    ),
    Entry(
        "call_back_list",
        _("Personnes à rappeler"),
        (Role.REFERENT,),
        lambda user: call_backs.calls_to_make(user).count(),
    ),
    Entry(
        "advance_start",
        _("Accorder une avance"),
        (Role.REFERENT,),
        is_for=lambda user: lookalikes.can_look(user) is not None,  # a school's referent, not a national one
    ),
    Entry("type_request", _("Saisir une demande"), (Role.REFERENT,)),
    Entry("door_list", _("Adresses utiles"), (Role.REFERENT,)),
    Entry(
        "register_list",
        _("Listes des inscrits"),
        BRINGERS,
        lambda user: readable_imports(user).filter(state=ImportState.COMPARED).count(),
    ),
    Entry("invitation_lists", _("Invitations"), BRINGERS),
    Entry(
        "thread_list",
        _("Messages des étudiants"),
        (Role.REFERENT, Role.CHAIR),
        lambda user: threads.waiting_count(user),
    ),
    Entry(
        "look_alike_list",
        _("Doublons possibles"),
        (Role.REFERENT,),
        lambda user: lookalikes.alarms().count(),
        lambda user: lookalikes.can_look(user) is None,
    ),
    Entry("unmasking_list", _("Voiles levés"), (Role.AUDITOR,)),
    Entry("treasury_desk", _("Trésorerie"), PAYERS),
    Entry("batch_list", _("Lots de virements"), PAYERS, lambda user: treasury.unsigned_batches().count()),
    Entry("statement_list", _("Relevés"), PAYERS, lambda user: treasury.parked_lines().count()),
    Entry("deposit_list", _("Chèques"), PAYERS, lambda user: len(outside.deposits_to_confirm(user))),
    Entry("transfer_list", _("Virements reçus"), PAYERS, lambda user: outside.credits_of_nobody().count()),
    Entry("agreement_list", _("Conventions"), PAYERS, lambda user: len(outside.late_instalments())),
    Entry(
        "gift_list",
        _("Dons"),
        (Role.TREASURER, Role.AUDITOR),
        lambda user: register.open_disputes().count(),
    ),
    Entry("receipt_list", _("Reçus fiscaux"), (Role.TREASURER, Role.AUDITOR)),
    Entry(
        "event_inbox",
        _("Événements de paiement"),
        (Role.TREASURER, Role.AUDITOR, Role.ADMINISTRATOR),
        lambda user: ProviderEvent.objects.filter(state=EventState.PARKED).count(),
    ),
    Entry(
        "card_alerts",
        _("Alertes sur les cartes"),
        (Role.TREASURER, Role.ADMINISTRATOR),
        lambda user: unseen_card_alerts(),
    ),
    Entry("giving_settings", _("Réglages des dons"), (Role.ADMINISTRATOR,)),
    Entry(
        "matching_list", _("Abondements"), offers.READERS, lambda user: len(offers.offers_to_confirm(user))
    ),
    Entry("message_list", _("Mots des donateurs"), (Role.COMMUNICATION,), lambda user: waiting_words_count()),
    Entry("team_moderation", _("Pages d’équipe"), (Role.COMMUNICATION,), lambda user: teams.waiting_count()),
    Entry(
        "publication_list",
        _("Publications"),
        publishing.READERS,
        lambda user: publications.drafts().count(),
    ),
    Entry("scheme_list", _("Barèmes"), scheme_readers.READERS),
    Entry("committee_rules", _("Règlement"), scheme_readers.READERS),
    Entry("legal_bases", _("Bases légales"), (Role.ADMINISTRATOR,)),
    Entry("staff_list", _("L’équipe"), (Role.ADMINISTRATOR,)),
    Entry("mfa_index", _("Second facteur"), tuple(Role)),
)
STUDENT = Entry("my_requests", _("Ma demande"), ())
DONOR = Entry("my_gifts", _("Mes dons"), ())


def is_only_a_donor(user: User) -> bool:
    """Whoever gave and is no student of ours: the whole place of such a person is « Mes dons »."""
    return donor_of(user) is not None and not requests.is_student(user)


def own_entries(user: User) -> list[Entry]:
    """The places of a person without a role: a student's own request, a donor's gifts, or both."""
    if donor_of(user) is None:
        return [STUDENT]
    return [STUDENT, DONOR] if requests.is_student(user) else [DONOR]


def side_items(request: HttpRequest, held: frozenset[str]) -> list[Item]:
    """What the signed-in person may open."""
    user = request.user
    if not isinstance(user, User):
        return []
    entries = (
        [entry for entry in ENTRIES if held & set(entry.roles) and entry.is_for(user)]
        if held
        else own_entries(user)
    )
    urls = {entry.name: reverse(entry.name) for entry in entries}
    here = max((url for url in urls.values() if request.path.startswith(url)), key=len, default="")
    return [
        Item(
            urls[entry.name],
            entry.label,
            urls[entry.name] == here,
            entry.waiting(user) if entry.waiting else 0,
        )
        for entry in entries
    ]
