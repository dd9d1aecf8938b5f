"""The grounds on which an aid can be refused: coded, few, and each a sentence the student reads (CRPA L211-5)."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "not_covered": _("La situation décrite n’entre dans aucun des cas que le barème prévoit."),
    "expense_not_shown": _("Les pièces jointes ne montrent pas la dépense que l’aide doit payer."),
    "change_not_shown": _("Les pièces jointes ne montrent pas le changement déclaré."),
    "contradiction": _("Les réponses et les pièces jointes ne disent pas la même chose."),
    "already_paid": _("Une autre aide a déjà payé la même dépense."),
    "out_of_period": _("Les faits sont hors de la période que le barème couvre."),
}


def sentences(codes: list[str]) -> list[str]:
    """The sentences of `codes`, in their order, in the active language. Raises KeyError for an unknown code."""
    return [str(REFUSALS[code]) for code in codes]
