"""The figures of a publication as a table for a spreadsheet: one line a figure, amounts in euros to the cent."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from fund.money import plain_euros
from reports.snapshot import AidFigures, Snapshot

Row = tuple[str, date, int, bool]
"""What, the day it is true at, cents or a count, whether it is money."""


def write_csv(snapshot: Snapshot, *, language: str) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read the accents; semicolons and decimal commas in French."""
    is_french = language == "fr"
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if is_french else ",", lineterminator="\r\n")
    with override(language):
        writer.writerow([_("Chiffre"), _("Au"), _("Valeur"), _("Unité")])
        for label, day, value, is_money in _rows(snapshot):
            amount = plain_euros(value) if is_money else str(value)
            writer.writerow(
                [
                    label,
                    day.isoformat(),
                    amount.replace(".", ",") if is_french else amount,
                    "EUR" if is_money else _("nombre"),
                ]
            )
    return text.getvalue().encode("utf-8-sig")


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    day = snapshot.gifts_as_of
    yield _("Objectif"), snapshot.closes_on, snapshot.goal_cents, True
    yield _("Reçu"), day, snapshot.raised_cents, True
    yield _("Frais"), day, snapshot.fees_cents, True
    yield _("Dons"), day, snapshot.gifts, False
    yield _("Donateurs"), day, snapshot.donors, False
    if snapshot.aid is not None:
        yield from _aid_rows(snapshot.aid)
    for step in snapshot.aid_steps:
        named = {"number": step.number}
        yield _("Versé, publication nº %(number)d") % named, step.as_of, step.given_cents, True
        yield _("Élèves aidés, publication nº %(number)d") % named, step.as_of, step.students_helped, False
    for gifts in snapshot.days:
        yield _("Reçu ce jour"), gifts.day, gifts.raised_cents, True


def _aid_rows(aid: AidFigures) -> Iterator[Row]:
    yield _("Versé aux élèves"), aid.as_of, aid.given_cents, True
    if aid.promised_cents is not None:
        yield _("Décidé, virement en cours"), aid.as_of, aid.promised_cents, True
    yield _("Élèves aidés"), aid.as_of, aid.students_helped, False
    yield _("Reçu, au jour des aides"), aid.as_of, aid.raised_cents, True
    yield _("Frais, au jour des aides"), aid.as_of, aid.fees_cents, True
    yield _("Dons contestés, au jour des aides"), aid.as_of, aid.open_disputes_cents, True
    if aid.left_cents is not None:
        yield _("Disponible"), aid.as_of, aid.left_cents, True
