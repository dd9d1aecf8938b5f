"""The questions of a schedule: each with its kind, its bounds, and conditions over what was asked before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aid_requests.schemes.condition_reading import ConditionReader
from aid_requests.schemes.fields import MAX_TEXT, Fields, note_repeats, read_count
from aid_requests.schemes.grammar import ORDERED_KINDS, Kind, Option, Problem, Question, Value
from aid_requests.schemes.nodes import Node
from aid_requests.schemes.values import read_value, read_yes_no

_KEYS = "hint required options minimum maximum max_length visible_if valid_if invalid_message"


@dataclass(frozen=True, slots=True)
class _Draft:
    """A question before its conditions are read. `question` is None when its id or kind is faulty."""

    id: str
    question: Question | None
    fields: Fields


def read_questions(nodes: list[Node], problems: list[Problem]) -> tuple[list[Question], frozenset[str]]:
    """The questions, and the ids of those that could not be made (their faults are in `problems`)."""
    drafts = [_read_draft(node, problems) for node in nodes]
    note_repeats(problems, [(draft.id, draft.fields.node) for draft in drafts])
    unreadable = frozenset(draft.id for draft in drafts if draft.question is None)
    questions: list[Question] = []
    for place, draft in enumerate(drafts):
        if draft.question is None:
            continue
        later = frozenset(other.id for other in drafts[place:])
        questions.append(_with_conditions(draft.question, draft.fields, questions, later, unreadable))
    return questions, unreadable


def _with_conditions(
    question: Question,
    fields: Fields,
    earlier: list[Question],
    later: frozenset[str],
    unreadable: frozenset[str],
) -> Question:
    visible = ConditionReader(fields.problems, earlier, later=later, unreadable=unreadable)
    # Its own answer is given when validity is asked, even where leaving it out is allowed.
    itself = replace(question, required=True)
    after = later - {question.id}
    valid = ConditionReader(fields.problems, [*earlier, itself], later=after, unreadable=unreadable)
    if ("valid_if" in fields.nodes) != ("invalid_message" in fields.nodes):
        fields.fault(fields.node, "« valid_if » et « invalid_message » vont ensemble : écrivez les deux.")
    return replace(
        question,
        visible_if=visible.optional(fields, "visible_if"),
        valid_if=valid.optional(fields, "valid_if"),
        invalid_message=fields.text("invalid_message"),
    )


def _read_draft(node: Node, problems: list[Problem]) -> _Draft:
    fields = Fields(node, problems, required="id kind label", optional=_KEYS)
    question_id = fields.code("id")
    kinds: list[Kind] = []
    if "kind" in fields.nodes:
        before = len(problems)
        kind = fields.member("kind", Kind, Kind.TEXT)
        kinds = [kind] if len(problems) == before else []
    label, hint = fields.needed_text("label"), fields.text("hint")
    required = fields.value("required", read_yes_no, fallback=True)
    options = _read_options(fields)
    if not question_id or not kinds:
        return _Draft(question_id, None, fields)
    _check_keys_of_kind(fields, kinds[0], options)
    low, high = _read_bounds(fields, kinds[0])
    question = Question(
        id=question_id,
        kind=kinds[0],
        label=label,
        hint=hint,
        required=required,
        options=options,
        minimum=low,
        maximum=high,
        max_length=fields.value("max_length", read_count(1, MAX_TEXT), None),
    )
    return _Draft(question_id, question, fields)


def _read_options(fields: Fields) -> tuple[Option, ...]:
    options: list[Option] = []
    nodes = fields.items("options")
    for node in nodes:
        option = Fields(node, fields.problems, required="value label", optional="hint")
        options.append(Option(option.code("value"), option.needed_text("label"), option.text("hint")))
    note_repeats(fields.problems, list(zip((option.value for option in options), nodes, strict=True)))
    return tuple(options)


def _check_keys_of_kind(fields: Fields, kind: Kind, options: tuple[Option, ...]) -> None:
    """Keys that mean nothing for this kind are faults: somebody believed they did something."""
    if kind is Kind.CHOICE and len(options) < 2:
        fields.fault(fields.node, "Une question à choix a au moins deux réponses (« options »).")
    misplaced = {
        "options": kind is not Kind.CHOICE,
        "minimum": kind not in ORDERED_KINDS,
        "maximum": kind not in ORDERED_KINDS,
        "max_length": kind is not Kind.TEXT,
    }
    for key, is_misplaced in misplaced.items():
        if is_misplaced and key in fields.nodes:
            message = f"« {key} » n’a pas de sens pour une question de sorte « {kind} »."
            fields.fault(fields.nodes[key], message)


def _read_bounds(fields: Fields, kind: Kind) -> tuple[Value | None, Value | None]:
    if kind not in ORDERED_KINDS:
        return None, None

    def read(raw: str) -> Value | None:
        return read_value(kind, raw)

    low, high = fields.value("minimum", read, None), fields.value("maximum", read, None)
    if low is not None and high is not None and low > high:  # type: ignore[operator]  # same ordered kind
        fields.fault(fields.node, "Le minimum dépasse le maximum.")
    return low, high
