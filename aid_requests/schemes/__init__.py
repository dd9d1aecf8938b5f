"""Schemes as data: a schedule file holds the questions, the cases, their amounts and the facts to declare.

Pure: no database, no clock, no request. `load` reads a file, `evaluate` tells what answers are worth.
"""

from aid_requests.schemes.analysis import Finding, FindingKind, analyse
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
    Access,
    Answers,
    Kind,
    Question,
    Requirement,
    Scheme,
    Text,
    Value,
)
from aid_requests.schemes.possible import possible_outcomes
from aid_requests.schemes.problems import Problem, SchemeError
from aid_requests.schemes.reading import load
from aid_requests.schemes.replay import FileReplay, PastFile, Replayed, ReplayState, replay
from aid_requests.schemes.values import ValueFault, country_choices, format_value
from aid_requests.schemes.witness import known_labels
from aid_requests.schemes.writing import canonical_json, definition_hash, dump

__all__ = [
    "NO_CASE_FITS",
    "Access",
    "Ambiguous",
    "Answers",
    "Award",
    "FileReplay",
    "Finding",
    "FindingKind",
    "Incomplete",
    "Kind",
    "Known",
    "MissingAnswer",
    "NotEligible",
    "Outcome",
    "PastFile",
    "Problem",
    "Question",
    "ReplayState",
    "Replayed",
    "Requirement",
    "Scheme",
    "SchemeError",
    "Text",
    "Value",
    "ValueFault",
    "analyse",
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
    "known_labels",
    "load",
    "pack_answers",
    "possible_outcomes",
    "replay",
    "unpack_answers",
    "visible_questions",
]
