"""What one schedule says and another does not: things added, taken away, moved, and each field that changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aid_requests.scheme_editor.sections import SECTIONS
from aid_requests.scheme_editor.sentences import condition_sentence
from aid_requests.scheme_editor.shapes import Input, ListOf, Shape, Slot
from aid_requests.scheme_editor.trees import Plain, Tree, value_at
from aid_requests.scheme_editor.typed import read_aloud
from aid_requests.scheme_editor.vocabulary import Vocabulary
from aid_requests.schemes import Kind

_KINDS = {Input.NUMBER: Kind.NUMBER, Input.AMOUNT: Kind.AMOUNT, Input.DATE: Kind.DATE}


@dataclass(frozen=True)
class Difference:
    """`what` names the thing and its field; `before` or `after` is empty for what was added or taken away.

    `is_amount`: euros change, or what gives euros comes or goes.
    """

    what: str
    before: str
    after: str
    is_amount: bool = False


def differences(old: Tree, new: Tree, language: str) -> list[Difference]:
    """In the order of the editor's pages. Two trees of one definition have none."""
    words = Vocabulary(old, language), Vocabulary(new, language)
    found: list[Difference] = []
    for section in SECTIONS:
        found += _of_slots("", section.slots, old, new, words)
        for listed in section.lists:
            found += _of_list(str(listed.title), listed, old, new, words)
    return found


def trail(shape: Shape, item: Tree, words: Vocabulary) -> str:
    """« Cas « Billets non remboursés » »: what a person calls the thing."""
    return _("%(kind)s « %(name)s »") % {"kind": shape.name, "name": title_of(shape, item, words)}


def title_of(shape: Shape, item: Tree, words: Vocabulary) -> str:
    """What the thing is called: its title in the reader's language, else its code, else a hole."""
    slot = shape.slot(shape.title)
    named = said(slot, item, words) if slot.input is Input.CHOICE else words.text(item.get(shape.title))
    return named or str(item.get(shape.code) or "…")


def said(slot: Slot, node: Tree, words: Vocabulary) -> str:
    """What stands in a slot, in words; "" when nothing does."""
    found = value_at(node, slot.key)
    if found in (None, "", [], {}):
        return str(dict(slot.choices).get(slot.default, "")) if slot.default else ""
    match slot.input:
        case Input.WORDS | Input.PARAGRAPH:
            return words.text(found)
        case Input.CONDITION:
            return condition_sentence(found, words)
        case Input.OPERAND:
            return words.name_of(found)
        case Input.CHOICE:
            return str(dict(slot.choices).get(found, found))
        case Input.OPTIONS:
            return " · ".join(words.text(one.get("label")) or str(one.get("value", "…")) for one in found)
        case Input.COUNTRIES:
            return ", ".join(read_aloud(Kind.COUNTRY, str(code), words.language) for code in found)
        case Input.DOORS:
            names = {one.get("code"): words.text(one.get("label")) for one in words.tree.get("doors", [])}
            return ", ".join(names.get(code) or str(code) for code in found)
        case Input.QUESTIONS:
            return ", ".join(words.subject(f"answer:{code}").name for code in found)
        case Input.LITERAL:
            return read_aloud(node.get("kind"), str(found), words.language)
        case _:
            return read_aloud(_KINDS.get(slot.input), str(found), words.language)


def _below(thing: str, field: str) -> str:
    return _("%(thing)s : %(field)s") % {"thing": thing, "field": field}


Words = tuple[Vocabulary, Vocabulary]


def _of_slots(
    named: str, slots: tuple[Slot, ...], old: Tree, new: Tree, words: Words
) -> Iterator[Difference]:
    for slot in slots:
        before, after = value_at(old, slot.key), value_at(new, slot.key)
        if before == after:
            continue
        what = _below(named, str(slot.label)) if named else str(slot.label)
        if slot.input in (Input.WORDS, Input.PARAGRAPH):
            yield from _of_texts(what, before or {}, after or {})
        elif slot.input is Input.OPTIONS:
            yield Difference(what, _options(before), _options(after))
        else:
            is_amount = slot.input is Input.AMOUNT
            yield Difference(what, said(slot, old, words[0]), said(slot, new, words[1]), is_amount)


def _of_texts(what: str, before: Tree, after: Tree) -> Iterator[Difference]:
    for language, name in (("fr", _("en français")), ("en", _("en anglais"))):
        if before.get(language) != after.get(language):
            yield Difference(f"{what} ({name})", str(before.get(language, "")), str(after.get(language, "")))


def _options(options: Plain) -> str:
    """Every word of the answers: a code or a translation that changed shows too."""
    lines = []
    for one in options or []:
        texts = [text for key in ("label", "hint") for text in (one.get(key) or {}).values()]
        lines.append(_below(str(one.get("value", "…")), " / ".join(texts)))
    return " · ".join(lines)


def _of_list(title: str, listed: ListOf, old: Plain, new: Plain, words: Words) -> Iterator[Difference]:
    shape = listed.shape
    before = _by_code(shape, old.get(listed.key, []))
    after = _by_code(shape, new.get(listed.key, []))
    for code, item in before.items():
        if code not in after:
            yield Difference(title, _with_amount(shape, item, words[0]), "", _gives(shape))
    for code, item in after.items():
        if code not in before:
            yield Difference(title, "", _with_amount(shape, item, words[1]), _gives(shape))
            continue
        named = trail(shape, item, words[1])
        yield from _of_slots(named, shape.slots, before[code], item, words)
        for inner in shape.lists:
            yield from _of_list(_below(named, str(inner.title)), inner, before[code], item, words)
    kept_before = [code for code in before if code in after]
    kept_after = [code for code in after if code in before]
    if kept_before != kept_after:
        names = [title_of(shape, before[code], words[0]) for code in kept_before]
        moved = [title_of(shape, after[code], words[1]) for code in kept_after]
        order = _("%(list)s, dans l’ordre") % {"list": title}
        yield Difference(order, " · ".join(names), " · ".join(moved))


def _gives(shape: Shape) -> bool:
    return any(slot.input is Input.AMOUNT for slot in shape.slots)


def _with_amount(shape: Shape, item: Tree, words: Vocabulary) -> str:
    """What the thing is called, and what it gives."""
    given = [said(slot, item, words) for slot in shape.slots if slot.input is Input.AMOUNT]
    return ", ".join([title_of(shape, item, words), *filter(None, given)])


def _by_code(shape: Shape, items: list[Tree]) -> dict[tuple[str, int], Tree]:
    """The items by code; the second of one code is another thing."""
    found: dict[tuple[str, int], Tree] = {}
    for item in items:
        code = str(item.get(shape.code, ""))
        found[code, sum(1 for other, _number in found if other == code)] = item
    return found
