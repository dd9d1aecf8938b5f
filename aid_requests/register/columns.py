"""Which column of a school's file means what: guessed from its titles, the names of APOGEE's extractions among them."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from aid_requests.register.people import fold

LABELS: Final = {
    "number": _("Numéro d’étudiant"),
    "last_name": _("Nom de naissance"),
    "usual_name": _("Nom d’usage"),
    "first_name": _("Prénom"),
    "other_names": _("Autres prénoms"),
    "email": _("Adresse électronique de l’école"),
    "birth_date": _("Date de naissance"),
    "level": _("Niveau"),
    "year_of_study": _("Année d’études"),
    "curriculum": _("Filière"),
    "scholarship": _("Boursier"),
}
REQUIRED: Final = ("number", "last_name", "first_name", "email")
# Titles without case, accents and marks, the surest first.
_TITLES: Final = {
    "number": "codetu numeroetudiant numetudiant numetu netudiant noetudiant codenip nip matricule idetudiant "
    "supannetuid studentnumber studentid numero",
    "last_name": "libnompatind nompatronymique nompat nomdenaissance nomnaissance nomdefamille nomfamille nom sn "
    "lastname surname familyname",
    "usual_name": "libnomusuind nomusuel nomdusage nomusage nommarital usualname",
    "first_name": "libpr1ind prenom1 prenom prenoms givenname firstname",
    "other_names": "libpr2ind prenom2 autresprenoms othernames",
    "email": "adrmail adrmailetu mailetu mailetudiant emailetudiant courrieletudiant mailinstitutionnel "
    "emailinstitutionnel courriel email mail adressemail adresseelectronique emailaddress",
    "birth_date": "datenaiind datenaissance datedenaissance neele datnai birthdate dateofbirth",
    "level": "codniv codcge niveau libniv codcyc cycle level",
    "year_of_study": "anneeetudes anneedetudes anneeetude anneecursus nbrinscyc yearofstudy annee",
    "curriculum": "codetp libetp libwebvet codeetape etape filiere formation specialite parcours coddip diplome "
    "curriculum programme",
    "scholarship": "temboursier boursier bourse codbrs scholarship",
}


def guess(titles: Sequence[str], remembered: Mapping[str, str]) -> dict[str, int]:
    """{field: index of its column}: as the school confirmed last time where that title is there, else by its name."""
    folded = [fold(title) for title in titles]
    found: dict[str, int] = {}
    for field, title in remembered.items():
        if field in LABELS and fold(title) in folded:
            found[field] = folded.index(fold(title))
    for field, names in _TITLES.items():
        taken = set(found.values())
        places = [folded.index(name) for name in names.split() if name in folded]
        free = [place for place in places if place not in taken]
        if field not in found and free:
            found[field] = free[0]
    return found
