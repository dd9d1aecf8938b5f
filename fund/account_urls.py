"""Signing in and out: the few of allauth's pages that are used."""

from allauth.account import views
from django.urls import path

urlpatterns = [
    path("connexion/", views.request_login_code, name="account_login"),
    path("connexion/", views.request_login_code, name="account_request_login_code"),
    path("connexion/", views.request_login_code, name="account_signup"),
    path("connexion/code/", views.confirm_login_code, name="account_confirm_login_code"),
    path("quitter/", views.logout, name="account_logout"),
    path("ferme/", views.account_inactive, name="account_inactive"),
]
