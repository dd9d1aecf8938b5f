"""Reading the banks' XML: hardened parsing, then by local names.

Namespaces differ by version and by bank, and some files have none: only local names count.
Every helper stops at the first child it looks for, so a file is walked a constant number
of times whatever its length.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from lxml import etree

from fund.bank.amounts import AmountError, cents_from_decimal
from fund.bank.statements import StatementError

Element = Any  # lxml ships no types
_PARIS: Final = ZoneInfo("Europe/Paris")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_NO_REFERENCE: Final = frozenset({"NOTPROVIDED", "NONREF", "NOREF"})


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the reader stands, counted from 1, for the place in an error."""

    statement: int
    entry: int | None = None

    def at(self, element: Element) -> str:
        """ "relevé 1, écriture 3, Amt, ligne 57"."""
        where = _("relevé %(statement)d") % {"statement": self.statement}
        if self.entry is not None:
            where += ", " + _("écriture %(entry)d") % {"entry": self.entry}
        line = _("ligne %(line)d") % {"line": element.sourceline or 0}
        return f"{where}, {local_name(element)}, {line}"


def parse_message(data: bytes) -> Element:
    """The first element under Document: the message itself. Raises StatementError.

    Any DOCTYPE is refused, so that neither an external entity nor an entity bomb is ever
    opened; nothing is fetched from the network.
    """
    if b"<!DOCTYPE" in data.replace(b"\x00", b""):
        raise StatementError("document_type")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = getattr(error, "lineno", None)
        raise StatementError("ill_formed", _("ligne %(line)d") % {"line": line} if line else "") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise StatementError("document_type")
    if local_name(root) != "Document" or not len(root):
        raise StatementError("not_a_statement")
    return root[0]


def message_version(message: Element) -> str:
    """ "camt.053.001.02" from the namespace, or ``""`` when there is none."""
    namespace = etree.QName(message).namespace or ""
    return namespace.rsplit(":", 1)[-1]


def local_name(element: Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element, name: str) -> list[Element]:
    """All the children called ``name`` in any namespace or none, in one pass."""
    return list(element.iterchildren(f"{{*}}{name}"))


def child(element: Element, *path: str) -> Element | None:
    """The first element at ``path`` under ``element``, or None."""
    for name in path:
        element = next(element.iterchildren(f"{{*}}{name}"), None)
        if element is None:
            return None
    return element


def text(element: Element, *path: str) -> str:
    """The text at ``path``, without outer space; ``""`` when absent or empty."""
    node = child(element, *path)
    return "" if node is None else (node.text or "").strip()


def first_text(element: Element, *paths: tuple[str, ...]) -> str:
    """The first text that is not empty among ``paths``."""
    return next((found for path in paths if (found := text(element, *path))), "")


def reference(element: Element, *path: str) -> str:
    """A reference at ``path``; the words banks write for "none" give ``""``."""
    found = text(element, *path)
    return "" if found.upper() in _NO_REFERENCE else found


def money(element: Element, spot: Spot) -> tuple[int, str]:
    """(smallest units, currency) of an Amt-like element, never negative. Raises StatementError."""
    currency = (element.get("Ccy") or "").strip()
    try:
        return cents_from_decimal(element.text or "", currency), currency
    except AmountError as error:
        raise StatementError(error.code, spot.at(element)) from None


def direction(element: Element, spot: Spot) -> int:
    """+1 for CRDT, -1 for DBIT. Raises StatementError when absent or anything else."""
    node = child(element, "CdtDbtInd")
    word = "" if node is None else (node.text or "").strip()
    if word not in ("CRDT", "DBIT"):
        raise StatementError("direction", spot.at(element if node is None else node))
    return 1 if word == "CRDT" else -1


def day(element: Element, spot: Spot, *path: str) -> date | None:
    """The date of a Dt/DtTm choice at ``path``; None when absent. Raises StatementError.

    A date keeps the day the bank wrote; an instant becomes its Paris date (failure 30), and
    an instant without offset is taken as the bank's local time.
    """
    parent = child(element, *path)
    if parent is None:
        return None
    node = child(parent, "Dt")
    if node is None:
        node = child(parent, "DtTm")
    if node is None:
        return None
    written = (node.text or "").strip()
    try:
        plain = _DATE.fullmatch(written)
        if plain is not None:
            return date.fromisoformat(plain.group(1))
        instant = datetime.fromisoformat(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", written))
    except ValueError:
        raise StatementError("date", spot.at(node)) from None
    return (instant if instant.tzinfo is None else instant.astimezone(_PARIS)).date()


def number(element: Element, spot: Spot, *path: str) -> int | None:
    """A count at ``path`` ("00000001" is 1); None when absent. Raises StatementError."""
    node = child(element, *path)
    if node is None:
        return None
    written = (node.text or "").strip()
    if not re.fullmatch(r"[0-9]{1,15}", written):
        raise StatementError("number", spot.at(node))
    return int(written)
