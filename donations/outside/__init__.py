"""Gifts that come outside the payment provider: cheques, transfers to the bank account, agreements with companies."""
