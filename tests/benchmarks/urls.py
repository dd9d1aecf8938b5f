"""Our pages, and one more."""

from django.urls import include, path

from tests.benchmarks.plain_view import plain_webhook

urlpatterns = [path("", include("config.urls")), path("plain/", plain_webhook)]
