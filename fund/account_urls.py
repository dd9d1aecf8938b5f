"""Signing in and out: the few of allauth's pages that are used."""

from allauth.account import views
from django.http import HttpRequest
from django.urls import path


class AskForCode(views.RequestLoginCodeView):
    """Always shows the form: who mistyped an address, or got no code, is not held on the page that waits for it."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: object) -> None:
        return None


ask_for_code = AskForCode.as_view()

urlpatterns = [
    path("connexion/", ask_for_code, name="account_login"),
    path("connexion/", ask_for_code, name="account_request_login_code"),
    path("connexion/", ask_for_code, name="account_signup"),
    path("connexion/code/", views.confirm_login_code, name="account_confirm_login_code"),
    path("quitter/", views.logout, name="account_logout"),
    path("ferme/", views.account_inactive, name="account_inactive"),
]
