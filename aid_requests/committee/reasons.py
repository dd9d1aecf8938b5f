"""The grounds of a refusal, a redirection or an adjournment: coded, few, each a sentence the student reads (L211-5)."""

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
# What is missing when the committee puts a file off; the student may bring it, in words or as a paper.
ADJOURNMENTS: dict[str, StrOrPromise] = {
    "facts": _("Il manque une précision sur ce qui vous est arrivé, et quand."),
    "expense": _("Il manque de quoi comprendre la dépense que l’aide doit payer."),
    "resources": _("Il manque de quoi comprendre ce qu’il vous reste pour vivre."),
    "other_aid": _("Il manque la réponse d’une autre aide que vous avez demandée."),
    "advice": _("Le comité demande un avis avant de décider : vous n’avez rien à envoyer."),
}
# Why whoever signs departs from the committee's opinion.
DEPARTURES: dict[str, StrOrPromise] = {
    "schedule": _("Le barème demande une autre décision que l’avis du comité."),
    "new_fact": _("Un fait connu après l’avis du comité change la décision."),
    "equal_cases": _("Des demandes semblables ont reçu une autre réponse."),
}
# Of each choice that must say why: what it may say, and what is said to whoever says nothing.
BY_CHOICE: dict[str, dict[str, StrOrPromise]] = {
    VoteChoice.REFUSE: REFUSALS,
    VoteChoice.REDIRECT: REDIRECTIONS,
    VoteChoice.ADJOURN: ADJOURNMENTS,
}
REASON_MISSING: dict[str, StrOrPromise] = {
    VoteChoice.REFUSE: _("Choisissez le motif du refus : l’élève le lira."),
    VoteChoice.REDIRECT: _("Choisissez pourquoi vous réorientez : l’élève le lira."),
    VoteChoice.ADJOURN: _("Choisissez ce qui manque : l’élève le lira."),
}
DOOR_MISSING = _("Choisissez vers qui vous réorientez : l’élève le lira.")
PAPER_MISSING = _("Choisissez la pièce que l’élève doit apporter.")
# What the rules make of a count where no vote gives a reason: an abstention, a tie, an end date that came too soon.
NO_MAJORITY = "no_majority"
TIED = "tied"
TOO_FEW = "too_few"
PAPER_NOT_BROUGHT = "paper_not_brought"
_BY_THE_RULES: dict[str, StrOrPromise] = {
    TIED: _("Les voix se sont partagées : le comité relit votre demande."),
    TOO_FEW: _(
        "Trop peu de membres ont voté dans le même sens avant la date de fin : le comité relit votre demande."
    ),
    PAPER_NOT_BROUGHT: _("La pièce demandée n’est pas arrivée dans le délai, ou ne convenait pas."),
    NO_MAJORITY: _("La demande n’a pas réuni la majorité que le règlement du comité demande."),
}
_ALL = {**REFUSALS, **REDIRECTIONS, **ADJOURNMENTS, **DEPARTURES, **_BY_THE_RULES}


def sentences(codes: list[str]) -> list[str]:
    """The sentences of `codes`, in their order, in the active language. Raises KeyError for an unknown code."""
    return [str(_ALL[code]) for code in codes]
