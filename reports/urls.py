"""Addresses of what is published."""

from django.urls import path

from reports import views

urlpatterns = [
    path("", views.home, name="home"),
    path("api/totals.json", views.totals_json, name="totals_json"),
]
