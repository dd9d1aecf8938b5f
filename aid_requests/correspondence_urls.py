"""Addresses of messages, corrections and signed versions: the student's, then the team's."""

from django.urls import path

from aid_requests.views import corrections, messages, own_data

urlpatterns = [
    path("demandes/mes-donnees/", own_data.applicant_data, name="applicant_data"),
    path("demandes/mes-donnees/archive/", own_data.export_applicant_data, name="export_applicant_data"),
    path("demandes/<uuid:token>/messages/", messages.request_messages, name="request_messages"),
    path("demandes/<uuid:token>/messages/lus/", messages.mark_messages_read, name="mark_messages_read"),
    path("demandes/<uuid:token>/erreur/", messages.request_tell_error, name="request_tell_error"),
    path("demandes/<uuid:token>/a-corriger/", corrections.request_correction, name="request_correction"),
    path("demandes/<uuid:token>/versions/", corrections.request_versions, name="request_versions"),
    path("correspondance/", messages.thread_list, name="thread_list"),
    path("correspondance/<uuid:token>/", messages.thread_page, name="thread_page"),
    path("correspondance/<uuid:token>/lus/", messages.mark_thread_read, name="mark_thread_read"),
    path("correspondance/<uuid:token>/erreurs/<int:number>/", messages.settle_error, name="settle_error"),
    path("correspondance/<uuid:token>/correction/", corrections.ask_correction, name="ask_correction"),
    path(
        "correspondance/<uuid:token>/correction/<int:number>/lever/",
        corrections.cancel_correction,
        name="cancel_correction",
    ),
    path("correspondance/<uuid:token>/versions/", corrections.file_versions, name="file_versions"),
]
