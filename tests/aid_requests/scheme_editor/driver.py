"""Builds any scheme by the editor's own forms, as an administrator would who writes no line of code."""

from typing import Any

from django.test import Client
from django.urls import reverse

from aid_requests.models import SchemeDraft
from aid_requests.scheme_editor.operands import (
    SEVERAL,
    ends_of,
    group_of,
    inner_of,
    operand_key,
    operator_of,
    terms_of,
)
from aid_requests.scheme_editor.operands import is_span as names_a_span
from aid_requests.scheme_editor.sections import SECTIONS
from aid_requests.scheme_editor.shapes import Input, ListOf, Slot
from aid_requests.scheme_editor.typed import shown_value
from tests.aid_requests.scheme_editor.pages import Page

Tree = dict[str, Any]
KINDS = {Input.NUMBER: "number", Input.AMOUNT: "amount", Input.DATE: "date"}


class Driver:
    """One administrator, one draft. `build` leaves the draft written and not opened."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.page = Page(client, reverse("new_scheme_draft"))

    def start_blank(self) -> SchemeDraft:
        token = self.page.controls("form_token")[0].value
        self.client.post(reverse("new_scheme_draft"), {"form_token": token, "source": "blank"})
        self.draft = SchemeDraft.objects.get(form_token=token)
        return self.draft

    def build(self, tree: Tree) -> SchemeDraft:
        self.tree = tree
        self.start_blank()
        for section in SECTIONS:
            for listed in section.lists:
                self._clear(listed)
        for section in SECTIONS:
            for listed in reversed(section.lists):  # zones before the questions that name them
                self._write_list(listed, tree, "")
        for section in SECTIONS:
            if section.slots:
                self._go(reverse("scheme_section", args=[self.draft.token, section.key]))
                self._write_slots(section.slots, tree)
                self.page.press("save")
        self.draft.refresh_from_db()
        return self.draft

    def _go(self, address: str) -> None:
        self.page.go(address)

    def _item(self, place: str) -> str:
        return reverse("scheme_item", args=[self.draft.token, place])

    def _clear(self, listed: ListOf) -> None:
        """Takes away what a new draft begins with."""
        self.draft.refresh_from_db()
        for _item in self.draft.tree.get(listed.key, []):
            self._go(self._item(f"{listed.key}.1"))
            self.page.press("delete")

    def _write_list(self, listed: ListOf, node: Tree, holder: str) -> None:
        for number, item in enumerate(node.get(listed.key, []), 1):
            place = f"{holder}.{listed.key}.{number}" if holder else f"{listed.key}.{number}"
            self._go(self._item(place))
            self._write_slots(listed.shape.slots, item)
            self.page.press("save")
            for inner in listed.shape.lists:
                self._write_list(inner, item, place)

    def _write_slots(self, slots: tuple[Slot, ...], node: Tree) -> None:
        conditions = [slot for slot in slots if slot.input is Input.CONDITION]
        kinds = [slot for slot in slots if slot.key == "kind"]
        if kinds:
            self.page.fill("kind", node["kind"])
            self.page.press("refresh")
        for slot in slots:
            if slot not in conditions and slot not in kinds and not _is_absent(slot, node):
                self._write_slot(slot, node)
        for slot in conditions:
            if node.get(slot.key) is not None:
                self._make(slot.key, [], node[slot.key])

    def _write_slot(self, slot: Slot, node: Tree) -> None:
        value = _value_at(node, slot.key)
        match slot.input:
            case Input.WORDS | Input.PARAGRAPH:
                for language, text in value.items():
                    self.page.fill(f"{slot.key}.{language}", text)
            case Input.DOORS | Input.QUESTIONS:
                self._choose_in_order(slot.key, value)
            case Input.OPTIONS:
                self._write_options(value)
            case Input.COUNTRIES:
                self.page.fill(slot.key, ", ".join(shown_value("country", code) for code in value))
            case Input.OPERAND:
                self._choose_operand(slot.key, value)
            case Input.LITERAL:
                kind = "number" if node["kind"] == "group" else node["kind"]
                self.page.fill(slot.key, shown_value(kind, value))
            case _:
                self.page.fill(slot.key, shown_value(KINDS.get(slot.input), value))

    def _choose_in_order(self, name: str, codes: list[str]) -> None:
        for number, code in enumerate(codes):
            if number >= len(self.page.controls(name)):
                self.page.press("refresh")
            self.page.fill(name, code, number)
        for number in range(len(codes), len(self.page.controls(name))):
            self.page.fill(name, "", number)

    def _write_options(self, options: list[Tree]) -> None:
        for number, option in enumerate(options, 1):
            if not self.page.has(f"options.{number}.value"):
                self.page.press("option add")
            self.page.fill(f"options.{number}.value", option["value"])
            for key in ("label", "hint"):
                for language, text in option.get(key, {}).items():
                    self.page.fill(f"options.{number}.{key}.{language}", text)

    # Conditions ------------------------------------------------------------------------------------------------

    def _make(self, root: str, steps: list[int], condition: Tree) -> None:
        """Writes `condition` where an empty row stands, or where nothing does at the root."""
        if group_of(condition) == "row":
            if not steps:
                self.page.press(f"row {root}")
            self._write_row("-".join([root, *map(str, steps)]), condition)
            return
        self._make_group(root, steps)
        name, place = "-".join([root, *map(str, steps)]), " ".join([root, *map(str, steps)])
        self.page.fill(f"{name}-t", group_of(condition))
        self.page.press("refresh")
        for number, inner in enumerate(inner_of(condition)):
            if number:
                self.page.press(f"row {place}")
            self._make(root, [*steps, number], inner)

    def _make_group(self, root: str, steps: list[int]) -> None:
        """Turns the empty row there into a group with one empty row."""
        place = " ".join([root, *map(str, steps)])
        holder = " ".join([root, *map(str, steps[:-1])])
        holder_name = holder.replace(" ", "-")
        if not steps:
            self.page.press(f"group {root}")
        elif self.page.controls(f"{holder_name}-t")[0].value == "not":
            self.page.press(f"row {holder}")
        else:
            self.page.press(f"group {holder}")
            self.page.press(f"remove {place}")
        self.page.press(f"remove {place} 1")

    def _write_row(self, name: str, row: Tree) -> None:
        self._choose_operand(name, row)
        operator, terms = operator_of(row), terms_of(row)
        self.page.fill(f"{name}-o", operator)
        self.page.press("refresh")
        kind = next((one.value for one in self.page.controls(f"{name}-k")), "")
        if kind == "country" and operator == "in" and all(isinstance(term, str) for term in terms):
            sets = [one["code"] for one in self.tree.get("sets", [])]
            typed = [term if term in sets else shown_value("country", term) for term in terms]
            self.page.fill(f"{name}-v", ", ".join(typed))
            return
        for number, term in enumerate(terms):
            if operator in SEVERAL and number >= len(self.page.controls(f"{name}-v")):
                self.page.press("refresh")
            if isinstance(term, dict):
                self.page.fill(f"{name}-x", operand_key(term), number)
            else:
                self.page.fill(f"{name}-v", shown_value(kind, term), number)

    def _choose_operand(self, name: str, node: Tree) -> None:
        key = operand_key(node)
        self.page.fill(f"{name}-s", key)
        self.page.press("refresh")
        for number, end in enumerate(ends_of(node) if names_a_span(key) else []):
            if isinstance(end, dict):
                self.page.fill(f"{name}-e", operand_key(end), number)
            else:
                self.page.fill(f"{name}-f", shown_value("date", end), number)


def _value_at(node: Tree, key: str) -> Any:
    for step in key.split("."):
        node = node.get(step, {}) if isinstance(node, dict) else {}
    return node


def _is_absent(slot: Slot, node: Tree) -> bool:
    return _value_at(node, slot.key) in ({}, None)
