"""Who asks in the season: `data/emergency.yaml` and `data/mobility.yaml` as rows. All invented."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from config.demo import schools
from config.demo.season import data
from config.demo.season.accounts import iban_of
from config.demo.season.chance import draw, pick
from config.demo.season.times import day_of

EMERGENCY, MOBILITY = "emergency-aid", "mobility-aid"
STREETS = (
    "rue de l’Essai",
    "allée des Modèles",
    "rue du Brouillon",
    "impasse de la Fiction",
    "place de l’Exemple",
)


@dataclass(frozen=True)
class Student:
    """One request. `end` says how far it got when the visitor comes; `shown` marks those one can become; `born` stands
    where the birth date matters, else it is drawn."""

    number: int
    slug: str
    first_name: str
    last_name: str
    school: str
    asked_on: date
    end: str
    story: str
    answers: dict[str, str] = field(repr=False)
    shown: str = ""
    born: date | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        return school_address(self.first_name, self.last_name, self.school)

    @property
    def birth_date(self) -> date:
        return self.born or date(
            1997 + draw(f"year:{self.name}", 4), 1 + draw(f"month:{self.name}", 12), 1 + self.number % 28
        )

    @property
    def address(self) -> str:
        school = schools.school_of(self.school)
        street = pick(f"street:{self.name}", STREETS)
        return f"{1 + draw(f'door:{self.name}', 80)} {street}, {school.postcode} {school.city}"

    @cached_property
    def iban(self) -> str:
        return iban_of(100 + self.number)

    @cached_property
    def other_iban(self) -> str:
        """The account given after the bank sent the money back."""
        return iban_of(900 + self.number)


def school_address(first_name: str, last_name: str, school: str) -> str:
    plain = unicodedata.normalize("NFKD", f"{first_name}.{last_name}")
    return f"{plain.encode('ascii', 'ignore').decode().lower()}@{schools.domain_of(school)}"


def students() -> list[Student]:
    """Everybody who asks, in the order of the files."""
    rows = [(EMERGENCY, row) for row in data.read("emergency.yaml")]
    rows += [(MOBILITY, row) for row in data.read("mobility.yaml")]
    return [_student(number, slug, row) for number, (slug, row) in enumerate(rows, start=1)]


def _student(number: int, slug: str, row: dict[str, Any]) -> Student:
    first_name, last_name = row["name"]
    return Student(
        number=number,
        slug=slug,
        first_name=first_name,
        last_name=last_name,
        school=str(row["school"]),
        asked_on=day_of(str(row["asked"])),
        end=str(row["end"]),
        story=str(row["story"]),
        answers=emergency_answers(row) if slug == EMERGENCY else {"enrolled": "yes", **row["answers"]},
        shown=str(row.get("shown", "")),
    )


def emergency_answers(row: dict[str, Any]) -> dict[str, str]:
    answers = {
        "enrolled": "yes",
        "lives_in_france": "yes",
        "cause": str(row["cause"]),
        "need": str(row["need"]),
        "stopped_on": str(row["since"]),
    }
    return answers | ({"amount_due": str(row["due"])} if "due" in row else {})
