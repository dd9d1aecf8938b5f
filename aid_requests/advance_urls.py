"""Addresses of the advances: giving one, the list of them all, and their rules."""

from django.urls import path

from aid_requests.views import advances

urlpatterns = [
    path("avances/", advances.advance_start, name="advance_start"),
    path("avances/<uuid:token>/", advances.advance_give, name="advance_give"),
    path("comite/avances/", advances.advance_list, name="advance_list"),
    path("comite/avances/reglage/", advances.advance_rules, name="advance_rules"),
]
