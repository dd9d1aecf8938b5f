"""Addresses of team pages and of matching offers."""

from django.urls import path

from donations.views import matching, teams

urlpatterns = [
    path("equipes/", teams.team_list, name="team_list"),
    path("equipes/proposer/", teams.propose_team, name="propose_team"),
    path("equipes/<slug:slug>/", teams.team_page, name="team_page"),
    path("equipes/<slug:slug>/modifier/", teams.change_team, name="change_team"),
    path("equipes/<slug:slug>/terminer/", teams.close_team, name="close_team"),
    path("communication/equipes/", teams.team_moderation, name="team_moderation"),
    path("communication/equipes/<int:pk>/", teams.moderate_team, name="moderate_team"),
    path("communication/equipes/textes/<int:pk>/", teams.moderate_team_text, name="moderate_team_text"),
    path("abondements/", matching.matching_public, name="matching_public"),
    path("dons/abondements/", matching.matching_list, name="matching_list"),
    path("dons/abondements/nouveau/", matching.record_offer, name="record_offer"),
    path("dons/abondements/<int:pk>/", matching.offer_page, name="offer_page"),
    path("dons/abondements/<int:pk>/confirmer/", matching.confirm_offer, name="confirm_offer"),
    path("dons/abondements/<int:pk>/abandonner/", matching.drop_offer, name="drop_offer"),
    path("dons/abondements/<int:pk>/terminer/", matching.end_offer, name="end_offer"),
    path("dons/abondements/<int:pk>/paiement/", matching.tie_offer_payment, name="tie_offer_payment"),
    path(
        "dons/abondements/paiements/<int:pk>/detacher/",
        matching.untie_offer_payment,
        name="untie_offer_payment",
    ),
]
