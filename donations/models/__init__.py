"""Money in: gifts, their tries to be paid, what was given back, and the inbox of the payment provider's events."""

from donations.models.allocations import Allocation, MonthClosing, Telling
from donations.models.gifts import Donor, Gift, GiftWords, MonthlyGift, PaymentAttempt
from donations.models.giving import CardAlert, ChargeSignal, GivingSettings
from donations.models.inbox import ProviderEvent
from donations.models.matching import MatchingChange, MatchingOffer, MatchingShare, OfferPayment
from donations.models.monthly_changes import DonorErasure, MonthlyChange, PreferenceChoice
from donations.models.outside import Agreement, Cheque, Deposit, ExpectedTransfer, Instalment, TransferTie
from donations.models.provider import ComparisonFinding, ComparisonRun, ComparisonSwitch, DebitFailure
from donations.models.receipts import Receipt, ReceiptCounter, ReceiptLine, ReceiptRun, ReceiptVoid
from donations.models.returns import ReturnTie
from donations.models.reversals import Dispute, Refund
from donations.models.staff import RefundOrder
from donations.models.teams import Team, TeamText

__all__ = [
    "Agreement",
    "Allocation",
    "CardAlert",
    "ChargeSignal",
    "Cheque",
    "ComparisonFinding",
    "ComparisonRun",
    "ComparisonSwitch",
    "DebitFailure",
    "Deposit",
    "Dispute",
    "Donor",
    "DonorErasure",
    "ExpectedTransfer",
    "Gift",
    "GiftWords",
    "GivingSettings",
    "Instalment",
    "MatchingChange",
    "MatchingOffer",
    "MatchingShare",
    "MonthClosing",
    "MonthlyChange",
    "MonthlyGift",
    "OfferPayment",
    "PaymentAttempt",
    "PreferenceChoice",
    "ProviderEvent",
    "Receipt",
    "ReceiptCounter",
    "ReceiptLine",
    "ReceiptRun",
    "ReceiptVoid",
    "Refund",
    "RefundOrder",
    "ReturnTie",
    "Team",
    "TeamText",
    "Telling",
    "TransferTie",
]
