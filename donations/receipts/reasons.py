"""What became of a gift, or of a donor's gifts of a year, when a receipt was to be made: a code, and its words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ISSUED = "issued"
OUTCOMES: dict[str, Promise] = {
    ISSUED: _("Reçus émis"),
    "no_address": _("Nom ou adresse incomplets"),
    "disputed": _("Don contesté à la banque, on attend l’issue"),
    "set_aside": _("Reçu annulé par une personne : à décider à la main"),
    "unwritable": _("Nom dans une écriture que le papier ne montre pas"),
    "erased": _("Donateur effacé"),
    "unexpected": _("Erreur imprévue, à signaler à l’administration"),
}


class NoReceipt(Exception):
    """No receipt can be made of these gifts; `code` is a key of OUTCOMES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
