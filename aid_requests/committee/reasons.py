"""The grounds of a refusal or a redirection: coded, few, and each a sentence the student reads (CRPA L211-5)."""

from django.utils.translation import gettext_lazy as _

from aid_requests.models.decisions import VoteChoice
from fund.roles import StrOrPromise

REFUSALS: dict[str, StrOrPromise] = {
    "not_covered": _("La situation décrite n’entre dans aucun des cas que le barème prévoit."),
    "expense_not_shown": _("Les pièces jointes ne montrent pas la dépense que l’aide doit payer."),
    "change_not_shown": _("Les pièces jointes ne montrent pas le changement déclaré."),
    "contradiction": _("Les réponses et les pièces jointes ne disent pas la même chose."),
    "already_paid": _("Une autre aide a déjà payé la même dépense."),
    "out_of_period": _("Les faits sont hors de la période que le barème couvre."),
}
REDIRECTIONS: dict[str, StrOrPromise] = {
    "other_duty": _("Un autre organisme a la charge de ce besoin, et peut y répondre."),
    "better_elsewhere": _("Une autre aide répond mieux à cette situation que ce fonds."),
    "beyond_fund": _("Ce besoin dépasse ce que ce fonds peut faire ; d’autres peuvent l’accompagner."),
}
# Of each choice that must say why: what it may say, and what is said to whoever says nothing.
BY_CHOICE: dict[str, dict[str, StrOrPromise]] = {
    VoteChoice.REFUSE: REFUSALS,
    VoteChoice.REDIRECT: REDIRECTIONS,
}
REASON_MISSING: dict[str, StrOrPromise] = {
    VoteChoice.REFUSE: _("Choisissez le motif du refus : l’élève le lira."),
    VoteChoice.REDIRECT: _("Choisissez pourquoi vous réorientez : l’élève le lira."),
}
DOOR_MISSING = _("Choisissez vers qui vous réorientez : l’élève le lira.")
# What the rules make of a count where no vote gives a reason: an abstention, or a tie that they refuse.
NO_MAJORITY = "no_majority"
_BY_THE_RULES: dict[str, StrOrPromise] = {
    NO_MAJORITY: _("La demande n’a pas réuni la majorité que le règlement du comité demande."),
}
_ALL = {**REFUSALS, **REDIRECTIONS, **_BY_THE_RULES}


def sentences(codes: list[str]) -> list[str]:
    """The sentences of `codes`, in their order, in the active language. Raises KeyError for an unknown code."""
    return [str(_ALL[code]) for code in codes]
