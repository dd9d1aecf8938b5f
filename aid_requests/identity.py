"""Who an applicant is: read from and written to ciphertext under that person's own key, never kept in clear."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from aid_requests.models import Applicant
from fund import vault

ADULT_AGE = 18


@dataclass(frozen=True)
class Identity:
    """Names as on the bank's paper; `chosen_name` is how the person is called elsewhere.

    `birth_date` is a calendar date. The `repr` shows nothing, so that a log or a traceback cannot leak it.
    """

    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    birth_date: date = field(repr=False)
    birth_place: str = field(repr=False)
    address: str = field(repr=False)
    chosen_name: str = field(default="", repr=False)

    @property
    def full_name(self) -> str:
        """As on official papers: for the declaration, the letter and the bank."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def shown_name(self) -> str:
        """As the person wants to be called on the screen."""
        return f"{self.chosen_name or self.first_name} {self.last_name}".strip()

    def age_on(self, day: date) -> int:
        """Whole years; who was born on 29 February turns a year older on 1 March."""
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday

    def is_minor(self, day: date) -> bool:
        return self.age_on(day) < ADULT_AGE


def identity_of(applicant: Applicant) -> Identity | None:
    """The identity, or None while it was not given. Raises vault.Erased when the person was erased."""
    if not applicant.identity_sealed:
        return None
    values = vault.open_json_for(applicant.subject_key, applicant.identity_sealed)
    return Identity(**{**values, "birth_date": date.fromisoformat(values["birth_date"])})


def called_name(applicant: Applicant) -> str:
    """How the person is greeted: the chosen name, else the first of the first names; "" while neither is known."""
    try:
        identity = identity_of(applicant)
    except vault.Erased:
        return ""
    return (identity.chosen_name or identity.first_name.split(" ")[0]) if identity else ""


def seal_identity(applicant: Applicant, identity: Identity) -> str:
    """The ciphertext to keep as `identity_sealed`."""
    values = {
        "first_name": identity.first_name,
        "last_name": identity.last_name,
        "chosen_name": identity.chosen_name,
        "birth_date": identity.birth_date.isoformat(),
        "birth_place": identity.birth_place,
        "address": identity.address,
    }
    return vault.seal_json_for(applicant.subject_key, values)


def letters_of(name: str, replaced: Mapping[int, str] | None = None) -> str:
    """Letters and digits alone, without case, accents, hyphens and apostrophes; any alphabet. `replaced` as for
    `str.translate`, after the case went."""
    bare = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in bare.translate(replaced or {}) if letter.isalnum())


def bears_other_name(holder: str, identity: Identity | None) -> bool:
    """Whether an account's holder has none of the person's last name (first names where there is none); a joint
    account names both."""
    if not holder or identity is None:
        return False
    return letters_of(identity.last_name or identity.first_name) not in letters_of(holder)


def identity_fingerprint(identity: Identity) -> str:
    """A keyed hash by which the same person is recognised whatever the case, accents and hyphens."""
    letters = letters_of(f"{identity.last_name} {identity.first_name}")
    return vault.blind_index("identity", f"{letters}|{identity.birth_date.isoformat()}")
