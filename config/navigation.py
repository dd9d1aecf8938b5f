"""The side list of each role, in the order of its day. Counts come from the apps' own queries."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fund.models.people import Role

PAYERS = (Role.TREASURER, Role.SIGNATORY, Role.AUDITOR)
# (url name, label, the roles that see it)
ENTRIES: tuple[tuple[str, Promise, tuple[Role, ...]], ...] = (
    ("request_queue", _("Dossiers"), (Role.MEMBER, Role.CHAIR)),
    ("certification_list", _("Inscriptions à confirmer"), (Role.REFERENT,)),
    ("treasury_desk", _("Bureau"), PAYERS),
    ("batch_list", _("Lots de virements"), PAYERS),
    ("statement_list", _("Relevés"), PAYERS),
    ("event_inbox", _("Événements de paiement"), (Role.TREASURER, Role.AUDITOR, Role.ADMINISTRATOR)),
)


@dataclass(frozen=True)
class Item:
    url: str
    label: Promise
    current: bool
    count: int | None = None


def side_items(request: HttpRequest, held: frozenset[str]) -> list[Item]:
    """What the signed-in person may open; the applicant has one place only."""
    entries = [(name, label) for name, label, roles in ENTRIES if held & set(roles)]
    if not held and request.user.is_authenticated:
        entries = [("my_requests", _("Ma demande"))]
    urls = [(reverse(name), label) for name, label in entries]
    here = max((url for url, _label in urls if request.path.startswith(url)), key=len, default="")
    return [Item(url, label, url == here) for url, label in urls]
