"""The statements a student ticks: the texts of facts, their placeholders filled with answers.

A placeholder is `{question_id}`; nothing else is interpreted, so an answer can never become part of a format.
"""

from __future__ import annotations

import re

from aid_requests.schemes.evaluation import Award
from aid_requests.schemes.grammar import Answers, Scheme
from aid_requests.schemes.values import format_value

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}", re.ASCII)


class MissingAnswer(LookupError):
    """A fact names a question that has no answer: the statement would have a hole, so it cannot be shown."""


def placeholders(text: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(text))


def brace_fault(text: str) -> bool:
    """True when a brace stands outside a well-formed placeholder."""
    return bool(re.search(r"[{}]", _PLACEHOLDER.sub("", text)))


def fact_texts(scheme: Scheme, award: Award, answers: Answers, language: str) -> list[tuple[str, str]]:
    """(code, sentence) of each fact of the award, in order, to follow « Je déclare que ».

    The sentences are what is signed (code civil, art. 1366): keep them as given here, with their language.
    Raises MissingAnswer; it names the question, never an answer.
    """

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in answers:
            raise MissingAnswer(name)
        return format_value(scheme.question(name), answers[name], language)

    return [(fact.code, _PLACEHOLDER.sub(fill, fact.text.in_language(language))) for fact in award.facts]
