"""One file's veil: what members read of its texts, with whatever tells who it is about taken out.

The originals stay as they were written, for those who may read them.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aid_requests import school_addresses
from aid_requests.committee import screening
from aid_requests.committee.screening import Told
from aid_requests.identity import Identity, identity_of
from aid_requests.models import AidRequest
from fund import vault
from fund.models import School

_LETTERS = re.compile(r"(?<![^\W_])[^\W\d_]")  # the first of each word
_POSTCODE = re.compile(r"^\D{0,3}\d{4,6}\s+")
WARNINGS: dict[str, Promise] = {
    screening.NAME: _("Ce texte contient le nom de la personne : le comité lit sans nom."),
    screening.SCHOOL: _("Ce texte contient le nom ou la ville de l’école : le comité lit sans école."),
    screening.ADDRESS: _("Ce texte contient une adresse ou un lieu : le comité n’en a pas besoin."),
    screening.CONTACT: _(
        "Ce texte contient un courriel, un téléphone ou un compte : le comité n’en a pas besoin."
    ),
    screening.BIRTH: _("Ce texte contient la date de naissance de la personne : le comité lit sans elle."),
    screening.NUMBER: _(
        "Ce texte contient un long numéro (d’étudiant, de client) : le comité n’en a pas besoin."
    ),
}


class Veil:
    """Over the texts of one file."""

    def __init__(self, told: Told) -> None:
        self._told = told

    def text(self, text: str) -> str:
        """`text` with plates (`screening.PLATE`) where it would tell who wrote it."""
        return screening.mask(text, self._told)

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """(label, value) with each value screened."""
        return [(label, self.text(value)) for label, value in pairs]


def veil_of(request: AidRequest, *, also: Iterable[str] = ()) -> Veil:
    """The veil of a file; `also` are names that it had before. Raises vault.Erased when the person was erased."""
    applicant = request.applicant
    identity = identity_of(applicant)
    schools = {school.pk: school for school in (request.school, applicant.school)}
    told = told_of(identity, schools.values(), names=(*_guardian_names(request), *also))
    emails = (applicant.user.email, school_addresses.school_email_of(applicant))
    own = tuple(email.partition("@")[0] for email in emails if email)
    return Veil(replace(told, names=(*told.names, applicant.user.display_name, *own)))


def _guardian_names(request: AidRequest) -> list[str]:
    """Of everybody who ever represented a minor. `representatives` cannot be asked: it stands above this module."""
    key = request.applicant.subject_key
    people = request.representatives.order_by("pk").values_list("person_sealed", flat=True)
    return [
        told[name]
        for told in (vault.open_json_for(key, sealed) for sealed in people)
        for name in ("first_name", "last_name")
    ]


def told_of(identity: Identity | None, schools: Iterable[School], *, names: Iterable[str] = ()) -> Told:
    """What names a person of these schools; `names` are of others beside, whom the file tells too."""
    places: list[str] = []
    cities: list[str] = []
    for school in schools:
        cities.append(school.city)
        places += [school.name, school.code, school.city, school.host_university, *school.email_domains]
    if identity is None:
        return Told(
            tuple(name for name in names if name),
            tuple(place for place in places if place),
            cities=tuple(city for city in cities if city),
        )
    lines = [line.strip() for line in identity.address.splitlines() if line.strip()]
    towns = [_POSTCODE.sub("", line) for line in lines if _POSTCODE.match(line)]
    own = (identity.first_name, identity.last_name, identity.chosen_name)
    return Told(
        tuple(name for name in (*own, *names) if name),
        tuple(place for place in places if place),
        tuple(town for town in (identity.birth_place, *towns) if town),
        tuple(line for line in lines if not _POSTCODE.match(line)),
        tuple(city for city in cities if city),
        tuple(_initials(identity)),
        identity.birth_date,
    )


def _initials(identity: Identity) -> set[str]:
    """Of a first name and a last one, either first; of the first part of each, and of all their parts."""
    found: set[str] = set()
    last = _LETTERS.findall(identity.last_name)
    for name in (identity.first_name, identity.chosen_name):
        first = _LETTERS.findall(name)
        for one, other in ((first[:1], last[:1]), (first, last), (first[:1], last), (first, last[:1])):
            if one and other:
                found |= {"".join(one + other), "".join(other + one)}
    return found


def warnings(text: str, identity: Identity | None, schools: Iterable[School]) -> list[str]:
    """What whoever types `text` for the committee should mend, in sentences; none when it tells nothing."""
    return [str(WARNINGS[kind]) for kind in screening.kinds(text, told_of(identity, schools))]


def screened_or_none(request: AidRequest, text: str | None) -> str | None:
    """`text` behind the veil of its file; None once the person was erased."""
    try:
        return None if text is None else veil_of(request).text(text)
    except vault.Erased:
        return None
