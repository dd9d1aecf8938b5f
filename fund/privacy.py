"""The classes of personal data, and the columns of the fund's own tables in them (RGPD art. 30).

Each app has its `personal_data.py`; a test fails on a column that is in no class (failure 36).
"""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Columns:
    """The columns of one table by class, as words separated by spaces.

    none: says nothing about a person · pseudonym: an id or a keyed hash that stands for a person ·
    identity: names or reaches a person, readable · act: what a person did in a role, kept as proof ·
    sealed: ciphertext under the field keys · subject_sealed: ciphertext under one person's own key.
    """

    none: str = ""
    pseudonym: str = ""
    identity: str = ""
    act: str = ""
    sealed: str = ""
    subject_sealed: str = ""

    def classified(self) -> list[str]:
        return [name for field in fields(self) for name in getattr(self, field.name).split()]
