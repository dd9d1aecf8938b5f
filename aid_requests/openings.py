"""Around an opening: what to look at before it, and who has not yet seen that somebody else opened a version."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aid_requests import schemes, sealed
from aid_requests.models import AidRequest, Scheme, SchemeDraft, SchemeVersion
from aid_requests.models.requests import RequestState
from aid_requests.models.scheme_drafts import DraftState
from aid_requests.models.schemes import VersionState
from aid_requests.scheme_editor.examination import Fault, item_of
from aid_requests.scheme_editor.stated_amounts import too_low, unfounded
from aid_requests.scheme_editor.trees import Tree
from fund.models import AuditEvent, Pocket, RoleGrant, User
from fund.models.people import Role
from fund.money import format_euros

OPENED, SEEN = "scheme.opened", "scheme.seen"
KIND = SchemeVersion._meta.label_lower
# Who hears that a version was opened by another person.
TOLD = (Role.ADMINISTRATOR, Role.AUDITOR)
_OVER = (RequestState.PAID, RequestState.REFUSED, RequestState.WITHDRAWN)


@dataclass(frozen=True)
class Caution:
    """Something to look at before opening; it keeps nobody from it. `item`: the thing whose form holds it, or ""."""

    sentence: str
    item: str = ""


def cautions(draft: SchemeDraft, scheme: schemes.Scheme) -> list[Caution]:
    """Sentences that state an amount which nothing gives any more; a letter or a pocket that another aid has."""
    language = get_language() or "fr"
    found = [
        Caution(
            _("Une phrase annonce %(amount)s, que ni cas, ni part, ni plafond, ni condition ne connaît.")
            % {"amount": format_euros(one.cents, one.language, cents_shown=False)},
            item_of(one.place),
        )
        for one in unfounded(draft.tree, scheme)
    ]
    found += [
        Caution(
            _(
                "Le plafond de %(amount)s est plus bas que ce que donne chaque cas : personne ne recevrait rien."
            )
            % {"amount": format_euros(cap.amount_cents or 0, language, cents_shown=False)},
            f"caps.{scheme.caps.index(cap) + 1}",
        )
        for cap in too_low(scheme)
    ]
    return [*found, *(Caution(one.sentence) for one in neighbour_faults(draft, draft.tree))]


def neighbour_faults(draft: SchemeDraft, tree: Tree) -> list[Fault]:
    """What this draft has in common with others, told where it is written: nothing of it blocks."""
    said: list[Fault] = []
    slug, letter, pocket = (str(tree.get(key, "")) for key in ("slug", "reference_prefix", "pocket"))
    for other in _open_schemes_but(slug):
        names = {"title": other.title.in_language(get_language() or "fr"), "letter": letter, "pocket": pocket}
        if other.reference_prefix == letter:
            clash = _("La lettre %(letter)s est déjà celle de « %(title)s » : on confondra leurs références.")
            said.append(Fault("reference_prefix", clash % names, blocks=False))
        if other.pocket == pocket != Pocket.GENERAL:
            clash = _("L’enveloppe « %(pocket)s » paie déjà « %(title)s » : les deux aides s’y serviront.")
            said.append(Fault("pocket", clash % names, blocks=False))
    if pocket and not Pocket.objects.filter(code=pocket).exists():
        new = _("L’enveloppe « %(pocket)s » n’existe pas encore : ouvrir la crée, vide.")
        said.append(Fault("pocket", new % {"pocket": pocket}, blocks=False))
    if slug and draft.scheme_id is None and has_a_twin(draft, slug):
        twin = _(
            "Un autre brouillon ou un autre dispositif porte déjà ce nom dans l’adresse : un seul pourra ouvrir."
        )
        said.append(Fault("slug", twin, blocks=False))
    return said


def has_a_twin(draft: SchemeDraft, slug: str) -> bool:
    """Whether a scheme, or another draft of a new one, has this address."""
    drafts = SchemeDraft.objects.filter(state=DraftState.LIVE, scheme=None).exclude(pk=draft.pk)
    return Scheme.objects.filter(slug=slug).exists() or drafts.filter(tree__slug=slug).exists()


def _open_schemes_but(slug: str) -> Iterator[schemes.Scheme]:
    rows = SchemeVersion.objects.filter(state=VersionState.OPEN).exclude(scheme__slug=slug)
    for row in rows.order_by("scheme__slug"):
        yield sealed.scheme_of(row)


def under_way(version: SchemeVersion) -> int:
    """How many requests keep this version, drafts among them."""
    return AidRequest.objects.filter(scheme_version=version).exclude(state__in=_OVER).count()


def unseen(user: User) -> list[SchemeVersion]:
    """The versions that another person opened since this one has her role, and that she has not said to have seen."""
    grant = RoleGrant.objects.live().filter(user=user, role__in=TOLD).order_by("granted_at").first()
    if grant is None:
        return []
    events = AuditEvent.objects.filter(object_kind=KIND)
    opened = events.filter(action=OPENED, by__isnull=False, at__gte=grant.granted_at).exclude(by=user)
    seen = events.filter(action=SEEN, by=user).values_list("object_id", flat=True)
    numbers = [
        int(one) for one in opened.exclude(object_id__in=list(seen)).values_list("object_id", flat=True)
    ]
    return list(SchemeVersion.objects.select_related("scheme").filter(pk__in=numbers).order_by("opened_at"))


class Told(NamedTuple):
    """A task of the desk, in the order of its fields there."""

    title: str
    detail: str
    url: str
    act: str


def told(user: User) -> Iterator[Told]:
    """One line for each version that another person opened."""
    language = get_language() or "fr"
    for version in unseen(user):
        names = {"title": sealed.scheme_of(version).title.in_language(language), "number": version.number}
        yield Told(
            _("Un barème a été ouvert : %(title)s, version %(number)s") % names,
            _("Par quelqu’un d’autre que vous. Lisez ce qu’il donne maintenant."),
            reverse("scheme_version", args=[version.scheme.slug, version.number]),
            _("Lire"),
        )
