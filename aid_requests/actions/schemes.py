"""Opening a version of a scheme from its YAML; versions that opened never change, files under way keep theirs."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop

from aid_requests import schemes
from aid_requests.models import Scheme, SchemeVersion
from aid_requests.models.schemes import VersionState
from aid_requests.workflow import SCHEME_VERSION
from fund import audit, clock, workflow
from fund.models import Pocket, User
from fund.models.people import Role
from fund.roles import demand, needs_role

# A pocket bears one name, in French; these stand here so that the catalogue has their English.
GENERAL_NAME = gettext_noop("Enveloppe générale")
SCHEDULE_NAMES = (gettext_noop("Aide d’urgence"), gettext_noop("Aide à la mobilité"))


@dataclass(frozen=True)
class Loaded:
    """`opened` is False when the definition was already the open one."""

    version: SchemeVersion
    opened: bool


def load_scheme(*, by: User | None, text: str) -> Loaded:
    """Opens the definition as the scheme's next version and closes the former one, in one transaction.

    The same definition (by its hash: comments and order of keys do not count) changes nothing. Makes the pocket that
    the scheme names when it is missing. `by` None is the operator at the server's terminal.
    Raises schemes.SchemeError with every fault of the file, Refused to whoever is not an administrator.
    """
    definition = schemes.load(text)
    if by is not None:
        demand(needs_role(by, Role.ADMINISTRATOR))
    with transaction.atomic():
        row, _made = Scheme.objects.get_or_create(
            slug=definition.slug, defaults={"created_at": clock.moment()}
        )
        row = workflow.lock(Scheme, row.pk)
        former = SchemeVersion.objects.filter(scheme=row, state=VersionState.OPEN).first()
        if former is not None and former.definition_hash == schemes.definition_hash(definition):
            return Loaded(former, opened=False)
        version = _add_version(row, definition, text)
        if former is not None:
            workflow.move(SCHEME_VERSION, former, "close", by=by, fields={"closed_at": clock.moment()})
        workflow.move(SCHEME_VERSION, version, "open", by=by, fields={"opened_at": clock.moment()})
        audit.record("scheme.opened", version, by=by, number=version.number, hash=version.definition_hash)
    return Loaded(version, opened=True)


def _add_version(row: Scheme, definition: schemes.Scheme, text: str) -> SchemeVersion:
    number = SchemeVersion.objects.filter(scheme=row).aggregate(last=Max("number"))["last"] or 0
    return SchemeVersion.objects.create(
        scheme=row,
        number=number + 1,
        definition=text,
        definition_hash=schemes.definition_hash(definition),
        pocket=_pocket_of(definition),
        created_at=clock.moment(),
    )


def _pocket_of(definition: schemes.Scheme) -> Pocket:
    """The pocket that the scheme names; a new one bears the scheme's title, unless it is the general one."""
    is_general = definition.pocket == Pocket.GENERAL
    pocket, _made = Pocket.objects.get_or_create(
        code=definition.pocket,
        defaults={
            "name": GENERAL_NAME if is_general else definition.title.fr,
            "scheme": "" if is_general else definition.slug,
        },
    )
    return pocket
