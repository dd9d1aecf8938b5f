"""An antivirus, where the operator runs one: clamd, asked over its INSTREAM command, outside any transaction.

A file that could not be scanned is refused with a sentence and not kept: nobody ever opens an unchecked one.
"""

import logging
import socket
from typing import Final

from django.conf import settings

from aid_requests.documents.faults import DocumentError

logger = logging.getLogger(__name__)
_SECONDS: Final = 20
_CHUNK: Final = 64 * 1024
_LONGEST_ANSWER: Final = 4096


def demand_clean(data: bytes) -> None:
    """Raises DocumentError "infected", or "not_scanned" when the scanner is silent; nothing without a scanner."""
    if not settings.CLAMD:
        return
    try:
        answer = _answer(data)
    except OSError as error:
        logger.warning("the antivirus did not answer: %s", type(error).__name__)
        raise DocumentError("not_scanned") from error
    if answer.endswith(b" FOUND"):
        logger.warning("the antivirus refused a paper of %s bytes", len(data))
        raise DocumentError("infected")
    if answer != b"stream: OK":
        logger.warning("the antivirus gave no verdict")
        raise DocumentError("not_scanned")


def _answer(data: bytes) -> bytes:
    """clamd's verdict: « stream: OK », « stream: <name> FOUND », or an error. Raises OSError."""
    with _connection() as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), _CHUNK):
            part = data[start : start + _CHUNK]
            line.sendall(len(part).to_bytes(4, "big") + part)
        line.sendall(bytes(4))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
            part = line.recv(_LONGEST_ANSWER)
            if not part:
                break
            answer += part
    return answer.rstrip(b"\0\n")


def _connection() -> socket.socket:
    """To settings.CLAMD: the path of a local socket, or « host:port »."""
    where = settings.CLAMD
    if where.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(_SECONDS)
        try:
            line.connect(where)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = where.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_SECONDS)
