"""Why a file or a line of it cannot be taken: codes that are kept, sentences that are shown."""

from typing import Final

from django.utils.translation import gettext_lazy as _

# The whole file.
FILE: Final = {
    "missing": _("Choisissez le fichier de la liste."),
    "empty": _("Ce fichier est vide."),
    "too_big": _("Ce fichier dépasse 20 Mo : une liste de 40 000 personnes en fait moins de dix."),
    "pdf": _("C’est un PDF. Exportez la liste en CSV depuis votre logiciel de scolarité."),
    "workbook": _("C’est un classeur. Ouvrez-le, puis enregistrez-le au format CSV."),
    "binary": _("Ce fichier n’est pas du texte. Exportez la liste en CSV."),
    "one_column": _(
        "Une seule colonne a été trouvée. Les colonnes se séparent par un point-virgule, une virgule ou une tabulation."
    ),
    "no_lines": _("Ce fichier n’a que sa ligne de titres."),
    "long_line": _("Une ligne est démesurée : un guillemet n’est sans doute pas refermé."),
    "not_decoded": _("Les accents de ce fichier ne se lisent pas ainsi : choisissez un autre codage."),
    "lost": _("Le fichier n’est plus là : envoyez-le de nouveau."),
}
# One line.
LINE: Final = {
    "columns": _("Le nombre de colonnes n’est pas celui des titres."),
    "number": _("Le numéro d’étudiant manque ou ne se lit pas."),
    "name": _("Ni nom ni prénom, ou un nom trop long."),
    "letters": _("Un caractère illisible ou invisible : le codage du fichier est peut-être un autre."),
    "email": _("L’adresse électronique manque ou ne se lit pas."),
    "email_domain": _("L’adresse n’est pas d’un domaine de l’école."),
    "birth_date": _("La date de naissance ne se lit pas."),
    "year_of_study": _("L’année d’études n’est pas un nombre de 1 à 9."),
    "scholarship": _("« Boursier » se dit oui ou non."),
    "long_words": _("Un niveau ou une filière de plus de 40 caractères."),
    "same_number": _("Plusieurs lignes portent ce numéro d’étudiant : aucune n’est prise."),
}


class FileFault(ValueError):
    """The file cannot be taken; `code` is a key of FILE, `line` where it was met. Holds nothing of what it says."""

    def __init__(self, code: str, line: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.line = line

    @property
    def message(self) -> str:
        return str(FILE[self.code])


class LineFault(ValueError):
    """The line cannot be taken; `code` is a key of LINE."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
