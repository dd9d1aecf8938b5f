"""Why a bank line is parked, in a sentence that says what to do."""

from django.utils.translation import gettext_lazy as _

PARKED = {
    "unread": _("Cette ligne n’a pas encore été lue."),
    "unknown_credit": _(
        "Aucun versement attendu ne correspond à cette entrée d’argent : cherchez qui l’a envoyée."
    ),
    "unknown_debit": _(
        "Aucun virement du fonds n’explique cette sortie d’argent : appelez la banque aujourd’hui. "
        "Si elle rend un don par chèque ou par virement, dites lequel sous « Virements reçus »."
    ),
    "unknown_return": _("La banque rend un virement que le fonds ne connaît pas : demandez-lui lequel."),
    "amount_differs": _(
        "Le montant n’est pas celui du virement qui porte cette référence : appelez la banque."
    ),
    "batch_amount": _(
        "Le total n’est pas celui du lot qui porte cette référence : demandez le détail à la banque."
    ),
    "batch_partly_settled": _(
        "Une partie de ce lot est déjà débitée ou n’est pas signée : demandez le détail à la banque."
    ),
    "debited_twice": _("Ce virement était déjà débité : la banque l’a peut-être payé deux fois, appelez-la."),
    "never_sent": _("Ce virement n’a jamais été signé, et la banque l’a débité : appelez-la aujourd’hui."),
    "debit_is_return": _("Ce débit est annoncé comme un retour : demandez à la banque ce qu’elle a repris."),
    "return_before_debit": _(
        "Ce retour est lu avant son débit : importez le relevé qui manque, il se rapprochera tout seul."
    ),
    "returned_twice": _("Ce virement était déjà revenu : demandez à la banque pourquoi elle le rend encore."),
    "not_marked_return": _(
        "Cette entrée porte la référence d’un virement, sans être un retour : demandez à la banque ce qu’elle est."
    ),
    "already_recorded": _(
        "Cet argent est déjà écrit au livre avec un autre contenu : comparez avec la banque avant de décider."
    ),
}

# No later statement or event can explain these: only a person can.
FINAL = frozenset(
    {"debited_twice", "returned_twice", "amount_differs", "batch_amount", "never_sent", "debit_is_return"}
)


def sentence(code: str) -> str:
    """The sentence of a reason; a code from elsewhere is shown as it is rather than hidden."""
    return str(PARKED.get(code, code))


MATCHED = {
    "order_debit": _("Virement débité"),
    "order_return": _("Virement revenu"),
    "batch_debit": _("Lot débité en une fois"),
    "payout": _("Versement du prestataire de paiement"),
    "transfer_gift": _("Don par virement"),
    "cheque_deposit": _("Remise de chèques"),
    "cheque_unpaid": _("Chèque impayé"),
    "gift_returned": _("Don rendu par la banque"),
}


def matched(kind: str) -> str:
    """What a matched line is; a kind registered elsewhere is shown by its code."""
    return str(MATCHED.get(kind, kind))


# ISO 20022 external return and reject codes, as the treasury reads them: what the bank says happened.
RETURNED = {
    "AC01": _("numéro de compte inconnu"),
    "AC03": _("numéro de compte inconnu"),
    "AC04": _("compte fermé"),
    "AC06": _("compte bloqué"),
    "AC13": _("type de compte refusé"),
    "AC14": _("type de compte refusé"),
    "AG01": _("ce compte ne reçoit pas de virements"),
    "AM05": _("paiement en double"),
    "BE04": _("adresse du titulaire manquante"),
    "CUST": _("rappelé à notre demande"),
    "DUPL": _("paiement en double"),
    "FOCR": _("rappelé à notre demande"),
    "MD07": _("titulaire décédé"),
    "MS02": _("refusé par le titulaire"),
    "MS03": _("sans motif donné"),
    "RR03": _("nom ou adresse manquants"),
    "RR04": _("raison réglementaire"),
}


def returned_because(code: str) -> str:
    """« compte fermé (AC04) »; a code without words says that the bank alone can explain it; "" without a code."""
    if not code:
        return ""
    return f"{RETURNED.get(code, _('motif à demander à la banque'))} ({code})"
