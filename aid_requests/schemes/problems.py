"""The faults of a schedule file, each with its place and a sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault and its place. `path` counts list items from 1, as people do; `line` 0 is the whole file."""

    path: str
    message_fr: str
    line: int = 0

    def __str__(self) -> str:
        place = ", ".join(part for part in (f"ligne {self.line}" if self.line else "", self.path) if part)
        return f"{place} : {self.message_fr}" if place else self.message_fr


class FaultyFile(ValueError):
    """A file of ours that cannot be used. `problems` lists every fault found, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class SchemeError(FaultyFile):
    """A schedule that cannot be used."""
