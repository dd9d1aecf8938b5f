"""Addresses of what is published, and of where it is prepared."""

from django.urls import path, register_converter

from reports.addresses import ChartImageConverter, FileNameConverter, PartImageConverter
from reports.views import decisions, following, public, publications, staff

register_converter(ChartImageConverter, "chart_image")
register_converter(FileNameConverter, "publication_file")
register_converter(PartImageConverter, "part_image")

urlpatterns = [
    path("", public.home, name="home"),
    path("api/totals.json", public.totals_json, name="totals_json"),
    path("comptes/", public.live_accounts, name="live_accounts"),
    path("comptes/decisions/", decisions.decision_figures, name="decision_figures"),
    path("comptes/direct/<chart_image:image>.svg", public.live_chart, name="live_chart"),
    path("comptes/publications/<int:number>/", publications.publication_page, name="publication_page"),
    path(
        "comptes/publications/<int:number>/<chart_image:image>.svg",
        publications.publication_chart,
        name="publication_chart",
    ),
    path(
        "comptes/publications/<int:number><publication_file:file>",
        publications.publication_file,
        name="publication_file",
    ),
    path("don/<uuid:token>/suivre/", following.follow_gift, name="follow_gift"),
    path("don/<uuid:token>/suivre/<part_image:image>.svg", following.follow_picture, name="follow_picture"),
    path("communication/", staff.publication_list, name="publication_list"),
    path("communication/nouvelle/", staff.draft, name="draft_publication"),
    path("communication/erratum/<int:number>/", staff.draft_erratum, name="draft_erratum"),
    path("communication/<int:pk>/", staff.preview, name="publication_preview"),
    path("communication/<int:pk>/modifier/", staff.redraft, name="redraft_publication"),
    path("communication/<int:pk>/publier/", staff.release, name="release_publication"),
    path("communication/<int:pk>/abandonner/", staff.drop, name="drop_publication"),
    path("communication/<int:pk>/<chart_image:image>.svg", staff.preview_chart, name="preview_chart"),
]
