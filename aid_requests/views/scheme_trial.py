"""Before a draft opens: the form as a student meets it."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from aid_requests import schemes
from aid_requests.doors import doors_of
from aid_requests.forms.questions import QuestionsForm
from aid_requests.scheme_editor.examination import examine
from aid_requests.scheme_editor.trees import Tree
from aid_requests.scheme_editor.typed import plain_value, shown_value
from aid_requests.scheme_editor.vocabulary import KNOWN_NAMES, facts_named
from aid_requests.schemes import (
    Ambiguous,
    Award,
    Incomplete,
    Kind,
    NotEligible,
    Outcome,
    Scheme,
    Value,
    ValueFault,
)
from aid_requests.schemes.grammar import KNOWN_KINDS, Source
from aid_requests.schemes.values import read_value
from aid_requests.views.scheme_draft import frame, live_draft
from fund import clock
from fund.models.people import Role
from fund.roles import for_roles


@dataclass(frozen=True)
class KnownFact:
    """One thing that is known of a student besides the answers, to play with."""

    name: str
    label: str
    value: str
    kind: str


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def try_scheme_draft(request: HttpRequest, token: UUID) -> HttpResponse:
    """The draft's form as a student meets it, with what the answers are worth. Nothing is kept."""
    draft = live_draft(token)
    language = get_language() or "fr"
    examined = examine(draft.tree, language)
    context = {**frame(draft, examined), "here": "try"}
    if examined.scheme is None:
        return render(request, "aid_requests/scheme_try.html", context)
    facts, known = _known(request, draft.tree)
    data = request.POST if request.method == "POST" else None
    form = QuestionsForm(examined.scheme, examined.scheme.questions, data=data, given={}, known=known)
    form.is_valid()
    context |= {"form": form, "facts": facts, "looks_at_result": True}
    context |= _told(examined.scheme, schemes.evaluate(examined.scheme, form.answers, known), form, language)
    if request.headers.get("HX-Request") == "true" and data is not None:
        return render(request, "aid_requests/_scheme_tried.html", {**context, "quiet": True})
    return render(request, "aid_requests/scheme_try.html", context)


def _known(request: HttpRequest, tree: Tree) -> tuple[list[KnownFact], dict[str, Value]]:
    """The facts that the draft compares, as typed for this trial; what cannot be read is not known."""
    facts: list[KnownFact] = []
    known: dict[str, Value] = {}
    for key in facts_named(tree):
        source, _dot, name = key.partition(".")
        kind = KNOWN_KINDS[Source(source)][name]
        usual = clock.today().isoformat() if kind is Kind.DATE else ""
        plain = plain_value(kind, request.POST.get(f"known.{key}", usual))
        facts.append(KnownFact(f"known.{key}", str(KNOWN_NAMES[key]), shown_value(kind, plain), str(kind)))
        try:
            known |= {key: read_value(kind, plain)} if plain else {}
        except ValueFault:
            continue
    return facts, known


def _told(scheme: Scheme, outcome: Outcome, form: QuestionsForm, language: str) -> dict[str, Any]:
    """What the page says of the outcome."""
    if isinstance(outcome, NotEligible):
        codes = {door.code for door in outcome.orientation}
        doors = doors_of(None, scheme, language=language, codes=codes)
        return {"refusal": outcome.reason.in_language(language), "doors": doors}
    if isinstance(outcome, Ambiguous):
        labels = [one.label.in_language(language) for one in scheme.cases if one.code in outcome.case_codes]
        return {"ambiguous": labels}
    if not isinstance(outcome, Award):
        awaited = outcome.awaited if isinstance(outcome, Incomplete) and not outcome.missing else ()
        return {"awaited": [str(KNOWN_NAMES.get(key, key)) for key in awaited]}
    case = next(one for one in scheme.cases if one.code == outcome.case_code)
    return {
        "award": outcome,
        "case": case.label.in_language(language),
        "award_parts": [one.label.in_language(language) for one in outcome.parts],
        "documents": [(one.label.in_language(language), one.required) for one in outcome.documents],
        "statements": [
            _statement(scheme, outcome, number, form, language) for number in range(len(outcome.facts))
        ],
    }


def _statement(scheme: Scheme, award: Award, number: int, form: QuestionsForm, language: str) -> str:
    """One fact in its final words; with its braces while an answer that it names is open."""
    fact = award.facts[number]
    try:
        [(_code, text)] = schemes.fact_texts(scheme, replace(award, facts=(fact,)), form.answers, language)
    except schemes.MissingAnswer:
        return fact.text.in_language(language)
    return text
