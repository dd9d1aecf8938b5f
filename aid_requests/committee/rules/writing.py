"""Rules → YAML that `reading.load` reads back as the same rules, and their hash. Defaults are not written."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction

from aid_requests.committee.rules.grammar import (
    GRAMMAR_VERSION,
    Alternates,
    Consultation,
    Delegation,
    Majority,
    Measure,
    Opinion,
    Per,
    Proxies,
    Quorum,
    Rules,
    Tie,
)
from aid_requests.schemes.nodes import Plain
from aid_requests.schemes.writing import dump_plain, kept
from fund.money import plain_euros


def dump(rules: Rules) -> str:
    """YAML in the order a person writes it; `load(dump(rules)) == rules`."""
    return dump_plain(to_plain(rules))


def rules_hash(rules: Rules) -> str:
    """SHA-256, in hex, of one spelling of the rules: it changes when any word, number or order does."""
    text = json.dumps(to_plain(rules), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def to_plain(rules: Rules) -> dict[str, Plain]:
    """The rules as the mappings, lists and texts of their file."""
    second, notice = rules.second_call, rules.notice
    return kept(
        {
            "grammar": str(GRAMMAR_VERSION),
            "mode": str(rules.mode),
            "modes": [{"scheme": one.scheme, "mode": str(one.mode)} for one in rules.modes],
            "majority": _majority(rules.majority),
            "unanimity": list(rules.unanimity),
            "quorum": _quorum(rules.quorum),
            "second_call": second and kept({"needed": measure(second.needed), "days": _number(second.days)}),
            "tie": None if rules.tie is Tie.REFUSED else str(rules.tie),
            "alternates": None if rules.alternates is Alternates.NONE else str(rules.alternates),
            "proxies": None if rules.proxies == 1 else str(rules.proxies),
            "own_school": str(rules.own_school),
            "notice": notice and {"days": str(notice.days), "urgent_days": str(notice.urgent_days)},
            "consultation": rules.consultation and _consultation(rules.consultation),
            "delegation": rules.delegation and _delegation(rules.delegation),
            "opinion": rules.opinion and _opinion(rules.opinion),
        }
    )


def measure(needed: Measure) -> str:
    """`none`, `4` or `1/2`."""
    if isinstance(needed, Fraction):
        return f"{needed.numerator}/{needed.denominator}"
    return "none" if needed is None else str(needed)


def _number(number: int | None) -> str | None:
    return None if not number else str(number)


def _majority(majority: Majority) -> dict[str, Plain]:
    share = None if majority.is_simple else measure(majority.share)
    return kept({"base": str(majority.base), "share": share})


def _quorum(quorum: Quorum) -> dict[str, Plain]:
    return kept(
        {
            "needed": measure(quorum.needed),
            "proxies": None if quorum.proxies is Proxies.COUNTED else str(quorum.proxies),
            "per": None if quorum.per is Per.SITTING else str(quorum.per),
        }
    )


def _consultation(consultation: Consultation) -> dict[str, Plain]:
    return kept(
        {
            "count": str(consultation.count),
            "votes": _number(consultation.votes),
            "days": _number(consultation.days),
        }
    )


def _delegation(delegation: Delegation) -> dict[str, Plain]:
    return kept(
        {
            "person": str(delegation.person),
            "reference": delegation.reference,
            "from": delegation.starts_on.isoformat(),
            "until": delegation.ends_on.isoformat(),
            "cap": None if delegation.cap_cents is None else plain_euros(delegation.cap_cents),
        }
    )


def _opinion(opinion: Opinion) -> dict[str, Plain]:
    signer = "chair" if opinion.signed_by is None else str(opinion.signed_by)
    return {"given_in": str(opinion.given_in), "signed_by": signer}
