"""Addresses of the schools' lists and of invitations."""

from django.urls import URLPattern, path

from aid_requests.views import invitations, register

urlpatterns: list[URLPattern] = [
    path("inscrits/", register.register_list, name="register_list"),
    path("inscrits/<int:pk>/", register.register_import, name="register_import"),
    path("inscrits/<int:pk>/etat/", register.register_import_state, name="register_import_state"),
    path("inscrits/<int:pk>/appliquer/", register.apply_register, name="apply_register"),
    path("inscrits/<int:pk>/abandonner/", register.drop_register, name="drop_register"),
    path("inscrits/<int:pk>/lignes.csv", register.register_faults, name="register_faults"),
    path("invitations/", invitations.invitation_lists, name="invitation_lists"),
    path("invitations/<int:pk>/", invitations.invitation_list, name="invitation_list"),
    path("invitations/<int:pk>/etat/", invitations.invitation_list_state, name="invitation_list_state"),
    path("invitations/<int:pk>/envoyer/", invitations.send_invitations, name="send_invitations"),
    path("invitations/<int:pk>/arreter/", invitations.end_invitations, name="end_invitations"),
    path("invitation/<str:token>/", invitations.open_invitation, name="open_invitation"),
]
