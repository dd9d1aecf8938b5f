"""The pages of the second factor: allauth's ceremonies in our frame, one act each."""

from typing import Any

import qrcode
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as base_views
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as app_views
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn import views as key_views
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fund import second_factor
from fund.models import User
from fund.models.people import Role
from fund.roles import for_roles
from fund.views.frame import actor

Kind = Authenticator.Type
for_staff = for_roles(*Role)
confirmed = reauthentication_required(app="allauth.mfa")


@second_factor.before_second_factor
@for_staff
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What there is, and what can be added; the first page of whoever was just given a role."""
    user = actor(request)
    factors = Authenticator.objects.filter(user_id=user.pk).order_by("pk")
    context = {
        "app": next((factor for factor in factors if factor.type == Kind.TOTP), None),
        "keys": [factor for factor in factors if factor.type == Kind.WEBAUTHN],
        "codes_left": len(second_factor.recovery_codes_of(user)),
        "has_factor": second_factor.has_factor(user),
        "passkeys_are_possible": second_factor.passkeys_are_possible(),
    }
    return render(request, "mfa/index.html", context)


class NewApp(app_views.ActivateTOTPView):
    """Shows the picture and the secret; takes the app's first code."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if Authenticator.objects.filter(user_id=actor(request).pk, type=Kind.TOTP).exists():
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super(app_views.ActivateTOTPView, self).get_context_data(**kwargs)
        secret = context["form"].secret
        context["secret"] = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        context["address"] = get_adapter().build_totp_url(self.request.user, secret)
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        has_codes = second_factor.add_app(self.request, form)
        return redirect("mfa_view_recovery_codes" if has_codes else "mfa_index")


class NewKey(key_views.AddWebAuthnView):
    """Registers a passkey; the browser does the work (see `second-factor.js`)."""

    def form_valid(self, form: Any) -> HttpResponse:
        credential, name = form.cleaned_data["credential"], form.cleaned_data["name"]
        has_codes = second_factor.add_key(self.request, name=name, credential=credential)
        return redirect("mfa_view_recovery_codes" if has_codes else "mfa_index")


class SignInStep(base_views.AuthenticateView):
    """The second step of signing in: a code, or a passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kinds = set(
            Authenticator.objects.filter(user_id=self.stage.login.user.pk).values_list("type", flat=True)
        )
        return {**context, "has_app": Kind.TOTP in kinds, "has_key": Kind.WEBAUTHN in kinds}


class ConfirmByCode(base_views.ReauthenticateView):
    """The second factor again, before what is delicate; the session then has another key."""

    def form_valid(self, form: Any) -> HttpResponse:
        self.request.session.cycle_key()
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = actor(self.request)
        has_key = Authenticator.objects.filter(user_id=user.pk, type=Kind.WEBAUTHN).exists()
        return {**super().get_context_data(**kwargs), "has_key": has_key}


class ConfirmByKey(key_views.ReauthenticateWebAuthnView):
    """The same with a passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        self.request.session.cycle_key()
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, _("Cette clé n’a pas été reconnue. Essayez encore, ou tapez un code."))
        return HttpResponseRedirect(self.request.get_full_path())


def _opened(view: Any, **methods: Any) -> Any:
    return second_factor.before_second_factor(for_staff(never_cache(view.as_view(**methods))))


new_app = _opened(NewApp)
new_key = _opened(NewKey)
confirm_by_code = _opened(ConfirmByCode)
confirm_by_key = _opened(ConfirmByKey)
sign_in_step = SignInStep.as_view()


@second_factor.before_second_factor
@for_staff
@never_cache
@require_GET
def app_picture(request: HttpRequest) -> HttpResponse:
    """The secret of the app being set up as a QR code, drawn here: it exists in this session only."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    response = HttpResponse(
        qr_svg(get_adapter().build_totp_url(actor(request), secret)), content_type="image/svg+xml"
    )
    response["Cache-Control"] = "no-store, private"
    return response


def qr_svg(text: str) -> str:
    """A QR code as SVG, black on white in both themes (a camera needs it), with its quiet border."""
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    rows = code.get_matrix()
    size = len(rows)
    dots = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{dots}"/></svg>'
    )


@for_staff
@never_cache
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes just made, until the person says they are noted; afterwards only how many are left."""
    if request.method == "POST":
        request.session.pop(second_factor.CODES_TO_NOTE, None)
        messages.success(request, _("Votre second facteur est en place."))
        return redirect("desk")
    codes = second_factor.recovery_codes_of(actor(request))
    shown = codes if request.session.get(second_factor.CODES_TO_NOTE) else []
    return render(request, "mfa/recovery_codes/index.html", {"codes": shown, "left": len(codes)})


@for_staff
@require_POST
@confirmed
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    second_factor.make_recovery_codes(request)
    return redirect("mfa_view_recovery_codes")


@for_staff
@require_POST
def remove_factor(request: HttpRequest, pk: int) -> HttpResponse:
    user = actor(request)
    kinds = second_factor.MAIN_KINDS
    factor = get_object_or_404(Authenticator, pk=pk, user_id=user.pk, type__in=kinds)
    raise_if_reauthentication_required(request, app="allauth.mfa")
    second_factor.remove_factor(request, authenticator=factor)
    messages.success(request, _("Ce second facteur est retiré, et vos autres sessions sont fermées."))
    return redirect("mfa_index")


@for_roles(Role.ADMINISTRATOR)
@never_cache
@require_GET
def staff_list(request: HttpRequest) -> HttpResponse:
    """Who holds a role, and who has a second factor."""
    rows = second_factor.staff_with_factors()
    return render(request, "fund/staff_list.html", {"rows": rows, "me": actor(request).pk})


@for_roles(Role.ADMINISTRATOR)
@require_POST
@second_factor.fresh_second_factor(back=lambda pk: reverse("staff_list"))
def reset_factors(request: HttpRequest, pk: int) -> HttpResponse:
    """For a person who lost the phone and the recovery codes."""
    person = get_object_or_404(User, pk=pk)
    second_factor.reset_factors(by=actor(request), user=person)
    told = _("%(name)s choisira un autre second facteur à sa prochaine connexion.")
    messages.success(request, told % {"name": person.display_name})
    return redirect("staff_list")
