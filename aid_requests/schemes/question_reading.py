"""The questions of a schedule: each with its kind, its bounds, and conditions over what was asked before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aid_requests.schemes.condition_reading import ConditionReader
from aid_requests.schemes.fields import MAX_TEXT, Fields, note_repeats, read_count
from aid_requests.schemes.grammar import ORDERED_KINDS, CountrySet, Kind, Option, Question, Scalar
from aid_requests.schemes.nodes import Node
from aid_requests.schemes.problems import Problem
from aid_requests.schemes.values import read_value, read_yes_no

FEWEST_ROWS, MOST_ROWS, ROWS_LIMIT = 1, 10, 20
_KEYS = (
    "hint required options minimum maximum max_length visible_if valid_if invalid_message questions row_label"
)
_NOT_OF_GROUPS = ("required", "valid_if", "invalid_message")


@dataclass(frozen=True, slots=True)
class _Draft:
    """A question before its conditions are read. `question` is None when its id or kind is faulty."""

    id: str
    question: Question | None
    fields: Fields
    inner: tuple[_Draft, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the conditions of a question may name, and what is known of the rest of the file."""

    earlier: tuple[Question, ...]
    later: frozenset[str]
    unreadable: frozenset[str]
    sets: tuple[CountrySet, ...]

    def reader(self, problems: list[Problem], *besides: Question) -> ConditionReader:
        return ConditionReader(
            problems,
            [*self.earlier, *besides],
            later=self.later - {question.id for question in besides},
            unreadable=self.unreadable,
            sets=self.sets,
        )


def read_questions(
    nodes: list[Node], problems: list[Problem], sets: tuple[CountrySet, ...] = ()
) -> tuple[list[Question], frozenset[str]]:
    """The questions, and the ids of those that could not be made (their faults are in `problems`)."""
    drafts = [_read_draft(node, problems) for node in nodes]
    every = [one for draft in drafts for one in (draft, *draft.inner)]
    note_repeats(problems, [(draft.id, draft.fields.node) for draft in every])
    unreadable = frozenset(draft.id for draft in every if draft.question is None)
    questions: list[Question] = []
    for place, draft in enumerate(drafts):
        if draft.question is None:
            continue
        later = frozenset(one.id for other in drafts[place:] for one in (other, *other.inner))
        scope = _Scope(tuple(questions), later, unreadable, sets)
        questions.append(_with_conditions(draft, draft.question, scope))
    return questions, unreadable


def _with_conditions(draft: _Draft, question: Question, scope: _Scope) -> Question:
    fields = draft.fields
    # Its own answer is given when validity is asked, even where leaving it out is allowed.
    itself = replace(question, required=True)
    if ("valid_if" in fields.nodes) != ("invalid_message" in fields.nodes):
        fields.fault(fields.node, "« valid_if » et « invalid_message » vont ensemble : écrivez les deux.")
    return replace(
        question,
        visible_if=scope.reader(fields.problems).optional(fields, "visible_if"),
        valid_if=scope.reader(fields.problems, itself).optional(fields, "valid_if"),
        invalid_message=fields.text("invalid_message"),
        questions=_inner_with_conditions(draft, scope),
    )


def _inner_with_conditions(draft: _Draft, scope: _Scope) -> tuple[Question, ...]:
    """A row's questions may name what was asked before the group, and earlier ones of the same row."""
    made: list[Question] = []
    for one in draft.inner:
        if one.question is not None:
            row = replace(scope, earlier=(*scope.earlier, *made))
            made.append(_with_conditions(one, one.question, row))
    return tuple(made)


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
    inner = tuple(_read_inner(one, problems) for one in fields.items("questions"))
    if not question_id or not kinds:
        return _Draft(question_id, None, fields, inner)
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
        row_label=fields.text("row_label"),
    )
    return _Draft(question_id, question, fields, inner)


def _read_inner(node: Node, problems: list[Problem]) -> _Draft:
    draft = _read_draft(node, problems)
    if draft.question is not None and draft.question.kind is Kind.GROUP:
        draft.fields.fault(node, "Un groupe ne contient pas d’autre groupe : faites-en deux groupes.")
        return replace(draft, question=None, inner=())
    return draft


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
    if kind is Kind.GROUP and "questions" not in fields.nodes:
        fields.fault(fields.node, "Un groupe a ses propres questions (« questions »).")
    misplaced = {
        "options": kind is not Kind.CHOICE,
        "minimum": kind not in (*ORDERED_KINDS, Kind.GROUP),
        "maximum": kind not in (*ORDERED_KINDS, Kind.GROUP),
        "max_length": kind is not Kind.TEXT,
        "questions": kind is not Kind.GROUP,
        "row_label": kind is not Kind.GROUP,
        **dict.fromkeys(_NOT_OF_GROUPS, kind is Kind.GROUP),
    }
    for key, is_misplaced in misplaced.items():
        if is_misplaced and key in fields.nodes:
            message = f"« {key} » n’a pas de sens pour une question de sorte « {kind} »."
            fields.fault(fields.nodes[key], message)


def _read_bounds(fields: Fields, kind: Kind) -> tuple[Scalar | None, Scalar | None]:
    low: Scalar | None
    high: Scalar | None
    if kind is Kind.GROUP:
        low = fields.value("minimum", read_count(0, ROWS_LIMIT), FEWEST_ROWS)
        high = fields.value("maximum", read_count(1, ROWS_LIMIT), max(low, MOST_ROWS))
    elif kind in ORDERED_KINDS:

        def read(raw: str) -> Scalar | None:
            return read_value(kind, raw)

        low, high = fields.value("minimum", read, None), fields.value("maximum", read, None)
    else:
        return None, None
    if low is not None and high is not None and low > high:  # type: ignore[operator]  # same ordered kind
        fields.fault(fields.node, "Le minimum dépasse le maximum.")
    return low, high
