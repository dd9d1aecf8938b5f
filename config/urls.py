"""The only place that knows every app."""

from django.conf import settings
from django.urls import include, path

from config import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("bureau/", views.desk, name="desk"),
    path("affichage/", views.set_display, name="set_display"),
    path("compte/", include("fund.account_urls")),
    path("", include("reports.urls")),
    path("", include("donations.urls")),
    path("", include("aid_requests.urls")),
    path("", include("fund.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("config.demo.urls")))

handler400 = "config.views.bad_request"
handler404 = "config.views.not_found"
handler500 = "config.views.broken"
