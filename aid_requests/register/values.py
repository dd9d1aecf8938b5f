"""The levels, years and curricula that a file names, to choose from when inviting: sealed, because a column that was
named wrongly would put people's names here."""

import json
from collections.abc import Mapping
from typing import Final

from aid_requests.models import RegisterImport
from fund import vault

NAMES: Final = ("level", "year_of_study", "curriculum")
MOST: Final = 200


def values_of(row: RegisterImport) -> dict[str, list[str]]:
    return dict(json.loads(vault.open_text(row.values_sealed))) if row.values_sealed else {}


def with_values(row: RegisterImport, found: Mapping[str, set[str]]) -> str:
    """The ciphertext to keep: what was there and what these lines name, at most MOST of a kind."""
    known = values_of(row)
    told = {name: sorted(set(known.get(name, ())) | found[name])[:MOST] for name in found}
    return vault.seal_text(json.dumps(told, ensure_ascii=False))
