"""What leaves as a table: always quoted, and never anything that a spreadsheet would calculate."""

import csv
from io import StringIO

from django.utils.translation import gettext as _

from aid_requests.models import RegisterImport, RegisterLine
from aid_requests.register.reasons import LINE

_CALCULATED = ("=", "+", "-", "@", "\t", "\r")


def quoted(value: object) -> str:
    """The text of a cell; an apostrophe stands before what a spreadsheet would take for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(_CALCULATED) else text


def faults_csv(row: RegisterImport) -> str:
    """The lines that were refused or parked, in the active language; with the mark by which Excel knows UTF-8."""
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow([quoted(_("Ligne")), quoted(_("Motif"))])
    lines = RegisterLine.objects.filter(register_import=row).exclude(reason="").order_by("number")
    for number, reason in lines.values_list("number", "reason").iterator(chunk_size=2000):
        writer.writerow([quoted(number), quoted(LINE[reason])])
    return "\ufeff" + buffer.getvalue()
