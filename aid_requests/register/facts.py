"""What the school's list says of a request, for a schedule to compare: live for a draft, frozen once it is signed."""

import dataclasses
from collections.abc import Iterator

from aid_requests.models import AidRequest
from aid_requests.register.matching import listed_person
from aid_requests.schemes import Scheme, Value
from aid_requests.schemes.grammar import Operand, Source
from aid_requests.university_years import university_year
from fund import clock, vault

NAMES = ("level", "year_of_study", "curriculum", "scholarship", "university_year")


def facts_of(request: AidRequest) -> dict[str, Value]:
    """Facts by key (`register.level`…), only those that the list tells. Raises vault.Erased once signed and erased."""
    if request.register_sealed:
        return dict(vault.open_json_for(request.applicant.subject_key, request.register_sealed))
    if request.state != "draft":
        return {}
    person = listed_person(request.applicant)
    if person is None:
        return {}
    told = {name: getattr(person, name, None) for name in NAMES}
    told["university_year"] = university_year(clock.today())
    return {f"register.{name}": value for name, value in told.items() if value not in ("", None)}


def hold_facts(request: AidRequest) -> None:
    """Sets, unsaved, the column that keeps these facts with the request being signed: what is judged is what is kept,
    and later lists change nothing in it."""
    request.register_sealed = vault.seal_json_for(request.applicant.subject_key, facts_of(request))


def asks_register(scheme: Scheme) -> bool:
    """Whether any condition of the schedule compares a fact that only the list can tell."""
    return any(operand.source is Source.REGISTER and operand.name in NAMES for operand in _operands(scheme))


def _operands(node: object) -> Iterator[Operand]:
    if isinstance(node, Operand):
        yield node
    if dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from _operands(getattr(node, field.name))
    elif isinstance(node, tuple | list):
        for inner in node:
            yield from _operands(inner)
