"""Released publications: their permanent page, drawings and files. They never change; an erratum is another one."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from reports import queries
from reports.addresses import ChartImage, FileName
from reports.models import Publication, PublicationFile
from reports.models.publications import PublicationState
from reports.presentation import chart_views, draw_chart, file_views, names_for, wording_of
from reports.views.headers import YEAR, kept_answer, svg_answer

CHART_SECONDS = 3600  # the figures never change, the drawing may get better
CONTENT_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}


def _released(number: int) -> Publication:
    return get_object_or_404(queries.released(), number=number)


@login_not_required
@require_safe
def publication_page(request: HttpRequest, number: int) -> HttpResponse:
    publication = _released(number)
    snapshot = queries.snapshot_of(publication)
    address = reverse("publication_page", args=[number])
    context = {
        "publication": publication,
        "told": snapshot,
        "wording": wording_of(publication),
        "charts": chart_views(
            snapshot,
            names_for(snapshot),
            lambda image: reverse("publication_chart", kwargs={"number": number, "image": image}),
        ),
        "files": file_views(
            publication, lambda name: reverse("publication_file", kwargs={"number": number, "file": name})
        ),
        "errata": list(publication.errata.filter(state=PublicationState.RELEASED).order_by("number")),
        "address": settings.SITE_URL + address,
        "data_address": f"{settings.SITE_URL}{address.rstrip('/')}.json",
    }
    return render(request, "reports/publication_page.html", context)


@login_not_required
@require_safe
def publication_chart(request: HttpRequest, number: int, image: ChartImage) -> HttpResponse:
    snapshot = queries.snapshot_of(_released(number))
    return svg_answer(request, draw_chart(snapshot, image), seconds=CHART_SECONDS)


@login_not_required
@require_safe
def publication_file(request: HttpRequest, number: int, file: FileName) -> HttpResponse:
    """The bytes that were released, the same for ever; spreadsheets are saved, the others may be looked at."""
    kept = get_object_or_404(
        PublicationFile, publication=_released(number), kind=file.kind, language=file.language
    )
    response = kept_answer(
        request,
        bytes(kept.data),
        content_type=CONTENT_TYPES[kept.kind],
        etag=kept.sha256,
        cache=f"public, max-age={YEAR}, immutable",
    )
    how = "attachment" if kept.kind == "csv" else "inline"
    response["Content-Disposition"] = f'{how}; filename="publication-{number}{file}"'
    response["Access-Control-Allow-Origin"] = "*"
    if kept.language:
        response["Content-Language"] = kept.language
    return response
