"""The acts of this app, one module per matter: pledging and paying, what events say, fees, payouts."""

from donations.actions.confirming import confirm_gift, fail_gift, wait_for_bank
from donations.actions.fees import record_fee
from donations.actions.paying import pay_again, start_payment
from donations.actions.payouts import claim_payout_line, record_payout
from donations.actions.pledging import Pledge, pledge_gift
from donations.actions.receiving import receive_event

__all__ = [
    "Pledge",
    "claim_payout_line",
    "confirm_gift",
    "fail_gift",
    "pay_again",
    "pledge_gift",
    "receive_event",
    "record_fee",
    "record_payout",
    "start_payment",
    "wait_for_bank",
]
