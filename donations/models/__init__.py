"""Money in: gifts, their tries to be paid, what was given back, and the inbox of the payment provider's events."""

from donations.models.gifts import Donor, Gift, GiftWords, MonthlyGift, PaymentAttempt
from donations.models.inbox import ProviderEvent
from donations.models.reversals import Dispute, Refund
from donations.models.teams import Team

__all__ = [
    "Dispute",
    "Donor",
    "Gift",
    "GiftWords",
    "MonthlyGift",
    "PaymentAttempt",
    "ProviderEvent",
    "Refund",
    "Team",
]
