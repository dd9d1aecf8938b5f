"""Why a file cannot be taken: a code for tests and logs, a sentence for the person."""

from typing import Final

from django.utils.translation import gettext_lazy as _

MESSAGES: Final = {
    "empty": _("Ce fichier est vide : choisissez-le de nouveau."),
    "too_big": _("Ce fichier dépasse 8 Mo : une photo nette ou un PDF de quelques pages suffit."),
    "too_much": _("Ces fichiers dépassent 64 Mo ensemble : envoyez-les en plusieurs fois."),
    "not_a_pdf": _("Ce fichier n’est pas un PDF lisible. Une photo nette suffit."),
    "locked_pdf": _("Ce PDF demande un mot de passe : envoyez-le sans mot de passe, ou une photo nette."),
    "active_pdf": _(
        "Ce PDF contient un programme ou un autre fichier. Imprimez-le en PDF, ou envoyez une photo nette."
    ),
    "long_pdf": _("Ce PDF a plus de cent pages : envoyez celles qui comptent."),
    "not_an_image": _("Cette image ne peut pas être lue. Reprenez la photo, ou envoyez une capture d’écran."),
    "huge_image": _("Cette image est trop grande pour être lue. Reprenez la photo en plus petit."),
    "unknown": _(
        "Ce fichier n’est ni un PDF ni une photo. Envoyez un PDF, une photo ou une capture d’écran."
    ),
    "infected": _("L’antivirus refuse ce fichier. Envoyez plutôt une photo nette du papier."),
    "not_scanned": _(
        "Ce fichier n’a pas pu être vérifié par l’antivirus, et n’est pas gardé. Renvoyez-le dans quelques minutes."
    ),
    "missing": _("Choisissez un fichier à envoyer."),
    "too_many": _("Trente pièces au plus par demande : retirez-en une pour en ajouter une autre."),
}


class DocumentError(ValueError):
    """The file cannot be taken; `code` is a key of MESSAGES. Neither text holds the file's name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def message(self) -> str:
        return str(MESSAGES[self.code])
