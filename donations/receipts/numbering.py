"""Receipts' numbers: one row an issuer and year, locked by whoever takes the next one until the receipt is written.

The number, the receipt and its bytes are one transaction: a crash anywhere undoes all three, so that no number is
lost, given twice or given out of turn (failure 28). Whoever comes meanwhile waits for those few milliseconds.
"""

from django.db import transaction
from django.db.models import F

from donations.models import ReceiptCounter


def next_number(issuer: str, year: int) -> int:
    """The number of the receipt that is being written in the present transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A number needs the transaction of its receipt around it.")
    ReceiptCounter.objects.get_or_create(issuer=issuer, year=year)
    counter = ReceiptCounter.objects.filter(issuer=issuer, year=year)
    counter.update(last=F("last") + 1)  # locks the row
    return counter.values_list("last", flat=True).get()
