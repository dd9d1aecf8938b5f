"""Why an event was parked and what was noted about one acted on: a code for rows and tests, a sentence for people."""

from django.utils.translation import gettext_lazy as _

from donations.models import Gift

REASONS = {
    "not_an_event": _(
        "Ce message est bien signé, mais ce n’est pas un événement. Regardez chez le prestataire qui l’envoie."
    ),
    "livemode": _(
        "Cet événement vient d’un autre environnement (essai ou réel). Vérifiez les clés avant de vous y fier."
    ),
    "unknown_gift": _(
        "Aucun don ne correspond. Retrouvez ce paiement chez le prestataire : il a pu être fait hors de ce site."
    ),
    "gift_mismatch": _(
        "Le paiement et la référence désignent deux dons différents. Comparez-les chez le prestataire."
    ),
    "amount_mismatch": _(
        "Le montant payé n’est pas celui du don. Rien n’a été compté : comparez chez le prestataire."
    ),
    "currency_mismatch": _("La devise n’est pas l’euro. Rien n’a été compté : regardez chez le prestataire."),
    "no_payment": _("Cette page de paiement s’est terminée sans paiement. Regardez-la chez le prestataire."),
    "payout_amount": _(
        "Le prestataire annonce un versement d’un montant nul ou négatif : voyez avec lui ce qu’il reprend."
    ),
    "payout_too_large": _(
        "Ce versement dépasse ce que le prestataire nous doit selon le grand livre. Il manque sans doute des dons."
    ),
    "cause_conflict": _("Ce fait est déjà dans le grand livre avec un autre contenu. Rien n’a été changé."),
    "refund_amount": _("Ce remboursement n’a pas de montant lisible. Rien n’a été compté."),
    "refund_too_large": _(
        "Ce remboursement dépasse ce qui reste du don. Rien n’a été compté : comparez chez le prestataire."
    ),
    "refund_to_come": _(
        "Le prestataire annonce un remboursement sans le détailler. Il sera compté par son propre événement ; "
        "s’il ne vient pas, faites-le renvoyer."
    ),
    "dispute_amount": _("Cette contestation n’a pas de montant lisible. Rien n’a été compté."),
    "dispute_too_large": _(
        "Cette contestation dépasse ce qui reste du don. Rien n’a été compté : comparez chez le prestataire."
    ),
    "dispute_status": _(
        "L’état de cette contestation n’est pas connu ici. Rien n’a été compté : regardez chez le prestataire."
    ),
    "dispute_changed": _(
        "Cette contestation était close et le prestataire en change l’issue. Rien n’a été changé : voyez avec lui."
    ),
    "unknown_subscription": _(
        "Aucun don mensuel ne correspond à cet abonnement. Il a pu être fait hors de ce site."
    ),
    "unknown_invoice": _(
        "Aucun don mensuel ne correspond à cette facture. Elle a pu être faite hors de ce site."
    ),
    "payout_received": _(
        "Le prestataire dit que ce versement n’est pas arrivé, mais un relevé de la banque l’a reçu. Comparez les deux."
    ),
    "undone_too_large": _(
        "La banque a repris ce prélèvement, mais une part du don était déjà rendue ou contestée. Le reste du don est "
        "défait ; cette part a pu partir deux fois : voyez avec le prestataire."
    ),
    "overpaid": _("Plus que le montant du mois est arrivé. Rien n’a été compté : décidez avec le donateur."),
    "payout_not_handled": _(
        "Ce changement d’un versement n’est pas encore écrit tout seul. Comparez avec le relevé de la banque."
    ),
    "not_handled": _("Ce type d’événement n’est pas traité par cette version."),
    "unexpected": _(
        "Une erreur imprévue a empêché le traitement. Rien n’a été compté ; prévenez l’administration."
    ),
}

NOTES = {
    "information": _("Simple information : il n’y avait rien à faire."),
    "already_known": _("Ce fait était déjà compté. Rien n’a été ajouté."),
    "overtaken": _("Un événement plus récent, ou un autre essai de paiement, avait déjà dit la suite."),
    "invoice_tells": _("C’est le paiement d’un don mensuel : la facture du mois le compte, une seule fois."),
    "undone": _("La banque a repris ce prélèvement : le don est défait, et ses frais restent payés."),
    "dispute_tells": _("La contestation de ce paiement avait déjà repris l’argent. Rien n’a été ajouté."),
    "paid_again": _("La banque avait repris le premier prélèvement : ce nouveau paiement est compté à part."),
    "fraud_warning": _(
        "Sa banque soupçonne une fraude. Si le doute est fondé, remboursez ce don avant qu’il soit contesté."
    ),
    "no_money": _(
        "Ce paiement n’a pas abouti, ou pas encore, et ne nomme aucun don : il n’y avait rien à compter."
    ),
    "paid_twice": _(
        "Ce don a été payé deux fois : le second paiement est compté à part. Proposez au donateur de le rembourser."
    ),
}


class EventParked(Exception):
    """This event cannot be acted on. `reason` is a code of REASONS; `gift` the gift it speaks of, when known.

    `waits_for` is the provider's id that, once known here, lets the event be acted on.
    """

    def __init__(self, reason: str, gift: Gift | None = None, *, waits_for: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.gift = gift
        self.waits_for = waits_for


def sentence_of(reason: str, note: str) -> str:
    """What a person reads about an event: why it is parked, else what was noted, else that all went well.

    An unexpected error keeps the class of the error behind its code: « unexpected: KeyError ».
    """
    if reason:
        return str(REASONS.get(reason.partition(":")[0], REASONS["not_handled"]))
    return str(NOTES.get(note, _("Traité : le don et le grand livre sont à jour.")))
