"""One mapping of a schedule, read field by field; every fault is noted with its place and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from aid_requests.schemes.grammar import Text
from aid_requests.schemes.nodes import Node, has_unprintable
from aid_requests.schemes.problems import Problem
from aid_requests.schemes.values import ValueFault

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
MAX_TEXT = 2000

_RATES = "Un pourcentage ne s’écrit pas : un cas donne un montant fixe. Faites un cas par tranche."
_FORMULAS = "Un calcul ne s’écrit pas : un montant fixe par cas, ou une part avec « times » et « at_most »."
_SCORES = "Un barème n’a ni points ni classement : chaque cas dit à qui il convient, et le comité décide."
_SHARES = "Le reste d’un budget ne se partage pas : fixez des montants, et un plafond (« caps ») par scheme."
_TYPED = "Personne ne saisit le montant d’une aide : c’est le cas qui le donne. Faites un cas par montant."
# Keys that people try for what a schedule cannot say; each is answered by what can be written instead.
NOT_EXPRESSED = {
    **dict.fromkeys(("percent", "percentage", "rate", "ratio", "share_of", "max_rate"), _RATES),
    **dict.fromkeys(
        ("formula", "compute", "expression", "multiply", "divide", "coefficient", "quotient"), _FORMULAS
    ),
    **dict.fromkeys(("score", "points", "rank", "ranking", "weight", "priority", "lottery"), _SCORES),
    **dict.fromkeys(("quota", "share", "prorata", "split"), _SHARES),
    **dict.fromkeys(("amount_from", "amount_answer", "amount_asked", "free_amount"), _TYPED),
}

Read = TypeVar("Read")
Member = TypeVar("Member", bound=StrEnum)


class Fields:
    """The keys of one mapping. A required key that is missing and a key that nobody knows are problems."""

    # What is said of an unknown key that people try; other files than schedules have others.
    NOT_EXPRESSED: Mapping[str, str] = NOT_EXPRESSED

    def __init__(
        self, node: Node, problems: list[Problem], *, required: str = "", optional: str = ""
    ) -> None:
        self.node = node
        self.problems = problems
        self.nodes = node.content if isinstance(node.content, dict) else {}
        if not isinstance(node.content, dict):
            self.fault(node, "Il faut ici des clés et des valeurs (« clé: valeur »).")
            return
        known = required.split() + optional.split()
        for key, child in self.nodes.items():
            if key not in known:
                unknown = f"Clé inconnue. Clés possibles ici : {', '.join(known)}."
                self.fault(child, self.NOT_EXPRESSED.get(key, unknown))
        for key in required.split():
            if key not in self.nodes:
                self.fault(node, f"Il manque la clé « {key} ».")

    def fault(self, node: Node, message: str) -> None:
        self.problems.append(Problem(node.path, message, node.line))

    def value(self, key: str, read: Callable[[str], Read], fallback: Read) -> Read:
        """What `read` makes of the scalar; `fallback` when the key is absent or faulty (which is noted)."""
        node = self.nodes.get(key)
        return fallback if node is None else self.read(node, read, fallback)

    def read(self, node: Node, read: Callable[[str], Read], fallback: Read) -> Read:
        """What `read` makes of one scalar, `fallback` when it is faulty (which is noted)."""
        raw = self.scalar(node)
        if raw is None:
            return fallback
        try:
            return read(raw)
        except ValueFault as error:
            self.fault(node, str(error))
            return fallback

    def scalar(self, node: Node) -> str | None:
        if isinstance(node.content, str):
            return node.content
        self.fault(node, "Il faut ici une seule valeur.")
        return None

    def items(self, key: str) -> list[Node]:
        """The items of a list, none when the key is absent; an empty list is a fault: leave the key out."""
        node = self.nodes.get(key)
        if node is None:
            return []
        if not isinstance(node.content, list):
            self.fault(node, "Il faut ici une liste (chaque ligne commence par « - »).")
            return []
        if not node.content:
            self.fault(node, "Cette liste est vide.")
        return node.content

    def text(self, key: str) -> Text | None:
        """A text in both languages, or None when the key is absent."""
        node = self.nodes.get(key)
        if node is None:
            return None
        languages = Fields(node, self.problems, required="fr en")
        return Text(fr=languages.value("fr", read_text, ""), en=languages.value("en", read_text, ""))

    def needed_text(self, key: str) -> Text:
        """As `text`; an absent key has been noted, so an empty text stands in until the error is raised."""
        return self.text(key) or Text("", "")

    def code(self, key: str) -> str:
        return self.value(key, read_code, "")

    def member(self, key: str, members: type[Member], fallback: Member) -> Member:
        def read(raw: str) -> Member:
            if raw not in list(members):
                raise ValueFault(f"Valeur inconnue. Valeurs possibles : {', '.join(members)}.")
            return members(raw)

        return self.value(key, read, fallback)


def read_text(raw: str) -> str:
    """A text for a person, its outer spaces and line ends trimmed. Raises ValueFault."""
    text = "\n".join(line.rstrip() for line in raw.strip().split("\n"))
    if not text:
        raise ValueFault("Ce texte est vide : écrivez-le dans les deux langues.")
    if len(text) > MAX_TEXT:
        raise ValueFault(f"Ce texte dépasse {MAX_TEXT} caractères.")
    if has_unprintable(text):
        raise ValueFault("Ce texte contient un caractère invisible : retapez-le.")
    return text


def read_code(raw: str) -> str:
    """A code by which rows, files and conditions name this item. Raises ValueFault."""
    if not CODE.fullmatch(raw):
        raise ValueFault("Un code commence par une minuscule, puis a-z, 0-9 ou _ (40 caractères au plus).")
    return raw


def read_count(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers from `low` to `high`."""

    def read(raw: str) -> int:
        if not re.fullmatch(r"\d{1,6}", raw, re.ASCII) or not low <= int(raw) <= high:
            raise ValueFault(f"Écrivez un nombre entier de {low} à {high}.")
        return int(raw)

    return read


def note_repeats(problems: list[Problem], named: list[tuple[str, Node]]) -> None:
    """A problem for each name that was used before in `named`; empty names have had their fault noted."""
    seen: dict[str, int] = {}
    for name, node in named:
        if name and name in seen:
            message = f"« {name} » est déjà pris, ligne {seen[name]} : choisissez un autre code."
            problems.append(Problem(node.path, message, node.line))
        seen.setdefault(name, node.line)
