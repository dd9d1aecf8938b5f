"""What a reader of an English page sees, and the French that may still be among it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "use", "wbr"}
)
SPOKEN = ("aria-label", "alt", "title", "placeholder", "data-label")
# Words that no English sentence has.
FRENCH = re.compile(
    r"\b(votre|vos|vous|nous|aide|donner|retour|continuer|virements?|demandes?|dossiers?|pièces?|le|les|des|du|une"
    r"|est|pour|dans|avec|cette|pas|sur|lot|relevés?|nº|inscription|jours?|aucune?)\b",
    re.I,
)
FRENCH_SIGNS = re.compile("[àâçéèêëîïôùûœ«»\u202f]|\u00a0[:;!?€]")
# What stands between two placeholders or tags of a text.
CUT = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|<[^>]*>")
LONG = 12


class _Reader(HTMLParser):
    """Text and spoken attributes, except in elements said to be French, scripts and drawings' definitions."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "html":
            self.language = named.get("lang") or ""
        hidden = self.hidden or tag in ("script", "style") or named.get("lang") == "fr"
        if not hidden:
            self.texts += [named[name] or "" for name in SPOKEN if named.get(name)]
        if tag not in VOID:
            self.open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self.hidden and data.strip():
            self.texts.append(data)

    @property
    def hidden(self) -> bool:
        return bool(self.open) and self.open[-1][1]


@dataclass(frozen=True)
class Page:
    """`language` is the one the page claims to be in, "" for a text that is no page."""

    language: str
    texts: tuple[str, ...]


def read_page(html: str) -> Page:
    reader = _Reader()
    reader.feed(html)
    return Page(reader.language, tuple(_plain(text) for text in reader.texts))


def _plain(text: str) -> str:
    return re.sub(r"[ \t\n]+", " ", text).strip()


@dataclass(frozen=True)
class FrenchTexts:
    """The texts that an English page must not show: whole short ones, and long pieces wherever they stand."""

    whole: frozenset[str]
    pieces: tuple[str, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "FrenchTexts":
        """From (French, English) pairs; what both languages say alike is left out."""
        told = [(_plain(french), _plain(english)) for french, english in pairs]
        english = {text for _french, text in told}
        differing = [french for french, other in told if french != other and french not in english]
        said = "\n".join(english)
        pieces = {part.strip() for french in differing for part in CUT.split(french)}
        return cls(
            frozenset(differing),
            tuple(sorted(part for part in pieces if len(part) >= LONG and part not in said)),
        )

    def found_in(self, page: Page, typed: Iterable[str] = ()) -> list[str]:
        """What is French on the page, once what people typed (`typed`) is taken out."""
        texts = list(page.texts)
        for words in sorted(typed, key=len, reverse=True):
            texts = [text.replace(words, "") for text in texts]
        all_of_it = "\n".join(texts)
        found = [text for text in texts if text in self.whole]
        found += [piece for piece in self.pieces if piece in all_of_it]
        return found + [text for text in texts if FRENCH.search(text) or FRENCH_SIGNS.search(text)]
