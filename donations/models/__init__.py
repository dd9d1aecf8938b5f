"""Money in: gifts, their tries to be paid, and the inbox of the payment provider's events."""

from donations.models.gifts import Donor, Gift, PaymentAttempt
from donations.models.inbox import ProviderEvent

__all__ = ["Donor", "Gift", "PaymentAttempt", "ProviderEvent"]
