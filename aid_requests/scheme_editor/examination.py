"""What is wrong in a tree, each fault with its place: the reading's own sentences, and the analysis' findings."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext as _

from aid_requests.scheme_editor.plain_words import in_plain_words
from aid_requests.scheme_editor.schedule import shape_at
from aid_requests.scheme_editor.sections import SECTIONS, Section, section_of
from aid_requests.scheme_editor.shapes import Shape, Slot
from aid_requests.scheme_editor.trees import NoSuchPlace, Tree, fingerprint, place_of, tidy
from aid_requests.schemes import Scheme, SchemeError
from aid_requests.schemes.analysis import Finding, analyse
from aid_requests.schemes.reading import load_plain

_MISSING = re.compile(r"Il manque la clé « (\w+) »\.|Il manque la clé «\u00a0(\w+)\u00a0»\.")


@dataclass(frozen=True)
class Fault:
    """`place` is where it stands in the tree, `also` where else; `sentence` says what to do about it.

    `blocks`: nothing opens with it. `example`: answers that show it. `is_french`: the sentence has no English.
    """

    place: str
    sentence: str
    blocks: bool = True
    also: tuple[str, ...] = ()
    example: tuple[tuple[str, str], ...] = ()
    is_french: bool = False

    @property
    def section(self) -> Section:
        return section_of(self.place)

    @property
    def item(self) -> str:
        """The place of the thing whose form mends it; "" for the scheme itself."""
        return item_of(self.place)

    def key_below(self, place: str) -> str | None:
        """What it names below `place` ("" for the thing as a whole), None when it lies elsewhere."""
        for one in (self.place, *self.also):
            if not place or one == place or one.startswith(f"{place}."):
                return one[len(place) :].lstrip(".")
        return None


@dataclass(frozen=True)
class Examination:
    """`scheme` is None while something cannot be read."""

    tree: Tree
    scheme: Scheme | None
    faults: tuple[Fault, ...] = field(default=())

    @property
    def blocking(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.blocks)

    def of_section(self, section: Section) -> list[Fault]:
        return [fault for fault in self.faults if fault.section is section]

    def of_item(self, place: str) -> list[Fault]:
        """The faults of a thing and of what it holds."""
        return [fault for fault in self.faults if fault.key_below(place) is not None]

    def by_key(self, place: str) -> dict[str, list[Fault]]:
        """The faults of a thing by key below it ("" for the thing as a whole)."""
        found: dict[str, list[Fault]] = {}
        for fault in self.faults:
            key = fault.key_below(place)
            if key is not None:
                found.setdefault(key, []).append(fault)
        return found


def examine(tree: Tree, language: str) -> Examination:
    """Everything that is wrong with the tree. The same tree is examined once: a page may ask often."""
    return _examined(fingerprint(tidy(tree)), language[:2])


@lru_cache(maxsize=64)
def _examined(text: str, language: str) -> Examination:
    tree = json.loads(text)
    try:
        scheme = load_plain(tree)
    except SchemeError as error:
        return Examination(tree, None, tuple(_fault(one.path, one.message_fr) for one in error.problems))
    return Examination(tree, scheme, tuple(_found(one) for one in analyse(scheme, language)))


def _found(finding: Finding) -> Fault:
    """What the analysis found, at the first of its places."""
    places = [place_of(path) for path in finding.places] or [""]
    return Fault(places[0], finding.sentence, finding.blocks, tuple(places[1:]), finding.witness)


def _fault(path: str, message: str) -> Fault:
    """A missing key is shown at the field that it misses, in the words of that field."""
    place = place_of(path)
    found = _MISSING.fullmatch(message)
    if not found:
        plain = in_plain_words(message)
        return (
            Fault(place, plain) if plain else Fault(place, message.replace(", ligne 0", ""), is_french=True)
        )
    key = found[1] or found[2]
    whole = f"{place}.{key}" if place else key
    slot = slot_at(whole)
    if key in ("fr", "en"):
        return Fault(place, _("Il manque le français.") if key == "fr" else _("Il manque l’anglais."))
    if slot is None:
        return Fault(whole, _("Cette partie est vide."))
    return Fault(whole, _("Il manque « %(field)s ».") % {"field": slot.label})


def item_of(place: str) -> str:
    """The longest beginning of `place` that is a thing with a form of its own, "" when there is none."""
    steps = place.split(".")
    for length in range(len(steps), 1, -1):
        start = ".".join(steps[:length])
        if steps[length - 1].isdigit() and _shape(start) is not None:
            return start
    return ""


def slot_at(place: str) -> Slot | None:
    """The field that shows what stands at `place`."""
    item = item_of(place)
    shape = _shape(item) if item else None
    slots = shape.slots if shape else tuple(slot for section in SECTIONS for slot in section.slots)
    key = place[len(item) :].lstrip(".")
    fitting = [slot for slot in slots if key == slot.key or key.startswith(f"{slot.key}.")]
    return fitting[0] if fitting else None


def _shape(place: str) -> Shape | None:
    try:
        return shape_at(place)
    except NoSuchPlace:
        return None
