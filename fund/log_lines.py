"""Lines of the log without the keys that stand in addresses.

A gift, a receipt, a monthly gift are opened by an address that nobody can guess, and Django writes the address of
every refused request down: a wrong amount sent to the page of a monthly gift would leave, in the log, the link that
changes it. Whoever reads the log need not be able to.
"""

import logging
import re
from typing import Any

HIDDEN = "…"
_WRITE_ADDRESSES = ("django.request", "django.security", "django.server")
# A part of an address that long is a token or a signature; references, numbers and words of ours are shorter.
_KEY = re.compile(r"(?<=/)[^/\s?\"]{20,}")


class WithoutKeys(logging.Filter):
    """Cuts long parts out of the addresses that the framework logs. Never drops a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(_WRITE_ADDRESSES) and isinstance(record.args, tuple):
            record.args = tuple(_cut(value) for value in record.args)
        return True


def _cut(value: Any) -> Any:
    return _KEY.sub(HIDDEN, value) if isinstance(value, str) else value
