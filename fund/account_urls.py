"""Signing in and out: the few of allauth's pages that are used."""

from typing import Any

from allauth.account import views
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from fund import accounts


class AskForCode(views.RequestLoginCodeView):
    """Always shows the form: who mistyped an address, or got no code, is not held on the page that waits for it."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: object) -> None:
        return None


class ConfirmCode(views.ConfirmLoginCodeView):
    """Takes one of the code's tries before looking at what was typed."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if accounts.take_try(self._process.state):
            return super().post(request, *args, **kwargs)
        self._process.abort()
        messages.error(request, accounts.AccountAdapter.error_messages["too_many_login_attempts"])
        return redirect("account_login")


ask_for_code = AskForCode.as_view()

urlpatterns = [
    path("connexion/", ask_for_code, name="account_login"),
    path("connexion/", ask_for_code, name="account_request_login_code"),
    path("connexion/", ask_for_code, name="account_signup"),
    path("connexion/code/", ConfirmCode.as_view(), name="account_confirm_login_code"),
    path("quitter/", views.logout, name="account_logout"),
    path("ferme/", views.account_inactive, name="account_inactive"),
]
