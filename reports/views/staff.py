"""Where communication prepares what will be told: drafts, their preview, and the release by a second person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fund.models.people import Role
from fund.roles import Refused, for_roles, roles_of
from fund.views.frame import actor
from reports import actions, permissions, queries
from reports.addresses import ChartImage
from reports.forms import PublicationForm
from reports.models import Publication
from reports.models.publications import PublicationState
from reports.presentation import chart_views, draw_chart, names_for, wording_of
from reports.views.headers import svg_answer


def _draft(pk: int) -> Publication:
    return get_object_or_404(Publication, pk=pk, state=PublicationState.DRAFT)


def _may_write(request: HttpRequest) -> bool:
    return Role.COMMUNICATION in roles_of(request.user)


@for_roles(*permissions.READERS)
@require_safe
def publication_list(request: HttpRequest) -> HttpResponse:
    context = {
        "drafts": queries.drafts(),
        "publications": queries.released().select_related("drafted_by", "released_by"),
        "may_write": _may_write(request),
    }
    return render(request, "reports/publication_list.html", context)


@for_roles(Role.COMMUNICATION)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    return _write(request, None, None)


@for_roles(Role.COMMUNICATION)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_erratum(request: HttpRequest, number: int) -> HttpResponse:
    """A draft that corrects a released publication; the old page will say so."""
    return _write(request, None, get_object_or_404(queries.released(), number=number))


@for_roles(Role.COMMUNICATION)
@require_http_methods(["GET", "HEAD", "POST"])
def redraft(request: HttpRequest, pk: int) -> HttpResponse:
    publication = _draft(pk)
    return _write(request, publication, publication.corrects)


def _write(request: HttpRequest, known: Publication | None, corrects: Publication | None) -> HttpResponse:
    """The form of a new draft, or of `known`; a refusal stands in the form, with what was typed."""
    form = PublicationForm(request.POST) if request.method == "POST" else PublicationForm.starting(known)
    if request.method == "POST" and form.is_valid():
        up_to = form.cleaned_data["up_to"]
        try:
            if known is None:
                made = actions.draft_publication(
                    by=actor(request), wording=form.wording(), up_to=up_to, corrects=corrects
                )
            else:
                made = actions.redraft_publication(
                    by=actor(request), publication=known, wording=form.wording(), up_to=up_to
                )
        except Refused as refused:
            form.add_error("up_to" if refused.refusal.code == "day" else None, str(refused.refusal))
        else:
            return redirect("publication_preview", made.pk)
    context = {"form": form, "publication": known, "corrects": corrects}
    return render(request, "reports/publication_form.html", context, status=422 if form.is_bound else 200)


@for_roles(*permissions.READERS)
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as the public would see it, and what can be done with it."""
    publication = _draft(pk)
    snapshot = queries.snapshot_of(publication)
    context = {
        "publication": publication,
        "told": snapshot,
        "wording": wording_of(publication),
        "charts": chart_views(
            snapshot,
            names_for(snapshot),
            lambda image: reverse("preview_chart", kwargs={"pk": pk, "image": image}),
        ),
        "may_write": _may_write(request),
        "release_refusal": permissions.can_release(actor(request), publication),
    }
    return render(request, "reports/publication_preview.html", context)


@for_roles(*permissions.READERS)
@require_safe
def preview_chart(request: HttpRequest, pk: int, image: ChartImage) -> HttpResponse:
    """Never kept: a draft is not public, and may change."""
    answer = svg_answer(request, draw_chart(queries.snapshot_of(_draft(pk)), image), seconds=0)
    answer["Cache-Control"] = "no-store"
    return answer


@for_roles(Role.COMMUNICATION)
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    publication = actions.release_publication(
        by=actor(request),
        publication=get_object_or_404(Publication, pk=pk),
        read_sha256=request.POST.get("read", ""),
    )
    messages.success(request, _("La publication nº %(number)d est parue.") % {"number": publication.number})
    return redirect("publication_page", publication.number)


@for_roles(Role.COMMUNICATION)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    actions.drop_publication(by=actor(request), publication=get_object_or_404(Publication, pk=pk))
    messages.success(request, _("Le brouillon est abandonné."))
    return redirect("publication_list")
