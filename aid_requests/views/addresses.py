"""« Mon adresse »: which one signs in and gets the mails, and another one, proved by a code."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from aid_requests import actions, permissions, school_addresses
from aid_requests.forms.addresses import AddressCodeForm, AddressForm
from aid_requests.models import Applicant
from aid_requests.views.actor import actor
from fund.roles import Refusal, Refused, demand, for_applicants


@for_applicants
@never_cache
@require_http_methods(["GET", "POST"])
def my_address(request: HttpRequest) -> HttpResponse:
    """One page: the address, the form for another one, and the code once it was asked for."""
    if not permissions.is_student(actor(request)):
        demand(Refusal("no_school", _("Cette page est celle des étudiant·es qui demandent une aide.")))
    if request.method == "GET":
        return _page(request, AddressForm(), AddressCodeForm())
    if request.POST.get("act") == "confirm":
        return _confirm(request)
    return _send(request)


def _send(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            actions.send_address_code(by=actor(request), email=form.cleaned_data["email"])
            sentence = _("Si cette adresse peut être la vôtre ici, six chiffres viennent d’y partir.")
            messages.success(request, sentence)
            return redirect("my_address")
        except Refused as refused:
            form.add_error("email", str(refused.refusal.sentence))
    return _page(request, form, AddressCodeForm(), status=422)


def _confirm(request: HttpRequest) -> HttpResponse:
    form = AddressCodeForm(request.POST)
    if form.is_valid():
        try:
            actions.confirm_address(by=actor(request), digits=form.cleaned_data["code"])
            messages.success(
                request, _("C’est fait : cette adresse reçoit nos courriels et sert à vous connecter.")
            )
            return redirect("my_address")
        except Refused as refused:
            form.add_error("code", str(refused.refusal.sentence))
    return _page(request, AddressForm(), form, status=422)


def _page(
    request: HttpRequest, form: AddressForm, code_form: AddressCodeForm, *, status: int = 200
) -> HttpResponse:
    user = actor(request)
    applicant = Applicant.objects.filter(user=user).select_related("subject_key", "school").first()
    school_email = school_addresses.school_email_of(applicant) if applicant else user.email
    context = {
        "form": form,
        "code_form": code_form,
        "email": user.email,
        "school_email": school_email,
        "is_personal": school_email not in ("", user.email),
        "code_sent": _is_awaited(applicant) or bool(code_form.errors),
    }
    return render(request, "aid_requests/my_address.html", context, status=status)


def _is_awaited(applicant: Applicant | None) -> bool:
    return applicant is not None and actions.waiting_address_code(applicant) is not None
