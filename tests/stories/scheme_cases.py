"""What each scheme is worth, by hand: every tier, what it refuses, and the days on which an answer changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

SHIPPED = settings.BASE_DIR / "aid_requests" / "schedules"
OURS = Path(__file__).parent / "schemes"
EMERGENCY, MOBILITY, PROJECT, STAY = "emergency-aid", "mobility-aid", "project-fund", "stay-abroad"
FILES = {
    EMERGENCY: SHIPPED / "emergency-aid.yaml",
    MOBILITY: SHIPPED / "mobility-aid.yaml",
    PROJECT: OURS / "project-fund.yaml",
    STAY: OURS / "stay-abroad.yaml",
}
DAY = date(2020, 5, 15)


@dataclass(frozen=True)
class Case:
    """Answers as typed, and what they are worth on that Paris date: `cents`, or the code of the refusal."""

    scheme: str
    name: str
    answers: Mapping[str, str]
    cents: int = 0
    refusal: str = ""
    on: date = DAY

    def __str__(self) -> str:
        return f"{self.scheme}-{self.name}"


def _emergency(name: str, cents: int = 15_000, refusal: str = "", **answers: str) -> Case:
    usual = {"enrolled": "yes", "lives_in_france": "yes", "stopped_on": "16/03/2020", "amount_due": "412,50"}
    return Case(EMERGENCY, name, {**usual, **answers}, 0 if refusal else cents, refusal)


def _mobility(name: str, cents: int = 0, refusal: str = "", **answers: str) -> Case:
    usual = {"enrolled": "yes", "refunded": "no", "rent_due": "yes", "country": "FI", "situation": name}
    dates = {"departed_on": "02/02/2020", "returned_on": "18/03/2020", "paid_on": "17/03/2020"}
    sums = {"amount_paid": "612", "monthly_rent": "430", "cancelled_on": "17/03/2020"}
    return Case(MOBILITY, name, {**usual, **dates, **sums, **answers}, cents, refusal)


def _project(name: str, cents: int = 0, refusal: str = "", **answers: str) -> Case:
    """An internship or a project that begins on 1 June 2020."""
    usual = {"begins_on": "01/06/2020", "allowance": "yes", "allowance_amount": "600"}
    return Case(PROJECT, name, {**usual, **answers}, cents, refusal)


def _stay(name: str, cents: int = 0, refusal: str = "", **answers: str) -> Case:
    usual = {"situation": name.split("_")[0], "departed_on": "02/01/2020", "costs_left": "yes"}
    return Case(STAY, name, {**usual, **answers}, cents, refusal)


TIERS = (
    _emergency("internship", cause="internship", need="rent"),
    _emergency("student_job", cause="student_job", need="rental_charges"),
    _emergency("family_money", cause="family_money", need="food"),
    _mobility("deposit_lost", 30_000),
    _mobility("tickets_lost", 20_000),
    _mobility("early_return", 40_000),
    _mobility("confined_abroad", 50_000),
    _mobility("confined_in_france", 35_000),
    _mobility("internship_cancelled", 25_000),
    _project("internship_short", 15_000, kind="company", ends_on="30/06/2020"),
    _project("internship_middle", 30_000, kind="research", ends_on="31/08/2020", allowance="no"),
    _project("internship_long", 45_000, kind="company", ends_on="31/10/2020"),
    _project("solidarity_short", 30_000, kind="solidarity", ends_on="30/06/2020"),
    _project("solidarity_long", 45_000, kind="solidarity", ends_on="31/08/2020"),
    _stay("interrupted", 50_000, country="IT", returned_on="15/02/2020"),
    _stay("cancelled", 25_000, country="ES", planned_on="16/03/2020"),
)
REFUSED = (
    _emergency("not_enrolled", refusal="not_enrolled", enrolled="no", cause="internship", need="rent"),
    _emergency("abroad", refusal="not_in_france", lives_in_france="no", cause="internship", need="rent"),
    _emergency("stay_abroad", refusal="stay_abroad", cause="stay_abroad", need="rent"),
    _emergency("other_cause", refusal="other_cause", cause="other", need="rent"),
    _emergency("other_need", refusal="other_need", cause="internship", need="other"),
    _mobility("tickets_lost", refusal="already_refunded", refunded="yes"),
    _mobility("confined_abroad", refusal="no_rent_due", rent_due="no"),
    _mobility("other", refusal="other_situation"),
    _mobility("early_return", refusal="not_enrolled", enrolled="no"),
    _project("observation", refusal="observation", kind="observation", ends_on="31/08/2020"),
    _project(
        "well_paid", refusal="well_paid", kind="company", ends_on="31/08/2020", allowance_amount="800,01"
    ),
    _stay("stayed", refusal="stayed", country="ES"),
    _stay("cancelled", refusal="no_costs", country="ES", planned_on="16/03/2020", costs_left="no"),
)
# Pairs of neighbouring days on which the answer changes.
DAYS = (
    _project("27_days", refusal="too_short", kind="company", ends_on="27/06/2020"),
    _project("28_days", 15_000, kind="company", ends_on="28/06/2020"),
    _project("a_day_short_of_two_months", 15_000, kind="company", ends_on="30/07/2020"),
    _project("two_months", 30_000, kind="company", ends_on="31/07/2020"),
    _project("a_day_short_of_four_months", 30_000, kind="research", ends_on="29/09/2020"),
    _project("four_months", 45_000, kind="research", ends_on="30/09/2020"),
    _project("solidarity_a_day_short", 30_000, kind="solidarity", ends_on="30/07/2020"),
    _project("solidarity_two_months", 45_000, kind="solidarity", ends_on="31/07/2020"),
    *(
        case
        for country, before, day in (
            ("IT", "14/02/2020", "15/02/2020"),
            ("CN", "14/02/2020", "15/02/2020"),
            ("ES", "15/03/2020", "16/03/2020"),
            ("CA", "15/03/2020", "16/03/2020"),
        )
        for case in (
            _stay(
                f"interrupted_{country}_before",
                refusal="returned_before",
                country=country,
                returned_on=before,
            ),
            _stay(f"interrupted_{country}", 50_000, country=country, returned_on=day),
            _stay(
                f"cancelled_{country}_before", refusal="planned_before", country=country, planned_on=before
            ),
            _stay(f"cancelled_{country}", 25_000, country=country, planned_on=day),
        )
    ),
)
# (scheme, question, the first or last day that is taken, the one beside that is not), asked on 15 May 2020
BOUNDS = (
    (EMERGENCY, "stopped_on", "01/09/2019", "31/08/2019"),
    (EMERGENCY, "stopped_on", "15/05/2020", "16/05/2020"),
    (MOBILITY, "paid_on", "01/08/2019", "31/07/2019"),
    (MOBILITY, "paid_on", "15/05/2020", "16/05/2020"),
    (MOBILITY, "departed_on", "01/08/2019", "31/07/2019"),
    (MOBILITY, "returned_on", "15/05/2020", "16/05/2020"),
    (MOBILITY, "cancelled_on", "01/09/2019", "31/08/2019"),
    (MOBILITY, "cancelled_on", "15/05/2020", "16/05/2020"),
    (STAY, "departed_on", "01/07/2019", "30/06/2019"),
    (STAY, "returned_on", "15/05/2020", "16/05/2020"),
    (STAY, "planned_on", "31/12/2020", "01/01/2021"),
)
