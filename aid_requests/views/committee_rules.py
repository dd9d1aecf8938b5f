"""The committee's rules: what holds, what was before, and for administrators the draft, its form, its file."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import DateField, Field
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aid_requests.actions import committee_rules as actions
from aid_requests.committee import rules, seats, staffing_check
from aid_requests.committee.known_schemes import KnownScheme, known_schemes
from aid_requests.committee.rules import Rules
from aid_requests.committee.rules.examples import evenings
from aid_requests.forms.committee_rules import RulesForm, mode_field, typed_of
from aid_requests.forms.committee_rules_file import OpenRulesForm, RulesFileForm
from aid_requests.models import Committee, RulesVersion
from aid_requests.models.rules import RulesState
from aid_requests.scheme_readers import READERS
from aid_requests.views.actor import actor
from aid_requests.views.scheme_list import yaml_file
from fund.models import User
from fund.models.people import Role
from fund.roles import Refused, for_roles, roles_of
from fund.templatetags.fund_format import day
from fund.workflow import WrongState


def _versions() -> list[RulesVersion]:
    """The national committee's, the newest first."""
    found = RulesVersion.objects.filter(committee__slug=Committee.NATIONAL).order_by("-number")
    return list(found.select_related("changed_by", "opened_by"))


@for_roles(*READERS)
@require_GET
@never_cache
def committee_rules(request: HttpRequest) -> HttpResponse:
    """What holds now, with examples and what nobody could decide; then every version, who opened it and when."""
    versions = _versions()
    opened = next((one for one in versions if one.state == RulesState.OPEN), None)
    may_write = Role.ADMINISTRATOR in roles_of(request.user)
    presides = Role.CHAIR in roles_of(request.user)
    book = seats.read(opened)
    context = {
        "opened": opened,
        "pairs": _pairs(book),
        "evenings": evenings(book),
        "shortfalls": staffing_check.shortfalls(book) if may_write or presides else [],
        "draft": next((one for one in versions if one.state == RulesState.DRAFT), None)
        if may_write
        else None,
        "versions": [one for one in versions if one.state != RulesState.DRAFT],
        "may_write": may_write,
    }
    return render(request, "aid_requests/committee_rules.html", context)


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
@never_cache
def committee_rules_draft(request: HttpRequest) -> HttpResponse:
    """The draft as one form; without a draft it begins with what holds now."""
    draft, book = _draft()
    if request.method != "POST":
        return _show(request, form=_form(book, draft))
    form = RulesForm(request.POST, people=_people(), schemes=_schemes(book))
    return _saved(request, form) if form.is_valid() else _show(request, form=form, status=422)


@for_roles(Role.ADMINISTRATOR)
@require_POST
def upload_committee_rules(request: HttpRequest) -> HttpResponse:
    """A YAML file becomes the draft; its faults are shown with their lines, and the text stays."""
    given = RulesFileForm(request.POST, request.FILES)
    return _saved(request, given) if given.is_valid() else _show(request, given=given, status=422)


@for_roles(Role.ADMINISTRATOR)
@require_POST
def open_committee_rules(request: HttpRequest) -> HttpResponse:
    """The draft becomes what holds."""
    form = OpenRulesForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        version = actions.open_rules_draft(by=actor(request), **form.cleaned_data)
    except Refused as refused:
        messages.error(request, str(refused.refusal.sentence))
        return redirect("committee_rules_draft")
    except WrongState as wrong:
        messages.info(request, wrong.sentence)
        return redirect("committee_rules")
    messages.success(request, _("Le règlement nº %(number)s est ouvert.") % {"number": version.number})
    return redirect("committee_rules")


@for_roles(*READERS)
@require_GET
def committee_rules_yaml(request: HttpRequest, number: int) -> HttpResponse:
    """A version that was opened, as its file; a draft is the administrators' alone."""
    version = next((one for one in _versions() if one.number == number), None)
    may_write = Role.ADMINISTRATOR in roles_of(request.user)
    if version is None or (version.state == RulesState.DRAFT and not may_write):
        raise Http404
    return yaml_file(version.definition, f"reglement-v{number}")


def _saved(request: HttpRequest, form: RulesForm | RulesFileForm) -> HttpResponse:
    revision = form.cleaned_data["revision"]
    try:
        actions.save_rules_draft(by=actor(request), text=form.text, revision=revision)
    except WrongState as stale:
        form.add_error(None, stale.sentence)
        shown: dict[str, Any] = {"form": form} if isinstance(form, RulesForm) else {"given": form}
        return _show(request, **shown, status=409)
    messages.success(
        request, _("Le brouillon est enregistré. Il ne change rien tant qu’il n’est pas ouvert.")
    )
    return redirect("committee_rules_draft")


def _show(
    request: HttpRequest,
    *,
    form: RulesForm | None = None,
    given: RulesFileForm | None = None,
    status: int = 200,
) -> HttpResponse:
    draft, book = _draft()
    opened = next((one for one in _versions() if one.state == RulesState.OPEN), None)
    context = {
        "form": form or _form(book, draft),
        "given": given or RulesFileForm(initial={"revision": draft.revision if draft else 0}),
        "draft": draft,
        "opened": opened,
        "refusal": actions.opening_refusal(draft, opened) if draft else None,
        "evenings": evenings(book),
        "shortfalls": staffing_check.shortfalls(book),
    }
    return render(request, "aid_requests/committee_rules_draft.html", context, status=status)


def _draft() -> tuple[RulesVersion | None, Rules]:
    """The draft and its rules, else what holds now."""
    versions = _versions()
    draft = next((one for one in versions if one.state == RulesState.DRAFT), None)
    opened = next((one for one in versions if one.state == RulesState.OPEN), None)
    return draft, seats.read(draft or opened)


def _form(book: Rules, draft: RulesVersion | None) -> RulesForm:
    initial = {**typed_of(book), "revision": draft.revision if draft else 0}
    return RulesForm(initial=initial, people=_people(), schemes=_schemes(book))


def _people() -> list[tuple[int, str]]:
    """Who has a seat: number and name, as a delegation names them."""
    users = User.objects.filter(pk__in=[seat.person for seat in seats.members().seats])
    return [(user.pk, user.display_name or user.email) for user in users.order_by("display_name", "pk")]


def _schemes(book: Rules) -> list[KnownScheme]:
    return known_schemes(book, get_language() or "fr")


def _pairs(book: Rules) -> list[tuple[str, str]]:
    """The rules in the words of their form; what is empty is left out."""
    form = RulesForm(initial=typed_of(book), people=_people(), schemes=_schemes(book))
    used = to_show(book) | {mode_field(one.scheme) for one in book.modes}
    pairs = []
    for name, field in form.fields.items():
        value = form.initial.get(name, "")
        if name in used and value not in ("", []):
            pairs.append((str(field.label), _said(field, value)))
    return pairs


def _said(field: Field, value: Any) -> str:
    """The value in the words of its field."""
    choices = {str(code): str(words) for code, words in getattr(field, "choices", [])}
    if isinstance(field, DateField):
        return day(date.fromisoformat(value))
    if isinstance(value, list):
        return " · ".join(str(choices.get(one, one)) for one in value)
    return choices.get(str(value), str(value))


def to_show(book: Rules) -> set[str]:
    """The fields that these rules use."""
    of_mode = {
        "sitting": {"quorum", "quorum_proxies", "quorum_per", "second_call", "second_days", "alternates"}
        | {"proxies", "notice_days", "urgent_days"},
        "consultation": {"count", "votes", "days"},
        "delegation": {"delegate", "reference", "starts_on", "ends_on", "cap"},
        "opinion": {"given_in", "signed_by"},
    }
    shown = {"mode", "unanimity", "own_school"}
    if not rules.ends_by_number(book) or "sitting" in book.modes_used:
        shown |= {"base", "share", "tie", "quorum"}
    return shown.union(*(of_mode[mode] for mode in book.modes_used))
