"""What a comparison speaks of, as a schedule spells it and as one word of a form: `answer:cause`, `days_between:`.

The spellings: {answer: cause}, {register: level}, {date: requested_on}, {count: tickets}, {sum: tickets.price}, and
spans such as {days_between: [{answer: left_on}, {answer: back_on}]}.
"""

from __future__ import annotations

from typing import Any

Plain = Any

SIMPLE = ("answer", "register", "date", "count", "sum", "min", "max")
SPANS = ("days_between", "days_inclusive", "months_between", "months_inclusive", "years_between")
SOURCES = (*SIMPLE, *SPANS)
OPERATORS = ("eq", "ne", "in", "lt", "le", "gt", "ge", "between")
SEVERAL = ("in", "between")


def operand_key(node: Plain) -> str:
    """The word of a form for what `node` speaks of; "" when nothing is chosen."""
    if not isinstance(node, dict):
        return ""
    for source in SIMPLE:
        if isinstance(node.get(source), str):
            return f"{source}:{node[source]}"
    return next((f"{span}:" for span in SPANS if span in node), "")


def is_span(key: str) -> bool:
    return key.partition(":")[0] in SPANS


def operand_of(key: str, ends: list[Plain]) -> dict[str, Plain]:
    """The spelling of the word `key`; `ends` are the two ends of a span. Empty when nothing is chosen."""
    source, _colon, name = key.partition(":")
    if source in SPANS:
        return {source: ends}
    return {source: name} if source in SIMPLE else {}


def ends_of(node: Plain) -> list[Plain]:
    """The ends of a span: mappings that name a date, or literal dates."""
    found: Plain = next((node[span] for span in SPANS if span in node), [])
    return found if isinstance(found, list) else []


def operator_of(node: dict[str, Plain]) -> str:
    return next((operator for operator in OPERATORS if operator in node), "")


def terms_of(node: dict[str, Plain]) -> list[Plain]:
    """The right-hand side: texts, or mappings that name another subject."""
    found = node.get(operator_of(node))
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def group_of(node: Plain) -> str:
    """all, any, not, row, or kept for what rows of selects cannot say."""
    if not isinstance(node, dict):
        return "kept"
    for group in ("all", "any"):
        if group in node:
            return group if len(node) == 1 and isinstance(node[group], list) else "kept"
    if "not" in node:
        return "not" if len(node) == 1 else "kept"
    return "row" if _is_row(node) else "kept"


def inner_of(node: Plain) -> list[Plain]:
    """The conditions inside a group, none inside a row."""
    kind = group_of(node)
    return [node["not"]] if kind == "not" else node[kind] if kind in ("all", "any") else []


def _is_row(node: dict[str, Plain]) -> bool:
    sources = [key for key in node if key in SOURCES]
    operators = [key for key in node if key in OPERATORS]
    if len(sources) + len(operators) != len(node) or len(sources) > 1 or len(operators) > 1:
        return False
    ends = [end for end in ends_of(node) if isinstance(end, dict)]
    others = [term for term in terms_of(node) if isinstance(term, dict)]
    names_one = len(ends_of(node)) <= 2 if set(sources) & set(SPANS) else bool(operand_key(node)) or not node
    return names_one and all(len(one) == 1 and operand_key(one) for one in (*ends, *others))
