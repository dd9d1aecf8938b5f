"""What a schedule grants and asks for: cases, parts, documents and facts to declare."""

from __future__ import annotations

from aid_requests.schemes.condition_reading import ConditionReader
from aid_requests.schemes.fact_texts import brace_fault, placeholders
from aid_requests.schemes.fields import Fields, note_repeats, read_count
from aid_requests.schemes.grammar import Case, Document, Fact, Kind, Part, Requirement, Subject, Text
from aid_requests.schemes.nodes import Node
from aid_requests.schemes.problems import Problem
from aid_requests.schemes.subject_reading import MEASURES, SOURCES
from aid_requests.schemes.values import read_amount, read_yes_no

_MOST_TIMES = 100


class AwardReader:
    """Reads the lists that make up an award; `conditions` knows every question of the scheme."""

    def __init__(self, problems: list[Problem], conditions: ConditionReader) -> None:
        self.problems = problems
        self.conditions = conditions
        # (code, place) of what goes into every award, then of what each case adds.
        self.shared_documents: list[tuple[str, Node]] = []
        self.shared_facts: list[tuple[str, Node]] = []

    def common(self, fields: Fields) -> tuple[tuple[Document, ...], tuple[Fact, ...], tuple[Fact, ...]]:
        """The documents, opening facts and closing facts of every award."""
        documents = self._documents(fields, self.shared_documents)
        opening = self._facts(fields, "opening_facts", self.shared_facts)
        return documents, opening, self._facts(fields, "closing_facts", self.shared_facts)

    def parts(self, nodes: list[Node]) -> tuple[Part, ...]:
        return tuple(self._part(node) for node in nodes)

    def cases(self, nodes: list[Node], part_nodes: list[Node]) -> tuple[Case, ...]:
        """The cases. Without parts each needs an amount, or a request would be granted nothing."""
        cases = tuple(self._case(node, part_nodes) for node in nodes)
        note_repeats(self.problems, list(zip((case.code for case in cases), nodes, strict=True)))
        return cases

    def note_shared_repeats(self) -> None:
        note_repeats(self.problems, self.shared_documents)
        note_repeats(self.problems, self.shared_facts)

    def _case(self, node: Node, part_nodes: list[Node]) -> Case:
        fields = Fields(
            node, self.problems, required="code label when", optional="amount hint documents facts"
        )
        if "amount" not in fields.nodes and not part_nodes:
            fields.fault(node, "Il manque le montant (« amount ») : le dispositif n’a pas de parts.")
        own_documents: list[tuple[str, Node]] = []
        own_facts: list[tuple[str, Node]] = []
        case = Case(
            code=fields.code("code"),
            label=fields.needed_text("label"),
            when=self.conditions.needed(fields, "when"),
            amount_cents=fields.value("amount", read_amount, None),
            hint=fields.text("hint"),
            documents=self._documents(fields, own_documents),
            facts=self._facts(fields, "facts", own_facts),
        )
        self._note_own_repeats(self.shared_documents, own_documents)
        self._note_own_repeats(self.shared_facts, own_facts)
        return case

    def _note_own_repeats(self, shared: list[tuple[str, Node]], own: list[tuple[str, Node]]) -> None:
        found: list[Problem] = []
        note_repeats(found, [*shared, *own])
        own_paths = {node.path for _, node in own}
        self.problems.extend(problem for problem in found if problem.path in own_paths)

    def _part(self, node: Node) -> Part:
        fields = Fields(
            node, self.problems, required="code label when amount", optional="documents facts times at_most"
        )
        return Part(
            code=fields.code("code"),
            label=fields.needed_text("label"),
            when=self.conditions.needed(fields, "when"),
            amount_cents=fields.value("amount", read_amount, 0),
            documents=self._documents(fields, self.shared_documents),
            facts=self._facts(fields, "facts", self.shared_facts),
            times=self._times(fields),
            at_most=fields.value("at_most", read_count(1, _MOST_TIMES), None),
        )

    def _times(self, fields: Fields) -> Subject | None:
        """What a part is multiplied by: a whole number, and never without an upper limit."""
        if ("times" in fields.nodes) != ("at_most" in fields.nodes):
            fields.fault(fields.node, "« times » et « at_most » vont ensemble : écrivez les deux.")
        node = fields.nodes.get("times")
        if node is None:
            return None
        found = self.conditions.subject(Fields(node, self.problems, optional=f"{SOURCES} {MEASURES}"))
        if found is not None and found[1] is not Kind.NUMBER:
            fields.fault(node, "« times » nomme un nombre : une réponse, des lignes (count) ou une durée.")
            return None
        return found[0] if found is not None else None

    def _documents(self, fields: Fields, named: list[tuple[str, Node]]) -> tuple[Document, ...]:
        return tuple(self._document(node, named) for node in fields.items("documents"))

    def _document(self, node: Node, named: list[tuple[str, Node]]) -> Document:
        fields = Fields(node, self.problems, required="code label", optional="hint required when watermark")
        document = Document(
            code=fields.code("code"),
            label=fields.needed_text("label"),
            hint=fields.text("hint"),
            required=fields.member("required", Requirement, Requirement.ALWAYS),
            when=self.conditions.optional(fields, "when"),
            watermark=fields.value("watermark", read_yes_no, fallback=False),
        )
        named.append((document.code, node))
        return document

    def _facts(self, fields: Fields, key: str, named: list[tuple[str, Node]]) -> tuple[Fact, ...]:
        return tuple(self._fact(node, named) for node in fields.items(key))

    def _fact(self, node: Node, named: list[tuple[str, Node]]) -> Fact:
        fields = Fields(node, self.problems, required="code text", optional="when")
        fact = Fact(fields.code("code"), fields.needed_text("text"), self.conditions.optional(fields, "when"))
        named.append((fact.code, node))
        if "text" in fields.nodes:
            self._check_placeholders(fields, fact.text)
        return fact

    def _check_placeholders(self, fields: Fields, text: Text) -> None:
        """A statement with a hole must never be signed: braces may only hold required answers."""
        node = fields.nodes["text"]
        if brace_fault(text.fr) or brace_fault(text.en):
            fields.fault(node, "Les accolades ne servent qu’à reprendre une réponse : {nom_de_la_question}.")
            return
        if placeholders(text.fr) != placeholders(text.en):
            fields.fault(node, "Les deux langues doivent reprendre les mêmes réponses.")
        for name in sorted(placeholders(text.fr) | placeholders(text.en)):
            question = self.conditions.questions.get(name)
            if question is None and name not in self.conditions.unreadable:
                fields.fault(node, f"Aucune question ne s’appelle « {name} ».")
            elif question is not None and not question.required:
                fields.fault(node, f"« {name} » est facultative : la phrase pourrait avoir un trou.")
