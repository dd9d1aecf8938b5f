"""The way to the provider's page where the card of a monthly gift is replaced; nothing is written here."""

from django.utils.translation import gettext_lazy as _

from donations import giving_rules, stripe_subscriptions
from donations.models import MonthlyGift
from donations.monthly_rules import RUNNING
from donations.stripe_subscriptions import ProviderRefused
from fund.roles import Refusal, Refused, demand


def open_card_page(*, monthly: MonthlyGift, back: str, language: str) -> str:
    """An address that serves once, for minutes. Raises Refused (also while cards are tried), ProviderUnavailable."""
    demand(giving_rules.cards_may_be_tried())
    if not monthly.subscription_id or monthly.state not in RUNNING:
        raise Refused(Refusal("not_running", _("Ce don mensuel n’a pas de moyen de paiement à changer.")))
    try:
        return stripe_subscriptions.card_page(monthly.subscription_id, back=back, language=language)
    except ProviderRefused:
        sentence = _("Notre prestataire de paiement n’ouvre pas cette page. Écrivez-nous.")
        raise Refused(Refusal("provider", sentence)) from None
