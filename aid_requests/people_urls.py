"""Addresses of call-backs, of requests typed with somebody, of representatives and of doors elsewhere."""

from django.urls import URLPattern, path

from aid_requests.views import call_backs, doors, representatives, typed_requests

urlpatterns: list[URLPattern] = [
    path("rappelez-moi/", call_backs.call_me_back, name="call_me_back"),
    path("rappelez-moi/merci/", call_backs.call_back_asked, name="call_back_asked"),
    path("rappels/", call_backs.call_back_list, name="call_back_list"),
    path("rappels/<uuid:token>/", call_backs.call_back_page, name="call_back_page"),
    path("saisir/", typed_requests.type_request, name="type_request"),
    path("saisir/<slug:slug>/", typed_requests.type_scheme_request, name="type_scheme_request"),
    path("demandes/saisie/<uuid:token>/", typed_requests.typed_request, name="typed_request"),
    path(
        "demandes/<uuid:token>/representant/",
        representatives.request_representative,
        name="request_representative",
    ),
    path("representer/<str:token>/", representatives.represent, name="represent"),
    path("adresses-utiles/", doors.door_list, name="door_list"),
    path("adresses-utiles/<int:pk>/", doors.door_page, name="door_page"),
]
