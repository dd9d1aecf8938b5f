"""Addresses of the second look: its readers' pages, and the public page of its rule."""

from django.urls import path

from aid_requests.views import second_looks

urlpatterns = [
    path("comite/secondes-lectures/", second_looks.second_look_list, name="second_look_list"),
    path("comite/secondes-lectures/<uuid:token>/", second_looks.second_look_page, name="second_look_page"),
    path("seconde-lecture/", second_looks.second_look_rule, name="second_look_rule"),
]
