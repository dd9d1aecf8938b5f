"""A condition as one plain sentence: « stage ET pays = Espagne ET retour avant le 15/02/2020 ».

It reads the plain tree, so it also says what a draft holds before it is whole: a hole is « … ».
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from aid_requests.scheme_editor.operands import Plain, operand_key, operator_of, terms_of
from aid_requests.scheme_editor.typed import read_aloud
from aid_requests.scheme_editor.vocabulary import Subject, Vocabulary
from aid_requests.schemes import Kind

HOLE = "…"


def condition_sentence(condition: Plain, words: Vocabulary) -> str:
    """The whole condition; "" when there is none."""
    return _sentence(condition, words, "") if condition else ""


def _sentence(node: Plain, words: Vocabulary, around: str) -> str:
    """`around` is the key of the group that holds it: a group inside another one stands in brackets."""
    if not isinstance(node, dict):
        return HOLE
    for key, link in (("all", _("%(one)s ET %(other)s")), ("any", _("%(one)s OU %(other)s"))):
        if isinstance(node.get(key), list):
            said = [_sentence(inner, words, key) for inner in node[key]] or [HOLE]
            whole = said[0]
            for other in said[1:]:
                whole = link % {"one": whole, "other": other}
            return f"({whole})" if around and len(said) > 1 else whole
    if "not" in node:
        return _("PAS (%(condition)s)") % {"condition": _sentence(node["not"], words, "")}
    return _comparison(node, words)


def _comparison(node: dict[str, Plain], words: Vocabulary) -> str:
    subject = words.subject(operand_key(node))
    terms = [_term(term, subject, words) for term in terms_of(node)] or [HOLE]
    operator = operator_of(node)
    values = {"subject": words.name_of(node), "value": terms[0], "last": terms[-1]}
    if operator == "in" and len(terms) > 1:
        values["value"] = _("%(others)s ou %(last)s") % {"others": ", ".join(terms[:-1]), "last": terms[-1]}
    if subject.kind == Kind.DATE and operator in _dated():
        values |= {"value": _day(terms_of(node)[:1], terms[0]), "last": _day(terms_of(node)[-1:], terms[-1])}
        return _dated()[operator] % values
    return _patterns().get(operator, "%(subject)s …") % values


def _day(term: list[Plain], said: str) -> str:
    """A date inside a sentence: « le 15/02/2020 », and the name of another date as it is."""
    return _("le %(date)s") % {"date": said} if term and isinstance(term[0], str) else said


def _dated() -> dict[str, str]:
    return {
        "lt": _("%(subject)s avant %(value)s"),
        "le": _("%(subject)s au plus tard %(value)s"),
        "gt": _("%(subject)s après %(value)s"),
        "ge": _("%(subject)s au plus tôt %(value)s"),
        "between": _("%(subject)s entre %(value)s et %(last)s"),
    }


def _patterns() -> dict[str, str]:
    return {
        "eq": "%(subject)s = %(value)s",
        "ne": "%(subject)s ≠ %(value)s",
        "in": _("%(subject)s parmi %(value)s"),
        "lt": "%(subject)s < %(value)s",
        "le": "%(subject)s ≤ %(value)s",
        "gt": "%(subject)s > %(value)s",
        "ge": "%(subject)s ≥ %(value)s",
        "between": _("%(subject)s de %(value)s à %(last)s"),
    }


def _term(term: Plain, subject: Subject, words: Vocabulary) -> str:
    if isinstance(term, dict):
        return words.name_of(term)
    text = str(term)
    if subject.kind == Kind.COUNTRY and text in words.sets:
        return words.sets[text] or text
    return dict(subject.options).get(text) or read_aloud(subject.kind, text, words.language)
