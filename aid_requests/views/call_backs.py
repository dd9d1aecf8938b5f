"""« Rappelez-moi »: the public form and its promise, the referents' queue, one call."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aid_requests import actions, call_backs, permissions
from aid_requests.actions.call_backs import Wish
from aid_requests.call_backs import Caller
from aid_requests.doors import doors_of
from aid_requests.forms.people import CallBackForm, CallDoneForm, HandOverForm, TakeOverForm, TriesForm
from aid_requests.identity import called_name
from aid_requests.models import AidRequest, Applicant, CallBack
from aid_requests.models.call_backs import MAX_TRIES, CallBackState, PartOfDay
from aid_requests.phones import shown_phone
from aid_requests.views.actor import actor
from fund import clock, limits
from fund.accounts import school_of_address
from fund.models import School, User
from fund.models.people import Role
from fund.roles import for_roles, is_staff

PROMISE = "call_back_promise"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call_me_back(request: HttpRequest) -> HttpResponse:
    """A form without account. Whatever is known of the number already, the answer is the same."""
    by = _student(request)
    if request.method != "POST":
        form = CallBackForm(initial=_known(request, by))
        return render(request, "aid_requests/call_me_back.html", _page(form, by))
    form = CallBackForm(request.POST)
    if not form.is_valid():
        return render(request, "aid_requests/call_me_back.html", _page(form, by), status=422)
    if (wait := _count(request, form.cleaned_data["phone"])) is not None:
        return limits.too_often(request, wait)
    wish = _wish(form, by)
    due_at = (
        actions.promised_at()
        if form.is_trapped
        else actions.ask_call_back(wish=wish, form_token=form.cleaned_data["form_token"], by=by)
    )
    request.session[PROMISE] = {
        "due_at": due_at.isoformat(),
        "part_of_day": wish.part_of_day,
        "school": wish.school.code,
        "through_school": wish.through_school,
    }
    return redirect("call_back_asked")


def _count(request: HttpRequest, phone: str) -> timedelta | None:
    """Counts a good form by its number and where it was typed: a stranger elsewhere locks nobody out."""
    most, minutes = settings.CALL_BACK_PHONE_LIMIT
    who = f"{phone}\x00{limits.share_of(limits.client_address(request))}"
    return limits.take("call-back-phone", who, most=most, within=timedelta(minutes=minutes))


def _student(request: HttpRequest) -> User | None:
    """The signed-in person, unless it is one of the team trying the page."""
    user = request.user
    return user if isinstance(user, User) and not is_staff(user) else None


def _known(request: HttpRequest, by: User | None) -> dict[str, Any]:
    """What need not be typed: the school of a signed-in student, and of the request whose page led here."""
    if by is None:
        return {}
    asked = _own_request(by, request.GET.get("demande", ""))
    school = asked.school if asked else school_of_address(by.email)
    return {
        "name": _called(by),
        "school": school.code if school else "",
        "request_token": asked.token if asked else "",
        "not_through_school": _avoids_school(by),
    }


def _called(by: User) -> str:
    """The name the person goes by here, so that who calls back says that one."""
    applicant = Applicant.objects.select_related("subject_key").filter(user=by).first()
    return called_name(applicant) if applicant else ""


def _avoids_school(by: User | None) -> bool:
    """Whether a request of this person's keeps the school out of it."""
    return by is not None and permissions.own_requests(by).filter(through_school=False).exists()


def _own_request(by: User | None, token: object) -> AidRequest | None:
    try:
        wanted = UUID(str(token))
    except ValueError:
        return None
    return permissions.own_requests(by).filter(token=wanted).first() if by is not None else None


def _wish(form: CallBackForm, by: User | None) -> Wish:
    values = form.cleaned_data
    return Wish(
        caller=Caller(values["name"], values["phone"], values["words"]),
        part_of_day=values["part_of_day"],
        school=values["school"],
        through_school=not values["not_through_school"],
        request=_own_request(by, values["request_token"]),
    )


def _page(form: CallBackForm, by: User | None) -> dict[str, Any]:
    return {
        "form": form,
        "due_at": actions.promised_at(),
        "doors": doors_of(
            school_of_address(by.email) if by else None, None, through_school=not _avoids_school(by)
        ),
    }


@login_not_required
@never_cache
@require_GET
def call_back_asked(request: HttpRequest) -> HttpResponse:
    """The promise, told to the browser that asked; any other is led to the form."""
    promise = request.session.get(PROMISE)
    if not promise:
        return redirect("call_me_back")
    context = {
        "due_at": datetime.fromisoformat(promise["due_at"]),
        "part_of_day": PartOfDay(promise["part_of_day"]),
        "doors": doors_of(
            School.objects.filter(code=promise["school"]).first(),
            None,
            through_school=promise.get("through_school", True),
        ),
        "tries": MAX_TRIES,
    }
    return render(request, "aid_requests/call_back_asked.html", context)


@for_roles(Role.REFERENT)
@require_GET
def call_back_list(request: HttpRequest) -> HttpResponse:
    """What was promised first stands first; names and numbers only once a call is taken."""
    by = actor(request)
    rows = list(call_backs.calls_to_make(by))
    context = {
        "mine": [(row, call_backs.caller_of(row)) for row in rows if row.state == CallBackState.TAKEN],
        "waiting": [row for row in rows if row.state == CallBackState.WAITING],
        "elsewhere": list(call_backs.calls_in_other_hands(by)),
        "now": clock.moment(),
    }
    return render(request, "aid_requests/call_back_list.html", context)


@for_roles(Role.REFERENT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call_back_page(request: HttpRequest, token: UUID) -> HttpResponse:
    """One call: take it, then say how it went. Another school's call does not exist here."""
    by = actor(request)
    call_back = get_object_or_404(call_backs.calls_of(by), token=token)
    done = CallDoneForm(request.POST if request.POST.get("act") == "done" else None)
    over = HandOverForm(request.POST if request.POST.get("act") == "hand_over" else None, prefix="over")
    if request.method == "POST":
        answer = _act(request, by, call_back, done, over)
        if answer is not None:
            return answer
    is_mine = call_back.state == CallBackState.TAKEN and call_back.taken_by_id == by.pk
    caller = call_backs.caller_of(call_back) if is_mine else None
    context = {
        "call_back": call_back,
        "caller": caller,
        "phone": shown_phone(caller.phone) if caller else "",
        "note": call_backs.note_of(call_back) if is_mine else "",
        "is_late": call_backs.is_late(call_back),
        "may_take_over": call_backs.can_take_over(by, call_back) is None,
        "form": done if done.is_bound else over,
        "done": done,
        "over": over,
        "tries": MAX_TRIES,
    }
    return render(request, "aid_requests/call_back_page.html", context)


def _act(
    request: HttpRequest, by: User, call_back: CallBack, done: CallDoneForm, over: HandOverForm
) -> HttpResponse | None:
    """The act that the pressed button names; None when its form is to be shown again."""
    act, tries, over_from = request.POST.get("act"), TriesForm(request.POST), TakeOverForm(request.POST)
    if act == "take":
        actions.take_call_back(by=by, call_back=call_back)
        return redirect("call_back_page", token=call_back.token)
    if act == "take_over" and over_from.is_valid():
        actions.take_over_call_back(by=by, call_back=call_back, **over_from.cleaned_data)
        return redirect("call_back_page", token=call_back.token)
    if act == "no_answer" and tries.is_valid():
        kept = actions.note_no_answer(by=by, call_back=call_back, tries_seen=tries.cleaned_data["tries"])
        if kept.state == CallBackState.TAKEN:
            messages.success(request, _("C’est noté. Réessayez à un autre moment."))
            return redirect("call_back_page", token=call_back.token)
        messages.success(request, _("C’est noté : cette personne n’a pas pu être jointe."))
        return redirect("call_back_list")
    if act == "hand_over" and over.is_valid():
        actions.hand_over_call_back(by=by, call_back=call_back, note=over.cleaned_data["note"])
        messages.success(request, _("L’appel attend une autre personne."))
        return redirect("call_back_list")
    if act == "done" and done.is_valid():
        actions.close_call_back(by=by, call_back=call_back, **done.cleaned_data)
        messages.success(request, _("L’appel est terminé. Merci."))
        return redirect("call_back_list")
    return None
