"""What a publication says, as plain data: no database, no clock, the same bytes for ever.

Amounts are integer euro cents, dates are Paris days. `to_json` is canonical (sorted keys, no spaces, integers, ISO
dates, UTF-8 as it is): the hash of a publication is the SHA-256 of exactly these bytes.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

SCHEMA = 1  # raised when a field changes its meaning


@dataclass(frozen=True)
class DayGifts:
    """One day's gifts, net of what was refunded or lost to a dispute that day (it may be below zero)."""

    day: date
    raised_cents: int


@dataclass(frozen=True)
class AidFigures:
    """What the fund did with the gifts, on the evening of `as_of`; all of it from one and the same moment.

    `promised_cents` and `left_cents` are None together when what is promised stands for too few students to be told.
    `left_cents` is never below zero: where gifts already used were taken back, nothing is left.
    """

    as_of: date
    given_cents: int
    promised_cents: int | None
    students_helped: int
    raised_cents: int
    fees_cents: int
    open_disputes_cents: int
    left_cents: int | None


@dataclass(frozen=True)
class AidStep:
    """What one publication said about aid, for the curve drawn over publications."""

    number: int
    as_of: date
    given_cents: int
    students_helped: int


@dataclass(frozen=True)
class Snapshot:
    """A whole publication. `aid` is None until enough students are counted for a first figure."""

    number: int
    title: str
    campaign: str
    opened_on: date
    closes_on: date
    goal_cents: int
    gifts_as_of: date
    raised_cents: int
    fees_cents: int
    gifts: int
    donors: int
    days: tuple[DayGifts, ...]
    aid: AidFigures | None
    aid_steps: tuple[AidStep, ...]
    seal: int | None
    seal_hash: str
    ledger_checked: bool
    corrects: int | None = None

    def to_json(self) -> str:
        """Canonical text; `from_json` gives an equal value back."""
        values = {"schema": SCHEMA, "currency": "EUR", **asdict(self)}
        return json.dumps(
            values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_iso, allow_nan=False
        )

    @classmethod
    def from_json(cls, text: str) -> "Snapshot":
        """The value that `to_json` wrote; ValueError for another schema."""
        values: dict[str, Any] = json.loads(text)
        schema = values.pop("schema", None)
        if schema != SCHEMA:
            raise ValueError(f"schema {schema!r} is not {SCHEMA}")
        values.pop("currency")
        for name in ("opened_on", "closes_on", "gifts_as_of"):
            values[name] = date.fromisoformat(values[name])
        values["days"] = tuple(DayGifts(**_dated(row, "day")) for row in values["days"])
        values["aid_steps"] = tuple(AidStep(**_dated(row, "as_of")) for row in values["aid_steps"])
        values["aid"] = AidFigures(**_dated(values["aid"], "as_of")) if values["aid"] else None
        return cls(**values)


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _dated(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {**row, name: date.fromisoformat(row[name])}
