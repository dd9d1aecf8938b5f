"""Schemes as data: a schedule file holds the questions, the cases, their amounts and the facts to declare.

Pure: no database, no clock, no request. `load` reads a file, `evaluate` tells what answers are worth.
"""

from aid_requests.schemes.answers import (
    answers_summary,
    clean_answers,
    pack_answers,
    unpack_answers,
    visible_questions,
)
from aid_requests.schemes.conditions import Known
from aid_requests.schemes.evaluation import (
    NO_CASE_FITS,
    Ambiguous,
    Award,
    Incomplete,
    NotEligible,
    Outcome,
    deciding_questions,
    evaluate,
)
from aid_requests.schemes.fact_texts import MissingAnswer, fact_texts
from aid_requests.schemes.grammar import (
    Answers,
    Kind,
    Problem,
    Question,
    Requirement,
    Scheme,
    SchemeError,
    Text,
    Value,
)
from aid_requests.schemes.reading import load
from aid_requests.schemes.values import ValueFault, country_choices, format_value
from aid_requests.schemes.writing import canonical_json, definition_hash, dump

__all__ = [
    "NO_CASE_FITS",
    "Ambiguous",
    "Answers",
    "Award",
    "Incomplete",
    "Kind",
    "Known",
    "MissingAnswer",
    "NotEligible",
    "Outcome",
    "Problem",
    "Question",
    "Requirement",
    "Scheme",
    "SchemeError",
    "Text",
    "Value",
    "ValueFault",
    "answers_summary",
    "canonical_json",
    "clean_answers",
    "country_choices",
    "deciding_questions",
    "definition_hash",
    "dump",
    "evaluate",
    "fact_texts",
    "format_value",
    "load",
    "pack_answers",
    "unpack_answers",
    "visible_questions",
]
