"""A receipt read back: what it said, its frozen bytes, and the copy that is handed out of a void one."""

import hashlib

from donations.models import Receipt
from donations.receipts import drawing
from donations.receipts.facts import Facts, from_json
from fund import vault


def facts_of(receipt: Receipt) -> Facts:
    """What the receipt says. Raises vault.Erased once its keeping ended."""
    return from_json(vault.open_json_for(receipt.key, receipt.facts_sealed))


def frozen_pdf_of(receipt: Receipt) -> bytes:
    """The very bytes that were given. Raises vault.Erased, and vault.VaultError when they are not those any more."""
    pdf = vault.open_for(receipt.key, receipt.pdf_sealed)
    if hashlib.sha256(pdf).hexdigest() != receipt.pdf_sha256:
        raise vault.VaultError(f"Receipt {receipt.pk} is not as it was given.")
    return pdf


def handed_out_pdf_of(receipt: Receipt) -> bytes:
    """What a download gives: the same bytes each time (a duplicate), or « ANNULÉ » across a void one (failure 26)."""
    return drawing.draw_void_copy(facts_of(receipt)) if receipt.is_void else frozen_pdf_of(receipt)


def file_name_of(receipt: Receipt) -> str:
    """Of the number only: a file's name is seen by everybody."""
    return f"recu-{receipt.reference}{'-annule' if receipt.is_void else ''}.pdf"
