"""Addresses of the files that look alike."""

from django.urls import path

from aid_requests.views import lookalikes

urlpatterns = [
    path("doublons/", lookalikes.look_alike_list, name="look_alike_list"),
    path("doublons/<uuid:token>/", lookalikes.look_alike_page, name="look_alike_page"),
]
