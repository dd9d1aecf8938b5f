"""Gifts as a table for a spreadsheet, streamed line by line: it names nobody, by reference only.

French, as accounts are kept: semicolons, decimal commas, days of Paris, a mark of UTF-8 first. A cell that a
spreadsheet would take for a formula is written as text.
"""

import csv
from collections.abc import Iterator
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, LPad
from django.utils.translation import gettext, override

from donations.models import Gift, ReceiptLine
from donations.models.gifts import Channel, GiftState, GiverKind
from fund import clock
from fund.models import Pocket
from fund.money import plain_euros

COLUMNS = (
    "Don", "Promis le", "Encaissé le", "État", "Voie", "Moyen", "Donateur", "Chaque mois", "Poche", "Collecte",
    "Montant", "Rendu", "Contesté ou perdu", "Reste", "Reçu fiscal",
)  # fmt: skip
MEANS = {"card": "Carte", "sepa_debit": "Prélèvement"}
CHUNK = 2_000
MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


class _Line:
    """A file for `csv` that hands each line over instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(gifts: QuerySet[Gift]) -> Iterator[str]:
    """The lines of the table of `gifts` (rows of `register.gift_rows`), read from the database as they are sent."""
    writer = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    words = _Words()
    yield MARK + writer.writerow(COLUMNS)
    for row in _values(gifts).iterator(chunk_size=CHUNK):
        yield writer.writerow([_safe(cell) for cell in words.cells(row)])


def _values(gifts: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The oldest first, as one reads accounts; the number of the receipt that stands as « 2020-000123 »."""
    number = LPad(Cast("receipt__number", CharField()), 6, Value("0"))
    live = ReceiptLine.objects.filter(gift=OuterRef("pk"), is_live=True)
    named = live.annotate(name=Concat(Cast("receipt__year", CharField()), Value("-"), number))
    receipts = Coalesce(Subquery(named.values("name")[:1]), Value(""), output_field=CharField())
    return (
        gifts.annotate(receipt_number=receipts, team_slug=F("team__slug"))
        .order_by("dated_at", "pk")
        .values(
            "reference",
            "created_at",
            "succeeded_at",
            "state",
            "channel",
            "paid_with",
            "giver_kind",
            "monthly_id",
            "pocket_id",
            "team_slug",
            "amount_cents",
            "refunded_cents",
            "disputed_cents",
            "kept_cents",
            "receipt_number",
        )
    )


class _Words:
    """The labels, in French whoever asks, read once before the first line goes out."""

    def __init__(self) -> None:
        with override("fr"):
            self.states = {state.value: str(state.label) for state in GiftState}
            self.channels = {channel.value: str(channel.label) for channel in Channel}
            self.kinds = {kind.value: str(kind.label) for kind in GiverKind}
            self.pockets = {pocket.pk: gettext(pocket.name) for pocket in Pocket.objects.order_by("pk")}

    def cells(self, row: dict[str, Any]) -> list[str]:
        """One gift, cell by cell."""
        came = row["succeeded_at"]
        return [
            row["reference"],
            clock.paris_date(row["created_at"]).isoformat(),
            clock.paris_date(came).isoformat() if came is not None else "",
            self.states[row["state"]],
            self.channels[row["channel"]],
            MEANS.get(row["paid_with"], row["paid_with"]),
            self.kinds[row["giver_kind"]],
            "oui" if row["monthly_id"] else "non",
            self.pockets[row["pocket_id"]],
            row["team_slug"] or "",
            _euros(row["amount_cents"]),
            _euros(row["refunded_cents"]),
            _euros(row["disputed_cents"]),
            _euros(row["kept_cents"]),
            row["receipt_number"],
        ]


def _euros(cents: int) -> str:
    return plain_euros(cents).replace(".", ",")


def _safe(cell: str) -> str:
    """Text that begins like a formula gets an apostrophe, which a spreadsheet reads as « this is text »."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
