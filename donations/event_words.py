"""The provider's event types in words: what happened, for a person who does not know the provider's names."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_EXACT = {
    "checkout.session.completed": gettext_lazy("Page de paiement terminée"),
    "checkout.session.async_payment_succeeded": gettext_lazy("Paiement différé arrivé"),
    "checkout.session.async_payment_failed": gettext_lazy("Paiement différé échoué"),
    "checkout.session.expired": gettext_lazy("Page de paiement laissée"),
    "payment_intent.succeeded": gettext_lazy("Paiement arrivé"),
    "payment_intent.processing": gettext_lazy("Paiement en cours"),
    "payment_intent.payment_failed": gettext_lazy("Paiement échoué"),
    "payment_intent.canceled": gettext_lazy("Paiement annulé"),
    "payment_intent.created": gettext_lazy("Paiement commencé"),
    "charge.succeeded": gettext_lazy("Carte débitée"),
    "charge.updated": gettext_lazy("Frais du paiement connus"),
    "charge.refunded": gettext_lazy("Paiement remboursé"),
    "charge.failed": gettext_lazy("Paiement refusé ou repris"),
    "invoice.paid": gettext_lazy("Mois d’un don mensuel payé"),
    "invoice_payment.paid": gettext_lazy("Mois d’un don mensuel payé"),
    "invoice.payment_failed": gettext_lazy("Mois d’un don mensuel échoué"),
    "invoice.voided": gettext_lazy("Mois d’un don mensuel annulé"),
    "invoice.marked_uncollectible": gettext_lazy("Mois d’un don mensuel abandonné"),
    "invoice.overpaid": gettext_lazy("Mois d’un don mensuel payé en trop"),
    "customer.subscription.deleted": gettext_lazy("Don mensuel arrêté"),
    "customer.subscription.updated": gettext_lazy("Don mensuel changé"),
    "payout.paid": gettext_lazy("Versement arrivé à la banque"),
    "payout.created": gettext_lazy("Versement annoncé"),
    "payout.failed": gettext_lazy("Versement échoué"),
    "payout.canceled": gettext_lazy("Versement annulé"),
    "charge.dispute.created": gettext_lazy("Contestation ouverte"),
    "charge.dispute.closed": gettext_lazy("Contestation close"),
    "charge.dispute.funds_withdrawn": gettext_lazy("Contestation : argent repris"),
    "charge.dispute.funds_reinstated": gettext_lazy("Contestation : argent rendu"),
}
_FAMILIES = (
    ("charge.dispute.", gettext_lazy("Contestation")),
    ("refund.", gettext_lazy("Remboursement")),
    ("charge.refund.", gettext_lazy("Remboursement")),
    ("checkout.session.", gettext_lazy("Page de paiement")),
    ("payment_intent.", gettext_lazy("Paiement")),
    ("charge.", gettext_lazy("Paiement")),
    ("invoice", gettext_lazy("Facture d’un don mensuel")),
    ("customer.subscription.", gettext_lazy("Don mensuel")),
    ("payout.", gettext_lazy("Versement du prestataire")),
    ("radar.early_fraud_warning.", gettext_lazy("Soupçon de fraude")),
    ("payment_method.", gettext_lazy("Moyen de paiement")),
    ("setup_intent.", gettext_lazy("Moyen de paiement")),
    ("billing_portal.", gettext_lazy("Moyen de paiement")),
    ("mandate.", gettext_lazy("Moyen de paiement")),
)


def event_words(event_type: str) -> str:
    """What an event is about, in the active language; a type of no known family says so."""
    if event_type in _EXACT:
        return str(_EXACT[event_type])
    family = next((words for start, words in _FAMILIES if event_type.startswith(start)), None)
    return str(family) if family is not None else _("Autre message du prestataire")
