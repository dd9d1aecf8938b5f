"""What nobody could decide, sign or pay with the people of today, told in advance to whoever may name others."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from aid_requests.committee import modes, permissions, rules, seats
from aid_requests.committee.known_schemes import open_schemes, unknown_names
from aid_requests.committee.rules import Rules, Shortfall
from aid_requests.correspondence import unanswered
from aid_requests.models import AidRequest
from fund import clock
from fund.models import RoleGrant, School
from fund.models.people import Role


def shortfalls(book: Rules) -> list[Shortfall]:
    """Everything that would stay undecided, unsigned, unpaid or unanswered today; none when all have their people."""
    language = get_language() or "fr"
    staffed = [
        rules.StaffedScheme(
            one.slug,
            one.title.in_language(language),
            one.decision.votes,
            one.decision.own_school == "excluded",
        )
        for one in open_schemes()
    ]
    schools = dict(School.objects.values_list("pk", "name"))
    found = rules.shortfalls(book, seats.members(), schemes=staffed, schools=schools, on=clock.today())
    silence = unanswered.sentence()
    said = [Shortfall("messages", silence)] if silence else []
    return [*misnamed(book), *found, *unsigned(), *payments(), *said]


def misnamed(book: Rules) -> list[Shortfall]:
    """Schemes and cases that the rules name and nobody knows: what is said of them holds for no file."""
    scheme = _(
        "Le règlement nomme le dispositif « %(scheme)s », qui n’existe pas : ce qu’il en dit ne s’applique à "
        "aucun dossier."
    )
    case = _(
        "Le règlement nomme le cas « %(case)s », que le dispositif « %(scheme)s » n’a pas : ce qu’il en dit "
        "ne s’applique à aucun dossier."
    )
    return [
        Shortfall("misnamed", (case if code else scheme) % {"scheme": slug, "case": code})
        for slug, code in unknown_names(book)
    ]


def unsigned() -> list[Shortfall]:
    """Opinions that were given and that nobody may sign any more, until the timed work takes their files up anew."""
    files = modes.with_opinion(AidRequest.objects.select_related("applicant", "scheme_version__scheme"))
    number = sum(permissions.lacks_signer(file) for file in files)
    if not number:
        return []
    sentence = ngettext(
        "%(number)s dossier a reçu un avis que plus personne ne peut signer : dans l’heure, le comité le reprendra.",
        "%(number)s dossiers ont reçu un avis que plus personne ne peut signer : dans l’heure, le comité les "
        "reprendra.",
        number,
    )
    return [Shortfall("unsigned", sentence % {"number": number})]


def payments() -> list[Shortfall]:
    """A batch of transfers takes two people: one prepares, another signs. The database keeps members from both."""
    preparers, signers = _holders(Role.TREASURER), _holders(Role.SIGNATORY)
    if not preparers:
        sentence = _("Personne n’est à la trésorerie : aucun lot de virements ne serait préparé.")
        return [Shortfall("no_treasurer", sentence)]
    if not signers:
        sentence = _("Personne n’est habilité à signer : aucun lot de virements ne partirait.")
        return [Shortfall("no_signatory", sentence)]
    if len(preparers | signers) < 2:
        sentence = _("La même personne prépare et signe : aucun lot de virements ne partirait.")
        return [Shortfall("same_signatory", sentence)]
    return []


def _holders(role: Role) -> set[int]:
    grants = RoleGrant.objects.live().filter(role=role, user__is_active=True)
    return set(grants.values_list("user", flat=True))
