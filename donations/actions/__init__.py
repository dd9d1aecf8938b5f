"""The acts of this app, one module per matter: pledging and paying, what events say, fees, payouts,
refunds, disputes, monthly gifts, public words."""

from donations.actions.confirming import confirm_gift, fail_gift, wait_for_bank
from donations.actions.disputing import record_dispute
from donations.actions.fees import record_fee
from donations.actions.moderating import moderate_words
from donations.actions.paying import pay_again, start_payment
from donations.actions.payouts import claim_payout_line, record_payout
from donations.actions.pledging import Pledge, Words, pledge_gift
from donations.actions.receiving import receive_event
from donations.actions.refunding import record_refund

__all__ = [
    "Pledge",
    "Words",
    "claim_payout_line",
    "confirm_gift",
    "fail_gift",
    "moderate_words",
    "pay_again",
    "pledge_gift",
    "receive_event",
    "record_dispute",
    "record_fee",
    "record_payout",
    "record_refund",
    "start_payment",
    "wait_for_bank",
]
