"""Typing a request with somebody; and, on that person's side, taking it over or not."""

import hashlib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aid_requests import actions, call_backs, schemes, sealed, typed_requests
from aid_requests.committee import veils
from aid_requests.doors import ShownDoor, doors_of
from aid_requests.forms.questions import SituationForm
from aid_requests.forms.typed_requests import TypedForWhomForm, TypedIdentityForm
from aid_requests.models import CallBack, SchemeVersion
from aid_requests.models.call_backs import CallBackState
from aid_requests.models.typed_requests import TypedState
from aid_requests.schemes import Award, NotEligible, Outcome, Scheme, Value
from aid_requests.typed_requests import TypedContent
from aid_requests.views.actor import actor
from aid_requests.views.eligibility import open_scheme, open_schemes
from fund import clock
from fund.models import User
from fund.models.people import Role
from fund.roles import Refused, for_applicants, for_roles

LISTED = 20
READ_AGAIN = "read_again"


@for_roles(Role.REFERENT)
@require_GET
def type_request(request: HttpRequest) -> HttpResponse:
    """Which aid, and what this person typed before: whether it waits still, never what became of it."""
    language = request.LANGUAGE_CODE
    offers = [
        (scheme.slug, scheme.title.in_language(language), scheme.summary.in_language(language))
        for scheme in open_schemes()
        if actions.period_refusal(scheme, clock.today()) is None
    ]
    rows = [
        (
            row,
            sealed.scheme_of(row.scheme_version).title.in_language(language),
            row.state == TypedState.WAITING,
        )
        for row in typed_requests.typed_by(actor(request))[:LISTED]
    ]
    context = {"offers": offers, "rows": rows, "call": request.GET.get("rappel", "")}
    return render(request, "aid_requests/type_request.html", context)


@for_roles(Role.REFERENT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def type_scheme_request(request: HttpRequest, slug: str) -> HttpResponse:
    """One page for everything: the address, who the person is, the scheme's questions. Nothing is signed here."""
    by, scheme = actor(request), open_scheme(slug)
    data = request.POST if request.method == "POST" else None
    call_back = _call(by, request.POST.get("rappel") or request.GET.get("rappel", ""))
    whom = TypedForWhomForm(data)
    person = TypedIdentityForm(data, initial=_known(call_back))
    known = _facts(by, whom.data.get("email", ""))
    form = SituationForm(scheme, data=data, given={}, known=known, story="")
    if data is not None and request.headers.get("HX-Request") == "true":
        return render(request, "aid_requests/_questions.html", {"form": form, "quiet": True})
    outcome: Outcome | None = None
    if data is not None and form.is_row_change:  # a row came or went: nothing else was meant to be sent
        whom, person = TypedForWhomForm(initial=data.dict()), TypedIdentityForm(initial=data.dict())
    elif data is not None and all([whom.is_valid(), person.is_valid(), form.is_valid()]):
        outcome = schemes.evaluate(scheme, form.answers, known)
        if (
            isinstance(outcome, Award)
            and not form.has_new_questions
            and _is_screened(by, whom, person, form, request.POST.get(READ_AGAIN, ""))
        ):
            answer = _send(request, by, slug, whom, person, form, call_back)
            if answer is not None:
                return answer
    page = _page(request, scheme, outcome, whom, person, form)
    return render(
        request,
        "aid_requests/type_scheme_request.html",
        {**page, "call": call_back.token if call_back else "", "read_again": _mark_of(form)},
        status=422 if page["faulty"] else 200,
    )


def _call(by: User, token: object) -> CallBack | None:
    """The call this person has taken and is making."""
    try:
        wanted = UUID(str(token))
    except ValueError:
        return None
    return call_backs.calls_of(by).filter(token=wanted, state=CallBackState.TAKEN, taken_by=by).first()


def _known(call_back: CallBack | None) -> dict[str, Any]:
    if call_back is None:
        return {}
    return {
        "chosen_name": call_backs.caller_of(call_back).name,
        "not_through_school": not call_back.through_school,
    }


def _facts(by: User, email: str) -> dict[str, Value]:
    school = typed_requests.school_for(by, email)
    facts: dict[str, Value] = {"date.requested_on": clock.today()}
    return {**facts, "register.school": school.code} if school is not None else facts


def _is_screened(
    by: User, whom: TypedForWhomForm, person: TypedIdentityForm, form: SituationForm, read_again: str
) -> bool:
    """Whether the text may go: it tells nobody's name, or its writer was told so and sends the same once more.

    What it tells is masked before members read it; whoever types it can mend it better than a mask."""
    school = typed_requests.school_for(by, whom.cleaned_data["email"])
    schools = [school] if school is not None else []
    found = veils.warnings(form.cleaned_data["story"], person.identity(), schools)
    if not found or read_again == _mark_of(form):
        return True
    again = _("Corrigez-le, ou envoyez-le tel quel : le comité lira des caches à ces endroits.")
    form.add_error("story", [*found, again])
    return False


def _mark_of(form: SituationForm) -> str:
    """Of the text that was shown with its warning: another text is looked at again."""
    return (
        hashlib.sha256(str(form[sealed.STORY].value() or "").strip().encode()).hexdigest()
        if form.is_bound
        else ""
    )


def _send(
    request: HttpRequest,
    by: User,
    slug: str,
    whom: TypedForWhomForm,
    person: TypedIdentityForm,
    form: SituationForm,
    call_back: CallBack | None,
) -> HttpResponse | None:
    """Sends it, or puts the refusal where it can be mended."""
    content = TypedContent(
        email=whom.cleaned_data["email"],
        identity=person.identity(),
        answers=schemes.pack_answers(form.scheme, form.answers),
        story=form.cleaned_data["story"],
        through_school=not person.cleaned_data["not_through_school"],
    )
    try:
        actions.type_request(
            by=by,
            slug=slug,
            content=content,
            form_token=whom.cleaned_data["form_token"],
            call_back=call_back,
        )
    except SchemeVersion.DoesNotExist as error:
        raise Http404 from error
    except Refused as refused:
        whom.add_error("email", str(refused.refusal.sentence))
        return None
    messages.success(request, _("C’est envoyé. La personne relit, complète et signe elle-même."))
    return redirect("type_request")


def _page(
    request: HttpRequest,
    scheme: Scheme,
    outcome: Outcome | None,
    whom: TypedForWhomForm,
    person: TypedIdentityForm,
    form: SituationForm,
) -> dict[str, Any]:
    language = request.LANGUAGE_CODE
    faulty: list[Form] = [one for one in (whom, person, form) if one.errors]
    refused = outcome if isinstance(outcome, NotEligible) else None
    doors: list[ShownDoor] = []
    if refused is not None:
        doors = doors_of(None, scheme, codes={door.code for door in refused.orientation})
    unclear = outcome is not None and not isinstance(outcome, Award | NotEligible)
    return {
        "title": scheme.title.in_language(language),
        "slug": scheme.slug,
        "whom": whom,
        "person": person,
        "form": form,
        "faulty": faulty[0] if faulty else None,
        "refusal": refused.reason.in_language(language) if refused else "",
        "unclear": unclear and not form.has_new_questions,
        "doors": doors,
    }


@for_applicants
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def typed_request(request: HttpRequest, token: UUID) -> HttpResponse:
    """What a referent typed with the owner of this very address; for everybody else it does not exist."""
    by = actor(request)
    if (taken := typed_requests.taken_over_by(by).filter(token=token).first()) is not None and taken.request:
        return redirect("request_page", token=taken.request.token)
    typed = get_object_or_404(typed_requests.waiting_for(by), token=token)
    if request.method == "POST" and request.POST.get("act") == "decline":
        actions.decline_typed_request(by=by, typed=typed)
        messages.success(
            request, _("C’est effacé. Vous pouvez faire une demande vous-même quand vous voulez.")
        )
        return redirect("my_requests")
    refusal = actions.claim_refusal(by, typed)
    if request.method == "POST" and refusal is None:
        draft = actions.claim_typed_request(by=by, typed=typed)
        messages.success(
            request, _("C’est votre brouillon. Relisez chaque étape, changez ce que vous voulez.")
        )
        return redirect("request_you", token=draft.token)
    content, language = typed_requests.content_of(typed), request.LANGUAGE_CODE
    scheme = sealed.scheme_of(typed.scheme_version)
    context = {
        "typed": typed,
        "content": content,
        "identity": content.identity,
        "title": scheme.title.in_language(language),
        "answers": schemes.answers_summary(
            scheme, schemes.unpack_answers(scheme, dict(content.answers)), language
        ),
        "standing": actions.latest_request(by, scheme.slug),
        "refusal": refusal,
    }
    return render(request, "aid_requests/typed_request.html", context)
