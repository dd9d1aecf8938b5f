"""A rules file → Rules, or every fault it has, each with its place and a sentence that says what to do.

The same YAML as schedules (`schemes.nodes`): nothing is guessed, a key that nobody knows is refused, and what would
contradict itself is told where it stands. Amounts are written `150.00`, shares `2/3`, dates 2020-04-03.
"""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from aid_requests.committee.rules import grammar
from aid_requests.committee.rules.contradictions import contradictions
from aid_requests.committee.rules.grammar import (
    EXCEPTIONS,
    GRAMMAR_VERSION,
    SIMPLE,
    Alternates,
    Base,
    Consultation,
    Count,
    Delegation,
    Majority,
    Measure,
    Mode,
    Notice,
    Opinion,
    OwnSchool,
    Per,
    Proxies,
    Quorum,
    Rules,
    SchemeMode,
    SecondCall,
    Tie,
)
from aid_requests.schemes.fields import Fields, note_repeats, read_count
from aid_requests.schemes.nodes import Node, Plain, has_unprintable, node_of, read_tree
from aid_requests.schemes.problems import FaultyFile, Problem, SchemeError
from aid_requests.schemes.values import ValueFault, read_amount, read_date

MAX_BYTES = 20_000
MOST_SEATS = 200
MOST_DAYS = 366
_REQUIRED = "grammar mode majority quorum own_school"
_OPTIONAL = "modes tie unanimity second_call alternates proxies notice consultation delegation opinion"
_SHARE = re.compile(r"([1-9]\d{0,2})/([1-9]\d{0,2})", re.ASCII)
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,49}", re.ASCII)
_SCHEME_OR_CASE = re.compile(r"[a-z][a-z0-9-]{0,49}(/[a-z][a-z0-9_]{0,39})?", re.ASCII)
_A_DATE = date(2000, 1, 1)


class RulesError(FaultyFile):
    """Rules that cannot be used."""


class _RuleFields(Fields):
    """The hints of schedules (rates, scores…) mean nothing here."""

    NOT_EXPRESSED = {
        "weight": "Chaque membre a une voix : seule celle de la présidence départage, avec « tie: casting_vote ».",
        "veto": "Personne n’a de veto : demandez l’unanimité pour ces dossiers, avec « unanimity ».",
        "random": "Une règle ne tire pas au sort.",
    }


def load(text: str) -> Rules:
    """The rules that `text` (YAML) describes. Raises RulesError with all its problems."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise RulesError([Problem("", "Ces règles dépassent 20 ko : raccourcissez-les.")])
    problems: list[Problem] = []
    try:
        root = read_tree(text, problems)
    except SchemeError as error:
        raise RulesError(error.problems) from error
    return _read_root(root, problems)


def load_plain(plain: Plain) -> Rules:
    """The rules of a plain tree, as `load` would read its YAML; places without lines. Raises RulesError."""
    return _read_root(node_of(plain), [])


def _read_root(root: Node, problems: list[Problem]) -> Rules:
    fields = _RuleFields(root, problems, required=_REQUIRED, optional=_OPTIONAL)
    rules = _read_rules(fields)
    if not problems:
        lines = _lines(root)
        problems = [Problem(path, message, _line_of(path, lines)) for path, message in contradictions(rules)]
    if problems:
        raise RulesError(sorted(problems, key=lambda problem: problem.line))
    return rules


def _lines(node: Node) -> dict[str, int]:
    """The line of each place, so that a contradiction found later is told where it stands."""
    inner = node.content.values() if isinstance(node.content, dict) else node.content
    lines = {node.path: node.line}
    for child in inner:
        if isinstance(child, Node):
            lines |= _lines(child)
    return lines


def _line_of(path: str, lines: dict[str, int]) -> int:
    """The line of a place, or of what it stands in when it was left out and has its default."""
    while path not in lines:
        path = path.rpartition(".")[0]
    return lines[path]


def _read_rules(fields: Fields) -> Rules:
    fields.value("grammar", _read_grammar, GRAMMAR_VERSION)
    return Rules(
        mode=fields.member("mode", Mode, Mode.CONSULTATION),
        modes=_read_modes(fields),
        majority=_read_majority(fields),
        quorum=_read_quorum(fields),
        own_school=fields.member("own_school", OwnSchool, OwnSchool.EXCLUDED),
        tie=fields.member("tie", Tie, Tie.REFUSED),
        unanimity=_read_unanimity(fields),
        second_call=_read_second_call(fields),
        alternates=fields.member("alternates", Alternates, Alternates.NONE),
        proxies=fields.value("proxies", read_count(0, 10), 1),
        notice=_read_notice(fields),
        consultation=_read_consultation(fields),
        delegation=_read_delegation(fields),
        opinion=_read_opinion(fields),
    )


def _inner(fields: Fields, key: str, required: str, optional: str = "") -> Fields | None:
    """The mapping under `key`, or None when the key is absent."""
    node = fields.nodes.get(key)
    return _RuleFields(node, fields.problems, required=required, optional=optional) if node else None


def _read_modes(fields: Fields) -> tuple[SchemeMode, ...]:
    nodes = fields.items("modes")
    modes = []
    for node in nodes:
        one = _RuleFields(node, fields.problems, required="scheme mode")
        modes.append(
            SchemeMode(one.value("scheme", _read_slug, ""), one.member("mode", Mode, Mode.CONSULTATION))
        )
    note_repeats(fields.problems, list(zip((one.scheme for one in modes), nodes, strict=True)))
    return tuple(modes)


def _read_majority(fields: Fields) -> Majority:
    inner = _inner(fields, "majority", "base", "share")
    if inner is None:
        return Majority(Base.VOTES_CAST)
    return Majority(
        inner.member("base", Base, Base.VOTES_CAST), inner.value("share", _read_majority_share, SIMPLE)
    )


def _read_quorum(fields: Fields) -> Quorum:
    inner = _inner(fields, "quorum", "needed", "proxies per")
    if inner is None:
        return Quorum(None)
    return Quorum(
        inner.value("needed", read_measure, None),
        inner.member("proxies", Proxies, Proxies.COUNTED),
        inner.member("per", Per, Per.SITTING),
    )


def _read_unanimity(fields: Fields) -> tuple[str, ...]:
    nodes = fields.items("unanimity")
    codes = [fields.read(node, _read_scheme_or_case, "") for node in nodes]
    note_repeats(fields.problems, list(zip(codes, nodes, strict=True)))
    return tuple(codes)


def _read_second_call(fields: Fields) -> SecondCall | None:
    inner = _inner(fields, "second_call", "needed", "days")
    if inner is None:
        return None
    return SecondCall(
        inner.value("needed", read_measure, None), inner.value("days", read_count(0, MOST_DAYS), 0)
    )


def _read_notice(fields: Fields) -> Notice | None:
    inner = _inner(fields, "notice", "days urgent_days")
    if inner is None:
        return None
    read = read_count(0, MOST_DAYS)
    return Notice(inner.value("days", read, 0), inner.value("urgent_days", read, 0))


def _read_consultation(fields: Fields) -> Consultation | None:
    inner = _inner(fields, "consultation", "count", "votes days")
    if inner is None:
        return None
    return Consultation(
        inner.member("count", Count, Count.CONCORDANT),
        inner.value("votes", read_count(1, MOST_SEATS), None),
        inner.value("days", read_count(1, MOST_DAYS), None),
    )


def _read_delegation(fields: Fields) -> Delegation | None:
    inner = _inner(fields, "delegation", "person reference from until", "cap")
    if inner is None:
        return None
    return Delegation(
        person=inner.value("person", read_person, 0),
        reference=inner.value("reference", _read_reference, ""),
        starts_on=inner.value("from", read_date, _A_DATE),
        ends_on=inner.value("until", read_date, _A_DATE),
        cap_cents=inner.value("cap", read_amount, None),
    )


def _read_opinion(fields: Fields) -> Opinion | None:
    inner = _inner(fields, "opinion", "given_in signed_by")
    if inner is None:
        return None
    return Opinion(inner.member("given_in", Mode, Mode.SITTING), inner.value("signed_by", _read_signer, None))


# Scalars ----------------------------------------------------------------------------------------------------------


def read_measure(raw: str) -> Measure:
    """`none`, a number of people, or a share of the seats (`1/2`). Raises ValueFault."""
    if raw == "none":
        return None
    if re.fullmatch(r"\d{1,3}", raw, re.ASCII) and 1 <= int(raw) <= MOST_SEATS:
        return int(raw)
    share = _fraction(raw)
    if share is None or share > 1:
        raise ValueFault(
            f"Écrivez none, un nombre de 1 à {MOST_SEATS}, ou une part des sièges d’au plus 1/1 : 1/2."
        )
    return share


def read_person(raw: str) -> int:
    """The number of an account. Raises ValueFault."""
    if not re.fullmatch(r"[1-9]\d{0,17}", raw, re.ASCII):
        raise ValueFault("Écrivez le numéro du compte de cette personne, par exemple 12.")
    return int(raw)


def _fraction(raw: str) -> Fraction | None:
    found = _SHARE.fullmatch(raw)
    return Fraction(int(found[1]), int(found[2])) if found else None


def _read_majority_share(raw: str) -> Fraction:
    if raw == "simple":
        return SIMPLE
    share = _fraction(raw)
    if share is None or not SIMPLE < share <= 1:
        raise ValueFault(
            "Écrivez simple (plus de la moitié), ou une part au-dessus de la moitié : 2/3. À la moitié ou moins, "
            "deux décisions contraires passeraient toutes deux."
        )
    return share


def _read_grammar(raw: str) -> int:
    if raw != str(grammar.GRAMMAR_VERSION):
        raise ValueFault(f"Cette version de la grammaire est inconnue : écrivez {GRAMMAR_VERSION}.")
    return GRAMMAR_VERSION


def _read_slug(raw: str) -> str:
    if not _SLUG.fullmatch(raw):
        raise ValueFault("Écrivez le nom du dispositif dans l’adresse : emergency-aid.")
    return raw


def _read_scheme_or_case(raw: str) -> str:
    if raw != EXCEPTIONS and not _SCHEME_OR_CASE.fullmatch(raw):
        raise ValueFault(
            "Écrivez un dispositif (emergency-aid), un de ses cas (emergency-aid/rent) ou exceptions."
        )
    return raw


def _read_reference(raw: str) -> str:
    text = " ".join(raw.split())
    if not text or len(text) > 120 or has_unprintable(text):
        raise ValueFault("Écrivez la référence de l’acte qui délègue, en 120 caractères au plus.")
    return text


def _read_signer(raw: str) -> int | None:
    return None if raw == "chair" else read_person(raw)
