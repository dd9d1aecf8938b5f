"""The fifteen schools of the network in 2020 (public facts). The e-mail domains are made up and reach nobody."""

from dataclasses import dataclass
from functools import cache

from config.demo.season import data


@dataclass(frozen=True)
class DemoSchool:
    code: str
    name: str
    city: str
    university: str
    postcode: str
    domain: str


@cache
def all_schools() -> tuple[DemoSchool, ...]:
    return tuple(DemoSchool(**row) for row in data.read("schools-2020.yaml"))


def school_of(code: str) -> DemoSchool:
    """Raises StopIteration for a code that is none of them."""
    return next(school for school in all_schools() if school.code == code)


def domain_of(code: str) -> str:
    return school_of(code).domain
