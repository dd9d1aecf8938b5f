"""The fifth step and the other account: read, tick, ask for the code, sign."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aid_requests import actions, representatives
from aid_requests.declarations import (
    PENAL_LAW,
    SigningTrace,
    Statement,
    declaration_statement,
    facts_in_words,
    open_account,
    other_account_statement,
    person_sentence,
)
from aid_requests.forms.declaration import DeclarationForm
from aid_requests.forms.steps import AccountForm
from aid_requests.identity import bears_other_name, identity_of
from aid_requests.models import AidRequest, BankDetails
from aid_requests.models.requests import RequestState
from aid_requests.progress import Step
from aid_requests.views.actor import actor
from aid_requests.views.applicant import own_request
from aid_requests.views.steps import next_open_step, own_draft, step_page
from fund import clock
from fund.limits import client_address
from fund.roles import Refused, for_applicants
from fund.workflow import AlreadyDone

# The field under which a refusal is shown, by its code; the others stand above the form.
FIELD_OF_REFUSAL = {
    "wrong_code": "code",
    "five_tries": "code",
    "late": "code",
    "no_code": "code",
    "too_many_codes": "code",
    "place": "place",
}


def trace_of(request: HttpRequest, ticks: dict[str, dict[str, str]] | None = None) -> SigningTrace:
    """How the person signed in, and from where: for the proof, under the person's own key. `ticks` as `_ticks` says."""
    records = get_authentication_records(request, actor(request))
    last = records[-1] if records else {}
    at = last.get("at")
    return SigningTrace(
        sign_in_method=" ".join(
            filter(None, (str(last.get("method", "session")), str(last.get("issuer", ""))))
        ),
        signed_in_at=datetime.fromtimestamp(float(at), UTC) if at else None,
        ip=client_address(request),
        user_agent=request.headers.get("User-Agent", ""),
        ticks=ticks or {},
    )


@for_applicants
@require_http_methods(["GET", "POST"])
def request_declare(request: HttpRequest, token: UUID) -> HttpResponse:
    """The declaration sheet. Nothing is ticked in advance; the code comes once all is read."""
    aid_request = own_draft(request, token)
    refusal = actions.signing_refusal(aid_request)
    if refusal is not None:
        messages.error(request, str(refusal.sentence))
        if refusal.code in (representatives.MISSING, representatives.UNSIGNED):
            return redirect("request_representative", token=token)
        name = next_open_step(aid_request)
        return redirect("request_page" if name == "request_declare" else name, token=token)
    statement = declaration_statement(aid_request)
    key = f"declaration:{token}"
    form = DeclarationForm(statement, data=request.POST or None, initial=_kept(request, key, statement))
    if form.is_valid():
        try:
            if not form.signs:
                shown = form.cleaned_data["content_hash"]
                actions.send_signature_code(by=actor(request), request=aid_request, content_hash=shown)
                return _code_sent(request, key, form, "request_declare", token)
            signature = _signature(request, key, form)
            actions.sign_declaration(by=actor(request), request=aid_request, **signature)
            request.session.pop(key, None)
            messages.success(request, _("Votre déclaration est signée et votre demande est déposée."))
            return redirect("request_page", token=token)
        except Refused as refused:
            _show(request, key, form, refused)
    sheet = _sheet(request, key, statement, form)
    english = facts_in_words(aid_request, request.LANGUAGE_CODE)
    return step_page(request, aid_request, Step.DECLARE, english=english, **sheet)


def _kept(request: HttpRequest, key: str, statement: Statement) -> dict[str, Any]:
    """What was ticked before the code was asked for, unless the text changed since."""
    kept = request.session.get(key, {})
    return kept["values"] if kept.get("content_hash") == statement.content_hash else {}


def _code_sent(request: HttpRequest, key: str, form: DeclarationForm, name: str, token: UUID) -> HttpResponse:
    request.session[key] = {
        "content_hash": form.statement.content_hash,
        "values": form.kept,
        "ticks": _ticks(request, key, form),
        "sent_at": timezone.now().isoformat(),
    }
    messages.success(request, _("Nous avons envoyé un code à votre adresse. Il est valable 15 minutes."))
    return redirect(name, token=token)


def _ticks(request: HttpRequest, key: str, form: DeclarationForm) -> dict[str, dict[str, str]]:
    """For each fact when the browser saw the tick, and when it first reached the server; both UTC, real time."""
    kept = request.session.get(key, {})
    known = kept.get("ticks", {}) if kept.get("content_hash") == form.statement.content_hash else {}
    now = timezone.now().isoformat()
    return {
        code: known.get(code) or {"browser": form.times.get(code, ""), "received": now}
        for code in form.ticked
    }


def _signature(request: HttpRequest, key: str, form: DeclarationForm) -> dict[str, Any]:
    return {
        "place": form.cleaned_data["place"],
        "ticked": form.ticked,
        "code": form.cleaned_data["code"],
        "content_hash": form.cleaned_data["content_hash"],
        "trace": trace_of(request, _ticks(request, key, form)),
    }


def _show(request: HttpRequest, key: str, form: DeclarationForm, refused: Refused) -> None:
    """Puts the sentence where it can be mended; above the form while the page has no field for a code."""
    field = FIELD_OF_REFUSAL.get(refused.refusal.code)
    shows_code = request.session.get(key, {}).get("content_hash") == form.statement.content_hash
    form.add_error(None if field == "code" and not shows_code else field, str(refused.refusal.sentence))


def _sheet(request: HttpRequest, key: str, statement: Statement, form: DeclarationForm) -> dict[str, Any]:
    """What the declaration sheet shows; the code field appears once a code was asked for."""
    kept = request.session.get(key, {})
    return {
        "statement": statement,
        "person": person_sentence(statement.person),
        "other_holder": bears_other_name(statement.holder, statement.person),
        "form": form,
        "penal_law": PENAL_LAW,
        "today": clock.today(),
        "code_sent": kept.get("content_hash") == statement.content_hash,
    }


@for_applicants
@require_http_methods(["GET", "POST"])
def request_other_account(request: HttpRequest, token: UUID) -> HttpResponse:
    """The bank sent the money back: the new number first, then its signature."""
    aid_request = own_request(request, token)
    if aid_request.state in (RequestState.GRANTED, RequestState.PAID):
        raise AlreadyDone(_("Un virement est déjà en route : il n’y a rien à refaire."))
    if aid_request.state != RequestState.RETURNED:
        return redirect("request_page", token=token)
    key = f"other-account:{token}"
    if request.POST.get("act") == "account":
        return _take_account(request, aid_request, key)
    details = _proposed(request, aid_request, key)
    if details is None or "autre" in request.GET:
        return _account_page(request, aid_request, _account_form(aid_request))
    return _sign_account(request, aid_request, details, key)


def _account_form(aid_request: AidRequest, data: Any = None) -> AccountForm:
    identity = identity_of(aid_request.applicant)
    return AccountForm(data, initial={"holder": identity.full_name if identity else ""})


def _account_page(request: HttpRequest, aid_request: AidRequest, form: AccountForm) -> HttpResponse:
    return render(request, "aid_requests/other_account.html", {"aid_request": aid_request, "form": form})


def _take_account(request: HttpRequest, aid_request: AidRequest, key: str) -> HttpResponse:
    form = _account_form(aid_request, request.POST)
    if form.is_valid():
        iban, holder = form.cleaned_data["iban"], form.cleaned_data["holder"]
        try:
            details = actions.propose_account(
                by=actor(request), request=aid_request, iban=iban, holder=holder
            )
            request.session[key] = {"details": details.pk}
            return redirect("request_other_account", token=aid_request.token)
        except Refused as refused:
            form.add_error("iban", str(refused.refusal.sentence))
    return _account_page(request, aid_request, form)


def _proposed(request: HttpRequest, aid_request: AidRequest, key: str) -> BankDetails | None:
    pk = request.session.get(key, {}).get("details")
    return BankDetails.objects.filter(pk=pk, applicant=aid_request.applicant_id).first() if pk else None


def _sign_account(
    request: HttpRequest, aid_request: AidRequest, details: BankDetails, key: str
) -> HttpResponse:
    statement = other_account_statement(aid_request, details)
    sheet_key = f"{key}:sheet"
    form = DeclarationForm(statement, data=request.POST or None, initial=_kept(request, sheet_key, statement))
    if form.is_valid():
        by = actor(request)
        try:
            if not form.signs:
                shown = form.cleaned_data["content_hash"]
                actions.send_account_code(by=by, request=aid_request, details=details, content_hash=shown)
                return _code_sent(request, sheet_key, form, "request_other_account", aid_request.token)
            signature = _signature(request, sheet_key, form)
            actions.give_other_account(by=by, request=aid_request, details=details, **signature)
            request.session.pop(key, None)
            messages.success(request, _("C’est signé. Un nouveau virement se prépare vers ce compte."))
            return redirect("request_page", token=aid_request.token)
        except Refused as refused:
            _show(request, sheet_key, form, refused)
    sheet = _sheet(request, sheet_key, statement, form)
    account, _holder = open_account(details)
    frame = {"aid_request": aid_request, "details": details, "masked": account.masked_short}
    return render(request, "aid_requests/other_account_sign.html", {**frame, **sheet})
