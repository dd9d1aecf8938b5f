"""Addresses of the committee's sittings and of their minutes."""

from django.urls import path

from aid_requests.views import minutes, sitting_acts, sittings

urlpatterns = [
    path("comite/seances/", sittings.sitting_list, name="sitting_list"),
    path("comite/seances/preparer/", sittings.prepare_sitting, name="prepare_sitting"),
    path("comite/seances/<uuid:token>/", sittings.sitting_page, name="sitting_page"),
    path("comite/seances/<uuid:token>/bureau/", sittings.sitting_desk, name="sitting_desk"),
    path("comite/seances/<uuid:token>/ecran/", sittings.sitting_screen, name="sitting_screen"),
    path("comite/seances/<uuid:token>/acte/", sitting_acts.sitting_act, name="sitting_act"),
    path("comite/seances/<uuid:token>/<uuid:item>/voter/", sitting_acts.sitting_vote, name="sitting_vote"),
    path("comite/seances/<uuid:token>/<uuid:item>/noter/", sitting_acts.enter_vote, name="enter_vote"),
    path("comite/proces-verbaux/", minutes.minutes_list, name="minutes_list"),
    path("comite/proces-verbaux/<uuid:token>/", minutes.minutes_page, name="minutes_page"),
    path("comite/proces-verbaux/<uuid:token>/signer/", minutes.sign_minutes, name="sign_minutes"),
    path("comite/proces-verbaux/<uuid:token>/<slug:part>/", minutes.minutes_file, name="minutes_file"),
]
