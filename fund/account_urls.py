"""Signing in and out, and the second factor: the few of allauth's pages that are used, under our own addresses."""

from typing import Any

from allauth.account import views
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from fund import accounts
from fund import oidc as oidc_rules
from fund.views import oidc, second_factor


class AskForCode(views.RequestLoginCodeView):
    """Always shows the form: who mistyped an address, or got no code, is not held on the page that waits for it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "sign_on": oidc_rules.is_on(),
            "sign_on_name": settings.OIDC_NAME,
        }

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
    path("etablissement/", oidc.begin, name="oidc_begin"),
    path("etablissement/retour/", oidc.come_back, name="oidc_return"),
    path("etablissement/continuer/", oidc.sign_in, name="oidc_sign_in"),
    path("quitter/", views.logout, name="account_logout"),
    path("ferme/", views.account_inactive, name="account_inactive"),
    path("connexion/second-facteur/", second_factor.sign_in_step, name="mfa_authenticate"),
    path("second-facteur/", second_factor.index, name="mfa_index"),
    path("second-facteur/application/", second_factor.new_app, name="mfa_activate_totp"),
    path("second-facteur/application/image.svg", second_factor.app_picture, name="mfa_app_picture"),
    path("second-facteur/cle/", second_factor.new_key, name="mfa_add_webauthn"),
    path("second-facteur/confirmer/", second_factor.confirm_by_code, name="mfa_reauthenticate"),
    path("second-facteur/confirmer/cle/", second_factor.confirm_by_key, name="mfa_reauthenticate_webauthn"),
    path("second-facteur/codes/", second_factor.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-facteur/codes/nouveaux/", second_factor.new_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path("second-facteur/<int:pk>/retirer/", second_factor.remove_factor, name="remove_factor"),
    path("equipe/", second_factor.staff_list, name="staff_list"),
    path("equipe/<int:pk>/lever/", second_factor.reset_factors, name="reset_factors"),
]
