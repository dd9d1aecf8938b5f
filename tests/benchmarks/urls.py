"""Our pages, and those that they are measured against."""

from django.urls import include, path

from tests.benchmarks.bare_view import bare_view
from tests.benchmarks.plain_view import plain_webhook

urlpatterns = [
    path("", include("config.urls")),
    path("plain/", plain_webhook),
    path("bare/", bare_view, name="bare"),
]
