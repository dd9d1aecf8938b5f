"""Opening a version: what changes, amounts first, what to look at, and the tick of whoever has read it all again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aid_requests import openings, schemes
from aid_requests.actions import scheme_drafts as actions
from aid_requests.actions.scheme_openings import see_opening
from aid_requests.forms.scheme_drafts import OpeningForm, RevisionForm
from aid_requests.models import SchemeVersion
from aid_requests.scheme_editor.differences import Difference, differences
from aid_requests.scheme_editor.examination import examine
from aid_requests.scheme_editor.trees import Tree
from aid_requests.schemes.writing import to_plain
from aid_requests.views.actor import actor
from aid_requests.views.scheme_draft import frame, live_draft
from fund.models.people import Role
from fund.roles import for_roles


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def open_scheme_draft(request: HttpRequest, token: UUID) -> HttpResponse:
    """What opening would change, then the opening; the version that was compared with travels along."""
    draft = live_draft(token)
    warning = ""
    data = request.POST if request.method == "POST" else None
    form = OpeningForm(data)
    if data is not None and not RevisionForm(data).is_valid():
        raise Http404
    if form.is_valid():
        seen = {name: form.cleaned_data[name] for name in ("revision", "replaces")}
        try:
            version = actions.open_draft(by=actor(request), draft=draft, **seen)
        except actions.Stale as stale:
            warning = stale.sentence
        else:
            messages.success(request, _("La version %(number)s est ouverte.") % {"number": version.number})
            return redirect("scheme_version", slug=version.scheme.slug, number=version.number)
    language = get_language() or "fr"
    examined = examine(draft.tree, language)
    former = actions.open_version(draft)
    context = {
        **frame(draft, examined),
        "former": former,
        "warning": warning,
        "form": form,
        "refusal": actions.opening_refusal(draft),
        "cautions": openings.cautions(draft, examined.scheme) if examined.scheme else [],
        "under_way": openings.under_way(former) if former else 0,
        **_differences(former, draft.tree, language),
    }
    return render(request, "aid_requests/scheme_open.html", context, status=409 if warning else 200)


def _differences(former: SchemeVersion | None, tree: Tree, language: str) -> dict[str, Any]:
    """Those of amounts, and the others."""
    found: list[Difference] = []
    if former is not None:
        found = differences(to_plain(schemes.load(former.definition)), tree, language)
    return {
        "differences": found,
        "amounts": [one for one in found if one.is_amount],
        "others": [one for one in found if not one.is_amount],
    }


@for_roles(*openings.TOLD)
@require_POST
def scheme_version_seen(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """« J’ai vu »: the line leaves this person's desk."""
    version = get_object_or_404(
        SchemeVersion.objects.select_related("scheme"), scheme__slug=slug, number=number
    )
    see_opening(by=actor(request), version=version)
    return redirect("scheme_version", slug=slug, number=number)
