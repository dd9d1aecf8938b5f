"""The student says who represents; the representative opens a link, reads with a code, signs. No account for that."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from aid_requests import actions, representatives
from aid_requests.declarations import (
    PENAL_LAW,
    SigningTrace,
    facts_in_words,
    person_sentence,
)
from aid_requests.forms.representatives import AgreementForm, OpenTextForm, RepresentativeForm
from aid_requests.models import AidRequest, Representative, RepresentativeLink, SignatureCode
from aid_requests.representation import agreement_sentence
from aid_requests.representatives import Guardian, LinkState
from aid_requests.views.actor import actor
from aid_requests.views.steps import own_draft
from fund import clock
from fund.limits import client_address
from fund.roles import Refused, for_applicants


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def request_representative(request: HttpRequest, token: UUID) -> HttpResponse:
    """Who represents the student, and the link sent to that person once the rest is there."""
    by, aid_request = actor(request), own_draft(request, token)
    if not representatives.is_needed(aid_request):
        return redirect("request_page", token=token)
    if request.POST.get("act") == "send":
        return _send(request, aid_request)
    named = representatives.representative_of(aid_request)
    guardian = representatives.guardian_of(named) if named else None
    data = request.POST if request.method == "POST" else None
    form = RepresentativeForm(data, initial=RepresentativeForm.initial_of(guardian))
    if form.is_valid():
        try:
            actions.name_representative(by=by, request=aid_request, guardian=form.guardian())
            messages.success(request, _("C’est gardé. Le lien partira quand votre demande sera complète."))
            return redirect("request_representative", token=token)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
    context = {"aid_request": aid_request, "form": form, **_state(aid_request, named, guardian)}
    return render(
        request, "aid_requests/request_representative.html", context, status=422 if form.errors else 200
    )


def _send(request: HttpRequest, aid_request: AidRequest) -> HttpResponse:
    try:
        actions.send_representative_link(by=actor(request), request=aid_request)
        messages.success(request, _("Le lien est parti. Nous vous écrivons dès que cette personne a signé."))
    except Refused as refused:
        messages.error(request, str(refused.refusal.sentence))
    return redirect("request_representative", token=aid_request.token)


def _state(
    aid_request: AidRequest, named: Representative | None, guardian: Guardian | None
) -> dict[str, Any]:
    statement = representatives.statement_of(aid_request) if named else None
    agreement = representatives.agreement_to(aid_request, statement.content_hash) if statement else None
    link = named.links.order_by("-pk").first() if named else None
    return {
        "guardian": guardian,
        "is_complete": statement is not None,
        "agreement": agreement,
        "sent_at": link.created_at if link and link.ended_at is None else None,
        "link_days": settings.REPRESENTATIVE_LINK_DAYS,
    }


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def represent(request: HttpRequest, token: str) -> HttpResponse:
    """The link: says nothing of the student until a code sent to the representative was typed in this browser."""
    link = representatives.link_of(token)
    if link is None:
        raise Http404
    state = representatives.state_of(link)
    if state is not LinkState.OPEN:
        refusal = representatives.refusal_of(state)
        context = {"refusal": refusal, "is_signed": state is LinkState.SIGNED}
        return render(request, "aid_requests/represent_closed.html", context)
    key = f"represent:{link.pk}"
    kept = request.session.get(key, {})
    if not actions.may_read(link, kept.get("code")):
        return _door(request, link, key, token)
    return _sheet(request, link, kept.get("code"), token)


def _door(request: HttpRequest, link: RepresentativeLink, key: str, token: str) -> HttpResponse:
    """A button that sends the code, then the field that takes it."""
    form = OpenTextForm(request.POST if request.POST.get("act") == "open" else None)
    refusal = ""
    try:
        if request.POST.get("act") == "code":
            actions.send_representative_code(link=link)
            request.session[key] = {"sent": True}
            messages.success(
                request, _("Nous avons envoyé un code à votre adresse. Il est valable 15 minutes.")
            )
            return redirect("represent", token=token)
        if form.is_valid():
            code = actions.open_with_code(link=link, typed=form.cleaned_data["code"])
            request.session[key] = {"sent": True, "code": code.pk}
            return redirect("represent", token=token)
    except Refused as refused:
        refusal = str(refused.refusal.sentence)
        if form.is_bound:
            form.add_error("code", refusal)
    context = {
        "email": representatives.guardian_of(link.representative).masked_email,
        "sent": request.session.get(key, {}).get("sent", False) or form.is_bound,
        "form": form,
        "refusal": "" if form.is_bound else refusal,
    }
    return render(request, "aid_requests/represent_open.html", context)


def _sheet(request: HttpRequest, link: RepresentativeLink, code_id: int, token: str) -> HttpResponse:
    aid_request, guardian = link.representative.request, representatives.guardian_of(link.representative)
    statement = representatives.statement_of(aid_request)
    if statement is None:
        raise Http404
    data = request.POST if request.POST.get("act") == "sign" else None
    form = AgreementForm(data, initial={"content_hash": statement.content_hash})
    if form.is_valid():
        try:
            actions.sign_as_representative(
                link=link,
                code_id=code_id,
                agrees=form.agreed,
                place=form.cleaned_data["place"],
                content_hash=form.cleaned_data["content_hash"],
                trace=_trace(request, code_id),
            )
            return redirect("represent", token=token)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
    context = {
        "statement": statement,
        "person": person_sentence(statement.person),
        "agreement": agreement_sentence(guardian, statement),
        "guardian": guardian,
        "english": facts_in_words(aid_request, request.LANGUAGE_CODE),
        "penal_law": PENAL_LAW,
        "form": form,
        "today": clock.today(),
    }
    return render(request, "aid_requests/represent_sign.html", context)


def _trace(request: HttpRequest, code_id: int) -> SigningTrace:
    """The link and the code stand for a sign-in."""
    return SigningTrace(
        sign_in_method="representative_link",
        signed_in_at=SignatureCode.objects.values_list("used_at", flat=True).get(pk=code_id),
        ip=client_address(request),
        user_agent=request.headers.get("User-Agent", ""),
    )
