"""What answers may be worth while the school's register has not been asked: one outcome for each of its words."""

from __future__ import annotations

from collections.abc import Iterator

from aid_requests.schemes.conditions import NOTHING_KNOWN, Known
from aid_requests.schemes.domains import Domains
from aid_requests.schemes.evaluation import Incomplete, Outcome, evaluate, scheme_conditions
from aid_requests.schemes.grammar import Answers, Kind, Scalar, Scheme

# Years of study that a register holds; more would only be tried in vain.
_YEARS = range(13)
_MANY = 2000


def possible_outcomes(scheme: Scheme, answers: Answers, known: Known = NOTHING_KNOWN) -> tuple[Outcome, ...]:
    """The different outcomes that register facts not known yet may bring, the one there is when none is awaited.

    An Incomplete that waits for an answer stays one. Every fact is tried with one value of each sort that the
    schedule tells apart.
    """
    conditions = [one for one in scheme_conditions(scheme) if one is not None]
    domains = Domains.of(scheme, conditions)
    found: list[Outcome] = []
    for number, outcome in enumerate(_outcomes(scheme, answers, known, domains)):
        if outcome not in found:
            found.append(outcome)
        if number > _MANY:
            break
    return tuple(found)


def _outcomes(scheme: Scheme, answers: Answers, known: Known, domains: Domains) -> Iterator[Outcome]:
    outcome = evaluate(scheme, answers, known)
    awaited = outcome.awaited if isinstance(outcome, Incomplete) else ()
    if not awaited:
        yield outcome
        return
    for value in _values(domains, awaited[0]):
        yield from _outcomes(scheme, answers, {**known, awaited[0]: value}, domains)


def _values(domains: Domains, key: str) -> tuple[Scalar, ...]:
    return tuple(_YEARS) if domains.kinds[key] is Kind.NUMBER else domains.choices[key]
