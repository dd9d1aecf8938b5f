"""The schemes of other funds, as data: each a whole schedule that no line of code knows."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from aid_requests.schemes import Award, NotEligible, Outcome, Scheme, clean_answers, evaluate, load
from aid_requests.schemes.rows import write_rows
from tests.aid_requests.schemes.examples import SCHEDULES
from tests.aid_requests.schemes.examples import SLUGS as SHIPPED

HERE = Path(__file__).parent
OTHERS = ("project-fund", "stay-abroad", "study-from-home", "meals", "internship-abroad")
EVERY = (*SHIPPED, *OTHERS)


@cache
def scheme(slug: str) -> Scheme:
    """One of EVERY, from its file."""
    folder = SCHEDULES if slug in SHIPPED else HERE
    return load((folder / f"{slug}.yaml").read_text(encoding="utf-8"))


def judge(
    slug: str, typed: Mapping[str, str], *, on: date = date(2020, 5, 15), **register: str | int | bool
) -> Outcome:
    """What is typed is worth, on a day, with these register facts. Fails on an answer that is not taken."""
    known = {"date.requested_on": on, **{f"register.{name}": value for name, value in register.items()}}
    answers, errors = clean_answers(scheme(slug), typed, known)
    blamed = {name: error for name, error in errors.items() if typed.get(name.partition(".")[0])}
    assert not blamed, blamed
    return evaluate(scheme(slug), answers, known)


def granted(slug: str, typed: Mapping[str, str], **changes: object) -> tuple[str, int]:
    """(case, euros) of an award."""
    outcome = judge(slug, typed, **changes)  # type: ignore[arg-type]
    assert isinstance(outcome, Award), outcome
    assert outcome.amount_cents % 100 == 0
    return outcome.case_code, outcome.amount_cents // 100


def refused(slug: str, typed: Mapping[str, str], **changes: object) -> str:
    """The code of a refusal, which has its words in both languages and a door."""
    outcome = judge(slug, typed, **changes)  # type: ignore[arg-type]
    assert isinstance(outcome, NotEligible), outcome
    assert outcome.reason.fr and outcome.reason.en and outcome.orientation
    return outcome.code


def rows(*each: Mapping[str, str]) -> str:
    """The rows of a group as a form gives them."""
    return write_rows(each)
