"""The first four steps of a draft: each page saves what it can, going back never loses anything."""

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from aid_requests import actions, progress, sealed, unfinished
from aid_requests.correspondence import corrections
from aid_requests.declarations import open_account
from aid_requests.doors import doors_of
from aid_requests.forms.questions import SituationForm
from aid_requests.forms.steps import AccountForm, IdentityForm
from aid_requests.forms.typed import first_values
from aid_requests.identity import identity_of
from aid_requests.models import AidRequest
from aid_requests.models.requests import RequestState
from aid_requests.progress import Step
from aid_requests.representatives import is_needed, representative_of
from aid_requests.schemes import NotEligible, Outcome
from aid_requests.views.actor import actor
from aid_requests.views.applicant import own_request
from fund import clock
from fund.roles import Refusal, Refused, for_applicants
from fund.workflow import AlreadyDone

PAGE_LENGTH = 32  # characters of a shown page's name
STEPS = (
    (Step.YOU, gettext_lazy("Vous"), "request_you"),
    (Step.SITUATION, gettext_lazy("Situation"), "request_situation"),
    (Step.DOCUMENTS, gettext_lazy("Pièces"), "request_documents"),
    (Step.ACCOUNT, gettext_lazy("Compte bancaire"), "request_account"),
    (Step.DECLARE, gettext_lazy("Déclaration"), "request_declare"),
)
PAGES = {
    Step.YOU: "aid_requests/request_you.html",
    Step.SITUATION: "aid_requests/request_situation.html",
    Step.DOCUMENTS: "aid_requests/request_documents.html",
    Step.ACCOUNT: "aid_requests/request_account.html",
    Step.DECLARE: "aid_requests/request_declare.html",
}


def own_draft(request: HttpRequest, token: UUID) -> AidRequest:
    """The person's own draft. Raises AlreadyDone once it was signed or withdrawn (the back button comes here)."""
    aid_request = own_request(request, token)
    if aid_request.state == RequestState.WITHDRAWN:
        raise AlreadyDone(_("Cette demande est retirée."))
    if aid_request.state != RequestState.DRAFT:
        raise AlreadyDone(_("Cette demande est déjà signée. Pour la changer, corrigez-la depuis sa page."))
    return aid_request


def step_page(request: HttpRequest, aid_request: AidRequest, step: Step, **context: Any) -> HttpResponse:
    """Renders the page of the step with the bar of steps."""
    names = [name for name, _label, _url in STEPS]
    number = names.index(step)
    bar = [
        {"label": label, "url": url, "done": position < number, "current": position == number}
        for position, (_name, label, url) in enumerate(STEPS)
    ]
    scheme = sealed.scheme_of(aid_request.scheme_version)
    frame = {
        "aid_request": aid_request,
        "needs_representative": is_needed(aid_request),
        "title": scheme.title.in_language(request.LANGUAGE_CODE),
        "bar": bar,
        "number": number + 1,
        "back": STEPS[number - 1][2] if number else "",
        "page": _page_name(request),
    }
    return render(request, PAGES[step], {**frame, **context})


def _page_name(request: HttpRequest) -> str:
    """Under which this shown page types, so that two tabs are told apart; an answer to it keeps the name."""
    return request.POST.get("page", "")[:PAGE_LENGTH] or secrets.token_hex(8)


@for_applicants
@require_http_methods(["GET", "POST"])
def request_you(request: HttpRequest, token: UUID) -> HttpResponse:
    """Names, birth, address, and whether the own school may know."""
    aid_request = own_draft(request, token)
    if (refusal := corrections.change_refusal(aid_request, corrections.IDENTITY)) is not None:
        return _stays(request, aid_request, refusal)
    if request.method == "GET":
        kept = identity_of(aid_request.applicant)
        initial = IdentityForm.initial_of(kept, through_school=aid_request.through_school)
        typed = unfinished.typed_of(aid_request, unfinished.YOU)
        form = IdentityForm(initial=initial if typed is None else IdentityForm.initial_typed(typed))
        seen = actions.kept_identity_mark(aid_request)
        return step_page(request, aid_request, Step.YOU, form=form, seen=seen, restored=typed is not None)
    form, seen = IdentityForm(request.POST), request.POST.get("seen", "")
    if form.is_valid():
        through_school = not form.cleaned_data["not_through_school"]
        try:
            actions.save_identity(
                by=actor(request),
                request=aid_request,
                identity=form.identity(),
                through_school=through_school,
                seen=seen,
                page=request.POST.get("page", ""),
            )
            alone = form.identity().is_minor(clock.today()) and representative_of(aid_request) is None
            return _go_on(aid_request, "request_representative" if alone else "request_situation")
        except Refused as refused:
            if refused.refusal.code == "changed_elsewhere":  # said once: whoever continues now has read it
                seen = actions.kept_identity_mark(own_request(request, token))
            form.add_error(None, str(refused.refusal.sentence))
    return step_page(request, aid_request, Step.YOU, form=form, seen=seen)


@for_applicants
@require_http_methods(["GET", "POST"])
def request_situation(request: HttpRequest, token: UUID) -> HttpResponse:
    """The scheme's questions, and the story; what is right is kept even when something else is not."""
    aid_request = own_draft(request, token)
    typed = unfinished.typed_of(aid_request, unfinished.SITUATION) if request.method == "GET" else None
    form = SituationForm(
        sealed.scheme_of(aid_request.scheme_version),
        data=request.POST if request.method == "POST" else typed and unfinished.as_form_data(typed),
        given=sealed.answers_of(aid_request),
        known=sealed.known_of(aid_request),
        story=sealed.story_of(aid_request),
        only=corrections.open_questions(aid_request),
    )
    if not corrections.may_tell_story(aid_request):
        del form.fields[sealed.STORY]
    if request.method == "GET":
        seen, restored = actions.kept_answers_mark(aid_request), typed is not None
        return step_page(
            request, aid_request, Step.SITUATION, form=form, seen=seen, restored=restored, quiet=restored
        )
    if request.headers.get("HX-Request") == "true":
        return render(request, "aid_requests/_questions.html", {"form": form, "quiet": True})
    outcome = _save_situation(request, aid_request, form)
    if not form.errors and not form.has_new_questions and not isinstance(outcome, NotEligible):
        return _go_on(aid_request, "request_documents")
    refusal = outcome if isinstance(outcome, NotEligible) else None
    seen = actions.kept_answers_mark(own_request(request, token))
    context = _refusal(aid_request, refusal, request.LANGUAGE_CODE)
    return step_page(request, aid_request, Step.SITUATION, form=form, seen=seen, **context)


def _save_situation(request: HttpRequest, aid_request: AidRequest, form: SituationForm) -> Outcome | None:
    """What the answers are worth, or None (and the sentence in the form) when another browser changed them."""
    form.is_valid()
    story = form.cleaned_data.get("story", sealed.story_of(aid_request))
    try:
        return actions.save_answers(
            by=actor(request),
            request=aid_request,
            answers=form.answers,
            story=story,
            seen=request.POST.get("seen", ""),
            page=request.POST.get("page", ""),
        )
    except Refused as refused:
        form.add_error(None, str(refused.refusal.sentence))
        return None


def _refusal(aid_request: AidRequest, outcome: NotEligible | None, language: str) -> dict[str, Any]:
    if outcome is None:
        return {}
    scheme = sealed.scheme_of(aid_request.scheme_version)
    doors = doors_of(aid_request.school, scheme, codes={door.code for door in outcome.orientation})
    return {"refusal": outcome.reason.in_language(language), "doors": doors}


@for_applicants
@require_http_methods(["GET", "POST"])
def request_account(request: HttpRequest, token: UUID) -> HttpResponse:
    """The account to pay: checked, its bank shown, and masked from then on."""
    aid_request = own_draft(request, token)
    if (refusal := corrections.change_refusal(aid_request, corrections.ACCOUNT)) is not None:
        return _stays(request, aid_request, refusal)
    kept = aid_request.bank_details
    account, holder = open_account(kept) if kept else (None, "")
    identity = identity_of(aid_request.applicant)
    typed = unfinished.typed_of(aid_request, unfinished.ACCOUNT)
    form = AccountForm(
        request.POST if request.method == "POST" else None,
        initial={"holder": holder or (identity.full_name if identity else ""), **first_values(typed)},
    )
    if form.is_valid():
        try:
            actions.save_account(
                by=actor(request),
                request=aid_request,
                iban=form.cleaned_data["iban"],
                holder=form.cleaned_data["holder"],
                seen=request.POST.get("seen", ""),
                page=request.POST.get("page", ""),
            )
            messages.success(
                request, _("Le compte est gardé. Vérifiez le nom de la banque avant de continuer.")
            )
            return redirect("request_account", token=token)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
    shown = {
        "account": kept,
        "masked": account.masked if account else "",
        "holder": holder,
        "restored": typed is not None,
        "seen": actions.kept_account_mark(aid_request),
    }
    return step_page(request, aid_request, Step.ACCOUNT, form=form, **shown)


def _stays(request: HttpRequest, aid_request: AidRequest, refusal: Refusal) -> HttpResponse:
    """A step that no correction names is not opened: the page of what is to be corrected says why."""
    messages.info(request, str(refusal.sentence))
    return redirect("request_correction", token=aid_request.token)


def _go_on(aid_request: AidRequest, name: str) -> HttpResponse:
    """To the next step; while a correction names points, back to them."""
    limited = corrections.named_codes(aid_request) is not None
    return redirect("request_correction" if limited else name, token=aid_request.token)


def next_open_step(aid_request: AidRequest) -> str:
    """The URL name of the first step that lacks something, or of the declaration."""
    missing = progress.open_points(aid_request)
    step = missing[0].step if missing else Step.DECLARE
    return next(url for name, _label, url in STEPS if name == step)
