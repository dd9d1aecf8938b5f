"""The schemes that rules may name, in the words of their titles."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from aid_requests import sealed
from aid_requests.committee.rules import Rules
from aid_requests.committee.rules.grammar import EXCEPTIONS
from aid_requests.models import SchemeVersion
from aid_requests.schemes import Scheme


@dataclass(frozen=True)
class KnownScheme:
    """A scheme and its cases: (code, label)."""

    slug: str
    title: str
    cases: tuple[tuple[str, str], ...] = ()


def open_schemes() -> list[Scheme]:
    """Those that take requests today, by slug."""
    versions = SchemeVersion.objects.filter(state="open").select_related("scheme").order_by("scheme__slug")
    return [sealed.scheme_of(version) for version in versions]


def _named(book: Rules) -> Iterator[tuple[str, str]]:
    """What the rules name: (slug, "") of a scheme, (slug, code) of a case."""
    yield from ((one.scheme, "") for one in book.modes)
    for code in book.unanimity:
        slug, _slash, case = code.partition("/")
        if slug != EXCEPTIONS:
            yield slug, case


def unknown_names(book: Rules) -> list[tuple[str, str]]:
    """What `book` names and no version of any scheme has, open or not: (slug, "") of a scheme, (slug, code) of a case.
    A name that was mistyped would take the sitting or the unanimity away without a word."""
    cases: defaultdict[str, set[str]] = defaultdict(set)
    for version in SchemeVersion.objects.select_related("scheme"):
        cases[version.scheme.slug] |= {case.code for case in sealed.scheme_of(version).cases}
    missing = [
        (slug, case if slug in cases else "")
        for slug, case in _named(book)
        if slug not in cases or (case and case not in cases[slug])
    ]
    return list(dict.fromkeys(missing))


def known_schemes(book: Rules, language: str) -> list[KnownScheme]:
    """The open ones, and whatever else `book` names: nothing that a file says is lost in the form."""
    named: defaultdict[str, set[str]] = defaultdict(set)
    for slug, case in _named(book):
        named[slug].add(case)
    known = []
    for scheme in open_schemes():
        cases = {case.code: case.label.in_language(language) for case in scheme.cases}
        missing = {code: code for code in sorted(named.pop(scheme.slug, set())) if code and code not in cases}
        known.append(
            KnownScheme(scheme.slug, scheme.title.in_language(language), tuple({**cases, **missing}.items()))
        )
    closed = [
        KnownScheme(slug, slug, tuple((code, code) for code in sorted(codes) if code))
        for slug, codes in sorted(named.items())
    ]
    return [*known, *closed]
