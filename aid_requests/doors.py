"""Doors elsewhere: a school's own list and that of all schools stand before the scheme's, or in place of them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aid_requests import schemes
from aid_requests.call_backs import referent_grant
from aid_requests.models import SchoolDoor
from aid_requests.phones import shown_phone
from fund.models import School, User
from fund.models.people import Role
from fund.roles import Refusal, needs_role_now

REFERENT: Final = "referent"  # the code under which schemes name the school's own referent
OF_THE_SCHOOL: Final = ("votre école", "your school")


@dataclass(frozen=True)
class ShownDoor:
    """One place to turn to, in one language. `phone` is E.164, `phone_words` the same as one reads it."""

    label: str
    hint: str
    url: str = ""
    phone: str = ""

    @property
    def phone_words(self) -> str:
        return shown_phone(self.phone)

    @property
    def sentence(self) -> str:
        """For a letter: everything on one line."""
        return " ".join(part for part in (f"{self.label}.", self.hint, self.phone_words, self.url) if part)


def doors_of(
    school: School | None,
    scheme: schemes.Scheme | None,
    *,
    language: str | None = None,
    codes: Collection[str] | None = None,
    through_school: bool = True,
) -> list[ShownDoor]:
    """The school's doors, those of all schools, then the scheme's: only those of `codes` when they are given.

    Without `through_school`, whoever asks keeps the school out of it: the school's own list and every door that leads
    to people of the school are left out.

    Each code once: what a school keeps under a code stands for all schools' and the scheme's. Without a school, only
    the doors of all schools; `language` is the active one unless told.
    """
    return list(
        doors_by_code(school, scheme, language=language, codes=codes, through_school=through_school).values()
    )


def doors_by_code(
    school: School | None,
    scheme: schemes.Scheme | None,
    *,
    language: str | None = None,
    codes: Collection[str] | None = None,
    through_school: bool = True,
) -> dict[str, ShownDoor]:
    """What `doors_of` lists, each under its code, in the same order."""
    chosen = language or get_language() or "fr"
    rows = SchoolDoor.objects.filter(retired_at=None)
    rows = rows.filter(Q(school=None) | Q(school=school)) if through_school else rows.filter(school=None)
    kept = sorted(rows, key=lambda row: (row.school_id is None, row.position, row.pk))
    found: dict[str, ShownDoor] = {}
    for row in kept:
        found.setdefault(row.code, shown_door(row, chosen))
    for door in scheme.doors if scheme is not None else ():
        if codes is None or door.code in codes:
            found.setdefault(
                door.code, ShownDoor(door.label.in_language(chosen), door.hint.in_language(chosen))
            )
    return {code: door for code, door in found.items() if through_school or not _is_of_the_school(code, door)}


def _is_of_the_school(code: str, door: ShownDoor) -> bool:
    """The school's referent, or whomever the words place at « votre école »."""
    words = f"{door.label} {door.hint}".lower()
    return code == REFERENT or any(place in words for place in OF_THE_SCHOOL)


def shown_door(row: SchoolDoor, language: str) -> ShownDoor:
    label, hint = (row.label_en, row.hint_en) if language == "en" else (row.label_fr, row.hint_fr)
    return ShownDoor(label, hint, row.url, row.phone)


def kept_by(user: User) -> QuerySet[SchoolDoor]:
    """The doors this referent keeps: the own school's, or those of all schools for a national referent."""
    grant = referent_grant(user)
    rows = SchoolDoor.objects.filter(retired_at=None).order_by("position", "pk")
    return rows.none() if grant is None else rows.filter(school=grant.school_id)


def can_keep(by: User, school: School | None) -> Refusal | None:
    """A referent, for the own school's list; a national one for that of all schools."""
    if (refusal := needs_role_now(by, Role.REFERENT)) is not None:
        return refusal
    grant = referent_grant(by)
    if grant is None or grant.school_id != (school.pk if school is not None else None):
        return Refusal("other_school", _("Cette liste n’est pas celle de votre école."))
    return None
