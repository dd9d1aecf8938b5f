"""Addresses of the donor's own space, all for whoever signed in but the one-click link."""

from django.urls import URLPattern, path

from donations.views import space

urlpatterns: list[URLPattern] = [
    path("", space.my_gifts, name="my_gifts"),
    path("mensuel/<uuid:token>/", space.my_monthly, name="my_monthly"),
    path("mensuel/<uuid:token>/carte/", space.my_monthly_card, name="my_monthly_card"),
    path("coordonnees/", space.my_details, name="my_details"),
    path("preferences/", space.my_preferences, name="my_preferences"),
    path("donnees/", space.my_data, name="my_data"),
    path("donnees/emporter/", space.export_my_data, name="export_my_data"),
    path("donnees/effacer/", space.erase_me, name="erase_me"),
    path("sans-nouvelles/<str:signed>/", space.stop_news, name="stop_news"),
]
