"""The schemes, their versions and their drafts, and a new draft from nothing, from a version or from a file."""

from dataclasses import dataclass
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from aid_requests import openings, schemes, sealed
from aid_requests.actions.scheme_drafts import SLUG_TAKEN, LiveDraft, opening_refusal, start_draft
from aid_requests.forms.scheme_drafts import NewDraftForm
from aid_requests.models import SchemeDraft, SchemeVersion
from aid_requests.models.scheme_drafts import DraftState
from aid_requests.openings import has_a_twin
from aid_requests.scheme_editor.differences import said, title_of
from aid_requests.scheme_editor.sections import SECTIONS
from aid_requests.scheme_editor.shapes import ListOf, Shape
from aid_requests.scheme_editor.trees import Tree
from aid_requests.scheme_editor.vocabulary import Vocabulary
from aid_requests.scheme_readers import READERS, draft_title, faults_of
from aid_requests.schemes.writing import to_plain
from aid_requests.views.actor import actor
from fund.models.people import Role
from fund.roles import Refusal, for_roles, roles_of


@dataclass(frozen=True)
class DraftLine:
    draft: SchemeDraft
    title: str
    faults: int
    refusal: Refusal | None


@dataclass(frozen=True)
class VersionLine:
    version: SchemeVersion
    title: str


@dataclass(frozen=True)
class Told:
    """One thing of a version on the page that is only read."""

    title: str
    pairs: list[tuple[str, str]]
    inner: "list[ToldList]"


@dataclass(frozen=True)
class ToldList:
    title: str
    items: list[Told]


@for_roles(*READERS)
@require_GET
def scheme_list(request: HttpRequest) -> HttpResponse:
    """Open versions first, then the drafts that somebody writes, then what was before."""
    versions = SchemeVersion.objects.select_related("scheme").order_by("scheme__slug", "-number")
    language = get_language() or "fr"
    lines = [VersionLine(one, sealed.scheme_of(one).title.in_language(language)) for one in versions]
    may_write = Role.ADMINISTRATOR in roles_of(request.user)
    drafts = SchemeDraft.objects.filter(state=DraftState.LIVE).select_related("scheme", "changed_by")
    context = {
        "open": [line for line in lines if line.version.state == "open"],
        "former": [line for line in lines if line.version.state != "open"],
        "may_write": may_write,
        "drafts": [
            _draft_line(draft, language) for draft in (drafts.order_by("made_at") if may_write else [])
        ],
    }
    return render(request, "aid_requests/scheme_list.html", context)


def _draft_line(draft: SchemeDraft, language: str) -> DraftLine:
    slug = str(draft.tree.get("slug", ""))
    is_twin = draft.scheme_id is None and bool(slug) and has_a_twin(draft, slug)
    refusal = SLUG_TAKEN if is_twin else opening_refusal(draft)
    return DraftLine(draft, draft_title(draft, language), len(faults_of(draft)), refusal)


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def new_scheme_draft(request: HttpRequest) -> HttpResponse:
    """A new draft. Faults of a YAML text are shown with their lines, and the text stays."""
    data = request.POST if request.method == "POST" else None
    initial = {"form_token": uuid4(), "source": "blank", "version": request.GET.get("version", "")}
    if initial["version"]:
        initial["source"] = "copy"
    form = NewDraftForm(data, request.FILES or None, initial=initial)
    if form.is_valid():
        by = actor(request)
        try:
            draft = start_draft(by=by, form_token=form.token, tree=form.tree, based_on=form.copied)
        except LiveDraft as there:
            messages.info(request, there.sentence)
            draft = there.draft
        return redirect("scheme_draft", token=draft.token)
    return render(request, "aid_requests/scheme_new.html", {"form": form}, status=200)


@for_roles(*READERS)
@require_GET
def scheme_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A version in plain words: what it asks, refuses, grants and has declared."""
    version = _version(slug, number)
    language = get_language() or "fr"
    scheme = sealed.scheme_of(version)
    tree = to_plain(scheme)
    words = Vocabulary(tree, language)
    context = {
        "version": version,
        "title": scheme.title.in_language(language),
        "may_write": Role.ADMINISTRATOR in roles_of(request.user),
        "is_unseen": version in openings.unseen(actor(request)),
        "parts": [
            {
                "title": section.title,
                "pairs": [(slot.label, said(slot, tree, words)) for slot in section.slots],
                "lists": [_told_list(listed, tree, words) for listed in section.lists],
            }
            for section in SECTIONS
        ],
    }
    return render(request, "aid_requests/scheme_version.html", context)


def _told_list(listed: ListOf, node: Tree, words: Vocabulary) -> ToldList:
    return ToldList(
        str(listed.title), [_told(listed.shape, item, words) for item in node.get(listed.key, [])]
    )


def _told(shape: Shape, item: Tree, words: Vocabulary) -> Told:
    pairs = [
        (str(slot.label), said(slot, item, words))
        for slot in shape.slots
        if slot.key not in (shape.title,) and item.get(slot.key)
    ]
    inner = [told for told in (_told_list(one, item, words) for one in shape.lists) if told.items]
    return Told(title_of(shape, item, words), pairs, inner)


@for_roles(*READERS)
@require_GET
def scheme_version_yaml(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The version as `dump_scheme` writes it."""
    version = _version(slug, number)
    return yaml_file(schemes.dump(sealed.scheme_of(version)), f"{slug}-v{number}")


def yaml_file(text: str, name: str) -> HttpResponse:
    """A YAML file to keep."""
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    return response


def _version(slug: str, number: int) -> SchemeVersion:
    """Raises Http404 when there is no such version."""
    found = SchemeVersion.objects.select_related("scheme").filter(scheme__slug=slug, number=number).first()
    if found is None:
        raise Http404
    return found
