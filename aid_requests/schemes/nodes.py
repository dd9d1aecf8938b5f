"""YAML text → a tree of places, safely. Nothing is guessed: a scalar stays the text that was written.

YAML's own guesses are what breaks schedules (`NO` is Norway, not false; 150.10 is not a float), so the
tree is made from the parser's events. No tag, anchor, alias or second document; bounded in size and depth.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from aid_requests.schemes.problems import Problem, SchemeError

MAX_BYTES = 200_000
MAX_DEPTH = 24
# Codes that could break a line, hide text or reverse its direction on a page that a person signs.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Node:
    """`content` is a text, a list of nodes, or a mapping of nodes."""

    path: str
    line: int
    content: str | list[Node] | dict[str, Node]


# Mappings, lists and texts, as `writing.to_plain` gives them.
Plain = Any


def node_of(plain: Plain, path: str = "") -> Node:
    """The node of a tree that never was a file: it has places and no lines."""
    if isinstance(plain, dict):
        pairs = {key: node_of(value, f"{path}.{key}" if path else key) for key, value in plain.items()}
        return Node(path, 0, pairs)
    if isinstance(plain, list):
        return Node(path, 0, [node_of(item, f"{path}[{number}]") for number, item in enumerate(plain, 1)])
    return Node(path, 0, str(plain))


def has_unprintable(text: str) -> bool:
    """True when a character other than a new line could not be printed as it is."""
    printable = (char == "\n" or unicodedata.category(char) not in _REFUSED_CATEGORIES for char in text)
    return not all(printable) or _DIRECTION_MARKS.search(text) is not None


def read_tree(text: str, problems: list[Problem]) -> Node:
    """The tree of one YAML document; duplicate keys are added to `problems`.

    Raises SchemeError where nothing more can be read (not YAML, too big, too deep, an alias, a tag).
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise _refusal("Le fichier dépasse 200 ko : raccourcissez-le ou faites deux dispositifs.")
    events = yaml.parse(text, Loader=yaml.SafeLoader)
    try:
        return _read_document(events, problems)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        message = "Ce passage n’est pas du YAML lisible : vérifiez les retraits et les guillemets."
        raise _refusal(message, line) from error
    except SchemeError:
        raise
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # An escape past U+10FFFF comes out of the parser as a bare ValueError or OverflowError.
        raise _refusal("Le fichier contient des caractères qui ne sont pas du texte.") from error


def _refusal(message: str, line: int = 0, path: str = "") -> SchemeError:
    return SchemeError([Problem(path, message, line)])


def _read_document(events: Iterator[yaml.Event], problems: list[Problem]) -> Node:
    next(events)  # the stream starts
    if isinstance(next(events), yaml.StreamEndEvent):
        raise _refusal("Le fichier est vide.")
    root = _Builder(events, problems).build(next(events), "", 0)
    next(events)  # the document ends
    after = next(events)
    if not isinstance(after, yaml.StreamEndEvent):
        line = _line(after)
        raise _refusal("Un seul dispositif par fichier : retirez ce qui suit « --- ».", line)
    return root


def _line(event: yaml.Event) -> int:
    """The line of an event, counted from 1."""
    return event.start_mark.line + 1 if event.start_mark else 0


class _Builder:
    """Turns events into nodes; its recursion is bounded by MAX_DEPTH."""

    def __init__(self, events: Iterator[yaml.Event], problems: list[Problem]) -> None:
        self.events = events
        self.problems = problems

    def build(self, event: yaml.Event, path: str, depth: int) -> Node:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _refusal("Les renvois YAML (& et *) ne sont pas admis : recopiez le passage.", line, path)
        if getattr(event, "tag", None) is not None:
            raise _refusal("Les types YAML (« ! ») ne sont pas admis.", line, path)
        if depth > MAX_DEPTH:
            raise _refusal(f"Plus de {MAX_DEPTH} niveaux : simplifiez ce passage.", line, path)
        if isinstance(event, yaml.ScalarEvent):
            return Node(path, line, event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(path, line, self._items(path, depth))
        return Node(path, line, self._pairs(path, depth))

    def _items(self, path: str, depth: int) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.build(event, f"{path}[{len(items) + 1}]", depth + 1))
        return items

    def _pairs(self, path: str, depth: int) -> dict[str, Node]:
        pairs: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key_node = self.build(event, path, depth + 1)
            key = key_node.content
            if not isinstance(key, str):
                raise _refusal("Une clé doit être un mot.", key_node.line, path)
            value = self.build(next(self.events), f"{path}.{key}" if path else key, depth + 1)
            if key in pairs:
                self.problems.append(
                    Problem(value.path, "Cette clé est écrite deux fois : gardez-en une.", key_node.line)
                )
            else:
                pairs[key] = value
        return pairs
