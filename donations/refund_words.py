"""What became of a refund asked of the provider: a code on the row, a sentence with what to do for people."""

from django.utils.translation import gettext_lazy as _

NO_ANSWER, BROKE = "no_answer", "broke"

PROBLEMS = {
    NO_ANSWER: _(
        "Le prestataire n’a pas répondu. La demande sera renvoyée toute seule, sans risque de rembourser deux fois."
    ),
    BROKE: _(
        "Le prestataire a eu une panne. Nous regarderons d’abord s’il a remboursé, puis la demande sera renvoyée."
    ),
    "already_refunded": _(
        "Le prestataire dit que ce paiement est déjà remboursé. Attendez son événement, ou faites-le renvoyer."
    ),
    "disputed": _(
        "Ce paiement est contesté à la banque : répondez à la contestation, ne remboursez pas en plus."
    ),
    "too_much": _(
        "Le prestataire a moins à rendre que le montant demandé : comparez ce paiement chez lui et ici."
    ),
    "no_balance": _(
        "Il n’y a pas assez d’argent chez le prestataire pour rembourser. Attendez d’autres dons, puis redemandez."
    ),
    "unknown_payment": _(
        "Le prestataire ne connaît pas ce paiement : vérifiez ses clés avec l’administration."
    ),
    "other": _("Le prestataire refuse ce remboursement. Regardez ce paiement dans son tableau de bord."),
}


def problem_words(code: str) -> str:
    """The sentence of a code; empty when all goes well."""
    return str(PROBLEMS.get(code, PROBLEMS["other"])) if code else ""
