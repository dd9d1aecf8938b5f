"""The first four steps of a draft: each page saves what it can, going back never loses anything."""

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from aid_requests import actions, progress, sealed, unfinished
from aid_requests.actions.seen import CHANGED_ELSEWHERE
from aid_requests.correspondence import corrections
from aid_requests.declarations import open_account
from aid_requests.doors import doors_of
from aid_requests.forms.questions import SituationForm
from aid_requests.forms.steps import AccountForm, IdentityForm
from aid_requests.forms.two_tabs import Tabs, notes_of
from aid_requests.forms.typed import first_values
from aid_requests.identity import bears_other_name, identity_of
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
    aid_request, tabs = own_draft(request, token), Tabs(request.POST)
    if (refusal := corrections.change_refusal(aid_request, corrections.IDENTITY)) is not None:
        return _stays(request, aid_request, refusal)
    if request.method == "GET":
        form, restored = _shown_you(aid_request), unfinished.typed_of(aid_request, unfinished.YOU) is not None
        tabs.shows(actions.kept_identity_mark(aid_request), form)
        return step_page(request, aid_request, Step.YOU, form=form, restored=restored, **tabs.page(form))
    form = IdentityForm(tabs.take(IdentityForm(request.POST)))
    if form.is_valid():
        through_school = not form.cleaned_data["not_through_school"]
        try:
            actions.save_identity(
                by=actor(request),
                request=aid_request,
                identity=form.identity(),
                through_school=through_school,
                seen=tabs.seen,
                page=request.POST.get("page", ""),
            )
            alone = form.identity().is_minor(clock.today()) and representative_of(aid_request) is None
            return _go_on(aid_request, "request_representative" if alone else "request_situation")
        except Refused as refused:
            if (
                refused.refusal.code == CHANGED_ELSEWHERE
            ):  # both are shown: whoever continues now has read them
                now = own_request(request, token)
                form = IdentityForm(tabs.meets(form, actions.kept_identity_mark(now), _shown_you(now)))
            form.add_error(None, str(refused.refusal.sentence))
    return step_page(request, aid_request, Step.YOU, form=form, **tabs.page(form))


def _shown_you(aid_request: AidRequest) -> IdentityForm:
    """As a page opened now shows it: what is kept, or what was typed since."""
    kept = identity_of(aid_request.applicant)
    initial = IdentityForm.initial_of(kept, through_school=aid_request.through_school)
    typed = unfinished.typed_of(aid_request, unfinished.YOU)
    return IdentityForm(initial=initial if typed is None else IdentityForm.initial_typed(typed))


@for_applicants
@require_http_methods(["GET", "POST"])
def request_situation(request: HttpRequest, token: UUID) -> HttpResponse:
    """The scheme's questions, and the story; what is right is kept even when something else is not."""
    aid_request, tabs = own_draft(request, token), Tabs(request.POST)
    if corrections.named_codes(aid_request) is not None and not _asks(_situation_form(aid_request)):
        messages.info(
            request, _("Rien de votre situation n’est à corriger : elle reste telle que vous l’avez signée.")
        )
        return redirect("request_correction", token=token)
    if request.method == "GET":
        restored = unfinished.typed_of(aid_request, unfinished.SITUATION) is not None
        form = _shown_situation(aid_request)
        tabs.shows(actions.kept_answers_mark(aid_request), form)
        told = {"restored": restored, "quiet": restored, **tabs.page(form)}
        return step_page(request, aid_request, Step.SITUATION, form=form, **told)
    form = _situation_form(aid_request, request.POST)
    if request.headers.get("HX-Request") == "true":
        form.notes = notes_of(request.POST, form)
        return render(request, "aid_requests/_questions.html", {"form": form, "quiet": True})
    form = _situation_form(aid_request, tabs.take(form))
    refused, outcome = _save_situation(request, aid_request, form)
    if not form.errors and not form.has_new_questions and not (refused or isinstance(outcome, NotEligible)):
        return _go_on(aid_request, "request_documents")
    aid_request = own_request(request, token)
    seen, kept = actions.kept_answers_mark(aid_request), _shown_situation(aid_request)
    if refused is not None and refused.code == CHANGED_ELSEWHERE:
        form = _situation_form(aid_request, tabs.meets(form, seen, kept))
    tabs.shows(seen, kept)
    form.notes = notes_of(tabs.sent, form)
    if refused is not None:
        form.add_error(None, str(refused.sentence))
    refusal = outcome if isinstance(outcome, NotEligible) else None
    context = {**tabs.page(form), **_refusal(aid_request, refusal, request.LANGUAGE_CODE)}
    return step_page(request, aid_request, Step.SITUATION, form=form, **context)


def _situation_form(aid_request: AidRequest, data: Any = None) -> SituationForm:
    """With the questions that may be answered now."""
    form = SituationForm(
        sealed.scheme_of(aid_request.scheme_version),
        data=data,
        given=sealed.answers_of(aid_request),
        known=sealed.known_of(aid_request),
        story=sealed.story_of(aid_request),
        only=corrections.open_questions(aid_request),
    )
    if not corrections.may_tell_story(aid_request):
        del form.fields[sealed.STORY]
    return form


def _asks(form: SituationForm) -> bool:
    return bool(form.questions) or sealed.STORY in form.fields


def _shown_situation(aid_request: AidRequest) -> SituationForm:
    """As a page opened now shows it: what is kept, or what was typed since."""
    typed = unfinished.typed_of(aid_request, unfinished.SITUATION)
    return _situation_form(aid_request, typed and unfinished.as_form_data(typed))


def _save_situation(
    request: HttpRequest, aid_request: AidRequest, form: SituationForm
) -> tuple[Refusal | None, Outcome | None]:
    """Why nothing was kept (another browser changed it), or what the answers are worth now."""
    form.is_valid()
    story = form.cleaned_data.get("story", sealed.story_of(aid_request))
    try:
        outcome = actions.save_answers(
            by=actor(request),
            request=aid_request,
            answers=form.answers,
            story=story,
            seen=request.POST.get("seen", ""),
            page=request.POST.get("page", ""),
        )
    except Refused as refused:
        return refused.refusal, None
    return None, outcome


def _refusal(aid_request: AidRequest, outcome: NotEligible | None, language: str) -> dict[str, Any]:
    if outcome is None:
        return {}
    scheme = sealed.scheme_of(aid_request.scheme_version)
    codes = {door.code for door in outcome.orientation}
    doors = doors_of(aid_request.school, scheme, codes=codes, through_school=aid_request.through_school)
    return {"refusal": outcome.reason.in_language(language), "doors": doors}


@for_applicants
@require_http_methods(["GET", "POST"])
def request_account(request: HttpRequest, token: UUID) -> HttpResponse:
    """The account to pay: checked, its bank shown, and masked from then on."""
    aid_request = own_draft(request, token)
    if (refusal := corrections.change_refusal(aid_request, corrections.ACCOUNT)) is not None:
        return _stays(request, aid_request, refusal)
    kept = aid_request.bank_details
    form, tabs = _shown_account(aid_request), Tabs(request.POST)
    tabs.shows(actions.kept_account_mark(aid_request), form)
    if request.method == "POST":
        tabs = Tabs(request.POST)
        form = AccountForm(tabs.take(AccountForm(request.POST)))
        if (answer := _save_account(request, aid_request, form, tabs)) is not None:
            return answer
        if form.has_error(NON_FIELD_ERRORS, CHANGED_ELSEWHERE):
            now = own_request(request, token)
            merged = AccountForm(tabs.meets(form, actions.kept_account_mark(now), _shown_account(now)))
            merged.add_error(None, form.non_field_errors().as_data())
            form = merged
    account, holder = open_account(kept) if kept else (None, "")
    shown = {
        "account": kept,
        "masked": account.masked_short if account else "",
        "holder": holder,
        "other_holder": bears_other_name(holder, identity_of(aid_request.applicant)),
        "restored": request.method == "GET"
        and unfinished.typed_of(aid_request, unfinished.ACCOUNT) is not None,
        **tabs.page(form),
    }
    return step_page(request, aid_request, Step.ACCOUNT, form=form, **shown)


def _shown_account(aid_request: AidRequest) -> AccountForm:
    """As a page opened now shows it: the holder that is kept, and what was typed since; never a kept number."""
    kept, identity = aid_request.bank_details, identity_of(aid_request.applicant)
    holder = open_account(kept)[1] if kept else ""
    typed = unfinished.typed_of(aid_request, unfinished.ACCOUNT)
    named = {"holder": holder or (identity.full_name if identity else "")}
    return AccountForm(initial={**named, **first_values(typed)})


def _save_account(
    request: HttpRequest, aid_request: AidRequest, form: AccountForm, tabs: Tabs
) -> HttpResponse | None:
    """To the page that shows the account kept, or None with the reason in the form."""
    if not form.is_valid():
        return None
    try:
        actions.save_account(
            by=actor(request),
            request=aid_request,
            iban=form.cleaned_data["iban"],
            holder=form.cleaned_data["holder"],
            seen=tabs.seen,
            page=request.POST.get("page", ""),
        )
    except Refused as refused:
        form.add_error(None, ValidationError(str(refused.refusal.sentence), code=refused.refusal.code))
        return None
    messages.success(request, _("Le compte est gardé. Vérifiez le nom de la banque avant de continuer."))
    return redirect("request_account", token=aid_request.token)


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
