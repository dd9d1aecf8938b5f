"""Whether a request's author is on the school's list of this university year, by the school address and the names."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from aid_requests.identity import identity_of
from aid_requests.models import AidRequest, Applicant, RegisterEntry
from aid_requests.register.people import Person, is_same_person, open_person
from aid_requests.school_addresses import school_email_fingerprint, school_email_of
from aid_requests.university_years import university_year
from fund import clock, vault
from fund.accounts import school_of_address


class Found(StrEnum):
    """What the list says of a person. Only SAME_PERSON certifies; nothing here refuses."""

    SAME_PERSON = "same_person"
    OTHER_NAMES = "other_names"
    OTHER_ADDRESS = "other_address"
    LEFT = "left"
    NOT_LISTED = "not_listed"
    NO_LIST = "no_list"


@dataclass(frozen=True)
class Match:
    """`entry` is the person's line, with SAME_PERSON only; `elsewhere` the living lines that bear the same names and
    birth date at another address than the proven one, with all the others."""

    found: Found
    entry: RegisterEntry | None = None
    elsewhere: tuple[RegisterEntry, ...] = ()

    @property
    def sentence(self) -> str:
        """For the referent, in the active language; "" where the list has nothing to say."""
        return {
            Found.SAME_PERSON: _("La liste de l’école nomme cette personne, à cette adresse."),
            Found.OTHER_NAMES: _(
                "Cette adresse est dans la liste de l’école sous un autre nom ou une autre date de naissance : "
                "une faute de frappe, ou une autre personne. Vérifiez avant de confirmer."
            ),
            Found.OTHER_ADDRESS: _(
                "La liste de l’école nomme cette personne, mais à une autre adresse que celle de la demande. "
                "Vérifiez avant de confirmer."
            ),
            Found.LEFT: _("Cette personne n’est plus dans la dernière liste de l’école."),
            Found.NOT_LISTED: _("Cette personne n’est pas dans la liste de l’école pour cette année."),
            Found.NO_LIST: "",
        }[self.found]


def proven_address(applicant: Applicant) -> str:
    """The address that proves the school: the one kept as such, else the one that signs in while it is the school's."""
    kept = school_email_of(applicant)
    if kept:
        return kept
    email = applicant.user.email
    school = school_of_address(email)
    return email if school is not None and school.pk == applicant.school_id else ""


def match_of(request: AidRequest) -> Match:
    """What the list of the present university year says. Raises vault.Erased when the person was erased."""
    identity = identity_of(request.applicant)
    entries = RegisterEntry.objects.filter(
        school=request.school_id, university_year=university_year(clock.today())
    ).select_related("source")
    address = proven_address(request.applicant)
    mine = list(entries.filter(email_fingerprint=school_email_fingerprint(address))) if address else []
    if identity is not None:
        same = [entry for entry in mine if is_same_person(open_person(entry.facts_sealed), identity)]
        if living := [entry for entry in same if entry.left_at is None]:
            return Match(Found.SAME_PERSON, living[0])
    else:
        same = []
    fingerprint = request.applicant.identity_fingerprint
    namesakes = entries.filter(identity_fingerprint=fingerprint, left_at=None) if fingerprint else []
    elsewhere = tuple(entry for entry in namesakes if entry not in mine)
    if same:
        return Match(Found.LEFT, elsewhere=elsewhere)
    if any(entry.left_at is None for entry in mine):
        return Match(Found.OTHER_NAMES, elsewhere=elsewhere)
    if elsewhere:
        return Match(Found.OTHER_ADDRESS, elsewhere=elsewhere)
    return Match(Found.NOT_LISTED if entries.exists() else Found.NO_LIST)


def listed_person(applicant: Applicant) -> Person | None:
    """The living line of the applicant's school address this year, whatever names were declared so far."""
    try:
        address = proven_address(applicant)
    except vault.Erased:
        return None
    if not address:
        return None
    rows = RegisterEntry.objects.filter(
        school=applicant.school_id,
        university_year=university_year(clock.today()),
        email_fingerprint=school_email_fingerprint(address),
        left_at=None,
    )
    lines = list(rows[:2])
    return open_person(lines[0].facts_sealed) if len(lines) == 1 else None
