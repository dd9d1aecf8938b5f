"""Messages: on the student's page, and on the pages of whoever answers for the school or the committee."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aid_requests import lookalikes
from aid_requests.actions import messages as acts
from aid_requests.correspondence import corrections, threads
from aid_requests.forms.messages import ErrorForm, MessageForm
from aid_requests.identity import called_name, identity_of
from aid_requests.models import AidRequest, Message
from aid_requests.models.correspondence import MessageKind, Party
from aid_requests.views.actor import actor
from aid_requests.views.applicant import own_request
from fund import vault
from fund.models.people import Role
from fund.roles import Refused, for_applicants, for_roles


@for_applicants
@never_cache
@require_http_methods(["GET", "POST"])
def request_messages(request: HttpRequest, token: UUID) -> HttpResponse:
    """The student's side: what was said, and a form to whoever can answer."""
    aid_request = own_request(request, token)
    parties = [(str(code), threads.voice_of(aid_request, code)) for code in threads.parties_for(aid_request)]
    form = MessageForm(request.POST if request.method == "POST" else None, parties=parties)
    if form.is_valid() and parties:
        try:
            acts.write_to_team(by=actor(request), request=aid_request, **form.cleaned_data)
            messages.success(request, _("Votre message est parti. La réponse s’affichera ici."))
            return redirect("request_messages", token=token)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
    context = {
        "aid_request": aid_request,
        "called": called_name(aid_request.applicant),
        "lines": threads.lines_for_student(aid_request),
        "unread": threads.unread_of_student(aid_request),
        "form": form if parties else None,
        "read_url": "mark_messages_read",
    }
    return render(request, "aid_requests/request_messages.html", context, status=_status(form))


@for_applicants
@never_cache
@require_http_methods(["GET", "POST"])
def request_tell_error(request: HttpRequest, token: UUID) -> HttpResponse:
    """After the decision: an honest error, told by the student and looked at by a person."""
    aid_request = own_request(request, token)
    refusal = acts.error_refusal(aid_request)
    if refusal is not None and request.method == "GET":
        messages.warning(request, str(refusal.sentence))
        return redirect("request_page", token=token)
    form = ErrorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            acts.tell_error(by=actor(request), request=aid_request, **form.cleaned_data)
            messages.success(
                request, _("Merci de l’avoir dit. Une personne du comité regarde, et vous répond ici.")
            )
            return redirect("request_messages", token=token)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
    context = {"aid_request": aid_request, "form": form}
    return render(request, "aid_requests/request_tell_error.html", context, status=_status(form))


@for_applicants
@require_POST
def mark_messages_read(request: HttpRequest, token: UUID) -> HttpResponse:
    """Sent by the page itself where scripts run, else by a button."""
    aid_request = own_request(request, token)
    acts.mark_read_by_student(by=actor(request), request=aid_request)
    return _read(request, "request_messages", token)


@for_roles(Role.REFERENT, Role.CHAIR)
@never_cache
@require_GET
def thread_list(request: HttpRequest) -> HttpResponse:
    """The conversations of this person's party, those with something unread first."""
    by = actor(request)
    unread: dict[int, int] = {}
    for pk in threads.unread_of_team(by).values_list("request", flat=True):
        unread[pk] = unread.get(pk, 0) + 1
    errors = set(threads.open_errors(by).values_list("request", flat=True))
    party = threads.party_of(by)
    spoken = Message.objects.filter(party=party or "").values("request")
    files = threads.files_of_team(by).filter(pk__in=spoken)
    files = files.select_related("applicant__subject_key").defer("answers_sealed", "story_sealed")
    rows = [
        {
            "file": file,
            "name": _name(file, party),
            "last": file.messages.filter(party=party or "").order_by("-pk").first(),
            "unread": unread.get(file.pk, 0),
            "has_error": file.pk in errors,
        }
        for file in files.order_by("-pk")[:200]
    ]
    rows.sort(key=lambda row: not row["unread"] and not row["has_error"])
    return render(request, "aid_requests/thread_list.html", {"rows": rows, "names": party == Party.SCHOOL})


@for_roles(Role.REFERENT, Role.CHAIR)
@never_cache
@require_http_methods(["GET", "POST"])
def thread_page(request: HttpRequest, token: UUID) -> HttpResponse:
    """One conversation. The chair sees a reference and no name; a referent a name and nothing of why."""
    file = team_file(request, token)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            acts.write_to_student(by=actor(request), request=file, **form.cleaned_data)
            messages.success(request, _("Votre message est parti."))
            return redirect("thread_page", token=token)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
    return render(
        request, "aid_requests/thread_page.html", _thread(request, file, form), status=_status(form)
    )


def _thread(request: HttpRequest, file: AidRequest, form: MessageForm) -> dict[str, Any]:
    party = threads.party_of(actor(request))
    lines = threads.lines_for_team(file, party) if party else []
    return {
        "aid_request": file,
        "name": _name(file, party),
        "lines": lines,
        "unread": sum(not line.is_own and line.read_at is None for line in lines),
        "errors": [line.message for line in lines if _is_open_error(line.message)],
        "form": form if file.state != "withdrawn" else None,
        "read_url": "mark_thread_read",
        "correction": corrections.open_correction(file),
        "voice": threads.voice_of(file, party) if party else "",
        "not_through_school": party == Party.SCHOOL and not file.through_school,
        "look_alike": lookalikes.referents_sentence(actor(request))
        if party == Party.SCHOOL and lookalikes.doubted_for(actor(request), [file])
        else "",
    }


def _is_open_error(message: Message) -> bool:
    return message.kind == MessageKind.ERROR and message.settled_at is None


@for_roles(Role.REFERENT, Role.CHAIR)
@require_POST
def mark_thread_read(request: HttpRequest, token: UUID) -> HttpResponse:
    acts.mark_read_by_team(by=actor(request), request=team_file(request, token))
    return _read(request, "thread_page", token)


@for_roles(Role.REFERENT, Role.CHAIR)
@require_POST
def settle_error(request: HttpRequest, token: UUID, number: int) -> HttpResponse:
    file = team_file(request, token)
    acts.settle_error(by=actor(request), message=get_object_or_404(file.messages, pk=number))
    messages.success(request, _("C’est noté comme réglé."))
    return redirect("thread_page", token=token)


def team_file(request: HttpRequest, token: UUID) -> AidRequest:
    """A request whose thread this person reads; any other is not found."""
    files = threads.files_of_team(actor(request))
    return get_object_or_404(files.select_related("applicant__subject_key", "school"), token=token)


def _name(file: AidRequest, party: Party | None) -> str:
    """The person's name, for referents alone; nothing once the person was erased."""
    if party != Party.SCHOOL:
        return ""
    try:
        identity = identity_of(file.applicant)
    except vault.Erased:
        return ""
    return identity.full_name if identity else ""


def _read(request: HttpRequest, name: str, token: UUID) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return render(request, "aid_requests/_marked_read.html")
    return redirect(name, token=token)


def _status(form: MessageForm) -> int:
    return 422 if form.errors else 200
