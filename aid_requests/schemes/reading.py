"""A schedule file → a Scheme, or every fault it has, each with its place and a sentence that says what to do.

Amounts are written `150.00` and become integer cents exactly, no float is ever made. Dates: 2020-04-03.
"""

from __future__ import annotations

import re
from datetime import date

from aid_requests.schemes.award_reading import AwardReader
from aid_requests.schemes.condition_reading import ConditionReader
from aid_requests.schemes.fields import Fields, note_repeats, read_count
from aid_requests.schemes.grammar import (
    GRAMMAR_VERSION,
    NEED_SCOPES,
    Access,
    Cap,
    CapScope,
    CountrySet,
    DecisionRules,
    Delays,
    Door,
    EligibilityRule,
    Kind,
    Otherwise,
    OwnSchool,
    Scheme,
)
from aid_requests.schemes.nodes import Node, Plain, node_of, read_tree
from aid_requests.schemes.problems import Problem, SchemeError
from aid_requests.schemes.question_reading import read_questions
from aid_requests.schemes.values import ValueFault, read_amount, read_country, read_date

_REQUIRED = (
    "grammar slug title summary reference_prefix pocket opens_on closes_on bank_label delays decision "
    "questions otherwise cases"
)
_OPTIONAL = "access caps sets doors eligibility parts documents opening_facts closing_facts"
_MANY = 100_000

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,49}", re.ASCII)
_POCKET = re.compile(r"[a-z][a-z0-9_-]{0,59}", re.ASCII)
_PREFIX = re.compile(r"[A-Z]", re.ASCII)
# The characters that every SEPA bank carries (EPC217-08); a reference may not start or end with a slash.
_BANK_LABEL = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9/?:().,'+ -]{1,70}(?<!/)", re.ASCII)
_A_DATE = date(2000, 1, 1)


def load(text: str) -> Scheme:
    """The scheme that `text` (YAML) describes. Raises SchemeError with all its problems."""
    problems: list[Problem] = []
    return _read_root(read_tree(text, problems), problems)


def load_plain(plain: Plain) -> Scheme:
    """The scheme of a plain tree, as `load` would read its YAML; places without lines. Raises SchemeError."""
    return _read_root(node_of(plain), [])


def _read_root(root: Node, problems: list[Problem]) -> Scheme:
    fields = Fields(root, problems, required=_REQUIRED, optional=_OPTIONAL)
    scheme = _read_scheme(fields) if isinstance(root.content, dict) else None
    if problems or scheme is None:
        raise SchemeError(sorted(problems, key=lambda problem: problem.line))
    return scheme


def _read_scheme(fields: Fields) -> Scheme:
    fields.value("grammar", _read_grammar, GRAMMAR_VERSION)
    opens_on, closes_on = _read_period(fields)
    sets = _read_sets(fields)
    questions, unreadable = read_questions(fields.items("questions"), fields.problems, sets)
    conditions = ConditionReader(fields.problems, questions, unreadable=unreadable, sets=sets)
    doors = _read_doors(fields)
    door_codes = [door.code for door in doors]
    awards = AwardReader(fields.problems, conditions)
    documents, opening_facts, closing_facts = awards.common(fields)
    part_nodes = fields.items("parts")
    parts = awards.parts(part_nodes)
    awards.note_shared_repeats()
    cases = awards.cases(fields.items("cases"), part_nodes)
    note_repeats(fields.problems, list(zip((part.code for part in parts), part_nodes, strict=True)))
    return Scheme(
        slug=fields.value("slug", _read_slug, ""),
        title=fields.needed_text("title"),
        summary=fields.needed_text("summary"),
        reference_prefix=fields.value("reference_prefix", _read_prefix, ""),
        pocket=fields.value("pocket", _read_pocket, ""),
        opens_on=opens_on,
        closes_on=closes_on,
        bank_label=fields.value("bank_label", _read_bank_label, ""),
        delays=_read_delays(fields),
        decision=_read_decision(fields),
        questions=tuple(questions),
        otherwise=_read_otherwise(fields, door_codes),
        cases=cases,
        doors=doors,
        eligibility=_read_eligibility(fields, conditions, door_codes),
        parts=parts,
        documents=documents,
        opening_facts=opening_facts,
        closing_facts=closing_facts,
        caps=tuple(_read_cap(node, conditions) for node in fields.items("caps")),
        access=fields.member("access", Access, Access.OPEN),
        sets=sets,
    )


def _read_period(fields: Fields) -> tuple[date, date]:
    opens_on = fields.value("opens_on", read_date, _A_DATE)
    closes_on = fields.value("closes_on", read_date, opens_on)
    if closes_on < opens_on:
        fields.fault(fields.nodes["closes_on"], "La fermeture vient avant l’ouverture.")
    return opens_on, closes_on


def _read_sets(fields: Fields) -> tuple[CountrySet, ...]:
    nodes = fields.items("sets")
    sets: list[CountrySet] = []
    for node in nodes:
        one = Fields(node, fields.problems, required="code label countries")
        items = one.items("countries")
        countries = [one.read(item, read_country, "") for item in items]
        note_repeats(fields.problems, list(zip(countries, items, strict=True)))
        sets.append(CountrySet(one.code("code"), one.needed_text("label"), tuple(countries)))
    note_repeats(fields.problems, list(zip((one.code for one in sets), nodes, strict=True)))
    return tuple(sets)


def _read_doors(fields: Fields) -> tuple[Door, ...]:
    nodes = fields.items("doors")
    doors: list[Door] = []
    for node in nodes:
        door = Fields(node, fields.problems, required="code label hint")
        doors.append(Door(door.code("code"), door.needed_text("label"), door.needed_text("hint")))
    note_repeats(fields.problems, list(zip((door.code for door in doors), nodes, strict=True)))
    return tuple(doors)


def _read_orientation(fields: Fields, door_codes: list[str]) -> tuple[str, ...]:
    codes: list[str] = []
    for node in fields.items("orientation"):
        code = fields.scalar(node)
        if code is not None and code not in door_codes:
            fields.fault(node, f"Aucune porte ne s’appelle « {code} » dans « doors ».")
        codes.append(code or "")
    return tuple(codes)


def _read_eligibility(
    fields: Fields, conditions: ConditionReader, door_codes: list[str]
) -> tuple[EligibilityRule, ...]:
    nodes = fields.items("eligibility")
    rules: list[EligibilityRule] = []
    for node in nodes:
        rule = Fields(node, fields.problems, required="code refuse_when reason orientation")
        rules.append(
            EligibilityRule(
                code=rule.code("code"),
                refuse_when=conditions.needed(rule, "refuse_when"),
                reason=rule.needed_text("reason"),
                orientation=_read_orientation(rule, door_codes),
            )
        )
    note_repeats(fields.problems, list(zip((rule.code for rule in rules), nodes, strict=True)))
    return tuple(rules)


def _inner(fields: Fields, key: str, required: str) -> Fields | None:
    """The mapping under `key`, or None when the key is absent (which has been noted)."""
    return Fields(fields.nodes[key], fields.problems, required=required) if key in fields.nodes else None


def _read_otherwise(fields: Fields, door_codes: list[str]) -> Otherwise:
    inner = _inner(fields, "otherwise", "reason orientation") or Fields(fields.node, [])
    return Otherwise(inner.needed_text("reason"), _read_orientation(inner, door_codes))


def _read_delays(fields: Fields) -> Delays:
    inner = _inner(fields, "delays", "days_to_payment")
    return Delays(inner.value("days_to_payment", read_count(1, 90), 1) if inner else 1)


def _read_decision(fields: Fields) -> DecisionRules:
    inner = _inner(fields, "decision", "votes own_school")
    if inner is None:
        return DecisionRules(1, OwnSchool.EXCLUDED)
    return DecisionRules(
        inner.value("votes", read_count(1, 15), 1), inner.member("own_school", OwnSchool, OwnSchool.EXCLUDED)
    )


def _read_cap(node: Node, conditions: ConditionReader) -> Cap:
    fields = Fields(node, conditions.problems, required="per", optional="requests amount need")
    if not {"requests", "amount"} & fields.nodes.keys():
        fields.fault(node, "Un plafond fixe un nombre (« requests ») ou un montant (« amount »).")
    per = fields.member("per", CapScope, CapScope.PERSON_AND_UNIVERSITY_YEAR)
    if "need" in fields.nodes and "per" in fields.nodes and per not in NEED_SCOPES:
        scopes = ", ".join(sorted(NEED_SCOPES))
        fields.fault(fields.nodes["need"], f"« need » ne sert qu’avec per : {scopes}.")
    return Cap(
        per=per,
        requests=fields.value("requests", read_count(1, _MANY), None),
        amount_cents=fields.value("amount", read_amount, None),
        need=tuple(_read_need(fields, one, conditions) for one in fields.items("need")),
    )


def _read_need(fields: Fields, node: Node, conditions: ConditionReader) -> str:
    """A question whose answers tell needs apart: always answered, and never in one's own words."""
    name = fields.scalar(node) or ""
    question = conditions.questions.get(name)
    if question is None and name not in conditions.unreadable:
        fields.fault(node, f"Aucune question ne s’appelle « {name} ».")
    elif question is not None and (question.kind in (Kind.TEXT, Kind.GROUP) or not question.required):
        fields.fault(
            node, f"« {name} » ne peut pas distinguer les besoins : ni texte, ni groupe, ni facultative."
        )
    return name


def _read_grammar(raw: str) -> int:
    if raw != str(GRAMMAR_VERSION):
        raise ValueFault(f"Cette version de la grammaire est inconnue : écrivez {GRAMMAR_VERSION}.")
    return GRAMMAR_VERSION


def _read_slug(raw: str) -> str:
    if not _SLUG.fullmatch(raw):
        raise ValueFault("Écrivez des minuscules sans accent, des chiffres et des tirets : emergency-aid.")
    return raw


def _read_pocket(raw: str) -> str:
    if not _POCKET.fullmatch(raw):
        raise ValueFault("Écrivez le code de l’enveloppe, en minuscules, par exemple general.")
    return raw


def _read_prefix(raw: str) -> str:
    if not _PREFIX.fullmatch(raw):
        raise ValueFault("Écrivez une seule lettre majuscule, par exemple U.")
    return raw


def _read_bank_label(raw: str) -> str:
    if not _BANK_LABEL.fullmatch(raw) or raw != raw.strip():
        raise ValueFault(
            "Les banques n’acceptent ici que lettres sans accent, chiffres, espace et / - ? : ( ) . , ' + ; "
            "70 caractères au plus."
        )
    return raw
