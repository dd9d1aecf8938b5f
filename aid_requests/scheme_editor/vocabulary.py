"""What a condition may speak of at one place of a tree: its subjects, their kinds, options and names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid_requests.scheme_editor.operands import SPANS, Plain, ends_of, is_span, operand_key
from aid_requests.scheme_editor.typed import read_aloud
from aid_requests.schemes import Kind
from aid_requests.schemes.grammar import KNOWN_KINDS

# Names of what is compared besides answers, inside a sentence.
KNOWN_NAMES: dict[str, Promise] = {
    "register.school": gettext_lazy("école (code du registre)"),
    "register.level": gettext_lazy("niveau d’études (registre)"),
    "register.year_of_study": gettext_lazy("année d’études (registre)"),
    "register.curriculum": gettext_lazy("formation (registre)"),
    "register.scholarship": gettext_lazy("bourse sur critères sociaux (registre)"),
    "register.university_year": gettext_lazy("année universitaire (registre)"),
    "date.requested_on": gettext_lazy("le jour de la demande"),
}
SPAN_NAMES: dict[str, Promise] = {
    "days_between": gettext_lazy("jours entre deux dates"),
    "days_inclusive": gettext_lazy("jours entre deux dates, premier et dernier compris"),
    "months_between": gettext_lazy("mois entiers entre deux dates"),
    "months_inclusive": gettext_lazy("mois entiers entre deux dates, premier et dernier jour compris"),
    "years_between": gettext_lazy("années entières entre deux dates"),
}
AGGREGATES: dict[str, Promise] = {
    "sum": gettext_lazy("total de %(name)s"),
    "min": gettext_lazy("plus petite valeur de %(name)s"),
    "max": gettext_lazy("plus grande valeur de %(name)s"),
}
FIRST_AND_LAST: dict[str, Promise] = {
    "min": gettext_lazy("première date de %(name)s"),
    "max": gettext_lazy("dernière date de %(name)s"),
}
_YES_NO: tuple[tuple[str, Promise], ...] = (("yes", gettext_lazy("oui")), ("no", gettext_lazy("non")))


@dataclass(frozen=True)
class Subject:
    """What may stand left of a comparison; `key` is its word in a form, `kind` None while unknown."""

    key: str
    kind: str | None
    name: str
    options: tuple[tuple[str, str], ...] = ()
    usable: bool = True


@dataclass(frozen=True)
class Vocabulary:
    """The subjects of a tree for whoever writes at `place`; a question may speak of earlier ones only."""

    tree: dict[str, Plain]
    language: str
    place: str = ""
    including_itself: bool = False

    def text(self, node: Plain) -> str:
        """A text of the tree in the reader's language, else in the other one."""
        if not isinstance(node, dict):
            return ""
        first, second = ("en", "fr") if self.language.startswith("en") else ("fr", "en")
        return str(node.get(first) or node.get(second) or "")

    @cached_property
    def questions(self) -> list[dict[str, Plain]]:
        return list(self.tree.get("questions", []))

    @cached_property
    def sets(self) -> dict[str, str]:
        """The names of the sets of countries, by code."""
        return {str(one.get("code", "")): self.text(one.get("label")) for one in self.tree.get("sets", [])}

    @cached_property
    def subjects(self) -> dict[str, Subject]:
        """Every subject by key, in order: questions, what groups add up to, register, dates, spans."""
        asked = [one for question in self.questions for one in self._asked(question)]
        inner = [
            self._of_question(one) for question in self.questions for one in question.get("questions", [])
        ]
        return {subject.key: subject for subject in [*asked, *inner, *self._known]}

    @cached_property
    def here(self) -> list[Subject]:
        """The subjects that a condition at this place may name."""
        return [one for one in [*self._asked_before, *self._known] if one.usable]

    @cached_property
    def dates(self) -> list[Subject]:
        """The subjects of this place that are one end of a span."""
        return [
            one for one in self.here if one.kind == Kind.DATE and one.key.startswith(("answer:", "date:"))
        ]

    def subject(self, key: str) -> Subject:
        """The subject of that key; one that nobody knows is named by its key and has no kind."""
        return self.subjects.get(key) or Subject(key, None, key.partition(":")[2] or "…", usable=False)

    def name_of(self, node: Plain) -> str:
        """What a comparison speaks of, in words, the ends of a span included."""
        key = operand_key(node)
        if not key:
            return "…"
        if key.startswith("answer:"):
            return _("« %(name)s »") % {"name": self.subject(key).name}
        if not is_span(key):
            return self.subject(key).name
        ends = [*(self._end(end) for end in ends_of(node)), "…", "…"]
        return f"{self.subject(key).name} ({ends[0]} → {ends[1]})"

    def _end(self, end: Plain) -> str:
        return self.name_of(end) if isinstance(end, dict) else read_aloud(Kind.DATE, str(end), self.language)

    @cached_property
    def _asked_before(self) -> list[Subject]:
        steps = self.place.split(".")
        if steps[0] != "questions" or len(steps) < 2:
            return [one for question in self.questions for one in self._asked(question)]
        number = int(steps[1])
        earlier = [one for question in self.questions[: number - 1] for one in self._asked(question)]
        itself = self.questions[number - 1 : number]
        if len(steps) > 3 and itself:  # a question inside a group: earlier ones of the same row
            row = itself[0].get("questions", [])
            inner = int(steps[3])
            earlier += [self._of_question(one) for one in row[: inner - 1]]
            itself = row[inner - 1 : inner]
        if self.including_itself:  # its own answer is given when it is judged, even where it may be left out
            earlier += [self._of_question({**one, "required": "yes"}) for one in itself]
        return earlier

    @cached_property
    def _known(self) -> list[Subject]:
        """What is compared besides answers, then the spans."""
        known = [
            Subject(f"{source}:{name}", kind, str(KNOWN_NAMES.get(f"{source}.{name}", name)), _options(kind))
            for source, kinds in KNOWN_KINDS.items()
            for name, kind in kinds.items()
        ]
        return [*known, *(Subject(f"{span}:", Kind.NUMBER, str(SPAN_NAMES[span])) for span in SPANS)]

    def _asked(self, question: dict[str, Plain]) -> list[Subject]:
        """The question itself, or what the rows of a group add up to."""
        if question.get("kind") != "group":
            return [self._of_question(question)]
        group = str(question.get("id", ""))
        name = _("nombre de lignes de « %(name)s »") % {"name": self._label(question)}
        found = [Subject(f"count:{group}", Kind.NUMBER, name)]
        for inner in question.get("questions", []):
            names = FIRST_AND_LAST if inner.get("kind") == Kind.DATE else AGGREGATES
            if inner.get("kind") in (Kind.DATE, Kind.AMOUNT, Kind.NUMBER):
                found += [
                    Subject(
                        f"{source}:{group}.{inner.get('id', '')}",
                        inner["kind"],
                        str(pattern) % {"name": self._label(inner)},
                    )
                    for source, pattern in names.items()
                ]
        return found

    def _of_question(self, question: dict[str, Plain]) -> Subject:
        kind = question.get("kind")
        usable = kind not in (None, Kind.TEXT, "group") and question.get("required") != "no"
        key = f"answer:{question.get('id', '')}"
        return Subject(key, kind, self._label(question), _options(kind) or self._choices(question), usable)

    def _label(self, question: dict[str, Plain]) -> str:
        return self.text(question.get("label")).rstrip(" ?\u00a0\u202f") or str(question.get("id", "…"))

    def _choices(self, question: dict[str, Plain]) -> tuple[tuple[str, str], ...]:
        return tuple(
            (str(option.get("value", "")), self.text(option.get("label")) or str(option.get("value", "")))
            for option in question.get("options", [])
        )


def _options(kind: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((value, str(name)) for value, name in _YES_NO) if kind == Kind.YES_NO else ()


def facts_named(node: Plain) -> list[str]:
    """What the tree compares besides answers, each once, as `register.school`; the day of the request first."""
    found = ["date.requested_on", *_named(node)]
    return [key for key in dict.fromkeys(found) if key in KNOWN_NAMES]


def _named(node: Plain) -> list[str]:
    if isinstance(node, list):
        return [key for item in node for key in _named(item)]
    if not isinstance(node, dict):
        return []
    own = [f"register.{node['register']}"] if isinstance(node.get("register"), str) else []
    return own + [key for item in node.values() for key in _named(item)]
