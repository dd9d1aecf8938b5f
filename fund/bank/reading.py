"""Any statement file in, statements out: the format is told from the content, never the name."""

import re
from typing import Final

from fund.bank.camt import MESSAGES, read_camt
from fund.bank.cfonb120 import read_cfonb120
from fund.bank.pain002 import MESSAGE as STATUS_REPORT
from fund.bank.statements import Statement, StatementError
from fund.bank.xml_tree import local_name, parse_message

MAX_BYTES: Final = 20 * 1024 * 1024
_BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CFONB120 = re.compile(rb"0[1457][0-9 ]{5}")
_CFONB240 = re.compile(rb"3[149][0-9 ]{5}")
_MT940 = re.compile(rb":20:|\{1:")


def read_statements(data: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[Statement, ...]:
    """Every statement of a camt.052, .053, .054 or CFONB 120 file, in its order.

    All or nothing: StatementError (code, message, place) refuses the whole file. A file that
    is read may still hold contradictions: see ``Statement.problems``.
    """
    if len(data) > max_bytes:
        raise StatementError("too_big")
    start = _start_of(data)
    if not start:
        raise StatementError("empty")
    if start.startswith((b"PK", b"\x1f\x8b")):
        raise StatementError("archive")
    if start.startswith(b"<"):
        return _read_xml(data)
    if _CFONB120.match(start):
        return read_cfonb120(data)
    if _CFONB240.match(start):
        raise StatementError("cfonb240")
    if _MT940.match(start):
        raise StatementError("mt940")
    raise StatementError("not_a_statement")


def _start_of(data: bytes) -> bytes:
    """The first bytes that say something, without byte order mark nor the zeros of UTF-16."""
    for mark in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            data = data[len(mark) :]
            break
    return data.lstrip(b" \t\r\n\x00")[:64].replace(b"\x00", b"")


def _read_xml(data: bytes) -> tuple[Statement, ...]:
    message = parse_message(data)
    name = local_name(message)
    if name in MESSAGES:
        return read_camt(message)
    raise StatementError("status_report" if name == STATUS_REPORT else "not_a_statement")
