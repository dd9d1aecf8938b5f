"""What `check_ledger` proves about receipts. Each sentence is one broken promise, in ids and cents."""

import hashlib
from collections.abc import Iterator

from django.db.models import Count, Max, Min, Q, Sum

from donations.models import Receipt, ReceiptCounter, ReceiptLine
from donations.receipts import queries
from fund import guards, registry, vault

_CHUNK = 200


def register() -> None:
    """The checks, and what the database itself refuses: receipts and ends are only added, a line only ends."""
    guards.keep_append_only("donations_receipt", "donations_receiptvoid")
    written = ("receipt_id", "gift_id", "amount_cents", "received_on")
    guards.keep_frozen(guards.Frozen("donations_receiptline", written))
    guards.keep_frozen(guards.Frozen("donations_receiptline", ("is_live",), "NOT OLD.is_live"))
    guards.keep_frozen(guards.Frozen("donations_receiptcounter", ("issuer", "year")))
    registry.register_check("receipt_numbers", numbers_have_no_hole)
    registry.register_check("receipt_amounts", receipts_say_what_stands)
    registry.register_check("receipt_gifts", a_gift_is_on_one_live_receipt)
    registry.register_check("receipt_bytes", receipts_are_as_they_were_given)


def numbers_have_no_hole() -> Iterator[str]:
    """Per issuer and year the numbers are 1, 2, 3 … up to what the counter says, void ones included."""
    counters = {(row.issuer, row.year): row.last for row in ReceiptCounter.objects.order_by("pk")}
    told = Receipt.objects.values("issuer", "year").annotate(
        count=Count("pk"), first=Min("number"), last=Max("number")
    )
    found = {(row["issuer"], row["year"]): row for row in told.order_by("issuer", "year")}
    for key in sorted({*counters, *found}):
        row, counted = found.get(key), counters.get(key, 0)
        if row is None:
            if counted:
                yield f"receipts {key[0]} {key[1]}: the counter is at {counted}, there is no receipt."
        elif (row["first"], row["last"], row["count"]) != (1, counted, counted):
            yield (
                f"receipts {key[0]} {key[1]}: {row['count']} numbers from {row['first']} to {row['last']}, "
                f"the counter is at {counted}."
            )


def receipts_say_what_stands() -> Iterator[str]:
    """A receipt is the sum of its lines; a live line says what is left of its gift, and its receipt is not void."""
    sums = Receipt.objects.annotate(told=Sum("lines__amount_cents"))
    for receipt in sums.order_by("pk").only("pk", "amount_cents").iterator(chunk_size=_CHUNK):
        if receipt.told != receipt.amount_cents:
            yield f"receipt {receipt.pk}: {receipt.amount_cents} cents, its lines say {receipt.told}."
    wrong = ReceiptLine.objects.filter(Q(is_live=True) ^ Q(receipt__void=None)).order_by("receipt")
    for pk in wrong.values_list("receipt", flat=True).distinct():
        yield f"receipt {pk}: void and its lines disagree."
    live = ReceiptLine.objects.filter(is_live=True).select_related("gift").order_by("pk")
    for line in live.iterator(chunk_size=_CHUNK):
        cents = queries.certifiable_cents(line.gift)
        if line.amount_cents != cents:
            yield f"receipt {line.receipt_id}: {line.amount_cents} cents of gift {line.gift_id}, {cents} stand."


def a_gift_is_on_one_live_receipt() -> Iterator[str]:
    """Held by a unique index too; proved on the rows as they are."""
    twice = ReceiptLine.objects.filter(receipt__void=None).values("gift").annotate(count=Count("pk"))
    for row in twice.filter(count__gt=1).order_by("gift"):
        yield f"gift {row['gift']}: on {row['count']} live receipts."


def receipts_are_as_they_were_given() -> Iterator[str]:
    """The kept bytes are those whose SHA-256 was written; one whose keeping ended (its key erased) is passed over."""
    rows = Receipt.objects.select_related("key").order_by("pk")
    for receipt in rows.only("pk", "pdf_sealed", "pdf_sha256", "key").iterator(chunk_size=_CHUNK):
        try:
            pdf = vault.open_for(receipt.key, receipt.pdf_sealed)
        except vault.Erased:
            continue
        except vault.VaultError:
            yield f"receipt {receipt.pk}: its bytes cannot be read."
            continue
        if hashlib.sha256(pdf).hexdigest() != receipt.pdf_sha256:
            yield f"receipt {receipt.pk}: its bytes are not those that were given."
