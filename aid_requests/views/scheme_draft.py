"""A draft's pages: its home, its parts, and the form of each thing in it. Every save carries the revision it saw."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aid_requests.actions import scheme_drafts as actions
from aid_requests.forms.scheme_drafts import RevisionForm
from aid_requests.models import SchemeDraft
from aid_requests.models.scheme_drafts import DraftState
from aid_requests.openings import neighbour_faults
from aid_requests.register_values import examined_with_register
from aid_requests.scheme_editor import sections, trees
from aid_requests.scheme_editor.differences import said, title_of, trail
from aid_requests.scheme_editor.editing import Editor
from aid_requests.scheme_editor.examination import Examination, Fault, examine, item_of
from aid_requests.scheme_editor.schedule import shape_at
from aid_requests.scheme_editor.sections import SECTIONS, Section
from aid_requests.scheme_editor.shapes import ListOf, Shape
from aid_requests.scheme_editor.trees import NoSuchPlace, Tree
from aid_requests.scheme_editor.vocabulary import Vocabulary
from aid_requests.scheme_readers import draft_title
from aid_requests.schemes import country_choices, dump
from aid_requests.schemes.writing import dump_plain
from aid_requests.views.actor import actor
from aid_requests.views.scheme_list import yaml_file
from fund.models import Pocket
from fund.models.people import Role
from fund.roles import for_roles
from fund.workflow import WrongState


@dataclass(frozen=True)
class ItemLine:
    """One thing in a list: what it is called, when it holds, what is wrong in it."""

    place: str
    title: str
    details: list[str]
    faults: int


@dataclass(frozen=True)
class ListShown:
    listed: ListOf
    items: list[ItemLine]
    next_place: str


@dataclass(frozen=True)
class SectionLine:
    section: Section
    things: int
    faults: list[Fault]


def live_draft(token: UUID) -> SchemeDraft:
    """The draft while it may be written. Raises Http404 for none, and what says that it is over for an ended one."""
    draft = get_object_or_404(
        SchemeDraft.objects.select_related("scheme", "based_on", "changed_by"), token=token
    )
    actions.demand_live(draft)
    return draft


def draft_on_page(request: HttpRequest, token: UUID) -> SchemeDraft:
    """As `live_draft`; a form that is sent to an ended one is let through, for its words to stay on the page."""
    if request.method == "GET":
        return live_draft(token)
    return get_object_or_404(
        SchemeDraft.objects.select_related("scheme", "based_on", "changed_by"), token=token
    )


def frame(draft: SchemeDraft, examined: Examination) -> dict[str, Any]:
    """What every page of a draft shows around its own part."""
    return {
        "draft": draft,
        "title": draft_title(draft, get_language() or "fr"),
        "sections": [
            SectionLine(
                one, sum(len(draft.tree.get(it.key, [])) for it in one.lists), examined.of_section(one)
            )
            for one in SECTIONS
        ],
        "examined": examined,
    }


@for_roles(Role.ADMINISTRATOR)
@require_GET
def scheme_draft(request: HttpRequest, token: UUID) -> HttpResponse:
    """The draft's home: its parts, with what is wrong in each. An opened draft leads to its version."""
    draft = get_object_or_404(SchemeDraft.objects.select_related("scheme", "opened_as"), token=token)
    if draft.state == DraftState.OPENED and draft.opened_as and draft.scheme:
        return redirect("scheme_version", slug=draft.scheme.slug, number=draft.opened_as.number)
    actions.demand_live(draft)
    examined = examined_here(draft, draft.tree)
    return render(request, "aid_requests/scheme_draft.html", {**frame(draft, examined), "here": "home"})


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def scheme_section(request: HttpRequest, token: UUID, section: str) -> HttpResponse:
    """One part: the scheme's own fields there, and the lists of what it holds."""
    draft = draft_on_page(request, token)
    try:
        part = sections.section(section)
    except KeyError:
        raise Http404 from None
    editor = Editor(draft.tree, "", part.slots, get_language() or "fr")
    page = _Page(request, draft, editor, draft.tree)
    saves = request.method == "POST" and page.act == "save"
    if saves and page.save(trees.tidy(page.node), f"section:{section}"):
        return redirect(f"{reverse('scheme_section', args=[token, section])}#parties")
    examined = examined_here(draft, page.node)
    return page.shown(
        "aid_requests/scheme_section.html",
        frame(draft, examined),
        section=part,
        faults=examined.of_section(part),
        fields=editor.fields(page.node, examined.by_key("")),
        lists=[_list_shown(one, page.node, "", examined, editor.language) for one in part.lists],
    )


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def scheme_item(request: HttpRequest, token: UUID, place: str) -> HttpResponse:
    """The form of one thing; one past the end of its list is a new one."""
    draft = draft_on_page(request, token)
    shape, before, is_new = _thing(draft, place)
    editor = Editor(draft.tree, place, shape.slots, get_language() or "fr")
    page = _Page(request, draft, editor, before)
    if request.method == "POST" and page.act in ("save", "delete"):
        node = editor.kept(page.node)
        if page.act == "delete":
            saved = page.save(trees.without_item(draft.tree, place), place)
        elif not node:
            page.warning, saved = _("Rien n’est encore écrit ici."), False
        else:
            saved = page.save(_with_names(draft.tree, place, before, node), place)
        if saved:
            stays = bool(is_new and shape.lists and page.act == "save")
            return redirect(_item_url(token, place) if stays else _holder_url(token, place))
    examined, faults = _judged(draft.tree, place, page, is_new=is_new)
    return page.shown(
        "aid_requests/scheme_item.html",
        frame(draft, examined),
        shape=shape,
        place=place,
        is_new=is_new,
        section=sections.section_of(place),
        back=_holder_url(token, place),
        item_title="" if is_new else title_of(shape, before, Vocabulary(draft.tree, editor.language)),
        faults=faults.get("", []),
        uses=[] if is_new else _uses(draft.tree, place, before, editor.language),
        fields=editor.fields(page.node, faults),
        countries=country_choices(editor.language) if _asks_a_country(draft.tree) else [],
        lists=[]
        if is_new
        else [
            _list_shown(one, page.node, place, examined, editor.language)
            for one in shape.lists
            if not one.kinds or page.node.get("kind") in one.kinds
        ],
    )


@for_roles(Role.ADMINISTRATOR)
@require_POST
def move_in_scheme(request: HttpRequest, token: UUID) -> HttpResponse:
    """Moves a thing up or down in its list."""
    draft = live_draft(token)
    form = RevisionForm(request.POST)
    act, _space, place = str(request.POST.get("do", "")).partition(" ")
    if not form.is_valid() or act not in ("up", "down"):
        raise Http404
    try:
        shape_at(place)
        tree = trees.with_item_moved(draft.tree, place, -1 if act == "up" else 1)
    except NoSuchPlace:
        raise Http404 from None
    actions.save_draft(
        by=actor(request), draft=draft, revision=form.cleaned_data["revision"], tree=tree, place=place
    )
    return redirect(_holder_url(token, place))


@for_roles(Role.ADMINISTRATOR)
@require_POST
def discard_scheme_draft(request: HttpRequest, token: UUID) -> HttpResponse:
    """Gives a draft up."""
    draft = live_draft(token)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        raise Http404
    actions.discard_draft(by=actor(request), draft=draft, revision=form.cleaned_data["revision"])
    messages.success(request, _("Le brouillon est abandonné. Aucune version n’a changé."))
    return redirect("scheme_list")


@for_roles(Role.ADMINISTRATOR)
@require_GET
def scheme_draft_yaml(request: HttpRequest, token: UUID) -> HttpResponse:
    """The draft as a file: as `dump_scheme` writes it, or as far as it is written."""
    draft = live_draft(token)
    scheme = examine(draft.tree, "fr").scheme
    text = dump(scheme) if scheme else dump_plain(draft.tree)
    slug = str(draft.tree.get("slug", "")) if scheme else ""
    return yaml_file(text, f"{slug or 'brouillon'}-r{draft.revision}")


class _Page:
    """One form over a draft: what was posted, the save, and the page again with what was typed."""

    def __init__(self, request: HttpRequest, draft: SchemeDraft, editor: Editor, before: Tree) -> None:
        self.request, self.draft, self.editor = request, draft, editor
        self.warning = ""
        self.status = 200
        self.act = str(request.POST.get("do", "save"))
        self.node = before
        if request.method == "POST" and self.act != "delete":
            self.node = editor.after(editor.read(request.POST, before), self.act)

    def save(self, tree: Tree, place: str) -> bool:
        """False when somebody changed the draft in between: nothing was written, and the page says so."""
        form = RevisionForm(self.request.POST)
        if not form.is_valid():
            raise Http404
        try:
            actions.save_draft(
                by=actor(self.request),
                draft=self.draft,
                revision=form.cleaned_data["revision"],
                tree=tree,
                place=place,
            )
        except WrongState as stale:
            self.warning, self.status = stale.sentence, 409
            return False
        messages.success(self.request, _("C’est enregistré."))
        return True

    def shown(self, template: str, context: dict[str, Any], **more: Any) -> HttpResponse:
        revision = self.request.POST.get("revision", self.draft.revision)
        pockets = Pocket.objects.order_by("code").values_list("code", "name")
        page = {**context, **more, "warning": self.warning, "revision": revision, "pockets": pockets}
        return render(self.request, template, page, status=self.status)


def examined_here(draft: SchemeDraft, tree: Tree) -> Examination:
    """What is wrong with `tree`, what no register knows, and what other aids have already."""
    examined = examined_with_register(tree, get_language() or "fr")
    return replace(examined, faults=(*examined.faults, *neighbour_faults(draft, tree)))


def _judged(
    tree: Tree, place: str, page: _Page, *, is_new: bool
) -> tuple[Examination, dict[str, list[Fault]]]:
    """What is wrong with the draft as the page shows it. Until it is saved, what is still being written is no fault."""
    is_saved = page.request.method == "GET" and not is_new
    was_sent = page.request.method == "POST" and page.act == "save"
    node, unfinished = (page.node, set[str]()) if is_saved or was_sent else page.editor.written(page.node)
    whole = trees.with_item(tree, place, node) if trees.tidy(node) else tree
    examined = examined_here(page.draft, whole)
    if is_new and not was_sent and (page.request.method == "GET" or examined.scheme is None):
        return examined, {}
    found = examined.by_key(place)
    return examined, {key: said for key, said in found.items() if key.partition(".")[0] not in unfinished}


def _asks_a_country(tree: Tree) -> bool:
    asked = [
        *tree.get("questions", []),
        *(one for it in tree.get("questions", []) for one in it.get("questions", [])),
    ]
    return any(question.get("kind") == "country" for question in asked)


def _thing(draft: SchemeDraft, place: str) -> tuple[Shape, Tree, bool]:
    """(shape, node, whether it is new). Raises Http404 where nothing is and nothing can be added."""
    try:
        shape = shape_at(place)
        listed, _dot, number = place.rpartition(".")
        items = trees.items_at(draft.tree, listed)
    except NoSuchPlace:
        raise Http404 from None
    if not 1 <= int(number) <= len(items) + 1:
        raise Http404
    is_new = int(number) == len(items) + 1
    return shape, {} if is_new else items[int(number) - 1], is_new


def _with_names(tree: Tree, place: str, before: Tree, node: Tree) -> Tree:
    """The tree with the thing in it; what names a question or a door by its code follows a new code."""
    changed = trees.with_item(tree, place, node)
    key = place.split(".")[-2]
    for owner, code, rename in (
        ("questions", "id", trees.with_question_renamed),
        ("doors", "code", trees.with_door_renamed),
    ):
        if key == owner and before.get(code) and node.get(code) and before[code] != node[code]:
            changed = rename(changed, before[code], node[code])
    if key == "questions":
        for old, new in trees.renamed_answers(before, node):
            changed = trees.with_answer_renamed(changed, str(node.get("id", "")), old, new)
    return changed


def _uses(tree: Tree, place: str, before: Tree, language: str) -> list[str]:
    """What names this question elsewhere, in the words of the pages: taking it away breaks that."""
    code = str(before.get("id") or "")
    if place.split(".")[-2] != "questions" or not code:
        return []
    words = Vocabulary(tree, language)
    found = [item_of(one) for one in trees.naming(tree, code)]
    others = [one for one in dict.fromkeys(found) if one and one != place and not one.startswith(f"{place}.")]
    return [trail(shape_at(one), trees.at(tree, one), words) for one in others]


def _list_shown(listed: ListOf, node: Tree, place: str, examined: Examination, language: str) -> ListShown:
    start = f"{place}.{listed.key}" if place else listed.key
    items = [
        _item_line(listed.shape, item, f"{start}.{number}", examined, language)
        for number, item in enumerate(node.get(listed.key, []), 1)
    ]
    return ListShown(listed, items, f"{start}.{len(items) + 1}")


def _item_line(shape: Shape, item: Tree, place: str, examined: Examination, language: str) -> ItemLine:
    words = Vocabulary(examined.tree, language)
    shown = [slot for slot in shape.slots if slot.key in ("kind", "amount", "requests", shape.condition)]
    details = [said(slot, item, words) for slot in shown]
    return ItemLine(
        place,
        title_of(shape, item, words),
        [detail for detail in details if detail],
        len(examined.of_item(place)),
    )


def _item_url(token: UUID, place: str) -> str:
    return reverse("scheme_item", args=[token, place])


def _holder_url(token: UUID, place: str) -> str:
    """The page that shows the list where the thing stands."""
    steps = place.split(".")
    if len(steps) > 2:
        return f"{_item_url(token, '.'.join(steps[:-2]))}#l-{steps[-2]}"
    return f"{reverse('scheme_section', args=[token, sections.section_of(place).key])}#l-{steps[0]}"
